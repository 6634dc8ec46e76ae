"""Keeping and destroying: how long each kind of data is kept, and the certificates of what was destroyed."""
