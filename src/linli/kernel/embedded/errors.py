"""What can go wrong with the embedded database, in words an operator can act on."""

from __future__ import annotations


class EmbeddedError(RuntimeError):
    """The embedded database cannot be used; the message says why and what to do."""
