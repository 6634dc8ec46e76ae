"""Looks on the spot over HTTP: what waits for one, and to whom one can be given. They are done by steps of the case."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from linli.access import reads
from linli.kernel import clock
from linli.kernel.area_names import names_of
from linli.kernel.http import CountOut, PageOut, actor_of, require

from ..permissions import ACCEPT, CHECK, CLOSE, DISPATCH
from . import sight
from .schemas import AREA
from .task_list import tasks_page
from .tasks import checkers, kind_for

router = Router(tags=["cases"])
TaskKind = Literal["verify_report", "check_result"]


class FieldTasksQuery(Schema):
    """Which looks: those given to the reader or to nobody by name (`mine`), or all where they may look."""

    view: Literal["mine", "all"] = "mine"
    kind: TaskKind | None = None
    area: str | None = Field(None, pattern=AREA)
    cursor: str | None = None
    limit: int | None = None


class FieldTaskRowOut(Schema):
    """A look that waits. `assignee_name` is empty where whoever has the right in the area may do it."""

    case_id: UUID
    number: str
    kind: TaskKind
    urgent: bool
    beginning: str
    area_code: str
    area_name: str
    place_text: str
    lon: float | None
    lat: float | None
    assignee_name: str
    mine: bool
    due_at: datetime | None
    photo_wanted: bool
    given_by_name: str
    given_at: datetime | None


class CheckerOut(Schema):
    """Somebody a look can be given to."""

    id: UUID
    name: str
    unit_name: str


@router.get("/cases/field-tasks", auth=require(CHECK), response=PageOut[FieldTaskRowOut])
def list_field_tasks(request: HttpRequest, wanted: Annotated[FieldTasksQuery, Query()]) -> Any:
    """Reports to verify and results to check, those with a time first."""
    page = tasks_page(actor_of(request), wanted.view, wanted.kind, wanted.area, wanted.cursor, wanted.limit)
    reads.note("list", "case", area=wanted.area, over=[row.area_code for row in page.items], count=len(page.items))
    named = names_of(row.area_code for row in page.items)
    items = [FieldTaskRowOut(**asdict(row), area_name=named[row.area_code]) for row in page.items]
    count = CountOut(value=page.count.value, exact=page.count.exact) if page.count else None
    return PageOut[FieldTaskRowOut](items=items, next=page.next, count=count)


@router.get("/cases/{case_id}/checkers", auth=require(ACCEPT, DISPATCH, CLOSE), response=list[CheckerOut])
def case_checkers(request: HttpRequest, case_id: UUID) -> Any:
    """Who may verify a case or check its result as it stands now, those nearest first."""
    case = sight.one(actor_of(request), case_id)
    found = checkers(case, kind_for(case.state), clock.today())
    return [CheckerOut(id=each.id, name=each.name, unit_name=each.unit.name) for each in found]
