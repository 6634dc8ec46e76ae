"""What changed in a person's record, when, by whom and why: read from the kept images of the row."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import connection

from linli.access.queries.actors import in_sight
from linli.kernel.actors import Actor
from linli.registry.codes import MANUAL
from linli.registry.fields import FIELDS, STORED, Field
from linli.registry.permissions import VIEW
from linli.registry.regrouping.queries import RegroupingRow, all_ids, regroupings_of

from . import sql
from .person import RecordRow, person_records, shown, visible_areas

# Between a statement by hand and what follows from it, where no request was noted.
SAME_CHANGE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after, masked as everywhere."""

    field: Field
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """One change of a person's record. `actor_id` is the account or the part of the program that did it; None: somebody
    of a place or office the reader does not see."""

    at: datetime
    actor_id: str | None
    # created | edited (by hand) | merged (by an import) | joined, split or undone (by hand) | changed (as a consequence)
    kind: str
    batch_id: UUID | None
    reason: str | None
    changes: tuple[FieldChange, ...]


def person_history(actor: Actor, person_id: UUID) -> list[Event]:
    """The history of a person the actor may see, latest first, with that of whoever was joined. Raises NotFound otherwise.

    An image of a time when the person was managed elsewhere is not shown, and of a change that was caused elsewhere
    neither who, nor why, nor by which import.
    """
    visible_areas(actor, person_id)
    records = sorted(person_records(actor, person_id), key=lambda record: record.recorded_at)
    ids = all_ids(person_id)
    regrouped = _regrouped(regroupings_of(ids))
    images = _images(actor, ids)
    known = in_sight(image.replaced_by for image in images if image.replaced_by)
    events = []
    if images and records:
        first = records[0]
        events.append(_event(first.recorded_at, first.recorded_by, "created", first, ()))
    for before, after in pairwise(images):
        if before.id != after.id or before.replaced_at is None:
            continue  # the last image of an old id: what became of it is told by the person it leads to
        who = before.replaced_by if before.replaced_by in known else None
        if told := regrouped.get(before.request):
            events.append(Event(before.replaced_at, who, told[0], None, told[1], _changes(before, after)))
            continue
        cause = _cause(before, records)
        kind = "changed" if cause is None else "edited" if cause.source_code == MANUAL else "merged"
        events.append(
            _event(before.replaced_at, before.replaced_by if cause else who, kind, cause, _changes(before, after))
        )
    return sorted(events, key=lambda event: event.at, reverse=True)


def _regrouped(rows: list[RegroupingRow]) -> dict[str, tuple[str, str]]:
    """What requests did to whom statements are about: kind of event and reason, by request."""
    kinds = {"join": "joined", "split": "split"}
    done = {row.request: (kinds[row.kind], row.reason) for row in rows if row.request}
    return done | {row.undo_request: ("undone", row.undo_reason) for row in rows if row.undo_request}


def _event(
    at: datetime, who: str | None, kind: str, cause: RecordRow | None, changes: tuple[FieldChange, ...]
) -> Event:
    if cause is None:
        return Event(at, who, kind, None, None, changes)
    return Event(at, None if cause.elsewhere else who, kind, cause.batch_id, cause.reason, changes)


def _images(actor: Actor, ids: list[UUID]) -> list[Any]:
    """The replaced images of a person under each id and the present row, id by id in the order of time."""
    columns = ", ".join(dict.fromkeys((*STORED, "main_record")))
    params: dict[str, Any] = {"ids": ids}
    seen = sql.ranges(sql.held(actor, VIEW), "area_code", params)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT id, replaced_at, replaced_by, request, {columns} FROM registry_person_history
            WHERE id = ANY(%(ids)s) AND {seen}
            UNION ALL
            SELECT id, NULL, NULL, NULL, {columns} FROM registry_person WHERE id = ANY(%(ids)s)
            ORDER BY 1, 2 NULLS LAST
            """,
            params,
        )
        image = namedtuple("image", [column.name for column in cursor.description])  # type: ignore[misc]
        return [image(*values) for values in cursor.fetchall()]


def _changes(before: Any, after: Any) -> tuple[FieldChange, ...]:
    """The fields that differ between two images."""
    found = []
    for field in FIELDS:
        old, new = shown(field, before)[0], shown(field, after)[0]
        lead = field.stored[0]
        if old != new or getattr(before, lead) != getattr(after, lead):
            found.append(FieldChange(field, old, new))
    return tuple(found)


def _cause(image: Any, records: list[RecordRow]) -> RecordRow | None:
    """The statement that replaced an image: it came with the same import or in the same request.

    Statements by hand from before requests were kept are told by the hand and the nearest time.
    """
    same = [record for record in records if record.request and record.request == image.request]
    if same:
        return same[-1]
    unmarked = [r for r in records if r.request is None and r.recorded_by == image.replaced_by]
    near = [r for r in unmarked if _apart(r, image) < SAME_CHANGE]
    return min(near, key=lambda r: _apart(r, image), default=None)


def _apart(record: RecordRow, image: Any) -> timedelta:
    return abs(record.recorded_at - image.replaced_at)
