"""Notes of supervision (督办): somebody above has a unit look after an open case, and the unit answers.

Who may supervise where a case lies writes a note of a level, with a text and the day an answer is wanted by. The unit a case lies
with answers once for each; while it lies with nobody yet, whoever dispatches does. A note goes with the case to another unit, and
is counted for the unit it is addressed to, never for a person. Only who may supervise there takes one back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound
from linli.kernel.ids import uuid7

from .. import notices
from ..engine import sight
from ..engine.effects import REASON
from ..engine.models import Case
from ..engine.states import OPEN
from ..permissions import DISPATCH, HANDLE, SUPERVISE
from . import steps
from .models import CaseSupervision
from .problems import ANSWER, LEVEL, NOT_OPEN, NOTE, PAST, NotTogether
from .rules import LEVELS
from .supports import is_lead, text_problems


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be looked after: how pressing, in words, and by which day an answer is wanted."""

    level: str
    text: str
    until: date


def may_answer(actor: Actor, case: Case) -> bool:
    """Whether a note on a case is an actor's to answer: its unit's, or the dispatcher's while it has none."""
    return is_lead(actor, case) if case.unit_id else actor.may(DISPATCH, case.area_code)


def supervise(actor: Actor, case_id: UUID, note: Note) -> CaseSupervision:
    """Write a note on an open case. Raises NotFound, Forbidden, Invalid, NotTogether."""
    case = sight.locked(actor, case_id)
    check_supervise(actor, case, note)
    return do_supervise(actor, case, note)


def check_supervise(actor: Actor, case: Case, note: Note) -> None:
    """Whether `actor` may write this note."""
    actor.require(SUPERVISE, case.area_code)
    if case.state not in OPEN:
        raise NotTogether(fields=(FieldProblem("case", "not_open", NOT_OPEN),))
    problems = text_problems("text", note.text, NOTE)
    if note.level not in LEVELS:
        problems.append(FieldProblem("level", "unknown", LEVEL))
    if note.until < clock.today():
        problems.append(FieldProblem("until", "day", PAST))
    if problems:
        raise Invalid(fields=tuple(problems))


def do_supervise(actor: Actor, case: Case, note: Note) -> CaseSupervision:
    """Write a note that was checked."""
    row = CaseSupervision.objects.create(
        id=uuid7(), case=case, unit_id=case.unit_id, unit_name=case.unit_name, level=note.level, text=note.text.strip(),
        until=note.until, asked_by=actor.id, asked_by_name=actor.name, asked_by_unit=actor.unit_name, asked_at=clock.now(),
    )  # fmt: skip
    steps.write(actor, case, "supervise", detail={"result": row.text})
    steps.tell(case, notices.SUPERVISED, row.id, [case.unit_id])
    return row


def answer(actor: Actor, case_id: UUID, note_id: UUID, text: str) -> CaseSupervision:
    """Answer a note. Raises NotFound, Forbidden, Invalid."""
    case = sight.locked(actor, case_id)
    row = _waiting(case, note_id)
    if not may_answer(actor, case):
        raise Forbidden(permission=HANDLE)
    if problems := text_problems("text", text, ANSWER):
        raise Invalid(fields=tuple(problems))
    row.unit_id, row.unit_name = case.unit_id, case.unit_name
    _end(actor, row, "answered", text)
    steps.write(actor, case, "answer_supervision", detail={"result": row.answer})
    steps.tell(case, notices.SUPERVISION_ANSWERED, row.id, accounts=[row.asked_by])
    return row


def withdraw(actor: Actor, case_id: UUID, note_id: UUID, reason: str) -> CaseSupervision:
    """Take a note back that was not answered. Raises NotFound, Forbidden, Invalid."""
    case = sight.locked(actor, case_id)
    actor.require(SUPERVISE, case.area_code)
    row = _waiting(case, note_id)
    if problems := text_problems("text", reason, REASON):
        raise Invalid(fields=tuple(problems))
    _end(actor, row, "withdrawn", reason)
    steps.write(actor, case, "withdraw_supervision", row.answer)
    return row


def _waiting(case: Case, note_id: UUID) -> CaseSupervision:
    row = CaseSupervision.objects.filter(id=note_id, case_id=case.id, state="open").first()
    if row is None:
        raise NotFound()
    return row


def _end(actor: Actor, row: CaseSupervision, state: str, text: str) -> None:
    row.state, row.answer, row.ended_at = state, text.strip(), clock.now()
    row.ended_by, row.ended_by_name = actor.id, actor.name
    row.save(update_fields=["state", "answer", "ended_at", "ended_by", "ended_by_name", "unit_id", "unit_name"])
