"""Co-operation over HTTP: who works on a case beside its unit."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from linli.access import reads
from linli.kernel import clock
from linli.kernel.http import actor_of, language_of, require

from ..engine import sight
from ..engine.queries import BEGINNING
from ..engine.schemas import CaseUnitOut
from ..engine.states import OPEN, State, stands_as
from ..permissions import DISPATCH, HANDLE, VIEW
from . import children, handovers, queries, supports
from .models import CaseHandOver
from .queries import Child, Cooperation, Note, Support
from .rules import LEVELS
from .schemas import (
    CaseSupervisionOut,
    ChildIn,
    ChildMadeOut,
    ChildOut,
    CooperationOut,
    HandOverIn,
    HandOverOut,
    ParentOut,
    SayingIn,
    SupportIn,
    SupportOut,
)
from .supervision_api import router as supervision

router = Router(tags=["cases"])
router.add_router("", supervision)


@router.get("/cases/{case_id}/cooperation", auth=require(VIEW, HANDLE), response=CooperationOut)
def case_cooperation(request: HttpRequest, case_id: UUID) -> Any:
    """The supporting units of a case, its children or parent, and the notes of supervision on it."""
    actor = actor_of(request)
    found = queries.of_case(actor, case_id)
    reads.note("detail", "case", subject_id=case_id, area=found.case.area_code, count=1)
    language = language_of(request)
    return CooperationOut(
        supports=[_support(one) for one in found.supports], may_ask_support=found.may_ask,
        supervisions=[_note(one, language) for one in found.notes], may_supervise=found.may_supervise,
        parent=ParentOut(id=found.parent.parent_id, number=found.parent.parent_number) if found.parent else None,
        children=[_child(one, language) for one in found.children], may_split=found.may_split,
        hand_overs=[_hand_over(one, found, sight.unit_of(actor)) for one in found.offers], may_hand_over=found.may_offer,
    )  # fmt: skip


@router.get("/cases/{case_id}/cooperation/units", auth=require(DISPATCH, HANDLE), response=list[CaseUnitOut])
def case_units_to_ask(request: HttpRequest, case_id: UUID) -> Any:
    """The units that may be asked to support a case."""
    return [
        CaseUnitOut(id=unit.id, name=unit.name, kind=unit.kind, area_code=unit.area_code)
        for unit in queries.units_to_ask(actor_of(request), case_id)
    ]


@router.post("/cases/{case_id}/supports", auth=require(DISPATCH, HANDLE), response={204: None})
def ask_support(request: HttpRequest, case_id: UUID, given: SupportIn) -> Any:
    """Ask a unit to support a case."""
    supports.ask(actor_of(request), case_id, supports.Wanted(given.unit_id, given.what, given.reason, given.until))
    return 204, None


@router.post("/cases/{case_id}/supports/{support_id}/answer", auth=require(HANDLE), response={204: None})
def answer_support(request: HttpRequest, case_id: UUID, support_id: UUID, given: SayingIn) -> Any:
    """Say what the reader's unit contributed."""
    supports.answer(actor_of(request), case_id, support_id, given.text)
    return 204, None


@router.post("/cases/{case_id}/supports/{support_id}/decline", auth=require(HANDLE), response={204: None})
def decline_support(request: HttpRequest, case_id: UUID, support_id: UUID, given: SayingIn) -> Any:
    """Say why the reader's unit does not support a case, which it sees no more then."""
    supports.decline(actor_of(request), case_id, support_id, given.text)
    return 204, None


@router.post("/cases/{case_id}/supports/{support_id}/withdraw", auth=require(DISPATCH, HANDLE), response={204: None})
def withdraw_support(request: HttpRequest, case_id: UUID, support_id: UUID, given: SayingIn) -> Any:
    """Take back a request that was not answered."""
    supports.withdraw(actor_of(request), case_id, support_id, given.text)
    return 204, None


