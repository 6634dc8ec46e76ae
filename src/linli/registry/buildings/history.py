"""What changed of a compound, a building or a home, when and by whom: read from the kept images of its row."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from linli.access.queries.actors import in_sight
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.places.permissions import VIEW as VIEW_PLACES
from linli.registry.queries import sql

Thing = Literal["compound", "building", "dwelling"]
# What people state of each; the rest of a row is how the program tells it.
FIELDS: dict[Thing, tuple[str, ...]] = {
    "compound": ("area_code", "aliases", "kind", "lon", "lat", "source"),
    "building": ("area_code", "kind", "floors", "units", "built_year", "lon", "lat", "source"),
    "dwelling": ("area_code", "state", "state_on", "kind", "floor_area", "note"),
}


@dataclass(frozen=True, slots=True)
class PlaceEvent:
    """One change: field, before, after."""

    at: datetime
    actor_id: str | None  # None: somebody of a place or office the reader does not see
    changes: tuple[tuple[str, str | None, str | None], ...]


def place_history(actor: Actor, thing: Thing, thing_id: UUID) -> list[PlaceEvent]:
    """The history of a place the actor may see, latest first. Raises NotFound otherwise. Three queries.

    An image of a time when it lay elsewhere is not shown.
    """
    table = f"places_{thing}"
    params: dict[str, Any] = {"id": thing_id}
    held = sql.ranges(sql.held(actor, VIEW_PLACES), "area_code", params)
    columns = ", ".join(FIELDS[thing])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT FROM {table} WHERE id = %(id)s AND {held}", params)
        if cursor.fetchone() is None:
            raise NotFound()
        cursor.execute(
            f"""
            SELECT replaced_at, replaced_by, {columns} FROM {table}_history
            WHERE id = %(id)s AND {held}
            UNION ALL SELECT NULL, NULL, {columns} FROM {table} WHERE id = %(id)s ORDER BY replaced_at NULLS LAST
            """,
            params,
        )
        image = namedtuple("image", [column.name for column in cursor.description])  # type: ignore[misc]
        images: list[Any] = [image(*values) for values in cursor.fetchall()]
    known = in_sight(before.replaced_by for before, _ in pairwise(images))
    events = []
    for before, after in pairwise(images):
        changed = tuple(
            (field, _shown(getattr(before, field)), _shown(getattr(after, field)))
            for field in FIELDS[thing]
            if getattr(before, field) != getattr(after, field)
        )
        if changed:
            events.append(
                PlaceEvent(before.replaced_at, before.replaced_by if before.replaced_by in known else None, changed)
            )
    return events[::-1]


def _shown(value: Any) -> str | None:
    if value is None or value == "" or value == []:
        return None
    return "、".join(value) if isinstance(value, list) else str(value)
