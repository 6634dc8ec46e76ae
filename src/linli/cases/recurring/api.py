"""Recurring places over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from linli.access import reads
from linli.kernel.area_names import names_of
from linli.kernel.http import CountOut, PageOut, actor_of, language_of, require

from ..engine.queries import BEGINNING
from ..engine.states import stands_as
from ..permissions import HANDLE, VIEW
from . import queries
from .schemas import EarlierCaseOut, PlaceHistoryQuery

router = Router(tags=["cases"])


@router.get("/cases/{case_id}/earlier", auth=require(VIEW, HANDLE), response=PageOut[EarlierCaseOut])
def earlier_cases(request: HttpRequest, case_id: UUID, wanted: Annotated[PlaceHistoryQuery, Query()]) -> Any:
    """What was reported at the place of a case in the twelve months before, the newest first."""
    language = language_of(request)
    case, page = queries.history_of_place(
        actor_of(request), case_id, wanted.metres, wanted.any_category, wanted.cursor, wanted.limit
    )
    reads.note("detail", "case", subject_id=case_id, area=case.area_code, count=1 + len(page.items))
    named = names_of(e.case.area_code for e in page.items)
    items = [
        EarlierCaseOut(
            id=e.case.id, number=e.case.number, state=e.case.state, state_name=stands_as(e.case.state, e.case.transferred).say(language),
            beginning=e.case.description[:BEGINNING], area_name=named[e.case.area_code], place_text=e.case.place_text,
            category_name=e.case.category_name, reported_at=e.case.reported_at, metres=e.metres,
        )
        for e in page.items
    ]  # fmt: skip
    count = CountOut(value=page.count.value, exact=page.count.exact) if page.count else None
    return PageOut[EarlierCaseOut](items=items, next=page.next, count=count)
