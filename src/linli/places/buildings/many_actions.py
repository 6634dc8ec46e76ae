"""Changes of many homes at once, set-based. A home that no longer holds what the caller saw is left as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from linli.kernel import area_columns, clock
from linli.kernel.area_columns import Memory, Moves, Placed

from ..grids.actions import MEMORY
from ..models import Building, Grid

# What a home is compared by, and given back as. `d` is the home.
IMAGE = (
    "jsonb_build_object('area_code', d.area_code, 'state', d.state, 'state_on', d.state_on, "
    "'state_source', d.state_source, 'kind', d.kind)"
)
_WANTED = "unnest(%(ids)s::uuid[], %(images)s::jsonb[]) AS w(id, image)"


@dataclass(frozen=True, slots=True)
class Seen:
    """A home as somebody saw it: `image` is `IMAGE` as JSON text, `area_code` the area in it."""

    id: UUID
    area_code: str
    image: str


def grid_in_use(code: str) -> bool:
    """Whether there is such a grid and it has not ended."""
    grid = Grid.objects.filter(code=code).only("valid_to").first()
    return grid is not None and (grid.valid_to is None or grid.valid_to > clock.today())


def change_homes(seen: Sequence[Seen], facts: Mapping[str, str | None], change_id: UUID) -> list[UUID]:
    """State `state` and `kind` of homes, and put them into another `grid` of their village with all who live there.

    Returns the homes that were changed. Call it inside a transaction, as one who sees all that lies in them: people,
    door codes and whatever else follows a home go with it, remembered under `change_id`.
    """
    sets = []
    params: dict[str, Any] = {"ids": [s.id for s in seen], "images": [s.image for s in seen]}
    if "state" in facts:
        sets += ["state = %(state)s", "state_on = %(on)s", "state_source = %(by)s"]
        stated = bool(facts["state"])
        params |= {
            "state": facts["state"] or None, "on": clock.today() if stated else None,
            "by": Building.BY_HAND if stated else None,
        }  # fmt: skip
    if "kind" in facts:
        sets.append("kind = %(kind)s")
        params["kind"] = facts["kind"] or None
    same = [
        row[0] for row in _rows(f"SELECT d.id FROM places_dwelling d JOIN {_WANTED} ON w.id = d.id "
                                f"WHERE {IMAGE} = w.image ORDER BY d.id FOR UPDATE OF d", params)
    ]  # fmt: skip
    if sets and same:
        _rows(
            f"UPDATE places_dwelling d SET {', '.join(sets)} WHERE d.id = ANY(%(same)s) RETURNING d.id",
            {**params, "same": same},
        )
    if grid := facts.get("grid"):
        kept = set(same)
        moving = [Placed(s.id, s.area_code, grid) for s in seen if s.id in kept and s.area_code != grid]
        _carry(moving, Memory(MEMORY, change_id), None)
    return same


def restore_homes(seen: Sequence[Seen], facts: Mapping[str, str | None], change_id: UUID) -> int:
    """Give homes back what they held before `change_homes`; returns how many no longer hold what it gave them.

    Those must be none for anything to be written: the caller rolls back otherwise.
    """
    params: dict[str, Any] = {"ids": [s.id for s in seen], "images": [s.image for s in seen]}
    holds, sets = [], []
    for name in ("state", "kind"):
        if name in facts:
            params[name] = facts[name] or None
            holds.append(f"d.{name} IS NOT DISTINCT FROM %({name})s")
            sets.append(f"{name} = w.image->>'{name}'")
    if "state" in facts:
        sets += ["state_on = (w.image->>'state_on')::date", "state_source = w.image->>'state_source'"]
    if grid := facts.get("grid"):
        params["grid"] = grid
        holds.append("d.area_code = %(grid)s")
    found = f"FROM places_dwelling d JOIN {_WANTED} ON w.id = d.id WHERE {' AND '.join(holds)}"
    still = len(_rows(f"SELECT d.id {found} ORDER BY d.id FOR UPDATE OF d", params))
    if still < len(seen):
        return len(seen) - still
    if sets:
        _rows(f"UPDATE places_dwelling d SET {', '.join(sets)} FROM {_WANTED} WHERE d.id = w.id RETURNING d.id", params)
    if grid:
        moving = [Placed(s.id, grid, s.area_code) for s in seen if s.area_code != grid]
        _carry(moving, None, Memory(MEMORY, change_id))
    return 0


def _carry(moving: Sequence[Placed], remember: Memory | None, restore: Memory | None) -> None:
    """Homes with all that follows them; the areas themselves stay what they are."""
    if moving:
        concerned = sorted({p.old for p in moving} | {p.new for p in moving})
        area_columns.move(Moves({code: (code,) for code in concerned}, moving), remember, restore)


def _rows(statement: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
