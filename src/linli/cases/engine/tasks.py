"""Looks on the spot, 核实 and 核查: giving one to a person or to an area's people, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from linli.access.models import Account, Appointment
from linli.kernel import areas, clock
from linli.kernel.actors import EVERYTHING, Actor
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.kernel.ids import uuid7

from ..permissions import CHECK
from ..telling import readers
from .models import Case, FieldTask
from .states import State

MOST = 200
VERIFYING, CHECKING = "verify_report", "check_result"
NOBODY = Text("这个人在案件所在区域没有核实、核查的权限。", "This person may not verify or check where the case lies.")
PAST = Text("请填写以后的时间。", "A time to come is wanted.")


def give(actor: Actor, case: Case, kind: str, assignee: UUID | None, due_at: datetime | None, photo: bool) -> FieldTask:
    """Give a task, in place of one that is open. Raises Invalid."""
    now, name = clock.now(), ""
    if due_at is not None and (due_at.tzinfo is None or due_at <= now):
        raise Invalid(fields=(FieldProblem("task_due", "past", PAST),))
    if assignee is not None:
        found = next((each for each in checkers(case, kind, clock.today()) if each.id == assignee), None)
        if found is None:
            raise Invalid(fields=(FieldProblem("assignee_id", "unknown", NOBODY),))
        name = found.name
    FieldTask.objects.filter(case_id=case.id, state="open").update(state="withdrawn")
    return FieldTask.objects.create(
        id=uuid7(), case=case, kind=kind, assignee=str(assignee or ""), assignee_name=name, due_at=due_at, photo_wanted=photo,
        given_by=actor.id, given_by_name=actor.name, given_at=now,
    )  # fmt: skip


def finish(actor: Actor, case: Case, passed: bool, result: str) -> None:
    """Write down what came of the open task, if there is one: cases of before there were tasks have none."""
    FieldTask.objects.filter(case_id=case.id, state="open").update(
        state="done", done_by=actor.id, done_by_name=actor.name, done_at=clock.now(), passed=passed, result=result
    )


def kind_for(state: str) -> str:
    """What a look on the spot is for that is given in a state: a report before the case is with a unit, its result after."""
    return CHECKING if state in (State.HANDED_BACK, State.CHECK_RESULT) else VERIFYING


def checkers(case: Case, kind: str, on: date) -> Sequence[Account]:
    """The accounts in use that may look on the spot where a case lies on a day, those of the smallest areas first. A result is
    never looked at by the unit it is of, and what is for restricted readers by them alone. One query, and one for what is restricted."""
    area_code = case.area_code
    held = Q(until=None) | Q(until__gt=on)
    granted = Q(post__grants__until=None) | Q(post__grants__until__gt=on)
    may = Q(post__grants__role__permissions__contains=[CHECK])
    all_of_it = Q(post__grants__role__permissions__contains=[EVERYTHING])
    above = areas.ancestors(area_code)
    there = (
        Q(post__grants__target_area__in=above)
        | Q(post__grants__target_unit__area_code__in=above)
        | Q(post__grants__target_group__codes__overlap=list(above))
    )
    ids = (
        Appointment.objects.filter(
            held, granted, may | all_of_it, there, since__lte=on, post__grants__since__lte=on, account__active=True,
        )
        .values_list("account_id", flat=True)
        .distinct()
    )  # fmt: skip
    found = Account.objects.filter(id__in=ids)
    if kind == CHECKING and case.unit_id is not None:
        found = found.exclude(unit_id=case.unit_id)
    if case.restricted_to:
        found = found.filter(id__in=readers.of_cases([case])[case.id])
    return list(found.select_related("unit").order_by("-area_code", "username")[:MOST])
