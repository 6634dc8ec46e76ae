"""What a plan starts from: communities with the values of an assessment, the bounds of its system, compounds. Fixed queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from linli.kernel import areas

from ..assessing.models import Assessment
from ..optimum.instance import Bound, Community
from ..optimum.standing import SLACK
from ..recognitions.queries import NOW
from ..rules import TIERS
from ..systems.queries import indicators_of
from .wanted import RANK

#: What is asked strictly lies past its value by twice what the optimiser lets pass: less than any place that is told.
STRICTLY = 2 * SLACK
#: So many communities of a town that follow each other by code count as neighbours (an assumption: codes follow the map).
NEIGHBOURS = 4


@dataclass(frozen=True, slots=True)
class Inputs:
    """Communities as the optimiser takes them, the bounds, and the names of areas."""

    communities: tuple[Community, ...]
    bounds: tuple[Bound, ...]
    names: Mapping[str, str]


_COMMUNITIES = f"""
SELECT s.area_code, r.short_name, r.parent_code, coalesce(t.name, ''), coalesce(s.people, 0), s.readings, n.tier,
    coalesce(c.compounds, 0), coalesce(c.old, 0)
FROM tiers_standing s
JOIN places_region r ON r.code = s.area_code
LEFT JOIN places_region t ON t.code = r.parent_code
{NOW}
LEFT JOIN (
    SELECT village_code, count(*) AS compounds, count(*) FILTER (WHERE kind = 'old') AS old
    FROM places_compound WHERE area_code >= %(low)s AND area_code < %(high)s GROUP BY village_code
) c ON c.village_code = s.area_code
WHERE s.assessment_id = %(assessment)s AND s.area_code >= %(low)s AND s.area_code < %(high)s
ORDER BY s.area_code
"""


def inputs(assessment: Assessment, area: str, kept: Sequence[Mapping[str, Any]]) -> Inputs:
    """The communities of an area in an assessment, and the bounds it was made by. Three queries, as one who sees the area."""
    low, high = areas.bounds(area)
    by_compound = [row["code"] for row in kept if row["basis"] == "compound"]
    priced = [row for row in kept if row["town_cents"]]
    names: dict[str, str] = {}
    placed: dict[str, int] = {}
    found = []
    with connection.cursor() as cursor:
        cursor.execute(_COMMUNITIES, {"assessment": assessment.id, "low": low, "high": high})
        rows = cursor.fetchall()
    for code, name, town, town_name, people, readings, tier, compounds, old in rows:
        names[code], names[town] = name, town_name
        place = placed[town] = placed.get(town, -1) + 1
        units = max(1, int(compounds))
        found.append(
            Community(
                code,
                town or "",
                int(people),
                RANK[tier] if tier else 0,
                compounds > 0 and 2 * old >= compounds,
                {metric: _value(pair) for metric, pair in _parsed(readings).items()},
                dict.fromkeys(by_compound, units),
                {row["code"]: row["town_cents"][town] for row in priced if town in row["town_cents"]},
                group=f"{town}-{place // NEIGHBOURS}",
                name=name,
            )
        )
    return Inputs(tuple(found), bounds_of(assessment), names)


def bounds_of(assessment: Assessment) -> tuple[Bound, ...]:
    """The bounds of the system an assessment was made by. Two queries."""
    found = []
    for indicator in indicators_of(assessment.system_id):
        for bound in indicator.bounds.all():
            value: float | bool | None = None if bound.value is None else float(bound.value)
            if value is not None and bound.unit == "bool":
                value = bool(value)
            op = bound.op
            if value is not None and op in (">", "<"):
                past = 1.0 if bound.unit == "count" else STRICTLY
                value += past if op == ">" else -past
                op += "="
            found.append(Bound(indicator.code, TIERS.index(indicator.tier) + 1, bound.metric, op, value))  # type: ignore[arg-type]
    return tuple(found)


def _parsed(readings: Any) -> Mapping[str, Sequence[str | None]]:
    if isinstance(readings, str):
        import json

        return dict(json.loads(readings))
    return dict(readings)


def _value(pair: Sequence[str | None]) -> float | None:
    """Records go before what is declared."""
    held = pair[0] if pair[0] is not None else pair[1]
    return None if held is None else float(Decimal(held))
