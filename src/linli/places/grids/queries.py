"""Reads of grids: those of an area with who stands for them, changes, staff."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from linli.access.queries.actors import display_name, names_of
from linli.access.queries.posts import groups_in_sight
from linli.kernel import area_names, areas, clock, paging
from linli.kernel.actors import Actor
from linli.kernel.area_names import names_of as areas_named
from linli.kernel.scoped import within

from ..models import Grid
from ..permissions import VIEW
from .models import GridChange, GridStaff
from .staffing import current, without_staff


@dataclass(frozen=True, slots=True)
class StaffItem:
    """Somebody who stands for a village or grid. `until` is the first day without the duty."""

    id: uuid.UUID
    area_code: str
    area_name: str
    duty: str
    account_id: uuid.UUID
    name: str
    unit_name: str
    public_phone: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class GridItem:
    """A grid, ended ones too. `valid_to` is the first day on which it is no more."""

    code: str
    name: str
    kind: str
    village_code: str
    village_name: str
    area_m2: float
    synthetic: bool
    source: str
    valid_from: date | None
    valid_to: date | None
    staff: list[StaffItem]


@dataclass(frozen=True, slots=True)
class ChangeItem:
    """A change of grids as a line of a list."""

    id: uuid.UUID
    kind: str
    area_code: str
    area_name: str
    effective_on: date
    reason: str
    summary: dict[str, Any]
    moved: dict[str, int]
    undone: bool
    undoable: bool
    made_at: datetime
    made_by: str


def grids(
    actor: Actor, area: str | None = None, ended: bool = False, cursor: str | None = None, limit: int | None = None,
    *, unstaffed: bool = False,
) -> paging.Page[GridItem]:  # fmt: skip
    """Grids of the actor's areas in code order, with who stands for them now; by wish those nobody stands for.

    Five queries at most.
    """
    held = actor.areas_for(VIEW)
    held = areas.intersect(held, area_names.going_by(area)) if area else held
    if not held:
        return paging.Page((), None, paging.Count(0))
    rows = Grid.objects.filter(within(held, "code"))
    if not ended:
        rows = rows.filter(valid_to=None)
    if unstaffed:
        rows = without_staff(rows, clock.today())
    total = rows.order_by()[: paging.EXACT_TO + 1].count()
    after, size = paging.decode(cursor, 1), paging.limit(limit)
    if after is not None:
        rows = rows.filter(code__gt=after[0])
    page = list(rows.defer("geometry").order_by("code")[: size + 1])
    more, page = len(page) > size, page[:size]
    named = areas_named(g.village_code for g in page)
    standing: dict[str, list[StaffItem]] = defaultdict(list)
    for item in _staff(actor, Q(area_code__in=[g.code for g in page]) & current(clock.today())):
        standing[item.area_code].append(item)
    items = [
        GridItem(
            g.code, g.name, g.kind, g.village_code, named[g.village_code], g.area_m2, g.synthetic, g.source,
            g.valid_from, g.valid_to, standing[g.code],
        )
        for g in page
    ]  # fmt: skip
    following = paging.encode([page[-1].code]) if more else None
    return paging.Page(items, following, paging.Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO))


def staff(
    actor: Actor, area: str | None = None, ended: bool = False, cursor: str | None = None, limit: int | None = None
) -> paging.Page[StaffItem]:
    """Who stands for the villages and grids of an area, by area. Four queries."""
    rows = GridStaff.objects.restrict(actor, VIEW, area)
    if not ended:
        rows = rows.filter(current(clock.today()))
    total = rows.order_by()[: paging.EXACT_TO + 1].count()
    after, size = paging.decode(cursor, 2), paging.limit(limit)
    if after is not None:
        rows = rows.filter(Q(area_code__gt=after[0]) | Q(area_code=after[0], id__gt=after[1]))
    page = list(rows.order_by("area_code", "id")[: size + 1])
    more, page = len(page) > size, page[:size]
    following = paging.encode([page[-1].area_code, str(page[-1].id)]) if more else None
    count = paging.Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO)
    return paging.Page(_staff_items(page), following, count)


def staff_item(row: GridStaff) -> StaffItem:
    """One of them as a line."""
    return _staff_items([row])[0]


def changes(
    actor: Actor, area: str | None = None, cursor: str | None = None, limit: int | None = None
) -> paging.Page[ChangeItem]:
    """Changes of grids, newest first. Five queries."""
    rows = GridChange.objects.restrict(actor, VIEW, area).exclude(kind__in=GridChange.RECODES)
    total = rows.order_by()[: paging.EXACT_TO + 1].count()
    after, size = paging.decode(cursor, 1), paging.limit(limit)
    if after is not None:
        rows = rows.filter(id__lt=after[0])
    figures = ("before", "after", "outlines_before", "outlines_after", "areas_before")
    page = list(rows.defer(*figures).order_by("-id")[: size + 1])
    more, page = len(page) > size, page[:size]
    following = paging.encode([str(page[-1].id)]) if more else None
    count = paging.Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO)
    return paging.Page(_change_items(page), following, count)


def change_item(row: GridChange) -> ChangeItem:
    """One change as a line."""
    return _change_items([row])[0]


def named_groups(actor: Actor) -> list[dict[str, Any]]:
    """Groups of areas with a part in the actor's, with the names of what they are made of. Three queries."""
    found = groups_in_sight(actor, VIEW)
    named = areas_named(code for g in found for code in (*g.codes, g.area_code))
    return [{**asdict(g), "area_name": named[g.area_code], "names": [named[c] for c in g.codes]} for g in found]


def _staff(actor: Actor, which: Q) -> list[StaffItem]:
    return _staff_items(GridStaff.objects.restrict(actor, VIEW).filter(which).order_by("area_code", "id"))


def _staff_items(rows: Iterable[GridStaff]) -> list[StaffItem]:
    rows = list(rows)
    people = names_of(str(r.account_id) for r in rows)
    named = areas_named(r.area_code for r in rows)
    items = []
    for r in rows:
        who = people.get(str(r.account_id))
        items.append(
            StaffItem(
                r.id, r.area_code, named[r.area_code], r.duty, r.account_id, who.name if who else "",
                who.unit if who else "", r.public_phone, r.since, r.until,
            )
        )  # fmt: skip
    return items


def _change_items(rows: list[GridChange]) -> list[ChangeItem]:
    named = areas_named(r.area_code for r in rows)
    people = names_of(r.made_by for r in rows)
    villages = {code for r in rows for code in r.villages}
    # What rests on a change: the newest standing one of a village is the only one that can be undone.
    standing = GridChange.objects.filter(undone_by=None, undoes=None, villages__overlap=sorted(villages))
    newest: dict[str, uuid.UUID] = {}
    for change_id, codes in standing.order_by("id").values_list("id", "villages"):
        newest.update(dict.fromkeys(codes, change_id))
    return [
        ChangeItem(
            r.id, r.kind, r.area_code, named[r.area_code], r.effective_on, r.reason, r.summary, r.moved,
            r.undone_by is not None, not r.undone_by and not r.undoes and all(newest.get(c) == r.id for c in r.villages),
            r.made_at, display_name(r.made_by, people),
        )
        for r in rows
    ]  # fmt: skip
