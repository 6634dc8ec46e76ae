"""Who takes events. Each room declares its own in `<room>/consumers.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Told:
    """An event as a consumer gets it."""

    id: UUID
    topic: str
    subject: UUID
    at: datetime
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Consumer:
    """Takes events of some topics, oldest first, many at a time, as the system actor `outbox` and in the transaction in which
    they count as taken: what it writes to the base it writes once. It must not reach beyond the base."""

    name: str
    topics: tuple[str, ...]
    take: Callable[[Sequence[Told]], None]


_declared: dict[str, Consumer] = {}
_loaded = False


def declare(*consumers: Consumer) -> None:
    """Enter consumers; names are unique."""
    for consumer in consumers:
        _declared.setdefault(consumer.name, consumer)


def catalogue() -> Mapping[str, Consumer]:
    """Every consumer of the rooms that are installed, by name."""
    global _loaded
    if not _loaded:
        from django.utils.module_loading import autodiscover_modules

        _loaded = True
        autodiscover_modules("consumers")
    return _declared


def of_topic(topic: str) -> list[str]:
    """The names of who takes a topic."""
    return [consumer.name for consumer in catalogue().values() if topic in consumer.topics]
