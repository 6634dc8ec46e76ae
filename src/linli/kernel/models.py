"""The kernel's one table: events that are on their way."""

from .outbox.models import Event

__all__ = ["Event"]
