"""Asking other units to support the lead unit of a case (协办), their answers, and taking a request back.

A dispatcher asks, or the lead unit with a reason. A supporting unit answers with what it contributed, once, or declines with a
reason; it takes none of the lead's steps. The lead's clock goes on meanwhile: the lead alone answers for the time (inferred).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linli.access.models import Unit
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from .. import notices
from ..engine import procedure, sight
from ..engine.act import LONG
from ..engine.effects import NO_UNIT, REASON, SHORTEST_REASON
from ..engine.models import Case
from ..engine.rules import LONGEST
from ..engine.states import OPEN, WITH_UNIT
from ..permissions import DISPATCH, HANDLE
from ..telling.readers import unread
from . import directory, steps
from .models import CaseSupport
from .problems import ANSWER, ASKED_ALREADY, IS_LEAD, NOT_HANDLED, OWN_DOOR, PAST, WHAT, NotTogether


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a unit is asked for: support in what, why, and by which day an answer is wanted."""

    unit_id: UUID
    what: str
    reason: str = ""
    until: date | None = None


def is_lead(actor: Actor, case: Case) -> bool:
    """Whether `actor` handles for the unit a case lies with."""
    return case.unit_id is not None and sight.unit_of(actor) == str(case.unit_id)


def may_ask(actor: Actor, case: Case) -> bool:
    """Whether `actor` may bring other units into a case: a dispatcher there, or its lead unit."""
    return actor.may(DISPATCH, case.area_code) or is_lead(actor, case)


def check_door(case: Case) -> None:
    """Refuse what would go round the door of their own that the cases of some procedures have. Raises NotTogether."""
    if procedure.of(case.procedure).own_door:
        raise NotTogether(fields=(FieldProblem("case", "own_door", OWN_DOOR),))


def ask(actor: Actor, case_id: UUID, wanted: Wanted) -> CaseSupport:
    """Ask a unit to support a case. Raises NotFound, Forbidden, Invalid, NotTogether."""
    case = sight.locked(actor, case_id)
    return do_ask(actor, case, wanted, check_ask(actor, case, wanted))


def check_ask(actor: Actor, case: Case, wanted: Wanted) -> Unit:
    """The unit that may be asked."""
    if not may_ask(actor, case):
        raise Forbidden(permission=DISPATCH)
    check_door(case)
    if case.state not in WITH_UNIT:
        raise NotTogether(fields=(FieldProblem("case", "not_handled", NOT_HANDLED),))
    unit = next(iter(directory.units(wanted.unit_id)), None)
    problems = text_problems("what", wanted.what, WHAT)
    if wanted.reason.strip() or not actor.may(DISPATCH, case.area_code):
        problems += text_problems("reason", wanted.reason, REASON)
    if wanted.until is not None and wanted.until < clock.today():
        problems.append(FieldProblem("until", "day", PAST))
    if unit is None:
        problems.append(FieldProblem("unit_id", "unknown", NO_UNIT))
    elif unit.id == case.unit_id:
        problems.append(FieldProblem("unit_id", "lead", IS_LEAD))
    elif CaseSupport.objects.filter(case_id=case.id, unit_id=unit.id, state="asked").exists():
        problems.append(FieldProblem("unit_id", "asked", ASKED_ALREADY))
    else:
        problems += unread(case, unit.id)
    if problems or unit is None:
        raise Invalid(fields=tuple(problems))
    return unit


def do_ask(actor: Actor, case: Case, wanted: Wanted, unit: Unit) -> CaseSupport:
    """Write a request that was checked."""
    row = CaseSupport.objects.create(
        id=uuid7(), case=case, area_code=case.area_code, lead_id=case.unit_id, unit_id=unit.id, unit_name=unit.name,
        restricted_to=case.restricted_to,
        what=wanted.what.strip(), reason=wanted.reason.strip(), until=wanted.until, asked_by=actor.id,
        asked_by_name=actor.name, asked_by_unit=actor.unit_name, asked_at=clock.now(),
    )  # fmt: skip
    told = {"unit_asked": unit.name, "result": f"{unit.name}：{row.what}"}
    steps.write(actor, case, "ask_support", row.reason, told, of=unit.id)
    steps.tell(case, notices.SUPPORT_ASKED, row.id, [unit.id])
    return row


def answer(actor: Actor, case_id: UUID, support_id: UUID, text: str) -> CaseSupport:
    """Say what one's unit contributed. Raises NotFound, Forbidden, Invalid, NotTogether."""
    case, row = _own(actor, case_id, support_id)
    if problems := text_problems("text", text, ANSWER):
        raise Invalid(fields=tuple(problems))
    _end(actor, row, "answered", text.strip())
    steps.write(actor, case, "answer_support", detail={"result": row.answer}, of=row.unit_id)
    steps.tell(case, notices.SUPPORT_ANSWERED, row.id, [case.unit_id], [row.asked_by])
    return row


def decline(actor: Actor, case_id: UUID, support_id: UUID, reason: str) -> CaseSupport:
    """Say why one's unit does not support a case, which it then sees no more. Raises as `answer` does."""
    case, row = _own(actor, case_id, support_id)
    if problems := text_problems("text", reason, REASON):
        raise Invalid(fields=tuple(problems))
    # The step first: the row that gives sight of the case is about to end.
    steps.write(actor, case, "decline_support", reason.strip(), of=row.unit_id)
    steps.tell(case, notices.SUPPORT_DECLINED, row.id, [case.unit_id], [row.asked_by])
    return _end(actor, row, "declined", reason.strip())


def withdraw(actor: Actor, case_id: UUID, support_id: UUID, reason: str) -> CaseSupport:
    """Take a request back that was not answered yet. Raises NotFound, Forbidden, Invalid, NotTogether."""
    case = sight.locked(actor, case_id)
    if not may_ask(actor, case):
        raise Forbidden(permission=DISPATCH)
    row = _waiting(case, support_id)
    if problems := text_problems("text", reason, REASON):
        raise Invalid(fields=tuple(problems))
    steps.write(actor, case, "withdraw_support", reason.strip(), {"result": row.unit_name}, of=row.unit_id)
    steps.tell(case, notices.SUPPORT_WITHDRAWN, row.id, [row.unit_id])
    return _end(actor, row, "withdrawn", reason.strip())


def text_problems(field: str, text: str, asked: Text) -> list[FieldProblem]:
    """What is wrong with a text that has to say something."""
    if len(text.strip()) < SHORTEST_REASON:
        return [FieldProblem(field, "required", asked)]
    return [FieldProblem(field, "too_long", LONG)] if len(text) > LONGEST else []


def _own(actor: Actor, case_id: UUID, support_id: UUID) -> tuple[Case, CaseSupport]:
    case = sight.locked(actor, case_id)
    row = _waiting(case, support_id)
    if sight.unit_of(actor) != str(row.unit_id):
        raise Forbidden(permission=HANDLE)
    if case.state not in OPEN:
        raise NotTogether(fields=(FieldProblem("case", "not_handled", NOT_HANDLED),))
    return case, row


def _waiting(case: Case, support_id: UUID) -> CaseSupport:
    row = CaseSupport.objects.filter(id=support_id, case_id=case.id, state="asked").first()
    if row is None:
        raise NotFound()
    return row


def _end(actor: Actor, row: CaseSupport, state: str, text: str) -> CaseSupport:
    row.state, row.answer, row.ended_at = state, text, clock.now()
    row.ended_by, row.ended_by_name = actor.id, actor.name
    row.save(update_fields=["state", "answer", "ended_at", "ended_by", "ended_by_name"])
    return row
