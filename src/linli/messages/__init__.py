"""Notices to staff: what happened that they asked for or must know, in the console and, where they wish, outside of it."""
