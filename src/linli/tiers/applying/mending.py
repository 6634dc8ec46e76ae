"""Gaps to mend (整改): of which indicator, what is to do, by whom and when; and when it was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from ..numbers import holds_any_number
from ..permissions import APPLY
from ..systems.models import Indicator
from . import rules, seeing
from .models import Application, ApplicationGap
from .problems import ApplicationNotNow, GapChanged
from .table import ENDS, NOT_HERE, STATES

NEEDED = Text("请填写此项。", "Please fill this in.")
LONG = Text("内容过长。", "This is too long.")
NUMBER = Text("请填写岗位或单位，不要填写个人号码。", "Name a post or a unit, not somebody's number.")
BAD_INDICATOR = Text("没有编号为“{code}”的指标。", "There is no indicator “{code}”.")
BAD_DUE = Text("完成期限须在今天或以后、两年以内。", "It is due today or later, within two years.")
BAD_DONE = Text("完成日期不能晚于今天。", "It cannot be done later than today.")
MANY = Text("整改项过多（最多 {most} 项）。", "These are too many gaps (at most {most}).")
AHEAD = 731  # days


@dataclass(frozen=True, slots=True)
class GapGiven:
    """What is entered of a gap; `owner` is a post or a unit."""

    indicator: str
    todo: str
    owner: str
    due_on: date
    done_on: date | None = None
    note: str = ""


def add(actor: Actor, application_id: UUID, given: GapGiven) -> ApplicationGap:
    """Add a gap. Raises NotFound, Forbidden, ApplicationNotNow, Invalid."""
    with transaction.atomic():
        found = _open(actor, application_id)
        if ApplicationGap.objects.filter(application=found).count() >= rules.MOST_GAPS:
            raise Invalid(fields=(FieldProblem("indicator", "many", MANY, {"most": rules.MOST_GAPS}),))
        check_gap(found, given, None)
        made: ApplicationGap = ApplicationGap.objects.create(
            id=uuid7(),
            application=found,
            added_at=clock.now(),
            added_by=actor.id,
            added_by_name=actor.name,
            **_fields(given),
        )
        _record(actor, "add", found, made)
    return made


def change(actor: Actor, application_id: UUID, gap_id: UUID, version: int, given: GapGiven) -> ApplicationGap:
    """Change a gap, or say when it was done. Raises NotFound, Forbidden, ApplicationNotNow, GapChanged, Invalid."""
    with transaction.atomic():
        found = _open(actor, application_id)
        gap: ApplicationGap | None = ApplicationGap.objects.filter(application=found, id=gap_id).first()
        if gap is None:
            raise NotFound()
        if gap.version != version:
            raise GapChanged()
        check_gap(found, given, gap)
        for name, value in _fields(given).items():
            setattr(gap, name, value)
        gap.version += 1
        gap.save()
        _record(actor, "change", found, gap)
    return gap


def check_gap(found: Application, given: GapGiven, before: ApplicationGap | None) -> None:
    """Look at what is entered. A day that has gone by stays where it was. Raises Invalid."""
    problems, today = [], clock.today()
    if not Indicator.objects.filter(system_id=found.plan_year.system_id, code=given.indicator).exists():
        problems.append(FieldProblem("indicator", "unknown", BAD_INDICATOR, {"code": given.indicator[:20]}))
    for name, most in (("todo", rules.LONGEST_TEXT), ("owner", rules.LONGEST_LINE)):
        text = getattr(given, name).strip()
        if not text or len(text) > most:
            problems.append(FieldProblem(name, "too_long" if text else "required", LONG if text else NEEDED))
    if holds_any_number(given.owner):
        problems.append(FieldProblem("owner", "number", NUMBER))
    if len(given.note) > rules.LONGEST_TEXT:
        problems.append(FieldProblem("note", "too_long", LONG))
    same = before is not None and before.due_on == given.due_on
    if not same and not 0 <= (given.due_on - today).days <= AHEAD:
        problems.append(FieldProblem("due_on", "range", BAD_DUE))
    if given.done_on is not None and given.done_on > today:
        problems.append(FieldProblem("done_on", "range", BAD_DONE))
    if problems:
        raise Invalid(fields=tuple(problems))


def _open(actor: Actor, application_id: UUID) -> Application:
    found = seeing.locked(actor, application_id)
    if not actor.may(APPLY, found.area_code):
        raise Forbidden(permission=APPLY)
    if found.state in ENDS:
        here = STATES[found.state]
        why = Text(NOT_HERE.zh.format(state=here.zh), NOT_HERE.en.format(state=here.en))
        raise ApplicationNotNow(why=why.zh, why_en=why.en, fields=(FieldProblem("action", "not_now", why),))
    return found


def _fields(given: GapGiven) -> dict[str, object]:
    return {
        "indicator": given.indicator, "todo": given.todo.strip(), "owner": given.owner.strip(), "due_on": given.due_on,
        "done_on": given.done_on, "note": given.note.strip(),
    }  # fmt: skip


def _record(actor: Actor, what: str, found: Application, gap: ApplicationGap) -> None:
    told = {"indicator": gap.indicator, "done": gap.done_on is not None}
    changes.record(actor, f"tiers.gap.{what}", "gap", gap.id, found.area_code, told)
