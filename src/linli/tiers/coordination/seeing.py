"""Which rows somebody sees: those of their areas; plans that are no drafts, meetings and visits also where they take part."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from linli.kernel import area_names, areas
from linli.kernel.actors import Actor
from linli.kernel.scoped import ScopedQuerySet, within

from ..permissions import COORDINATE
from .models import ImplementationPlan, PlanTask
from .rules import PLAN_STATES


def seen(model: Any, actor: Actor, under: str | None = None) -> ScopedQuerySet[Any]:
    """The rows of a table in sight; with `under` those that lie in an area, or that it or an area in it takes part in.

    A task of somebody else's draft is not seen, whomever it is for: row-level security hides that plan, and so its state.
    """
    rows: ScopedQuerySet[Any] = model.objects.all()
    held = actor.areas_for(COORDINATE)
    if not held:
        return rows.none()
    if model is PlanTask:
        rows = rows.filter(Q(plan__isnull=True) | Q(plan__state__in=PLAN_STATES))
        return rows.restrict(actor, COORDINATE, under)
    rows = rows.filter(within(held) | _takes_part(model, held))
    if under is not None:
        going = areas.minimal(area_names.going_by(under))
        rows = rows.filter(within(going) | Q(areas__overlap=list(going))) if going else rows.none()
    return rows


def _takes_part(model: Any, held: tuple[str, ...]) -> Q:
    part = Q(areas__overlap=list(held))
    return part & ~Q(state="draft") if model is ImplementationPlan else part
