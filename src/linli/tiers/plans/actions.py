"""Scenarios are asked for, solved by a job, asked again with choices locked or forbidden; measures are priced anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from linli.access import changes
from linli.kernel import clock, scope
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Problem, Text
from linli.kernel.faults import worth_retrying
from linli.kernel.ids import uuid7

from ..assessing.actions import assessor
from ..assessing.models import Assessment
from ..assessing.queries import last_assessment
from ..optimum.instance import Instance, Refused, check
from ..permissions import PLAN_EDIT, PLAN_VIEW
from . import queries
from .catalogue import measures_of, snapshot
from .inputs import Inputs, inputs
from .models import UpgradeMeasure, UpgradeScenario
from .problems import MeasureChanged, NoAssessmentYet, NothingChanged, NothingToPlan, PlanRefused
from .telling import collisions, summary_of, told
from .wanted import instance

log = structlog.get_logger("linli.tiers")
PRICED = ("unit_cost", "running_cost", "lead_months", "staff_days", "certainty", "note")
#: Shares of the budget the front is drawn at: cost against people reached.
FRONT = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
LONGEST_TITLE = 100
_NO_TOWN = Text("本区没有这个镇街：{towns}。", "The district has no such town: {towns}.")
OPEN = ("waiting", "running")
#: What is being solved for longer than this was lost with its worker, and what waits for longer than a day with its queue.
STALE, FORGOTTEN = timedelta(hours=1), timedelta(days=1)


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
    #: When it was last changed, as it was read; None: not told.
    changed_at: datetime | None = None


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
    """Solve a scenario that waits; doing it twice changes nothing. The solving itself holds no transaction open. What passes, such
    as a lost connection, leaves it to be solved by the next try; what does not is kept with it in words."""
    from ..optimum.result import Infeasible, Unfinished

    with scope.acting(assessor()):
        found = UpgradeScenario.objects.select_for_update().filter(id=scenario_id).first()
        if found is None or found.state not in OPEN:
            return found
        found.state, found.started_at = "running", clock.now()
        found.save(update_fields=["state", "started_at"])
        assessment = Assessment.objects.get(id=found.assessment_id)
    try:
        found.result = _solved(found, assessment)
        found.state, found.summary = "finished", summary_of(found.result)
    except Infeasible as none:
        found.result, found.state = collisions(none), "infeasible"
    except Problem as refused:
        said = {language: refused.text.say(language, refused.params) for language in ("zh", "en")}
        found.result, found.state, found.why = {"refused": said}, "failed", str(refused.params.get("why", refused.code))
    except Exception as error:
        if worth_retrying(error):
            raise  # the queue tries again
        found.state, found.why = "failed", "unfinished" if isinstance(error, Unfinished) else type(error).__name__
        log.error("tiers.plan_failed", scenario=str(scenario_id), error=found.why)
    found.finished_at = clock.now()
    with scope.acting(assessor()):
        kept = {name: getattr(found, name) for name in ("state", "result", "summary", "why", "finished_at")}
        mine = UpgradeScenario.objects.filter(id=scenario_id, state="running", started_at=found.started_at)
        mine.update(**kept)  # given up meanwhile, or tried by another: theirs stays
    return found


def _solved(found: UpgradeScenario, assessment: Assessment) -> dict[str, Any]:
    """The answer. Raises Infeasible, Unfinished, PlanRefused."""
    from ..optimum.solving import solve

    with scope.acting(assessor()):
        made, given = question(found.asked, assessment, found.area_code, found.catalogue)
    towns = {c.code: c.town for c in given.communities}
    try:
        result = told(solve(made), int(found.asked["first_year"]), given.names, towns)
        if found.asked.get("front"):
            result["front"] = front(made)
    except Refused as refused:
        raise PlanRefused(reason=refused.say("zh"), reason_en=refused.say("en"), why=refused.code) from None
    return result


def give_up_lost() -> int:
    """Say of what was lost with its worker that it failed: being solved for too long, or waiting since yesterday. How many."""
    now = clock.now()
    with scope.acting(assessor()):
        lost = Q(state="running", started_at__lte=now - STALE) | Q(state__in=OPEN, asked_at__lte=now - FORGOTTEN)
        rows = UpgradeScenario.objects.filter(lost).exclude(state="running", started_at__gt=now - STALE)
        return int(rows.update(state="failed", why="lost", finished_at=now))


def front(asked: Instance) -> list[dict[str, Any]]:
    """What shares of the budget reach, for the most people: cost against people reached."""
    from dataclasses import replace

    from ..optimum.result import Infeasible, Unfinished
    from ..optimum.solving import raised_budget, solve
    from .wanted import OBJECTIVES

    points = []
    for share in FRONT:
        scaled = replace(raised_budget(asked, share), objective=OBJECTIVES["people"])
        try:
            plan = solve(scaled, gap=0.002)
        except (Infeasible, Refused, Unfinished):
            continue
        points.append(
            {
                "share": share, "budget_cents": scaled.budget, "cost_cents": plan.cost, "raised": plan.raised,
                "people": plan.people, "gap": plan.gap,
            }
        )  # fmt: skip
    return points


def change_measure(actor: Actor, code: str, change: MeasureChange) -> UpgradeMeasure:
    """Change the costs of a measure for the district; the log keeps what was and what is. Raises NotFound, Forbidden,
    MeasureChanged, Invalid for a town there is not, NothingChanged."""
    actor.require(PLAN_VIEW)
    actor.require(PLAN_EDIT, settings.LINLI_DISTRICT)
    with transaction.atomic():
        found = UpgradeMeasure.objects.select_for_update().filter(code=code).first()
        if found is None:
            raise NotFound()
        if change.changed_at is not None and change.changed_at != found.changed_at:
            raise MeasureChanged(who=found.changed_by_name)
        given = {name: value for name in PRICED if (value := getattr(change, name)) is not None}
        if change.town_prices is not None:
            _towns_hold(actor, change.town_prices, found.town_prices)
            given["town_prices"] = {town: f"{price:.2f}" for town, price in sorted(change.town_prices.items())}
        moved = {name: value for name, value in given.items() if _plain(getattr(found, name)) != _plain(value)}
        if not moved:
            raise NothingChanged()
        detail = {name: [_plain(getattr(found, name)), _plain(value)] for name, value in moved.items()}
        for name, value in moved.items():
            setattr(found, name, value)
        found.changed_at, found.changed_by, found.changed_by_name = clock.now(), actor.id, actor.name
        found.save(update_fields=[*moved, "changed_at", "changed_by", "changed_by_name"])
        changes.record(
            actor,
            "tiers.measure.change",
            "upgrade_measure",
            found.id,
            settings.LINLI_DISTRICT,
            {"code": code, **detail},
        )
    return found


def _towns_hold(actor: Actor, asked: Mapping[str, Any], held: Mapping[str, Any]) -> None:
    """Prices are of towns of the district; one that is there already may stay, also of a town that is no more."""
    if fresh := set(asked) - set(held):
        known = {code for code, _ in queries.towns(actor)}
        if wrong := sorted(fresh - known):
            told = {"towns": ", ".join(wrong[:10])}
            raise Invalid(fields=(FieldProblem("town_prices", "town", _NO_TOWN, told),))


def _plain(value: Any) -> Any:
    """A value as the log keeps it: money with two places."""
    if isinstance(value, Mapping):
        return {name: _plain(Decimal(price)) for name, price in sorted(value.items())}
    return f"{value:.2f}" if isinstance(value, Decimal) else value
