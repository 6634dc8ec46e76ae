"""What was reported at the place of a case before: around its position, or at its address, of the same category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from linli.kernel import areas, paging
from linli.kernel.actors import Actor
from linli.kernel.paging import Count, Page
from linli.registry.queries import sql

from ..duplicates.nearby import distance
from ..duplicates.queries import AROUND, COLUMNS, FROM, NearCase, around
from ..engine import sight
from ..engine.models import Case

YEAR = timedelta(days=365)
#: How near is the same place: the width of a street with its pavements.
METRES, LEAST_METRES, MOST_METRES = 50, 10, 500


@dataclass(frozen=True, slots=True)
class Earlier:
    """A case of the same place, and how far away it was; None where one of the two has no position."""

    case: NearCase
    metres: int | None


def history_of_place(
    actor: Actor, case_id: UUID, metres: int = METRES, any_category: bool = False, cursor: str | None = None,
    limit: int | None = None,
) -> tuple[Case, Page[Earlier]]:  # fmt: skip
    """The cases in sight of the twelve months before a case, at its place and of its category, the newest first.

    Its place: within `metres` of its position, or the same address in the same village. Merged cases are not counted
    beside what they were merged into. Raises NotFound. Three queries.
    """
    case = sight.one(actor, case_id)
    size, after = paging.limit(limit), paging.decode(cursor, 1)
    params: dict[str, Any] = {
        "id": case.id, "since": case.reported_at - YEAR, "until": case.reported_at, "category": case.category_id,
        "size": size + 1,
    }  # fmt: skip
    where = "c.id <> %(id)s AND c.state <> 'merged' AND c.reported_at >= %(since)s AND c.reported_at <= %(until)s"
    if not any_category:
        where += " AND c.category_id = %(category)s"
    parts = _parts(actor, case, metres, params)
    if not parts:
        return case, Page([], None, Count(0))
    count = sql.count(" UNION ".join(f"(SELECT c.id FROM cases_case c WHERE {p} AND {where})" for p in parts), params)
    if after:
        params["after"] = after[0]
        where += " AND c.id < %(after)s::uuid"
    found = sql.rows(
        NearCase,
        "SELECT * FROM ("
        + " UNION ".join(
            f"(SELECT {COLUMNS} FROM {FROM} WHERE {part} AND {where} ORDER BY c.id DESC LIMIT %(size)s)"
            for part in parts
        )
        + ") c ORDER BY id DESC LIMIT %(size)s",
        params,
    )
    shown = found[:size]
    following = paging.encode((shown[-1].id,)) if len(found) > size else None
    return case, Page([_earlier(case, each) for each in shown], following, count)


def _parts(actor: Actor, case: Case, metres: int, params: dict[str, Any]) -> Sequence[str]:
    """What is meant by its place, once for each way of seeing cases, each for an index of its own."""
    places = []
    if case.lon is not None and case.lat is not None:
        around(case.lon, case.lat, metres, params)
        places.append(AROUND)
    if case.place_text:
        params["village"], params["village_end"] = areas.bounds(case.area_code[:12])
        params["address"] = case.place_text
        places.append("c.area_code >= %(village)s AND c.area_code < %(village_end)s AND c.place_text = %(address)s")
    return [f"{arm} AND {place}" for arm in sight.arms(actor, params) for place in places]


def _earlier(case: Case, near: NearCase) -> Earlier:
    metres = distance(case.lon, case.lat, near.lon, near.lat)
    return Earlier(near, None if metres is None else round(metres))
