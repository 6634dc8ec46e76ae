"""Putting events into the outbox, and having them taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import OperationalError

from linli.kernel import clock
from linli.kernel.actors import Actor, system
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting

from . import consumers
from .models import Event

log = structlog.get_logger("linli.outbox")
AT_ONCE = 500
#: What a consumer broke over waits for twice as long each time, up to a day.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(days=1)


def put(topic: str, subject: UUID, payload: Mapping[str, Any]) -> None:
    """Tell whoever takes `topic` that something happened to `subject`, if this transaction commits. One INSERT, or none where
    nobody takes it. `payload` holds no personal data."""
    put_all(topic, [(subject, payload)])


def put_all(topic: str, told: Iterable[tuple[UUID, Mapping[str, Any]]]) -> None:
    """The same of many subjects at once, in their order. One INSERT for every thousand."""
    now, names = clock.now(), consumers.of_topic(topic)
    Event.objects.bulk_create(
        (
            Event(id=uuid7(), event=event, consumer=name, topic=topic, subject=subject, at=now, payload=dict(payload), due_at=now)
            for event, (subject, payload) in ((uuid7(), each) for each in told)
            for name in names
        ),
        batch_size=1000,
    )  # fmt: skip


def deliver() -> None:
    """Have all events taken that are due. Safe to run twice at once, and to be killed."""
    for consumer in consumers.catalogue().values():
        while _some(consumer, AT_ONCE) == AT_ONCE:
            pass


def postman() -> Actor:
    """As whom consumers take events: the program itself, over the whole district."""
    return system("outbox", settings.LINLI_DISTRICT)


def _some(consumer: consumers.Consumer, most: int) -> int:
    """Have a consumer take the oldest events that are due for it; how many there were.

    Where it breaks over several, each is tried by itself, so that one does not hold up the others.
    """
    found: list[Event] = []
    try:
        with acting(postman()):
            found = _due(consumer, most)
            if found:
                consumer.take([consumers.Told(e.event, e.topic, e.subject, e.at, e.payload) for e in found])
                Event.objects.filter(id__in=[event.id for event in found]).delete()
        return len(found)
    except OperationalError:  # the database, not an event
        raise
    except Exception as error:  # whatever a consumer breaks over
        if not found:
            raise
        failed = type(error).__name__
    if most > 1:
        for _ in found:
            _some(consumer, 1)
    else:
        _broke(consumer, found[0].id, failed)
    return len(found)


def _due(consumer: consumers.Consumer, most: int) -> list[Event]:
    rows = Event.objects.select_for_update(skip_locked=True).filter(consumer=consumer.name, due_at__lte=clock.now())
    return list(rows.order_by("due_at", "id")[:most])


def _broke(consumer: consumers.Consumer, row_id: UUID, problem: str) -> None:
    log.error("outbox.failed", consumer=consumer.name, row=str(row_id), problem=problem)
    with acting(postman()):
        event = Event.objects.select_for_update().filter(id=row_id).first()
        if event is not None:
            event.due_at = clock.now() + min(FIRST_WAIT * 2 ** min(event.failures, 20), LONGEST_WAIT)
            event.failures += 1
            event.save(update_fields=["failures", "due_at"])
