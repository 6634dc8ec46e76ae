"""Conflicts over HTTP: the list with what each source states, and deciding one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from linli.access import reads
from linli.access.queries import actors
from linli.kernel.area_names import names_of
from linli.kernel.errors import Text
from linli.kernel.http import CountOut, PageOut, actor_of, language_of, require
from linli.registry.fields import BY_NAME
from linli.registry.permissions import EDIT, VIEW
from linli.registry.queries.codes import labels

from . import actions, queries

router = Router(tags=["conflicts"])
ELSEWHERE = Text("其他区域", "Another area")


class ConflictsQuery(Schema):
    """Filters of the list of conflicts."""

    area: str | None = Field(None, pattern=r"^\d{6}(\d{3}){0,3}$")
    field: Literal["name", "sex", "birth", "id_number"] | None = None
    state: Literal["open", "decided"] = "open"
    cursor: str | None = None
    limit: int | None = None


class StatedOut(Schema):
    """What one source states; equal values have the same letter."""

    record_id: UUID
    source_name: str
    value: str | None
    mark: str | None
    observed_on: date
    recorded_at: datetime
    proposed: bool


class ConflictOut(Schema):
    """Trusted sources differ on a field of a person; `proposed` is what the rules of survivorship hold to be right.

    `hidden` values were stated in areas out of sight: who sees both decides.
    """

    id: UUID
    person_id: UUID
    person_name: str
    birth: date | None
    area_code: str
    area_name: str
    field: str
    label: str
    state: Literal["open", "decided"]
    opened_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    reason: str
    version: int
    may_decide: bool
    hidden: int
    statements: list[StatedOut]


class DecideIn(Schema):
    """The statement found right; `version` is the person's as it was looked at."""

    record_id: UUID
    reason: str = Field(max_length=200)
    version: int


@router.get("/conflicts", auth=require(VIEW), response=PageOut[ConflictOut])
def list_conflicts(request: HttpRequest, wanted: Annotated[ConflictsQuery, Query()]) -> PageOut[ConflictOut]:
    """Conflicts of the actor's areas, with what each source states."""
    actor, language = actor_of(request), language_of(request)
    page = queries.conflicts_page(actor, wanted.state, wanted.area, wanted.field, wanted.cursor, wanted.limit)
    reads.note("list", "conflict", area=wanted.area, count=len(page.items))
    named, said = names_of(row.area_code for row in page.items), labels(language)
    hands = actors.in_sight(row.decided_by for row in page.items)
    names = actors.names_of(hands)
    items = []
    for row in page.items:
        field = BY_NAME[row.field]
        by = row.decided_by
        items.append(
            ConflictOut(
                id=row.id, person_id=row.person_id, person_name=row.person_name, birth=row.birth,
                area_code=row.area_code, area_name=named[row.area_code], field=row.field,
                label=field.en if language == "en" else field.zh, state="open" if row.state == "open" else "decided",
                opened_at=row.opened_at, decided_at=row.decided_at,
                decided_by=(actors.display_name(by, names) if by in hands else ELSEWHERE.say(language)) if by else None,
                reason=row.reason, version=row.version, may_decide=actor.may(EDIT, row.area_code), hidden=row.hidden,
                statements=[
                    StatedOut(
                        record_id=s.record_id, source_name=s.source_name,
                        value=said.get((field.code_list or "", s.value or ""), s.value), mark=s.mark,
                        observed_on=s.observed_on, recorded_at=s.recorded_at, proposed=s.proposed,
                    )
                    for s in row.statements
                ],
            )
        )  # fmt: skip
    count = CountOut(value=page.count.value, exact=page.count.exact) if page.count else None
    return PageOut[ConflictOut](items=items, next=page.next, count=count)


@router.post("/conflicts/{conflict_id}/decide", auth=require(EDIT), response={204: None})
def decide(request: HttpRequest, conflict_id: UUID, given: DecideIn) -> tuple[int, None]:
    """Say which source is right. It counts as a correction by hand: later imports respect it."""
    actions.decide(actor_of(request), conflict_id, given.record_id, given.reason, given.version)
    return 204, None
