"""The same place again and again: what was reported there before."""
