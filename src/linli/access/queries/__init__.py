"""Reads of access. Every list goes through `restrict(actor)`."""
