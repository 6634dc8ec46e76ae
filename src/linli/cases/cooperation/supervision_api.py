"""Supervision over HTTP: notes on the cases in sight, how many by unit, writing, answering and taking one back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from linli.access import reads
from linli.kernel import clock
from linli.kernel.area_names import names_of
from linli.kernel.http import CountOut, PageOut, actor_of, language_of, require

from ..engine.schemas import AREA
from ..engine.states import stands_as
from ..permissions import DISPATCH, HANDLE, SUPERVISE, VIEW
from . import supervised, supervising
from .rules import LEVELS
from .schemas import SayingIn, SupervisedUnitOut, SupervisionIn, SupervisionRowOut, SupervisionsQuery

router = Router(tags=["cases"])


@router.get("/cases/supervisions", auth=require(VIEW, HANDLE), response=PageOut[SupervisionRowOut])
def list_supervisions(request: HttpRequest, wanted: Annotated[SupervisionsQuery, Query()]) -> Any:
    """Notes of supervision on the cases in sight, or those that wait for an answer of the reader's unit."""
    actor, language = actor_of(request), language_of(request)
    chosen = supervised.NoteFilter(wanted.view, wanted.standing, wanted.level, wanted.area)
    page = supervised.notes_page(actor, chosen, wanted.cursor, wanted.limit)
    reads.note("list", "case", area=wanted.area, over=[row.area_code for row in page.items], count=len(page.items))
    named = names_of(row.area_code for row in page.items)
    items = [
        SupervisionRowOut(
            **asdict(row), area_name=named[row.area_code], state_name=stands_as(row.state, row.transferred).say(language),
            level_name=LEVELS[row.level].say(language),
        )
        for row in page.items
    ]  # fmt: skip
    count = CountOut(value=page.count.value, exact=page.count.exact) if page.count else None
    return PageOut[SupervisionRowOut](items=items, next=page.next, count=count)


@router.get("/cases/supervisions/units", auth=require(VIEW, HANDLE), response=list[SupervisedUnitOut])
def supervised_units(
    request: HttpRequest,
    month: Annotated[str, Query(pattern=r"^20\d{2}(0[1-9]|1[0-2])$")],
    area: Annotated[str | None, Query(pattern=AREA)] = None,
) -> Any:
    """The notes of a month by the unit they are addressed to; never by person."""
    year, number = int(month[:4]), int(month[4:])
    since = datetime(year, number, 1, tzinfo=clock.LOCAL)
    until = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=clock.LOCAL)
    return [SupervisedUnitOut(**asdict(one)) for one in supervised.by_unit(actor_of(request), since, until, area)]


@router.post("/cases/{case_id}/supervisions", auth=require(SUPERVISE), response={204: None})
def supervise_case(request: HttpRequest, case_id: UUID, given: SupervisionIn) -> Any:
    """Write a note on an open case."""
    supervising.supervise(actor_of(request), case_id, supervising.Note(given.level, given.text, given.until))
    return 204, None


@router.post("/cases/{case_id}/supervisions/{note_id}/answer", auth=require(HANDLE, DISPATCH), response={204: None})
def answer_supervision(request: HttpRequest, case_id: UUID, note_id: UUID, given: SayingIn) -> Any:
    """Answer a note, for the unit the case lies with; a dispatcher does while it lies with none."""
    supervising.answer(actor_of(request), case_id, note_id, given.text)
    return 204, None


@router.post("/cases/{case_id}/supervisions/{note_id}/withdraw", auth=require(SUPERVISE), response={204: None})
def withdraw_supervision(request: HttpRequest, case_id: UUID, note_id: UUID, given: SayingIn) -> Any:
    """Take back a note that was not answered."""
    supervising.withdraw(actor_of(request), case_id, note_id, given.text)
    return 204, None
