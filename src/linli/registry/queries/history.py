"""What changed in a person's record, when, by whom and why: read from the kept images of the row."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import connection

from linli.kernel.actors import Actor
from linli.registry.codes import MANUAL
from linli.registry.fields import FIELDS, STORED, Field

from .person import RecordRow, person_records, shown, visible_areas

# A merge of 540,000 people lasts minutes between its first record and its last golden one.
SAME_CHANGE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after, masked as everywhere."""

    field: Field
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """One change of a person's record. `actor_id` is the account or the part of the program that did it."""

    at: datetime
    actor_id: str
    kind: str  # created | edited (by hand) | merged (by an import) | changed (as a consequence)
    batch_id: UUID | None
    reason: str | None
    changes: tuple[FieldChange, ...]


def person_history(actor: Actor, person_id: UUID) -> list[Event]:
    """The history of a person the actor may see, latest first. Raises NotFound otherwise."""
    visible_areas(actor, person_id)
    columns = ", ".join(dict.fromkeys((*STORED, "main_record")))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT replaced_at, replaced_by, request, {columns} FROM registry_person_history WHERE id = %(id)s
            UNION ALL
            SELECT NULL, NULL, NULL, {columns} FROM registry_person WHERE id = %(id)s
            ORDER BY replaced_at NULLS LAST
            """,
            {"id": person_id},
        )
        image = namedtuple("image", [column.name for column in cursor.description])  # type: ignore[misc]
        images: list[Any] = [image(*values) for values in cursor.fetchall()]
    records = sorted(person_records(person_id), key=lambda record: record.recorded_at)
    events = []
    if images and records:
        first = records[0]
        events.append(Event(first.recorded_at, first.recorded_by, "created", first.batch_id, first.reason, ()))
    for before, after in pairwise(images):
        changes = []
        for field in FIELDS:
            old, new = shown(field, before)[0], shown(field, after)[0]
            lead = field.stored[0]
            if old != new or getattr(before, lead) != getattr(after, lead):
                changes.append(FieldChange(field, old, new))
        # The record that arrived with this change carries its batch or its reason: of those by the same actor the
        # nearest in time, since both moments lie in one transaction.
        near = [r for r in records if r.recorded_by == before.replaced_by and _apart(r, before) < SAME_CHANGE]
        cause = min(near, key=lambda r: _apart(r, before), default=None)
        kind = "changed" if cause is None else "edited" if cause.source_code == MANUAL else "merged"
        events.append(
            Event(
                before.replaced_at,
                before.replaced_by,
                kind,
                cause.batch_id if cause else None,
                cause.reason if cause else None,
                tuple(changes),
            )
        )
    return events[::-1]


def _apart(record: RecordRow, image: Any) -> timedelta:
    return abs(record.recorded_at - image.replaced_at)
