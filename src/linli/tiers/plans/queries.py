"""Reads of plans: the measures, the scenarios in sight, one of them, several side by side. Fixed queries."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from linli.kernel import paging
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.paging import Page

from ..cursors import after_id
from ..permissions import PLAN_VIEW
from .models import UpgradeMeasure, UpgradeScenario

MOST_COMPARED = 6


def measures(actor: Actor) -> list[UpgradeMeasure]:
    """The catalogue of measures, by theme. Reference data, the same for all. One query."""
    actor.require(PLAN_VIEW)
    return list(UpgradeMeasure.objects.order_by("theme", "code"))


def scenarios(actor: Actor, plan_id: UUID | None, cursor: str | None, limit: int | None) -> Page[UpgradeScenario]:
    """The scenarios in sight, the last asked for first; of one plan if it is given. One query."""
    size = paging.limit(limit)
    rows = UpgradeScenario.objects.restrict(actor, PLAN_VIEW).select_related("assessment").order_by("-id")
    if plan_id is not None:
        rows = rows.filter(plan_id=plan_id)
    if (after := after_id(cursor)) is not None:
        rows = rows.filter(id__lt=after)
    found = list(rows.defer("catalogue")[: size + 1])
    return Page(found[:size], paging.encode((found[size - 1].id,)) if len(found) > size else None)


def scenario(actor: Actor, scenario_id: UUID) -> UpgradeScenario:
    """One scenario with its answer. Raises NotFound. One query."""
    rows = UpgradeScenario.objects.restrict(actor, PLAN_VIEW).select_related("assessment")
    found = rows.filter(id=scenario_id).first()
    if found is None:
        raise NotFound()
    return found


def compared(actor: Actor, ids: Sequence[UUID]) -> list[UpgradeScenario]:
    """Scenarios side by side, as asked for. Raises NotFound where one is not in sight. One query."""
    rows = UpgradeScenario.objects.restrict(actor, PLAN_VIEW).select_related("assessment").defer("catalogue")
    found = {each.id: each for each in rows.filter(id__in=list(ids[:MOST_COMPARED]))}
    if not ids or any(each not in found for each in ids[:MOST_COMPARED]):
        raise NotFound()
    return [found[each] for each in dict.fromkeys(ids[:MOST_COMPARED])]
