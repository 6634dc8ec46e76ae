"""Proposals over HTTP: pairs of people who may be one, with the weights that say so, deciding on one, and who is to."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from linli.access import reads
from linli.access.queries import actors
from linli.kernel.area_names import names_of
from linli.kernel.errors import Text
from linli.kernel.http import CountOut, PageOut, actor_of, language_of, require
from linli.registry.matching import parameters
from linli.registry.permissions import JOIN
from linli.registry.queries.codes import labels
from linli.registry.reviewing.lines import Line
from linli.registry.reviewing.queries import colleagues as colleagues_of

from . import actions, queries
from .queries import Proposal, Side
from .schemas import ThresholdsOut, WeightOut, thresholds_out, weights_out

router = Router(tags=["proposals"])
ELSEWHERE = Text("其他区域", "Another area")
Verdict = Literal["same", "differs", "only_one", "only_other"]
_VERDICTS: dict[str, Verdict] = {
    "same": "same", "differs": "differs", "only_row": "only_one", "only_person": "only_other",
}  # fmt: skip


class ProposalsQuery(Schema):
    """Filters of the list of proposals."""

    area: str | None = Field(None, pattern=r"^\d{6}(\d{3}){0,3}$")
    state: Literal["open", "joined", "apart"] = "open"
    assigned: Literal["all", "mine", "nobody"] = "all"
    cursor: str | None = None
    limit: int | None = None


class ProposalSideOut(Schema):
    """One of the two. `numbered`: has an identity number; of two only one can."""

    id: UUID
    name: str
    area_name: str
    version: int
    numbered: bool


class ProposalLineOut(Schema):
    """A field of both; numbers are masked, told apart by what is stored."""

    field: str
    label: str
    one: str | None
    other: str | None
    verdict: Verdict


class ProposalOut(Schema):
    """Two people who may be one."""

    id: UUID
    state: Literal["open", "joined", "apart"]
    probability: float
    weights: list[WeightOut]
    thresholds: ThresholdsOut
    one: ProposalSideOut
    other: ProposalSideOut
    lines: list[ProposalLineOut]
    opened_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    assigned_to: str | None
    mine: bool
    reason: str
    may_decide: bool


class ProposalDecisionIn(Schema):
    """`same`: they are one and are joined; `apart`: they are two, and are not asked about again.

    `version` and `other_version` are those of `one` and `other` as they were looked at.
    """

    decision: Literal["same", "apart"]
    reason: str = Field(max_length=200)
    version: int | None = None
    other_version: int | None = None


class PairAssignIn(Schema):
    """Whom to give a pair to; null lets it go."""

    account_id: UUID | None


class PairColleagueOut(Schema):
    """Somebody who may join people of the reader's areas."""

    account_id: UUID
    name: str
    unit_name: str


class DecidedOut(Schema):
    """The join that was made, by which it can be undone, and the person to look at now; null where they stay two."""

    regrouping_id: UUID | None
    person_id: UUID | None


@router.get("/registry/proposals", auth=require(JOIN), response=PageOut[ProposalOut])
def list_proposals(request: HttpRequest, wanted: Annotated[ProposalsQuery, Query()]) -> Any:
    """Pairs of people of the actor's areas who may be one, with what speaks for it."""
    actor, language = actor_of(request), language_of(request)
    page = queries.proposals_page(actor, wanted.state, wanted.area, wanted.cursor, wanted.limit, wanted.assigned)
    reads.note("list", "proposal", area=wanted.area, count=len(page.items))
    named = names_of(side.area_code for row in page.items for side in (row.one, row.other))
    told = [by for row in page.items for by in (row.decided_by, row.assigned_to)]
    said, hands = labels(language), actors.in_sight(told) | {actor.id}
    names, limits = actors.names_of(by for by in told if by in hands), thresholds_out(parameters.thresholds())

    def called(by: str | None) -> str | None:
        return (actors.display_name(by, names) if by in hands else ELSEWHERE.say(language)) if by else None

    def out(row: Proposal) -> ProposalOut:
        return ProposalOut(
            id=row.id, state=row.state, probability=row.probability, weights=weights_out(row.weights, language),
            thresholds=limits, one=_side(row.one, named), other=_side(row.other, named),
            lines=[_line(line, said, language) for line in row.lines], opened_at=row.opened_at, decided_at=row.decided_at,
            decided_by=called(row.decided_by), assigned_to=called(row.assigned_to), mine=row.assigned_to == actor.id,
            reason=row.reason, may_decide=all(actor.may(JOIN, side.area_code) for side in (row.one, row.other)),
        )  # fmt: skip

    count = CountOut(value=page.count.value, exact=page.count.exact) if page.count else None
    return PageOut[ProposalOut](items=[out(row) for row in page.items], next=page.next, count=count)


@router.post("/registry/proposals/{proposal_id}/decide", auth=require(JOIN), response=DecidedOut)
def decide(request: HttpRequest, proposal_id: UUID, given: ProposalDecisionIn) -> DecidedOut:
    """Say whether two people are one. A join can be undone like any other."""
    made = actions.decide(
        actor_of(request), proposal_id, given.decision, given.reason, given.version, given.other_version
    )
    return DecidedOut(regrouping_id=made.id if made else None, person_id=made.to_person if made else None)


@router.get("/registry/proposals/colleagues", auth=require(JOIN), response=list[PairColleagueOut])
def colleagues(request: HttpRequest) -> list[PairColleagueOut]:
    """Who may join people of the actor's areas."""
    found = colleagues_of(actor_of(request), JOIN)
    return [PairColleagueOut(account_id=c.account_id, name=c.name, unit_name=c.unit_name) for c in found]


@router.post("/registry/proposals/{proposal_id}/assign", auth=require(JOIN), response={204: None})
def assign(request: HttpRequest, proposal_id: UUID, given: PairAssignIn) -> tuple[int, None]:
    """Give a pair to somebody who may decide on it, or let it go."""
    actions.assign(actor_of(request), proposal_id, given.account_id)
    return 204, None


def _side(side: Side, named: dict[str, str]) -> ProposalSideOut:
    return ProposalSideOut(
        id=side.id, name=side.name, area_name=named[side.area_code], version=side.version, numbered=side.numbered
    )


def _line(line: Line, said: Any, language: str) -> ProposalLineOut:
    coded = "relation_to_head" if line.field.name == "household" else line.field.code_list

    def say(value: str | None) -> str | None:
        return said.get((coded, value), value) if coded and value else value

    return ProposalLineOut(
        field=line.field.name, label=line.field.en if language == "en" else line.field.zh, one=say(line.row),
        other=say(line.person), verdict=_VERDICTS[line.verdict],
    )  # fmt: skip
