"""Metrics, what communities declare of them, and the files that prove it."""
