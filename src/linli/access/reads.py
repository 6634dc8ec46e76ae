"""The read log's pen: notes of one request are gathered and written in one insert, in a transaction of their own.

The log outlives a refusal or a failure of the request, and an answer that could not be logged is not given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.db import transaction

from linli.kernel import area_names, areas, clock, prepared, scope
from linli.kernel.actors import Actor
from linli.kernel.ids import uuid7

from .models import ReadLog

Kind = Literal["list", "detail", "search", "reveal", "export", "download"]
AUDIT = "audit"
PURPOSE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Note:
    """One look at data about people."""

    at: datetime
    actor: Actor
    kind: Kind
    subject_type: str
    subject_id: str
    area_code: str
    count: int | None
    purpose: str


_gathered: ContextVar[list[Note] | None] = ContextVar("linli_reads", default=None)


def note(
    kind: Kind,
    subject_type: str,
    *,
    subject_id: object = "",
    area: str | None = None,
    over: Iterable[str] = (),
    count: int | None = None,
    purpose: str = "",
    actor: Actor | None = None,
) -> None:
    """Note that the current actor saw something. Give no search words and nothing of what was seen.

    `area` is the area looked at; without it, the one that contains all codes of `over`, else all of the actor's areas.
    Inside a request the note is written at its end; outside of one (a job, a command, a stream) at once.
    """
    actor = actor or scope.current()
    entry = Note(
        clock.now(),
        actor,
        kind,
        subject_type,
        str(subject_id),
        _within_district(_looked_at(actor, area) if area else common_area(tuple(over) or actor.areas)),
        count,
        purpose[:PURPOSE_LENGTH],
    )
    gathered = _gathered.get()
    if gathered is None:
        write([entry])
    else:
        gathered.append(entry)


def _looked_at(actor: Actor, area: str) -> str:
    """The part of an area the actor could see: who asks for more than that does not escape the auditors of it."""
    seen = areas.intersect(actor.areas, (area,)) or areas.intersect(actor.areas, area_names.going_by(area))
    return common_area(seen) or area


def _within_district(code: str) -> str:
    """What was typed for an area may be anything; an entry no auditor could see would be none."""
    return code if code.startswith(settings.LINLI_DISTRICT) else str(settings.LINLI_DISTRICT)


def common_area(codes: Iterable[str]) -> str:
    """The smallest area that contains all of `codes`; empty when they lie in different districts."""
    chains = [areas.ancestors(code) for code in codes]
    shared = set(chains[0]).intersection(*chains[1:]) if chains else set()
    return max(shared, key=len, default="")


@contextmanager
def gathering() -> Iterator[list[Note]]:
    """Gather the notes of the block instead of writing them one by one; the caller writes them."""
    notes: list[Note] = []
    token = _gathered.set(notes)
    try:
        yield notes
    finally:
        _gathered.reset(token)


def write(notes: list[Note]) -> None:
    """Write notes in one insert and one transaction of their own."""
    if not notes:
        return
    rows = [
        ReadLog(
            id=uuid7(),
            at=n.at,
            # Who looked is who looked, also through another's eyes.
            actor=n.actor.extra.get("viewer", n.actor.id),
            unit_id=n.actor.extra.get("viewer_unit", n.actor.unit_id),
            viewing_as=n.actor.id if "viewer" in n.actor.extra else "",
            kind=n.kind,
            subject_type=n.subject_type,
            subject_id=n.subject_id,
            area_code=n.area_code,
            count=n.count,
            purpose=n.purpose,
            request=n.actor.request_id,
            ip=n.actor.address,
        )
        for n in notes
    ]
    if len(rows) == 1:  # a statement alone is a transaction, and nearly every request has one note
        prepared.insert(rows[0], using=AUDIT)
        return
    with transaction.atomic(using=AUDIT):
        ReadLog.objects.using(AUDIT).bulk_create(rows)
