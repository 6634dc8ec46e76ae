"""Reads of proposals: lists by year, body, state, host and what is behind a figure; one with all its page shows. Fixed queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.conf import settings

from linli.access.models import Unit
from linli.access.models.units import in_use
from linli.kernel import area_names, clock, paging, secrets
from linli.kernel.actors import Actor
from linli.kernel.paging import Count, Page
from linli.registry.queries import sql

from ..engine.models import Case, CaseFlow
from ..engine.rules import Option
from ..engine.sight import unit_of
from ..engine.states import State
from ..permissions import PROPOSAL_REGISTER, PROPOSAL_REVEAL
from . import acting, rules, seeing, steps
from .door import facts_here
from .figures import condition_of, source
from .models import Proposal, ProposalCohost, ProposalReply, Proposer

MOST_UNITS = 500


@dataclass(frozen=True, slots=True)
class ProposalFilter:
    """What a list may be narrowed by. `unit`: the host, "none" for those that have none yet; `figure`: what is behind a figure of the
    counts; `words`: a number or a piece of the title."""

    year: int | None = None
    body: str | None = None
    state: State | None = None
    unit: UUID | Literal["none"] | None = None
    figure: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal as a line of a list. `state` is None for who only helps to answer: the case is not theirs to see."""

    id: UUID
    body: str
    number: str
    year: int
    title: str
    host_name: str
    cohosts: int
    state: str | None
    due_at: datetime | None
    answered_on: date | None
    in_time: bool | None
    openness: str
    published_at: datetime | None
    opinion: str
    round: int
    own_part: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A proposer as the page shows them: the name in full, since they are answered by name; the contact masked."""

    id: UUID
    name: str
    masked: str
    shown: bool


@dataclass(frozen=True, slots=True)
class ProposalDetail:
    """A proposal with all its page shows; `case` is None for who only helps to answer."""

    proposal: Proposal
    case: Case | None
    district: str
    area_name: str
    proposers: Sequence[Person]
    cohosts: Sequence[ProposalCohost]
    replies: Sequence[ProposalReply]
    flow: Sequence[CaseFlow]
    options: Sequence[Option]
    own_unit: str | None
    may_draft: bool
    may_contribute: bool
    may_amend: bool
    may_consent: bool
    may_reveal: bool

    @property
    def reply(self) -> ProposalReply | None:
        """The answer of this round, if it was begun."""
        return next((each for each in self.replies if each.round == self.proposal.round), None)


_ROW = """
p.id, p.body, p.number, p.year, p.title, p.host_name, cardinality(p.cohost_units) AS cohosts, c.state,
c.due_at, r.answered_on, CASE WHEN r.signed_at IS NOT NULL THEN r.due_on IS NULL OR r.answered_on <= r.due_on END AS in_time,
p.openness, p.published_at, coalesce(l.opinion, '') AS opinion, p.round,
coalesce(p.cohost_units @> ARRAY[%(own)s::uuid], false) AS own_part
"""


def proposals_page(
    actor: Actor, wanted: ProposalFilter, cursor: str | None = None, limit: int | None = None
) -> Page[ProposalRow]:
    """A page of the proposals in sight, the newest year and number first. Two queries."""
    size = paging.limit(limit)
    after = paging.decode(cursor, 3)
    params: dict[str, Any] = {"size": size + 1, "own": unit_of(actor), "now": clock.now()}
    where = f"{seeing.condition(actor, params)} AND {_where(wanted, params)}"
    read = source(actor, params)
    count = sql.count(f"SELECT p.id FROM {read} WHERE {where}", params) if cursor is None else None
    if after:
        params |= {"c0": after[0], "c1": after[1], "c2": after[2]}
        where += " AND (p.year, p.number, p.id) < (%(c0)s::smallint, %(c1)s, %(c2)s::uuid)"
    found = sql.rows(
        ProposalRow,
        f"SELECT {_ROW} FROM {read} WHERE {where} ORDER BY p.year DESC, p.number DESC, p.id DESC LIMIT %(size)s",
        params,
    )
    shown = found[:size]
    following = paging.encode((shown[-1].year, shown[-1].number, shown[-1].id)) if len(found) > size else None
    return Page(shown, following, count)


def waiting_for(actor: Actor, state: State) -> Count:
    """How many proposals in sight stand at `state`. One query."""
    params: dict[str, Any] = {"own": None, "now": clock.now(), "state": state.value}
    where = f"{seeing.condition(actor, params)} AND c.state = %(state)s"
    return sql.count(f"SELECT p.id FROM {source(actor, params)} WHERE {where}", params)


def years(actor: Actor) -> list[int]:
    """The years there are proposals of, the newest first. One query."""
    found = seeing.seen(actor).order_by("-year").values_list("year", flat=True).distinct()
    return list(found)


def units_to_choose(actor: Actor) -> list[Unit]:
    """The units in use that may be host: departments first, then by area. One query."""
    rank = {"department": 0, "district": 1, "town": 2, "village": 3}
    rows = Unit.objects.restrict(actor, PROPOSAL_REGISTER).filter(in_use(clock.today()))
    found = rows.order_by("area_code", "name")[:MOST_UNITS]
    return sorted(found, key=lambda u: (rank[u.kind], u.area_code, u.name))


def proposal_detail(actor: Actor, proposal_id: UUID) -> ProposalDetail:
    """One proposal the actor sees. Raises NotFound. Seven queries."""
    proposal = seeing.one(actor, proposal_id)
    case = seeing.cases(actor).filter(id=proposal.case_id).first()
    cohosts = list(ProposalCohost.objects.filter(proposal=proposal).order_by("id"))
    replies = list(ProposalReply.objects.filter(proposal=proposal).order_by("round"))
    reply = next((each for each in replies if each.round == proposal.round), None)
    district = str(settings.LINLI_DISTRICT)
    named = area_names.names_of([district, proposal.area_code])
    options: Sequence[Option] = ()
    unit = unit_of(actor)
    if case is not None:
        doer, held = acting.doer_of(actor, proposal.area_code)
        options = steps.options(facts_here(case), acting.facts(proposal, reply), doer, held)
    flow = CaseFlow.objects.filter(case_id=case.id).order_by("version") if case else ()
    unsigned = reply is None or reply.signed_at is None
    return ProposalDetail(
        proposal=proposal, case=case, district=named[district], area_name=named[proposal.area_code],
        proposers=people_of(proposal), cohosts=cohosts, replies=replies,
        flow=list(flow), options=options, own_unit=unit,
        may_draft=case is not None and case.state == State.HANDLING and unit is not None and unit == str(case.unit_id),
        may_contribute=unsigned and any(str(each.unit_id) == unit for each in cohosts),
        may_amend=not any(each.signed_at for each in replies) and actor.may(PROPOSAL_REGISTER, proposal.area_code),
        may_consent=actor.may(PROPOSAL_REGISTER, proposal.area_code),
        may_reveal=actor.may(PROPOSAL_REVEAL, proposal.area_code),
    )  # fmt: skip


def people_of(proposal: Proposal) -> list[Person]:
    """The proposers, the first one first. One query."""
    return [
        Person(each.id, secrets.decrypt(bytes(each.name)), each.masked, each.shown)
        for each in Proposer.objects.filter(proposal=proposal).order_by("position")
    ]


def letter_of(found: ProposalDetail, reply: ProposalReply) -> rules.Letter:
    """The letter of a reply in full, as it is printed."""
    proposal = found.proposal
    return rules.letter(
        rules.Facts(
            body=proposal.body, district=found.district, term=proposal.term, session=proposal.session, number=proposal.number,
            title=proposal.title, unit=reply.unit_name, text=reply.text, document_number=reply.document_number,
            signed_post=reply.signed_post, signed_name=reply.signed_name, answered_on=reply.answered_on,
            contact_name=reply.contact_name, contact_phone=reply.contact_phone,
            names=tuple(each.name for each in found.proposers),
        )
    )  # fmt: skip


def _where(wanted: ProposalFilter, params: dict[str, Any]) -> str:
    conditions = ["true"]
    if wanted.year is not None:
        params["year"] = wanted.year
        conditions.append("p.year = %(year)s")
    if wanted.body:
        params["body"] = wanted.body
        conditions.append("p.body = %(body)s")
    if wanted.state:
        params["state"] = wanted.state.value
        conditions.append("c.state = %(state)s")
    if wanted.unit == "none":
        conditions.append("p.host_unit_id IS NULL")
    elif wanted.unit:
        params["host"] = wanted.unit
        conditions.append("p.host_unit_id = %(host)s")
    if wanted.figure:
        conditions.append(condition_of(wanted.figure))
    if words := "".join(wanted.words.split()):
        params["words"] = words
        conditions.append("(starts_with(p.number, %(words)s) OR position(%(words)s IN p.title) > 0)")
    return " AND ".join(conditions)
