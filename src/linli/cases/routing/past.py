"""What past cases suggest where no rule fits: the unit that cases of the category, nearby, ended with. One query.

The narrowest area that has seen enough counts: grid, village, town, district. Only cases the dispatcher sees are counted, and none
that went to a body outside: it was no matter of the unit that had it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from linli.kernel import area_names, areas, clock
from linli.kernel.actors import Actor

from ..engine import sight
from ..engine.models import Case
from ..engine.states import State
from ..permissions import DISPATCH

#: Fewer say nothing, and how far to look back (inferred).
ENOUGH = 3
DAYS = 365
#: The newest so many of the category are looked at.
MOST = 500
ENDED_WELL = (State.CLOSED, State.EVALUATED)


@dataclass(frozen=True, slots=True)
class Past:
    """`count` of `total` closed cases of the category in `area` were handled by the unit, since `days` ago."""

    unit_id: UUID
    unit_name: str
    count: int
    total: int
    area: str
    area_name: str
    days: int = DAYS


def past_cases(actor: Actor, case: Case) -> Past | None:
    """The unit that past cases like this one ended with; None where too few are in sight. Two queries."""
    if case.category_id is None:
        return None
    lines = _counted(actor, case)
    around = (case.area_code, *areas.ancestors(case.area_code))
    for level, area in enumerate(sorted(set(around), key=len, reverse=True)):
        counts = [(line[2 + level], line[0], line[1]) for line in lines]
        total = sum(count for count, _, _ in counts)
        if total >= ENOUGH:
            count, unit_id, unit_name = max(counts, key=lambda c: (c[0], c[2]))
            return Past(unit_id, unit_name, count, total, area, area_names.names_of([area])[area])
    return None


def _counted(actor: Actor, case: Case) -> list[Any]:
    """How many cases each unit closed, by area from the narrowest to the widest."""
    around = sorted({case.area_code, *areas.ancestors(case.area_code)}, key=len, reverse=True)
    params: dict[str, Any] = {
        "category": case.category_id, "case": case.id, "states": [str(state) for state in ENDED_WELL], "most": MOST,
        "since": clock.now() - timedelta(days=DAYS),
    }  # fmt: skip
    seen = sight.arms(actor, params, None, DISPATCH)
    if not seen:
        return []
    levels = []
    for serial, area in enumerate(around):
        params[f"low{serial}"], params[f"high{serial}"] = areas.bounds(area)
        levels.append(f"count(*) FILTER (WHERE p.area_code >= %(low{serial})s AND p.area_code < %(high{serial})s)")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT p.unit_id, max(p.unit_name), {", ".join(levels)}
            FROM (SELECT c.unit_id, c.unit_name, c.area_code FROM cases_case c
                  WHERE ({" OR ".join(seen)}) AND c.category_id = %(category)s AND c.id <> %(case)s AND c.unit_id IS NOT NULL
                    AND c.state = ANY(%(states)s) AND NOT c.transferred AND c.reported_at >= %(since)s
                  ORDER BY c.id DESC LIMIT %(most)s) p
            GROUP BY p.unit_id
            """,
            params,
        )
        return list(cursor.fetchall())
