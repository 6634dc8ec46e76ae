"""Plans are drafted, by hand or from measures, begun, ended and taken up again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.kernel.ids import uuid7

from ..plans.models import UpgradeMeasure
from . import rules, writing
from .models import ImplementationPlan, PlanTask
from .problems import PlanUnready, StepRefused
from .rules import PlanState

_MEASURE = Text("没有编号为“{code}”的提升措施。", "There is no upgrade measure “{code}”.")
_MANY = Text("最多 {most} 项。", "At most {most}.")
_ORIGIN_LENGTH = 200


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan as it is entered."""

    area_code: str
    title: str
    note: str = ""
    origin: str = ""


def check_plan(actor: Actor, wanted: NewPlan) -> None:
    """Whether a plan may be written. Raises Forbidden, NotFound, Invalid."""
    writing.place(actor, wanted.area_code)
    problems = writing.check_line("title", wanted.title, needed=True) + writing.check_text("note", wanted.note)
    if problems:
        raise Invalid(fields=tuple(problems))


def draft_plan(actor: Actor, area_code: str, title: str, measures: Sequence[str], origin: str, note: str = "") -> UUID:
    """Draft a plan with a task for each upgrade measure (codes of the catalogue), in the order in which they need one another.

    The days are proposals: one lead time after another from today on. Owners are left to be named. `origin` says where it came
    from, as `room:id`. Gives the plan's id. Raises Forbidden, NotFound (no such area), Invalid.
    """
    wanted = NewPlan(area_code, title, note, origin[:_ORIGIN_LENGTH])
    check_plan(actor, wanted)
    codes = list(dict.fromkeys(measures))
    if len(codes) > rules.MOST_TASKS:
        raise Invalid(fields=(FieldProblem("measures", "many", _MANY, {"most": rules.MOST_TASKS}),))
    known = {each.code: each for each in UpgradeMeasure.objects.filter(code__in=codes)}
    if missing := [code for code in codes if code not in known]:
        raise Invalid(fields=(FieldProblem("measures", "unknown", _MEASURE, {"code": missing[0][:60]}),))
    laid = rules.laid_out(
        {code: each.lead_months for code, each in known.items()}, {code: each.needs for code, each in known.items()}, codes,
        clock.today(),
    )  # fmt: skip
    ids = {each.code: uuid7() for each in laid}
    with transaction.atomic():
        made = _created(actor, wanted)
        PlanTask.objects.bulk_create(
            PlanTask(
                id=ids[each.code], area_code=area_code, plan=made, title=known[each.code].name_zh, starts_on=each.starts_on,
                due_on=each.due_on, needs=[ids[need] for need in each.needs], measure=each.code, **writing.born(actor),
            )
            for each in laid
        )  # fmt: skip
    return made.id


def _created(actor: Actor, wanted: NewPlan) -> ImplementationPlan:
    made: ImplementationPlan = ImplementationPlan.objects.create(
        id=uuid7(), area_code=wanted.area_code, areas=writing.with_towns([wanted.area_code]), title=wanted.title.strip(),
        note=wanted.note.strip(), origin=wanted.origin, created_by_unit=actor.unit_name, **writing.born(actor),
    )  # fmt: skip
    changes.record(actor, "tiers.implementation_plan.add", "implementation_plan", made.id, wanted.area_code)
    return made


def change_plan(actor: Actor, plan_id: UUID, version: int, title: str, note: str) -> ImplementationPlan:
    """Change what a plan is called and says. Raises NotFound, Forbidden, ChangedMeanwhile, Invalid."""
    problems = writing.check_line("title", title, needed=True) + writing.check_text("note", note)
    with transaction.atomic():
        plan = writing.locked(ImplementationPlan, actor, plan_id, version)
        if problems:
            raise Invalid(fields=tuple(problems))
        plan.title, plan.note = title.strip(), note.strip()
        writing.keep(actor, plan)
        changes.record(actor, "tiers.implementation_plan.change", "implementation_plan", plan.id, plan.area_code)
    return plan


def move_plan(actor: Actor, plan_id: UUID, version: int, state: PlanState, reason: str = "") -> ImplementationPlan:
    """Begin, end, drop or take up a plan. Dropping it, and ending it with tasks open, asks for the reason.

    Raises NotFound, Forbidden, ChangedMeanwhile, StepRefused, PlanUnready, Invalid.
    """
    with transaction.atomic():
        plan = writing.locked(ImplementationPlan, actor, plan_id, version)
        check_move(plan, state, reason)
        plan.state, plan.reason = state, reason.strip()
        writing.keep(actor, plan)
        changes.record(
            actor, "tiers.implementation_plan.move", "implementation_plan", plan.id, plan.area_code, {"state": state}
        )
    return plan


def check_move(plan: ImplementationPlan, state: PlanState, reason: str) -> None:
    """Whether a plan goes to a state. Raises StepRefused, PlanUnready, Invalid. At most one query."""
    if state not in rules.PLAN_STEPS[_state(plan)]:
        raise StepRefused(state=plan.state, wanted=state)
    tasks = list(PlanTask.objects.filter(plan=plan).exclude(state="dropped").values_list("state", "owner"))
    if state == "running" and plan.state == "draft":
        ownerless = sum(not owner.strip() for _, owner in tasks)
        if not tasks or ownerless:
            raise PlanUnready(count=max(ownerless, 1))
    open_left = state == "done" and any(each in rules.OPEN for each, _ in tasks)
    needed = state == "dropped" or open_left
    if problems := writing.check_reason(reason) if needed else writing.check_text("reason", reason):
        raise Invalid(fields=tuple(problems))


def _state(plan: ImplementationPlan) -> PlanState:
    return next(each for each in rules.PLAN_STATES if each == plan.state)
