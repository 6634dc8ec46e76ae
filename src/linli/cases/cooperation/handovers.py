"""Handing a case over from unit to unit with the consent of the one that takes it (移交), without going back to dispatch.

The unit a case lies with asks another and says why; that one sees the case while it is asked, and takes it or refuses with a
reason. Taken, the case lies with it and is being handled; the clock goes on, and what the unit before asked of the clock falls
away. A dispatcher needs no such consent, and takes back and dispatches instead. Inferred.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from linli.access.models import Unit
from linli.kernel import clock
from linli.kernel.actors import Actor, system
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting

from .. import notices
from ..engine import adjusting, procedure, sight
from ..engine.effects import NO_UNIT, REASON
from ..engine.models import Case
from ..engine.states import State
from ..permissions import HANDLE
from ..telling.readers import unread
from . import directory, holds, steps
from .models import CaseHandOver
from .problems import HANDED_ALREADY, IS_LEAD, LONG_NUMBER, NOT_WITH_UNIT, NotTogether
from .supports import check_door, is_lead, text_problems

#: A case goes over while its unit has it in hand and its clock runs.
GOES_OVER = (State.TO_TAKE, State.HANDLING)
LONGEST_NUMBER = 60


@dataclass(frozen=True, slots=True)
class Offer:
    """To which unit a case is to go, why, and by which document, if there is one (文号)."""

    unit_id: UUID
    reason: str
    document: str = ""


def offer(actor: Actor, case_id: UUID, given: Offer) -> CaseHandOver:
    """Ask another unit to take a case over. Raises NotFound, Forbidden, Invalid, NotTogether."""
    case = sight.locked(actor, case_id)
    return do_offer(actor, case, given, check_offer(actor, case, given))


def check_offer(actor: Actor, case: Case, given: Offer) -> Unit:
    """The unit that may be asked."""
    if not is_lead(actor, case):
        raise Forbidden(permission=HANDLE)
    _check_state(case)
    if CaseHandOver.objects.filter(case_id=case.id, state="asked").exists():
        raise NotTogether(fields=(FieldProblem("case", "asked", HANDED_ALREADY),))
    unit = next(iter(directory.units(given.unit_id)), None)
    problems = text_problems("reason", given.reason, REASON)
    if unit is None:
        problems.append(FieldProblem("unit_id", "unknown", NO_UNIT))
    elif unit.id == case.unit_id:
        problems.append(FieldProblem("unit_id", "lead", IS_LEAD))
    else:
        problems += unread(case, unit.id)
    if len(given.document) > LONGEST_NUMBER:
        problems.append(FieldProblem("document", "too_long", LONG_NUMBER))
    if problems or unit is None:
        raise Invalid(fields=tuple(problems))
    return unit


def do_offer(actor: Actor, case: Case, given: Offer, unit: Unit) -> CaseHandOver:
    """Write an offer that was checked."""
    assert case.unit_id is not None  # it lies with the actor's own
    row = CaseHandOver.objects.create(
        id=uuid7(), case=case, area_code=case.area_code, from_id=case.unit_id, from_name=case.unit_name, to_id=unit.id,
        to_name=unit.name, reason=given.reason.strip(), document=given.document.strip(), asked_by=actor.id,
        asked_by_name=actor.name, asked_at=clock.now(), restricted_to=case.restricted_to,
    )  # fmt: skip
    told = {"result": "：".join(filter(None, (unit.name, row.document)))}
    steps.write(actor, case, "offer_hand_over", row.reason, told, of=unit.id)
    steps.tell(case, notices.HAND_OVER_ASKED, row.id, [unit.id])
    return row


def take(actor: Actor, case_id: UUID, offer_id: UUID) -> Case:
    """Take a case over for one's unit. Raises NotFound, Forbidden, NotTogether."""
    case, row = _offered(actor, case_id, offer_id)
    _check_state(case)
    before = case.unit_id
    adjusting.lapse(case)
    case.unit_id, case.unit_name = row.to_id, row.to_name
    known = procedure.of(case.procedure).states
    to = State.HANDLING if State.HANDLING in known else State(case.state)
    steps.write(actor, case, "take_over", detail={"unit": row.to_name}, to=to)
    _end(actor, row, "taken")
    with acting(system("cooperation", settings.LINLI_DISTRICT)):  # who supports the case is not in sight yet
        holds.moved(case)
    steps.tell(case, notices.HAND_OVER_TAKEN, row.id, [before], [row.asked_by])
    return case


def refuse(actor: Actor, case_id: UUID, offer_id: UUID, reason: str) -> None:
    """Say why one's unit does not take a case, which it then sees no more. Raises NotFound, Forbidden, Invalid."""
    case, row = _offered(actor, case_id, offer_id)
    if problems := text_problems("text", reason, REASON):
        raise Invalid(fields=tuple(problems))
    # The step first: the row that gives sight of the case is about to end.
    steps.write(actor, case, "refuse_hand_over", reason.strip(), of=row.to_id)
    steps.tell(case, notices.HAND_OVER_REFUSED, row.id, [case.unit_id], [row.asked_by])
    _end(actor, row, "refused", reason)


def withdraw(actor: Actor, case_id: UUID, offer_id: UUID, reason: str) -> None:
    """Take an offer back that was not answered. Raises NotFound, Forbidden, Invalid."""
    case = sight.locked(actor, case_id)
    if not is_lead(actor, case):
        raise Forbidden(permission=HANDLE)
    row = _waiting(case, offer_id)
    if problems := text_problems("text", reason, REASON):
        raise Invalid(fields=tuple(problems))
    steps.write(actor, case, "withdraw_hand_over", reason.strip(), of=row.to_id)
    steps.tell(case, notices.HAND_OVER_WITHDRAWN, row.id, [row.to_id])
    _end(actor, row, "withdrawn", reason)


def _check_state(case: Case) -> None:
    check_door(case)
    if case.state not in GOES_OVER:
        raise NotTogether(fields=(FieldProblem("case", "not_with_unit", NOT_WITH_UNIT),))


def _offered(actor: Actor, case_id: UUID, offer_id: UUID) -> tuple[Case, CaseHandOver]:
    case = sight.locked(actor, case_id)
    row = _waiting(case, offer_id)
    if sight.unit_of(actor) != str(row.to_id):
        raise Forbidden(permission=HANDLE)
    return case, row


def _waiting(case: Case, offer_id: UUID) -> CaseHandOver:
    row = CaseHandOver.objects.filter(id=offer_id, case_id=case.id, state="asked").first()
    if row is None:
        raise NotFound()
    return row


def _end(actor: Actor, row: CaseHandOver, state: str, text: str = "") -> None:
    row.state, row.answer, row.ended_at = state, text.strip(), clock.now()
    row.ended_by, row.ended_by_name = actor.id, actor.name
    row.save(update_fields=["state", "answer", "ended_at", "ended_by", "ended_by_name"])
