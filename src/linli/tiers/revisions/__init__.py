"""Revisions: the next version of a system of indicators while people work on it."""
