"""Background work of cases; each part brings its own."""

from .telling.jobs import tell_due

__all__ = ["tell_due"]
