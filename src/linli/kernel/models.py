"""The kernel's tables: events that are on their way, and how often sources came through doors."""

from .limiting.models import RateCount
from .outbox.models import Event

__all__ = ["Event", "RateCount"]
