"""What changed about a thing, when, by whom and by which import: read from the kept images of its row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import connection

from linli.access.queries.actors import in_sight
from linli.kernel import secrets
from linli.kernel.actors import Actor
from linli.registry.codes import INSPECTION, MANUAL
from linli.registry.queries import sql

from .kinds import POSITION, ThingField, ThingKind
from .queries import RecordRow, image, position, shown, thing_records, visible

BY_HAND = {MANUAL: "edited", INSPECTION: "inspected"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A fact before and after, masked as everywhere."""

    field: ThingField
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """One change. `kind`: created, edited (by hand), inspected, merged (by an import), changed (as a consequence, as by an undo)."""

    at: datetime
    actor_id: str | None  # None: somebody of a place or office the reader does not see
    kind: str
    batch_id: UUID | None
    reason: str | None
    changes: tuple[FieldChange, ...]


def thing_history(kind: ThingKind, actor: Actor, thing_id: UUID) -> list[Event]:
    """The history of a thing the actor may see, latest first. Raises NotFound otherwise.

    An image of a time when it lay elsewhere is not shown, and of a change that was caused elsewhere neither who nor by
    which import.
    """
    visible(kind, actor, thing_id)
    records = sorted(thing_records(kind, actor, thing_id), key=lambda r: (r.recorded_at, r.record_id))
    images = _images(kind, actor, thing_id)
    known = in_sight(before["replaced_by"] for before, _ in pairwise(images))
    events = []
    if records:
        events.append(_event(records[0].recorded_at, records[0].recorded_by, "created", records[0], ()))
    for before, after in pairwise(images):
        # The statement that came with the import that changed the row; an undo has none left.
        cause = next((r for r in reversed(records) if r.request and r.request == before["request"]), None)
        label = "changed" if cause is None else BY_HAND.get(cause.source_code, "merged")
        who = before["replaced_by"] if cause is not None or before["replaced_by"] in known else None
        events.append(_event(before["replaced_at"], who, label, cause, tuple(_changes(kind, before, after))))
    return events[::-1]


def _event(
    at: datetime, who: str | None, label: str, cause: RecordRow | None, changes: tuple[FieldChange, ...]
) -> Event:
    if cause is None:
        return Event(at, who, label, None, None, changes)
    return Event(at, None if cause.elsewhere else who, label, cause.batch_id, cause.reason, changes)


def _images(kind: ThingKind, actor: Actor, thing_id: UUID) -> list[dict[str, Any]]:
    """The replaced images of a thing and the present row, in the order of time."""
    columns = ", ".join((*(field.name for field in kind.every), "lon", "lat", "field_records"))
    params: dict[str, Any] = {"id": thing_id}
    seen = sql.ranges(sql.held(actor, kind.view), "area_code", params)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT replaced_at, replaced_by, request, {columns} FROM {kind.table}_history
            WHERE id = %(id)s AND {seen}
            UNION ALL SELECT NULL, NULL, NULL, {columns} FROM {kind.table} WHERE id = %(id)s
            ORDER BY replaced_at NULLS LAST
            """,
            params,
        )
        keys = [column.name for column in cursor.description]
        return [image(keys, row) for row in cursor.fetchall()]


def _changes(kind: ThingKind, before: dict[str, Any], after: dict[str, Any]) -> list[FieldChange]:
    changes = []
    for field in kind.every:
        old, new = shown(field, before[field.name])[0], shown(field, after[field.name])[0]
        sealed = field.form == "phone" and before["field_records"].get("phone") != after["field_records"].get("phone")
        if old != new or (sealed and _plain(before[field.name]) != _plain(after[field.name])):
            changes.append(FieldChange(field, old, new))
    if (old := position(before)) != (new := position(after)):
        changes.append(FieldChange(POSITION, old, new))
    return changes


def _plain(sealed: Any) -> str | None:
    return secrets.decrypt(bytes(sealed)) if sealed else None
