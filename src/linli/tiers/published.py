"""What anybody reads of the ladder: results under publication and those recognised, the public record of each and no more; and what
texts say of communities in years before. Nothing of it is about people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from linli.kernel import clock
from linli.kernel.actors import Actor, Grant
from linli.kernel.area_names import names_of
from linli.kernel.scope import acting

from . import rules
from .applying.models import Application
from .applying.rules import open_to_objections
from .applying.table import PUBLIC
from .certainties import Sources, counted
from .permissions import VIEW
from .recognitions.models import Recognition
from .systems.queries import indicators_of, sureness

PAGE, MOST_PAGES, MOST_STATEMENTS = 20, 500, 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for. `stage`: `open` for what is under publication, `recognised` for what is decided."""

    year: int | None = None
    tier: str = ""
    stage: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Result:
    """The public record of an application (公示信息). `open`: objections are taken today. `synthetic`: of a demo."""

    id: UUID
    community: str
    town: str
    year: int
    title: str
    tier: str
    state: str
    since: date
    until: date
    open: bool
    met: int
    missed: int
    unknown: int
    of: int
    report_document: str
    reported_on: date | None
    document: str
    authority: str
    decided_on: date | None
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says of a community."""

    community: str
    tier: str
    outcome: str
    year: int
    authority: str
    said_on: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results, with what there is to choose from, and what texts say of communities."""

    items: Sequence[Result]
    count: int
    pages: int
    years: Sequence[int]
    said: Sequence[Said]


@dataclass(frozen=True, slots=True)
class One:
    """A result, and how sure the indicators are that it was judged by."""

    result: Result
    system: str
    sources: Sources


def reader() -> Actor:
    """The program at the public page: it reads the public record over the whole district."""
    return Actor("system", "system:results", "公开结果", (Grant(settings.LINLI_DISTRICT, frozenset({VIEW})),))


def results(wanted: Wanted) -> Results:
    """Results, the newest year first, those under publication before others. Five queries."""
    with acting(reader()) as actor:
        shown = _shown()
        years = sorted(set(shown.values_list("plan_year__year", flat=True)), reverse=True)
        found = _narrowed(shown, wanted)
        count = found.count()
        pages = min(max(-(-count // PAGE), 1), MOST_PAGES)
        begin = (min(max(wanted.page, 1), pages) - 1) * PAGE
        ordered = found.select_related("plan_year").order_by("-plan_year__year", "-published_until", "area_code", "id")
        items = _told(list(ordered[begin : begin + PAGE]))
        said = _statements(actor) if wanted == Wanted(page=wanted.page) and begin == 0 else []
    return Results(items, count, pages, years, said)


def result(application_id: UUID) -> One | None:
    """One result; None where there is none, or none any more. Four queries."""
    with acting(reader()):
        found = _shown().select_related("plan_year__system").filter(id=application_id).first()
        if found is None:
            return None
        tiers = rules.TIERS[: rules.rank(found.tier)]  # type: ignore[arg-type]
        asked = [each for each in indicators_of(found.plan_year.system_id) if each.tier in tiers]
        sources = counted(sureness(each) for each in asked)
        (told,) = _told([found])
        system = found.plan_year.system.title
    return One(told, system, sources)


def _shown() -> QuerySet[Application]:
    """What is open to everybody: published, and neither refused nor withdrawn since."""
    return Application.objects.filter(
        published_from__isnull=False, published_until__isnull=False, state__in=sorted(PUBLIC)
    )


def _narrowed(rows: QuerySet[Application], wanted: Wanted) -> QuerySet[Application]:
    if wanted.year is not None:
        rows = rows.filter(plan_year__year=wanted.year)
    if wanted.tier in rules.TIERS:
        rows = rows.filter(tier=wanted.tier)
    if wanted.stage == "open":
        today = clock.today()
        rows = rows.filter(state="publicised", published_from__lte=today, published_until__gte=today)
    elif wanted.stage == "recognised":
        rows = rows.filter(outcome="recognised")
    return rows


def _told(rows: Sequence[Application]) -> list[Result]:
    named, today = names_of([part for each in rows for part in (each.area_code, each.area_code[:9])]), clock.today()
    return [
        Result(
            each.id, named[each.area_code], named[each.area_code[:9]], each.plan_year.year, each.plan_year.title, each.tier, each.state,
            cast(date, each.published_from), cast(date, each.published_until),
            each.state == "publicised" and open_to_objections(each.published_from, each.published_until, today),
            each.met, each.missed, each.unknown, each.of, each.report_document, each.reported_on, each.decision_document,
            each.decided_by, each.decided_on, each.synthetic,
        )
        for each in rows
    ]  # fmt: skip


def _statements(actor: Actor) -> list[Said]:
    """What texts say of communities, contradictions and all; what is of a demo is left out, and what the procedure itself decided: that
    is shown as a result, or not at all where it was refused. Two queries."""
    rows = Recognition.objects.restrict(actor, VIEW).filter(scope="community").exclude(certainty="synthetic")
    rows = rows.exclude(key__startswith="application:")
    found = list(rows.order_by("-year", "area_code", "-id")[:MOST_STATEMENTS])
    named = names_of([each.area_code for each in found])
    return [
        Said(named[each.area_code], each.tier, each.outcome, each.year, each.authority, each.said_on, each.source)
        for each in found
    ]
