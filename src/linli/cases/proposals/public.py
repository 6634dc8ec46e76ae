"""What anybody reads of proposals: those that are open and published, with the answer that was published, and no more of people
than they agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import F, Q, QuerySet

from linli.kernel import area_names
from linli.kernel.actors import Actor, Grant
from linli.kernel.errors import Text
from linli.kernel.scope import acting

from ..permissions import PROPOSAL_VIEW
from . import rules, seeing
from .models import BODIES, Proposal, ProposalReply
from .queries import people_of

PAGE, MOST_PAGES, LONGEST_WORDS = 20, 500, 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for. `host` is a unit's name as the page has it."""

    year: int | None = None
    body: str = ""
    host: str = ""
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listed:
    """A published answer as a line of the list."""

    body: str
    number: str
    title: str
    host: str
    answered_on: date | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the list, with what there is to choose from."""

    items: Sequence[Listed]
    count: int
    pages: int
    years: Sequence[int]
    hosts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Published:
    """The fields of the page on which an answer is published: 编号, 建议人, 主办单位, 答复时间, 答复内容, 建议内容."""

    body: str
    number: str
    title: str
    session: Text
    proposers: str
    host: str
    cohosts: Sequence[str]
    answered_on: date | None
    letter: rules.Letter
    content: tuple[str, ...]


def reader() -> Actor:
    """The program at the public page: it reads proposals over the whole district."""
    return Actor(
        "system", "system:proposals", "公开答复", (Grant(settings.LINLI_DISTRICT, frozenset({PROPOSAL_VIEW})),)
    )


def listing(wanted: Wanted) -> Listing:
    """The published answers, the newest number first. Five queries."""
    with acting(reader()) as actor:
        shown = _published(actor)
        years = sorted(set(shown.values_list("year", flat=True)), reverse=True)
        answers = ProposalReply.objects.filter(round=F("proposal__published_round"))
        hosts = sorted(set(answers.filter(proposal__in=shown).values_list("unit_name", flat=True)))
        found = _narrowed(shown, wanted)
        count = found.count()
        pages = min(max(-(-count // PAGE), 1), MOST_PAGES)
        begin = (min(max(wanted.page, 1), pages) - 1) * PAGE
        rows = list(found.order_by("-year", "-number", "body")[begin : begin + PAGE])
        told = {reply.proposal_id: reply for reply in answers.filter(proposal__in=[row.id for row in rows])}
    items = [  # without what was withdrawn between two queries
        Listed(p.body, p.number, p.title, told[p.id].unit_name, told[p.id].answered_on) for p in rows if p.id in told
    ]
    return Listing(items, count, pages, years, hosts)


def published(body: str, number: str) -> Published | None:
    """A published answer; None where there is none, or none any more. Five queries."""
    typed = rules.number_of(number)
    if body not in BODIES or typed is None:
        return None
    with acting(reader()) as actor:
        found = _published(actor).filter(body=body, number=typed[0]).first()
        if found is None or found.published_round is None:
            return None
        reply = ProposalReply.objects.get(proposal=found, round=found.published_round, signed_at__isnull=False)
        cohosts = list(found.cohosts.order_by("id").values_list("unit_name", flat=True))
        people = people_of(found)
        district = str(settings.LINLI_DISTRICT)
        named = area_names.names_of([district])
    return shown_of(found, reply, [(p.name, p.shown) for p in people], named[district], cohosts)


def shown_of(
    proposal: Proposal,
    reply: ProposalReply,
    people: Sequence[tuple[str, bool]],
    district: str,
    cohosts: Sequence[str],
) -> Published:
    """The public page of an answer, published or to be. Pure."""
    names = rules.shown_names(people)
    everybody = bool(people) and all(shown for _, shown in people)
    letter = rules.letter(
        rules.Facts(
            body=proposal.body, district=district, term=proposal.term, session=proposal.session, number=proposal.number,
            title=proposal.title, unit=reply.unit_name, text=reply.text, document_number=reply.document_number,
            signed_post=reply.signed_post, signed_name=reply.signed_name, answered_on=reply.answered_on,
            contact_name=reply.contact_name, contact_phone=reply.contact_phone, names=names if everybody else (),
        ),
        public=True,
    )  # fmt: skip
    return Published(
        body=proposal.body, number=proposal.number, title=proposal.title,
        session=rules.session_of(proposal.body, district, proposal.term, proposal.session), proposers="、".join(names),
        host=reply.unit_name, cohosts=cohosts, answered_on=reply.answered_on, letter=letter,
        content=rules.paragraphs(proposal.content),
    )  # fmt: skip


def _published(actor: Actor) -> QuerySet[Proposal]:
    return seeing.seen(actor).filter(openness="open", published_at__isnull=False, published_round__isnull=False)


def _narrowed(shown: QuerySet[Proposal], wanted: Wanted) -> QuerySet[Proposal]:
    if wanted.year is not None:
        shown = shown.filter(year=wanted.year)
    if wanted.body in BODIES:
        shown = shown.filter(body=wanted.body)
    if wanted.host:
        shown = shown.filter(replies__round=F("published_round"), replies__unit_name=wanted.host)
    if words := " ".join(wanted.words.split())[:LONGEST_WORDS]:
        shown = shown.filter(Q(number__startswith=words) | Q(title__contains=words) | Q(content__contains=words))
    return shown
