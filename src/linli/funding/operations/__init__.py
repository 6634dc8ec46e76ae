"""Facilities that operators run: contracts by which they pay, usage, settlements that post, and whether it pays."""
