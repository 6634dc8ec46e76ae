"""The queue of waiting rows over HTTP: one after the other, across batches; who looks at which; one's own count of today."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Schema

from linli.access import reads
from linli.access.queries import actors
from linli.kernel.area_names import names_of
from linli.kernel.errors import Text
from linli.kernel.http import CountOut, PageOut, actor_of, language_of, require
from linli.registry.proposals.schemas import ThresholdsOut, WeightOut, thresholds_out, weights_out
from linli.registry.queries.codes import labels
from linli.registry.reviewing import queries
from linli.registry.reviewing.actions import assign as assign_to
from linli.registry.reviewing.lines import Line
from linli.registry.reviewing.queries import Candidate, Waiting

from ..permissions import BATCH_MERGE
from .router import router
from .schemas import Area

ELSEWHERE = Text("其他区域", "Another area")
REASONS = {
    "same_number": Text("证件号码相同", "Same identity number"),
    "same_record": Text("来源的记录编号相同", "Same record id of the source"),
    "alike": Text("各项信息合起来很像", "Alike by all that both state"),
}


class QueueQuery(Schema):
    """Filters of the queue."""

    area: Area | None = None
    assigned: Literal["all", "mine", "nobody"] = "all"
    cursor: str | None = None
    limit: int | None = None


class QueueLineOut(Schema):
    """A field of the row beside that of somebody it may be; numbers are masked, told apart by what is stored."""

    field: str
    label: str
    row: str | None
    person: str | None
    verdict: Literal["same", "differs", "only_row", "only_person"]


class QueueReasonOut(Schema):
    """Why somebody is proposed."""

    code: str
    text: str


class QueueCandidateOut(Schema):
    """Somebody the row may be. `choose`: may be chosen as it is; `choose_without`: only with the row's number set aside.

    `probability` and `weights` where all that both state together speaks for it; else null, and empty.
    """

    person_id: UUID
    name: str
    area_name: str
    reasons: list[QueueReasonOut]
    lines: list[QueueLineOut]
    probability: float | None
    weights: list[WeightOut]
    choose: bool
    choose_without: bool


class QueueRowOut(Schema):
    """A waiting row. `new`: may be somebody new; `new_without`: only with its number set aside."""

    record_id: UUID
    batch_id: UUID
    row: int
    name: str | None
    area_name: str
    source_name: str
    observed_on: date
    recorded_at: datetime
    assigned_to: str | None
    mine: bool
    outside: bool
    new: bool
    new_without: bool
    thresholds: ThresholdsOut
    candidates: list[QueueCandidateOut]


class AssignIn(Schema):
    """Whom to give a row to; null lets it go."""

    account_id: UUID | None


class ColleagueOut(Schema):
    """Somebody who may decide on rows of the area."""

    account_id: UUID
    name: str
    unit_name: str


class DecidedTodayOut(Schema):
    """One's own decisions of today; nobody else is told."""

    decided: int


@router.get("/reviews", auth=require(BATCH_MERGE), response=PageOut[QueueRowOut])
def list_queue(request: HttpRequest, wanted: Annotated[QueueQuery, Query()]) -> Any:
    """Rows that wait for a decision, with those they may be side by side."""
    actor, language = actor_of(request), language_of(request)
    page = queries.waiting(actor, BATCH_MERGE, wanted.area, wanted.assigned, wanted.cursor, wanted.limit)
    reads.note("list", "person", area=wanted.area, count=len(page.items))
    areas = [row.area_code for row in page.items]
    named = names_of([*areas, *(c.area_code for row in page.items for c in row.candidates)])
    hands, said = actors.in_sight(row.assigned_to for row in page.items) | {actor.id}, labels(language)
    names = actors.names_of(row.assigned_to for row in page.items if row.assigned_to in hands)

    def called(who: str | None) -> str | None:
        return actors.display_name(who, names) if who in hands else ELSEWHERE.say(language) if who else None

    count = CountOut(value=page.count.value, exact=page.count.exact) if page.count else None
    return PageOut[QueueRowOut](
        items=[_row(row, called(row.assigned_to), row.assigned_to == actor.id, named, said, language) for row in page.items],
        next=page.next, count=count,
    )  # fmt: skip


@router.get("/reviews/today", auth=require(BATCH_MERGE), response=DecidedTodayOut)
def today(request: HttpRequest) -> DecidedTodayOut:
    """How many rows one has decided on today, for oneself."""
    return DecidedTodayOut(decided=queries.decided_today(actor_of(request)))


@router.get("/reviews/colleagues", auth=require(BATCH_MERGE), response=list[ColleagueOut])
def colleagues(request: HttpRequest) -> list[ColleagueOut]:
    """Who may decide on rows of the actor's areas."""
    found = queries.colleagues(actor_of(request), BATCH_MERGE)
    return [ColleagueOut(account_id=c.account_id, name=c.name, unit_name=c.unit_name) for c in found]


@router.post("/reviews/{uuid:record_id}/assign", auth=require(BATCH_MERGE), response={204: None})
def assign(request: HttpRequest, record_id: UUID, given: AssignIn) -> tuple[int, None]:
    """Give a row to somebody who may decide on it, or let it go."""
    assign_to(actor_of(request), record_id, given.account_id, BATCH_MERGE)
    return 204, None


def _row(
    row: Waiting, assigned_to: str | None, mine: bool, named: dict[str, str], said: Any, language: str
) -> QueueRowOut:
    return QueueRowOut(
        record_id=row.record_id, batch_id=row.batch_id, row=row.row, name=row.name, area_name=named[row.area_code],
        source_name=row.source_name, observed_on=row.observed_on, recorded_at=row.recorded_at,
        assigned_to=assigned_to, mine=mine, outside=row.outside, new=not row.taken, new_without=row.may_be_taken,
        thresholds=thresholds_out(row.thresholds), candidates=[_candidate(c, row, named, said, language) for c in row.candidates],
    )  # fmt: skip


def _candidate(
    candidate: Candidate, row: Waiting, named: dict[str, str], said: Any, language: str
) -> QueueCandidateOut:
    found_by = [code for code in REASONS if getattr(candidate, code)]
    return QueueCandidateOut(
        person_id=candidate.person_id,
        name=candidate.name,
        area_name=named[candidate.area_code],
        reasons=[QueueReasonOut(code=code, text=REASONS[code].say(language)) for code in found_by],
        lines=[_line(line, said, language) for line in candidate.lines],
        probability=candidate.probability,
        weights=weights_out(candidate.weights, language),
        choose=candidate.same_number or not row.taken,
        choose_without=not candidate.same_number and row.may_be_taken,
    )


def _line(line: Line, said: Any, language: str) -> QueueLineOut:
    coded = "relation_to_head" if line.field.name == "household" else line.field.code_list

    def say(value: str | None) -> str | None:
        return said.get((coded, value), value) if coded and value else value

    label = line.field.en if language == "en" else line.field.zh
    return QueueLineOut(
        field=line.field.name, label=label, row=say(line.row), person=say(line.person), verdict=line.verdict
    )
