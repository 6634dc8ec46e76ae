"""Reads of what may be one event: cases near a report that is being written, near a case, and what was merged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from linli.kernel import areas, clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Problem
from linli.registry.queries import sql

from ..engine import placing, sight
from ..engine.models import Case
from ..engine.states import ENDED, OPEN, State
from .models import CaseMerge
from .nearby import METRES_OF_A_DEGREE, Likeness, Told, alike

#: How far back and how far away is looked.
LOOKED_BACK = timedelta(days=45)
METRES = 300.0
#: So many candidates at most are compared of the area, and of the surroundings.
CANDIDATES = 40
MOST_MERGED = 200
#: Open, or closed with a result: a report may repeat what was mended last week.
STANDING = tuple(state for state in State if state not in ENDED)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a report while it is written: everything but the text may be missing."""

    text: str
    area: str | None = None
    place_text: str = ""
    lon: float | None = None
    lat: float | None = None
    category_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NearCase:
    """A case near by, as it is compared and shown."""

    id: UUID
    number: str
    state: State
    transferred: bool
    procedure: str
    description: str
    area_code: str
    place_text: str
    lon: float | None
    lat: float | None
    category_id: UUID | None
    category_name: str | None
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """A case that may tell of the same event, with how likely that is and why."""

    case: NearCase
    likeness: Likeness


COLUMNS = (
    "c.id, c.number, c.state, c.transferred, c.procedure, c.description, c.area_code, c.place_text, c.lon, c.lat, c.category_id, "
    "g.name AS category_name, c.reported_at"
)
FROM = "cases_case c LEFT JOIN cases_category g ON g.id = c.category_id"


def similar_to_draft(actor: Actor, draft: Draft, most: int = 3) -> list[Proposal]:
    """Cases in sight that a report being written may repeat. Nothing as long as it says neither what nor where."""
    if not draft.text.strip():
        return []
    try:
        place = placing.settle(draft.place_text, draft.area, draft.lon, draft.lat)
    except Problem:  # not told yet, or outside: reporting will say so
        return []
    told = Told(draft.text, clock.now(), str(draft.category_id or ""), place.text, place.lon, place.lat)
    return _similar(actor, told, place.area_code, most=most)


def similar_to_case(actor: Actor, case: Case, most: int = 5) -> list[Proposal]:
    """Open cases in sight that may tell of the same event as a case; what is over is in the history of its place."""
    told = Told(case.description, case.reported_at, str(case.category_id or ""), case.place_text, case.lon, case.lat)
    return _similar(actor, told, case.area_code, case.id, most, OPEN)


def _similar(
    actor: Actor, told: Told, area_code: str, itself: UUID | None = None, most: int = 5,
    states: Sequence[State] = STANDING,
) -> list[Proposal]:  # fmt: skip
    params: dict[str, Any] = {
        "since": told.at - LOOKED_BACK, "until": told.at + LOOKED_BACK, "itself": itself, "size": CANDIDATES,
        "states": list(states),
    }  # fmt: skip
    where = "c.reported_at >= %(since)s AND c.reported_at <= %(until)s AND c.state = ANY(%(states)s)"
    if itself is not None:
        where += " AND c.id <> %(itself)s"
    found = near(actor, area_code, told.lon, told.lat, METRES, where, params)
    compared = [Told(n.description, n.reported_at, str(n.category_id or ""), n.place_text, n.lon, n.lat) for n in found]
    return [Proposal(found[each.index], each) for each in alike(told, compared, most)]


def near(
    actor: Actor, area_code: str, lon: float | None, lat: float | None, metres: float, where: str,
    params: dict[str, Any], in_area: str = "true",
) -> Sequence[NearCase]:  # fmt: skip
    """Cases in sight of the same village, and those around a position beyond it too; the newest `size` of each. One query.

    By village the index of the area serves, around a position that of positions; sight by area and by unit goes on top.
    `in_area` narrows those of the village.
    """
    village = area_code[:12]
    params["village"], params["village_end"] = areas.bounds(village)
    places = [f"c.area_code >= %(village)s AND c.area_code < %(village_end)s AND {in_area}"]
    if lon is not None and lat is not None:
        around(lon, lat, metres, params)
        places.append(AROUND)
    parts = [
        f"(SELECT {COLUMNS} FROM {FROM} WHERE {arm} AND {place} AND {where} ORDER BY c.id DESC LIMIT %(size)s)"
        for arm in sight.arms(actor, params)
        for place in places
    ]
    return sql.rows(NearCase, f"SELECT * FROM ({' UNION '.join(parts)}) c ORDER BY id DESC", params) if parts else []


AROUND = "c.lat >= %(south)s AND c.lat <= %(north)s AND c.lon >= %(west)s AND c.lon <= %(east)s"


def around(lon: float, lat: float, metres: float, params: dict[str, Any]) -> None:
    """Put the square of `metres` around a position into `params`, for AROUND."""
    high = metres / METRES_OF_A_DEGREE
    wide = high / max(0.01, math.cos(math.radians(lat)))
    params |= {"south": lat - high, "north": lat + high, "west": lon - wide, "east": lon + wide}


def merges_of(case_id: UUID) -> tuple[CaseMerge | None, Sequence[CaseMerge]]:
    """What a case was merged into, if it was, and what was merged into it. One query, under the sight of the case."""
    found = list(
        CaseMerge.objects.filter(Q(case_id=case_id) | Q(main_id=case_id), undone_at=None).order_by("id")[:MOST_MERGED]
    )
    into = next((m for m in found if m.case_id == case_id), None)
    return into, [m for m in found if m.main_id == case_id]
