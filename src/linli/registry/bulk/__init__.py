"""Changing many people or homes at once: prepared with a preview, carried out as one action, undone as one."""
