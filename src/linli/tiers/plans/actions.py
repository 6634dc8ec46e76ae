"""Scenarios are asked for, solved by a job, asked again with choices locked or forbidden; measures are priced anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from linli.access import changes
from linli.kernel import clock, scope
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound, Problem
from linli.kernel.ids import uuid7

from ..assessing.actions import assessor
from ..assessing.models import Assessment
from ..assessing.queries import last_assessment
from ..optimum.instance import Instance, Refused, check
from ..permissions import PLAN_EDIT, PLAN_VIEW
from .catalogue import measures_of, snapshot
from .inputs import Inputs, inputs
from .models import UpgradeMeasure, UpgradeScenario
from .problems import NoAssessmentYet, NothingToPlan, PlanRefused
from .wanted import instance

log = structlog.get_logger("linli.tiers")
#: Shares of the budget the front is drawn at: cost against people reached.
FRONT = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
LONGEST_TITLE = 100


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """New costs of a measure, CNY; None leaves a value as it is. Whoever changes a cost says how sure it is."""

    unit_cost: Decimal | None = None
    running_cost: Decimal | None = None
    lead_months: int | None = None
    staff_days: int | None = None
    town_prices: Mapping[str, Decimal] | None = None
    certainty: str | None = None
    note: str | None = None


def question(
    asked: Mapping[str, Any], assessment: Assessment, area: str, kept: list[dict[str, Any]]
) -> tuple[Instance, Inputs]:
    """The whole question, checked. Raises PlanRefused and NothingToPlan."""
    found = inputs(assessment, area, kept)
    if not found.communities:
        raise NothingToPlan()
    try:
        made = instance(asked, found.communities, measures_of(kept), found.bounds)
        check(made)
    except Refused as refused:
        raise PlanRefused(reason=refused.say("zh"), reason_en=refused.say("en"), why=refused.code) from None
    return made, found


def check_scenario(actor: Actor, asked: Mapping[str, Any], area: str) -> tuple[Assessment, list[dict[str, Any]]]:
    """What a scenario starts from. Raises Forbidden, NoAssessmentYet, NothingToPlan, PlanRefused."""
    actor.require(PLAN_EDIT, area)
    last = last_assessment()
    if last is None:
        raise NoAssessmentYet()
    kept = snapshot(UpgradeMeasure.objects.order_by("code"))
    question(asked, last, area, kept)
    return last, kept


def ask(
    actor: Actor, asked: Mapping[str, Any], area: str | None = None, plan_id: UUID | None = None
) -> UpgradeScenario:
    """Ask for a scenario, of a plan that exists or of a new one; `carry_out` solves it. Raises what `check_scenario` does."""
    place = area or str(settings.LINLI_DISTRICT)
    if plan_id is not None:
        held = UpgradeScenario.objects.restrict(actor, PLAN_EDIT).filter(plan_id=plan_id).first()
        if held is None:
            raise NotFound()
        place = held.area_code
    assessment, kept = check_scenario(actor, asked, place)
    with transaction.atomic():
        new = uuid7()
        made = UpgradeScenario.objects.create(
            id=new, plan_id=plan_id or new, area_code=place, title=str(asked.get("title", ""))[:LONGEST_TITLE],
            asked=dict(asked), assessment=assessment, catalogue=kept, asked_at=clock.now(), asked_by=actor.id,
            asked_by_name=actor.name,
        )  # fmt: skip
        changes.record(actor, "tiers.plan.ask", "scenario", made.id, place)
    return made


def carry_out(scenario_id: UUID) -> UpgradeScenario | None:
    """Solve a scenario that waits; doing it twice changes nothing. The solving itself holds no transaction open."""
    from ..optimum.result import Infeasible
    from ..optimum.solving import solve
    from .telling import collisions, told

    with scope.acting(assessor()):
        found = UpgradeScenario.objects.select_for_update().filter(id=scenario_id).first()
        if found is None or found.state not in ("waiting", "running"):
            return found
        found.state = "running"
        found.save(update_fields=["state"])
        assessment = Assessment.objects.get(id=found.assessment_id)
    first = int(found.asked["first_year"])
    try:
        with scope.acting(assessor()):
            made, given = question(found.asked, assessment, found.area_code, found.catalogue)
        towns = {c.code: c.town for c in given.communities}
        try:
            found.result, found.state = told(solve(made), first, given.names, towns), "finished"
            if found.asked.get("front"):
                found.result["front"] = front(made)
        except Infeasible as none:
            found.result, found.state = collisions(none), "infeasible"
        except Refused as refused:
            raise PlanRefused(reason=refused.say("zh"), reason_en=refused.say("en"), why=refused.code) from None
    except Exception as error:
        found.state, found.why = "failed", error.code if isinstance(error, Problem) else type(error).__name__
        log.error("tiers.plan_failed", scenario=str(scenario_id), error=found.why)
    found.finished_at = clock.now()
    with scope.acting(assessor()):
        found.save(update_fields=["state", "result", "why", "finished_at"])
    return found


def front(asked: Instance) -> list[dict[str, Any]]:
    """What shares of the budget reach, for the most people: cost against people reached."""
    from dataclasses import replace

    from ..optimum.result import Infeasible
    from ..optimum.solving import raised_budget, solve
    from .wanted import OBJECTIVES

    points = []
    for share in FRONT:
        scaled = replace(raised_budget(asked, share), objective=OBJECTIVES["people"])
        try:
            plan = solve(scaled, gap=0.002)
        except (Infeasible, Refused):
            continue
        points.append(
            {
                "share": share, "budget_cents": scaled.budget, "cost_cents": plan.cost, "raised": plan.raised,
                "people": plan.people, "gap": plan.gap,
            }
        )  # fmt: skip
    return points


def change_measure(actor: Actor, code: str, change: MeasureChange) -> UpgradeMeasure:
    """Change the costs of a measure for the district. Raises NotFound, Forbidden."""
    actor.require(PLAN_VIEW)
    actor.require(PLAN_EDIT, settings.LINLI_DISTRICT)
    with transaction.atomic():
        found = UpgradeMeasure.objects.select_for_update().filter(code=code).first()
        if found is None:
            raise NotFound()
        fields = ["changed_at", "changed_by", "changed_by_name"]
        for name in ("unit_cost", "running_cost", "lead_months", "staff_days", "certainty", "note"):
            value = getattr(change, name)
            if value is not None:
                setattr(found, name, value)
                fields.append(name)
        if change.town_prices is not None:
            found.town_prices = {town: str(price) for town, price in change.town_prices.items()}
            fields.append("town_prices")
        found.changed_at, found.changed_by, found.changed_by_name = clock.now(), actor.id, actor.name
        found.save(update_fields=fields)
        changes.record(
            actor, "tiers.measure.change", "upgrade_measure", found.id, settings.LINLI_DISTRICT, {"code": code}
        )
    return found
