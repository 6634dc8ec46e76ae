"""Reads of plans: the measures, the scenarios in sight, one of them, several side by side. Fixed queries."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import F

from linli.kernel import areas, paging
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.paging import Page
from linli.places.models import Region

from ..cursors import after_id
from ..permissions import PLAN_VIEW
from .models import UpgradeMeasure, UpgradeScenario

MOST_COMPARED = 6
MOST_CHANGES = 100
#: What a measure's history tells of, in the order of its query.
KEPT = ("unit_cost", "running_cost", "lead_months", "staff_days", "town_prices", "certainty", "note")
#: What lists of scenarios do not read.
HEAVY = ("catalogue", "asked", "result")


@dataclass(frozen=True, slots=True)
class MeasureChanged:
    """A change of a measure: by field, what was and what became of it."""

    at: datetime
    by_name: str
    prices: Mapping[str, tuple[Any, Any]]


def measures(actor: Actor) -> list[UpgradeMeasure]:
    """The catalogue of measures, by theme. Reference data, the same for all. One query."""
    actor.require(PLAN_VIEW)
    return list(UpgradeMeasure.objects.order_by("theme", "code"))


def towns(actor: Actor) -> list[tuple[str, str]]:
    """The towns of the district by code. One query."""
    actor.require(PLAN_VIEW)
    low, high = areas.bounds(settings.LINLI_DISTRICT)
    rows = Region.objects.filter(level="town", valid_to=None, code__gte=low, code__lt=high)
    return list(rows.order_by("code").values_list("code", "name"))


def measure_log(actor: Actor, code: str) -> list[MeasureChanged]:
    """What was changed in a measure, the last first: what it was before, and what it became. Raises NotFound. Two queries."""
    actor.require(PLAN_VIEW)
    held = UpgradeMeasure.objects.filter(code=code).values_list("id", flat=True).first()
    if held is None:
        raise NotFound()
    with connection.cursor() as cursor:
        cursor.execute(_IMAGES, {"id": held, "most": MOST_CHANGES + 1})
        images = cursor.fetchall()
    found = []
    for (at, by_name, *after), (_, _, *before) in pairwise(images):
        moved = {name: (old, new) for name, old, new in zip(KEPT, before, after, strict=True) if old != new}
        if moved:
            told = {name: (_told(name, old), _told(name, new)) for name, (old, new) in moved.items()}
            found.append(MeasureChanged(at, by_name, told))
    return found


def _told(name: str, value: Any) -> Any:
    """A value of an image: money as text, prices of towns as they were kept."""
    if name == "town_prices":
        return json.loads(value) if isinstance(value, str) else value
    return f"{value:.2f}" if isinstance(value, Decimal) else value


_IMAGES = """
SELECT changed_at, changed_by_name, unit_cost, running_cost, lead_months, staff_days, town_prices, certainty, note FROM (
    SELECT changed_at, changed_by_name, unit_cost, running_cost, lead_months, staff_days, town_prices, certainty, note, now() AS replaced_at
    FROM tiers_upgrade_measure WHERE id = %(id)s
    UNION ALL
    SELECT changed_at, changed_by_name, unit_cost, running_cost, lead_months, staff_days, town_prices, certainty, note, replaced_at
    FROM tiers_upgrade_measure_history WHERE id = %(id)s AND op = 'U'
) images ORDER BY changed_at DESC, replaced_at DESC LIMIT %(most)s
"""


def scenarios(actor: Actor, plan_id: UUID | None, cursor: str | None, limit: int | None) -> Page[UpgradeScenario]:
    """The scenarios in sight, the last asked for first; of one plan if it is given. One query."""
    size = paging.limit(limit)
    rows = UpgradeScenario.objects.restrict(actor, PLAN_VIEW).select_related("assessment").order_by("-id")
    if plan_id is not None:
        rows = rows.filter(plan_id=plan_id)
    if (after := after_id(cursor)) is not None:
        rows = rows.filter(id__lt=after)
    found = list(rows.defer(*HEAVY)[: size + 1])
    return Page(found[:size], paging.encode((found[size - 1].id,)) if len(found) > size else None)


def scenario(actor: Actor, scenario_id: UUID) -> UpgradeScenario:
    """One scenario with its answer. Raises NotFound. One query."""
    rows = UpgradeScenario.objects.restrict(actor, PLAN_VIEW).select_related("assessment")
    found = rows.filter(id=scenario_id).first()
    if found is None:
        raise NotFound()
    return found


def named(found: UpgradeScenario) -> dict[str, str]:
    """The names of the communities that the conditions of a scenario name, or that cannot meet them, by code. One query at most."""
    chosen = [*found.asked.get("locks", ()), *found.asked.get("bans", ())]
    codes = {each.get("community") for each in chosen} | {*((found.result or {}).get("colliding_communities") or ())}
    wanted = sorted(code for code in codes if code)
    if not wanted:
        return {}
    rows = Region.objects.filter(code__in=wanted).order_by("code", F("valid_to").asc(nulls_first=True))
    names: dict[str, str] = {}
    for code, name in rows.values_list("code", "name"):
        names.setdefault(code, name)
    return names


def compared(actor: Actor, ids: Sequence[UUID]) -> list[UpgradeScenario]:
    """Scenarios side by side, as asked for. Raises NotFound where one is not in sight. One query."""
    rows = UpgradeScenario.objects.restrict(actor, PLAN_VIEW).select_related("assessment").defer("catalogue")
    wanted = list(dict.fromkeys(ids))[:MOST_COMPARED]
    found = {each.id: each for each in rows.filter(id__in=wanted)}
    if not wanted or any(each not in found for each in wanted):
        raise NotFound()
    return [found[each] for each in wanted]
