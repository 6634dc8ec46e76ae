"""Answers of the API made from what reads found: one place where tables of coordination become schemas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast

from linli.kernel import clock
from linli.kernel.actors import Actor

from ..permissions import COORDINATE
from ..schemas import TierTextOut
from . import rules
from .held_schemas import (
    AgendaPointOut,
    CommunityPartsOut,
    MeetingDecisionOut,
    StudyVisitOut,
    TierMeetingDetailOut,
    TierMeetingOut,
)
from .models import ImplementationPlan, PlanTask, StudyVisit, TierMeeting
from .queries import Board, Choices, Names, PartsOf, PlanDetail
from .rules import PlanState
from .schemas import (
    CoordinationAreaOut,
    CoordinationChoicesOut,
    CoordinationCountsOut,
    CoordinationMeasureOut,
    ImplementationPlanDetailOut,
    ImplementationPlanOut,
    PlanTaskOut,
    PlanTasksOut,
)


def task_out(actor: Actor, task: PlanTask, names: Names, today: date) -> PlanTaskOut:
    """A task. One of a plan that does not run is neither late nor coming."""
    plan = task.plan
    binding = plan is None or plan.state == "running"
    measure = names.measures.get(task.measure)
    keeps = actor.may(COORDINATE, plan.area_code if plan is not None else task.area_code)
    going = plan is None or plan.state in ("draft", "running")
    fields = {
        name: getattr(task, name)
        for name in (
            "id", "version", "area_code", "plan_id", "meeting_id", "title", "owner", "starts_on", "due_on", "done_on", "state", "needs",
            "indicator", "measure", "note", "reason", "synthetic", "changed_at", "changed_by_name",
        )
    }  # fmt: skip
    return PlanTaskOut(
        **fields, area_name=names.areas.get(task.area_code, task.area_code), plan_title=plan.title if plan else "",
        plan_state=cast(Any, plan.state if plan else None), indicator_name=names.indicators.get(task.indicator, ""),
        measure_name=TierTextOut(zh=measure[0], en=measure[1]) if measure else None,
        mark=rules.mark(cast(Any, task.state), task.due_on, today) if binding else "",
        may_edit=keeps and going, may_move=going and actor.may(COORDINATE, task.area_code),
    )  # fmt: skip


def tasks_out(actor: Actor, tasks: Iterable[PlanTask], names: Names) -> list[PlanTaskOut]:
    today = clock.today()
    return [task_out(actor, each, names, today) for each in tasks]


def board_out(actor: Actor, found: Board) -> PlanTasksOut:
    return PlanTasksOut(
        counts=CoordinationCountsOut(**found.counts), items=tasks_out(actor, found.page.items, found.names),
        next=found.page.next, today=clock.today(),
    )  # fmt: skip


def plan_out(actor: Actor, plan: ImplementationPlan, names: Names) -> ImplementationPlanOut:
    """A plan as `queries` read it, with the figures of its tasks."""
    counted: Any = plan
    fields = {
        name: getattr(plan, name)
        for name in (
            "id", "version", "area_code", "title", "origin", "note", "reason", "synthetic", "created_by_name", "created_by_unit",
            "created_at", "changed_at", "changed_by_name",
        )
    }  # fmt: skip
    return ImplementationPlanOut(
        **fields, state=cast(Any, plan.state), area_name=names.areas.get(plan.area_code, plan.area_code), tasks=counted.tasks_of,
        done=counted.tasks_done, late=counted.tasks_late, first_on=counted.first_on, last_on=counted.last_on,
        may_edit=actor.may(COORDINATE, plan.area_code),
    )  # fmt: skip


def plan_detail_out(actor: Actor, found: PlanDetail) -> ImplementationPlanDetailOut:
    plan = plan_out(actor, found.plan, found.names)
    steps: Sequence[PlanState] = rules.PLAN_STEPS[plan.state] if plan.may_edit else ()
    return ImplementationPlanDetailOut(
        plan=plan, steps=list(steps), tasks=tasks_out(actor, found.tasks, found.names), today=clock.today()
    )


def _areas_out(codes: Sequence[str], names: Names) -> list[CoordinationAreaOut]:
    """Who takes part: a town that is there for its communities only is left out."""
    own = [code for code in codes if not any(other != code and other.startswith(code) for other in codes)]
    return [CoordinationAreaOut(code=code, name=names.areas.get(code, code)) for code in own]


def _stands(actor: Actor, held: TierMeeting | StudyVisit) -> bool:
    """Whether somebody may change it: theirs, and not called off."""
    return held.cancelled_at is None and actor.may(COORDINATE, held.area_code)


def _restored(actor: Actor, held: TierMeeting | StudyVisit) -> dict[str, Any]:
    """That one takes place after all, or may be made to."""
    may = held.cancelled_at is not None and actor.may(COORDINATE, held.area_code)
    return {
        "restored_at": held.restored_at, "restored_by_name": held.restored_by_name, "restored_reason": held.restored_reason,
        "may_restore": may,
    }  # fmt: skip


def _meeting_fields(actor: Actor, meeting: TierMeeting, names: Names) -> dict[str, Any]:
    plain = {
        name: getattr(meeting, name)
        for name in ("id", "version", "area_code", "title", "held_on", "begins", "place", "cancelled_at", "synthetic")
    }
    return {
        **plain, "area_name": names.areas.get(meeting.area_code, meeting.area_code), "areas": _areas_out(meeting.areas, names),
        "points": len(meeting.agenda), "decided": len(meeting.decisions), "may_edit": _stands(actor, meeting),
    }  # fmt: skip


def meeting_out(actor: Actor, meeting: TierMeeting, names: Names) -> TierMeetingOut:
    return TierMeetingOut(**_meeting_fields(actor, meeting, names))


def meeting_detail_out(
    actor: Actor, meeting: TierMeeting, tasks: Sequence[PlanTask], names: Names
) -> TierMeetingDetailOut:
    """A meeting with its agenda, its decisions and what became of them."""
    made = {str(each.id): each for each in tasks_out(actor, tasks, names)}
    return TierMeetingDetailOut(
        **_meeting_fields(actor, meeting, names), chair=meeting.chair, attending=meeting.attending,
        agenda=[AgendaPointOut(**point) for point in meeting.agenda],
        decisions=[
            MeetingDecisionOut(
                id=each["id"], item=each["item"], text=each["text"], task_id=each["task"], task=made.get(each["task"])
            )
            for each in meeting.decisions
        ],
        cancelled_by_name=meeting.cancelled_by_name, cancelled_reason=meeting.cancelled_reason, **_restored(actor, meeting),
        changed_at=meeting.changed_at, changed_by_name=meeting.changed_by_name,
    )  # fmt: skip


def visit_out(actor: Actor, visit: StudyVisit, names: Names) -> StudyVisitOut:
    fields = {
        name: getattr(visit, name)
        for name in (
            "id", "version", "area_code", "topic", "held_on", "host", "place", "attendance", "note", "cancelled_at",
            "cancelled_by_name", "cancelled_reason", "synthetic", "changed_at", "changed_by_name",
        )
    }  # fmt: skip
    return StudyVisitOut(
        **fields, kind=cast(Any, visit.kind), area_name=names.areas.get(visit.area_code, visit.area_code),
        areas=_areas_out(visit.areas, names), may_edit=_stands(actor, visit), **_restored(actor, visit),
    )  # fmt: skip


def parts_out(actor: Actor, found: PartsOf) -> CommunityPartsOut:
    names = found.names
    return CommunityPartsOut(
        open=found.counts["open"], late=found.counts["late"], plans=[plan_out(actor, each, names) for each in found.plans],
        tasks=tasks_out(actor, found.tasks, names), meetings=[meeting_out(actor, each, names) for each in found.meetings],
        visits=[visit_out(actor, each, names) for each in found.visits], today=clock.today(),
    )  # fmt: skip


def choices_out(found: Choices) -> CoordinationChoicesOut:
    return CoordinationChoicesOut(
        areas=[CoordinationAreaOut(code=code, name=name) for code, name in found.areas],
        indicators=[CoordinationAreaOut(code=code, name=name) for code, name in found.indicators],
        measures=[CoordinationMeasureOut(code=code, name=TierTextOut(zh=zh, en=en)) for code, zh, en in found.measures],
    )