@router.post("/cases/{case_id}/children", auth=require(DISPATCH), response={201: ChildMadeOut})
def split_case(request: HttpRequest, case_id: UUID, given: ChildIn) -> Any:
    """Split a child case off, filed and ready to be dispatched."""
    child = children.split(actor_of(request), case_id, given.description)
    return 201, ChildMadeOut(id=child.id, number=child.number)


@router.post("/cases/{case_id}/hand-overs", auth=require(HANDLE), response={204: None})
def offer_hand_over(request: HttpRequest, case_id: UUID, given: HandOverIn) -> Any:
    """Ask another unit to take a case of the reader's unit over."""
    handovers.offer(actor_of(request), case_id, handovers.Offer(given.unit_id, given.reason, given.document))
    return 204, None


@router.post("/cases/{case_id}/hand-overs/{offer_id}/take", auth=require(HANDLE), response={204: None})
def take_hand_over(request: HttpRequest, case_id: UUID, offer_id: UUID) -> Any:
    """Take a case over for the reader's unit."""
    handovers.take(actor_of(request), case_id, offer_id)
    return 204, None


@router.post("/cases/{case_id}/hand-overs/{offer_id}/refuse", auth=require(HANDLE), response={204: None})
def refuse_hand_over(request: HttpRequest, case_id: UUID, offer_id: UUID, given: SayingIn) -> Any:
    """Say why the reader's unit does not take a case."""
    handovers.refuse(actor_of(request), case_id, offer_id, given.text)
    return 204, None


@router.post("/cases/{case_id}/hand-overs/{offer_id}/withdraw", auth=require(HANDLE), response={204: None})
def withdraw_hand_over(request: HttpRequest, case_id: UUID, offer_id: UUID, given: SayingIn) -> Any:
    """Take an offer back that was not answered."""
    handovers.withdraw(actor_of(request), case_id, offer_id, given.text)
    return 204, None


def _support(one: Support) -> SupportOut:
    row = one.row
    return SupportOut(
        id=row.id, unit_name=row.unit_name, state=cast(Any, row.state), what=row.what, reason=row.reason, until=row.until,
        asked_by_name=row.asked_by_name, asked_by_unit=row.asked_by_unit, asked_at=row.asked_at, answer=row.answer,
        ended_by_name=row.ended_by_name, ended_at=row.ended_at, overdue=one.overdue(clock.today()), mine=one.mine,
        may_withdraw=one.may_withdraw,
    )  # fmt: skip


def _note(one: Note, language: str) -> CaseSupervisionOut:
    row = one.row
    return CaseSupervisionOut(
        id=row.id, unit_name=row.unit_name, level=cast(Any, row.level), level_name=LEVELS[row.level].say(language), text=row.text,
        until=row.until, standing=cast(Any, one.standing(clock.today())), asked_by_name=row.asked_by_name,
        asked_by_unit=row.asked_by_unit, asked_at=row.asked_at, answer=row.answer, ended_by_name=row.ended_by_name,
        ended_at=row.ended_at, may_answer=one.may_answer, may_withdraw=one.may_withdraw,
    )  # fmt: skip


def _child(one: Child, language: str) -> ChildOut:
    row, case = one.row, one.case
    return ChildOut(
        id=row.child_id, number=row.number, split_by_name=row.split_by_name, split_at=row.split_at,
        state=State(case.state) if case else None, state_name=stands_as(case.state, case.transferred).say(language) if case else None,
        unit_name=case.unit_name if case else None, beginning=case.description[:BEGINNING] if case else None,
        open=case.state in OPEN if case else None,
    )  # fmt: skip


def _hand_over(row: CaseHandOver, found: Cooperation, unit: str | None) -> HandOverOut:
    asked = row.state == "asked"
    return HandOverOut(
        id=row.id, from_name=row.from_name, to_name=row.to_name, state=cast(Any, row.state), reason=row.reason,
        document=row.document, asked_by_name=row.asked_by_name, asked_at=row.asked_at, answer=row.answer,
        ended_by_name=row.ended_by_name, ended_at=row.ended_at, mine=asked and unit == str(row.to_id),
        may_take=asked and unit == str(row.to_id) and found.may_take, may_withdraw=asked and found.leads,
    )  # fmt: skip
