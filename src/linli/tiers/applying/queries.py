"""Reads of the procedure: plan years, the list of applications with what waits, one with all that belongs to it. Fixed queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from linli.kernel import clock, paging
from linli.kernel.actors import Actor
from linli.kernel.errors import Invalid, NotFound, Text
from linli.kernel.paging import Page
from linli.places.models import Region

from ..assessing.queries import record_paths
from ..permissions import ACCEPT, APPLY, CHECK
from ..systems.models import Indicator
from ..systems.rows import plain_number
from ..values.catalogue import name_of
from ..values.models import Evidence
from . import acting, guards, hiding, judging, seeing, table
from .judging import Judged
from .models import (
    AcceptanceMember,
    Application,
    ApplicationGap,
    ApplicationStep,
    IndicatorVerdict,
    Objection,
    ObjectionHiding,
    PlanYear,
    SiteVisit,
    StandingWarning,
)
from .table import STAGES, STATES, WATCHED, Action, Stage

FAR = date(9999, 12, 31)
LONGEST_WORDS = 60
Waiting = Literal[
    "self", "gaps", "slipping", "town", "accept", "publish", "objections", "ended", "report", "recheck", "warnings"
]


@dataclass(frozen=True, slots=True)
class ApplicationFilter:
    """What the list may be narrowed by; `words`: a piece of the community's name. `mine`: whose next step is one's own."""

    year: int | None = None
    state: str | None = None
    mine: bool = False
    area: str | None = None
    tier: str | None = None
    overdue: bool = False
    waiting: Waiting | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An application as a line of the list."""

    application: Application
    name: str
    town_name: str
    gaps_open: int
    objections_open: int
    within: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of applications, and how many there are in each state whatever state is asked for."""

    counts: Mapping[str, int]
    page: Page[Row]


@dataclass(frozen=True, slots=True)
class Possible:
    """An action in the state an application is in; `why_not` None: it may be taken by who reads this."""

    action: Action
    why_not: Text | None


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """An indicator with what is computed of it and what each stage says. `shown`: the figures in words; `path`: the records."""

    indicator: Indicator
    evidence: int
    computed: str
    shown: Text
    path: str | None
    verdicts: Mapping[str, IndicatorVerdict]


@dataclass(frozen=True, slots=True)
class Detail:
    """An application with all that belongs to it; seen from outside, its public record only (`within` false)."""

    row: Row
    actions: Sequence[Possible] = ()
    judging: Stage | None = None
    indicators: Sequence[IndicatorRow] = ()
    gaps: Sequence[ApplicationGap] = ()
    members: Sequence[AcceptanceMember] = ()
    visits: Sequence[SiteVisit] = ()
    objections: Sequence[Objection] = ()
    warnings: Sequence[tuple[StandingWarning, Text]] = ()
    steps: Sequence[ApplicationStep] = ()
    may: frozenset[str] = field(default_factory=frozenset)
    hidden: Mapping[UUID, ObjectionHiding] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class YearRow:
    """A plan year, with how many applications in sight are in which state."""

    year: PlanYear
    counts: Mapping[str, int]


def years(actor: Actor) -> list[YearRow]:
    """The plan years, the last first. Two queries."""
    found = list(PlanYear.objects.select_related("system").order_by("-year"))
    counts: dict[UUID, dict[str, int]] = defaultdict(
        dict
    )  # a year opened since the years were read has none in the answer
    for year_id, state, number in (
        seeing.seen(actor).values_list("plan_year_id", "state").annotate(n=Count("id")).order_by()
    ):
        counts[year_id][state] = number
    return [YearRow(each, counts.get(each.id, {})) for each in found]


def one_year(actor: Actor, year_id: UUID) -> YearRow:
    """A plan year. Raises NotFound. Two queries."""
    found = next((each for each in years(actor) if each.year.id == year_id), None)
    if found is None:
        raise NotFound()
    return found


# --- what waits, for lists and to-dos -------------------------------------------------------------------------


def _gap(**more: Any) -> Exists:
    return Exists(ApplicationGap.objects.filter(application=OuterRef("pk"), done_on=None, **more))


_OBJECTION = Exists(Objection.objects.filter(application=OuterRef("pk"), answered_at=None))
_WARNING = Exists(StandingWarning.objects.filter(application=OuterRef("pk"), gone_at=None))


def waiting(actor: Actor, what: Waiting, under: str | None = None) -> QuerySet[Application]:
    """The applications that wait for an actor in some way."""
    right, condition = {
        "self": (APPLY, Q(state__in=("planned", "self_assessing"))),
        "gaps": (APPLY, ~Q(state__in=table.ENDS) & Q(_gap(due_on__lt=clock.today()))),
        "slipping": (APPLY, Q(_WARNING, state__in=WATCHED)),
        "town": (CHECK, Q(state="town_checking")),
        "accept": (ACCEPT, Q(state="accepting") & ~Q(marks__contains=["accepted"])),
        "publish": (ACCEPT, Q(state="accepting", marks__contains=["accepted"])),
        "objections": (ACCEPT, Q(_OBJECTION)),
        "ended": (ACCEPT, Q(state="publicised", published_until__lt=clock.today()) & ~Q(marks__contains=["ended"])),
        "report": (ACCEPT, Q(state="publicised", marks__contains=["ended"])),
        "recheck": (ACCEPT, Q(state="rechecking")),
        "warnings": (ACCEPT, Q(_WARNING, state__in=WATCHED)),
    }[what]  # fmt: skip
    return seeing.inside(actor, (right,), under).filter(condition)


def waiting_count(actor: Actor, what: Waiting) -> paging.Count:
    """How many wait. One query."""
    found = waiting(actor, what)[: paging.EXACT_TO + 1].count()
    return paging.Count(min(found, paging.EXACT_TO), exact=found <= paging.EXACT_TO)


def _mine(actor: Actor, under: str | None) -> QuerySet[Application]:
    """Those whose next step is one's own."""
    steps = Q(pk__in=())
    for right, states in (
        (APPLY, ("planned", "self_assessing")),
        (CHECK, ("town_checking",)),
        (ACCEPT, ("accepting", "publicised", "reported", "rechecking")),
    ):
        steps |= Q(pk__in=seeing.inside(actor, (right,), under).filter(state__in=states).values("pk"))
    return Application.objects.filter(steps)


# --- the list -------------------------------------------------------------------------------------------------


def applications(
    actor: Actor, wanted: ApplicationFilter, cursor: str | None = None, limit: int | None = None
) -> Listing:
    """A page of the applications in sight, what is due soonest first. At most six queries."""
    size = paging.limit(limit)
    if wanted.waiting is not None:
        rows = waiting(actor, wanted.waiting, wanted.area)
    else:
        rows = _mine(actor, wanted.area) if wanted.mine else seeing.seen(actor, wanted.area)
    if wanted.year is not None:
        rows = rows.filter(plan_year__year=wanted.year)
    if wanted.tier:
        rows = rows.filter(tier=wanted.tier)
    if wanted.overdue:
        rows = rows.filter(due_on__lt=clock.today())
    if words := wanted.words.strip()[:LONGEST_WORDS]:
        named = Region.objects.filter(level="village", short_name__contains=words, valid_to=None)
        rows = rows.filter(area_code__in=named.values("code"))
    counts: dict[str, int] = {str(state): 0 for state in STATES}
    counts.update(rows.order_by().values_list("state").annotate(n=Count("id")))
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    rows = rows.annotate(due=Coalesce("due_on", Value(FAR))).order_by("due", "id").select_related("plan_year__system")
    if after := _after(cursor):
        day, last = after
        rows = rows.filter(Q(due__gt=day) | Q(due=day, id__gt=last))
    found = list(rows[: size + 1])
    shown = found[:size]
    following = paging.encode((shown[-1].due.isoformat(), shown[-1].id)) if len(found) > size else None  # type: ignore[attr-defined]
    return Listing(counts, Page(_rows(actor, shown), following))


def _after(cursor: str | None) -> tuple[date, UUID] | None:
    key = paging.decode(cursor, 2)
    if not key:
        return None
    try:
        return date.fromisoformat(str(key[0])), UUID(str(key[1]))
    except ValueError:
        raise Invalid(reason="cursor") from None


def _rows(actor: Actor, found: Sequence[Application]) -> list[Row]:
    """Applications with their names and what is open in them. Three queries."""
    names = _names([each.area_code for each in found])
    inner = [each.id for each in found if seeing.sees_within(actor, each.area_code)]
    gaps = _open_of(ApplicationGap.objects.filter(application_id__in=inner, done_on=None))
    objections = _open_of(Objection.objects.filter(application_id__in=inner, answered_at=None))
    return [
        Row(
            each, names.get(each.area_code, each.area_code), names.get(each.area_code[:9], ""), gaps.get(each.id, 0),
            objections.get(each.id, 0), each.id in inner,
        )
        for each in found
    ]  # fmt: skip


def _names(codes: Sequence[str]) -> dict[str, str]:
    """The names of communities and their towns, of what there is now or was last. One query."""
    wanted = {*codes, *(code[:9] for code in codes)}
    rows = Region.objects.filter(code__in=wanted).order_by("code", "valid_from")
    return {code: short or name for code, short, name in rows.values_list("code", "short_name", "name")}


def _open_of(rows: Any) -> dict[UUID, int]:
    return dict(rows.order_by().values_list("application_id").annotate(n=Count("id")))


# --- one application ------------------------------------------------------------------------------------------


def application(actor: Actor, application_id: UUID) -> Detail:
    """An application in sight. Raises NotFound. At most thirty queries, whatever its size."""
    found = seeing.one(actor, application_id)
    (row,) = _rows(actor, [found])
    if not row.within:
        return Detail(row)
    asked = judging.asked_of(found.plan_year.system_id)[found.tier]
    known = judging.judge(asked, judging.readings_of([found.area_code])[found.area_code])
    objections = list(Objection.objects.filter(application=found).order_by("id"))
    return Detail(
        row, _possible(actor, found), _stage(actor, found), _indicators(actor, found, asked, known),
        list(ApplicationGap.objects.filter(application=found).order_by("due_on", "id")),
        list(AcceptanceMember.objects.filter(application=found).order_by("position")),
        list(SiteVisit.objects.filter(application=found).order_by("day", "id")),
        objections, _warnings(found), list(ApplicationStep.objects.filter(application=found).order_by("version")),
        _may(actor, found), hiding.hidden_of(each.id for each in objections),
    )  # fmt: skip


def _possible(actor: Actor, found: Application) -> list[Possible]:
    facts = acting.facts(found)
    return [Possible(action, _why_not(actor, found, action, facts)) for action in table.of(found.state)]  # type: ignore[arg-type]


_WHOSE: dict[str, Text] = {
    "community": Text("由社区办理。", "It is for the community."),
    "town": Text("由镇街办理。", "It is for the town."),
    "district": Text("由区级办理。", "It is for the district."),
}


def _why_not(actor: Actor, found: Application, action: Action, facts: guards.Facts) -> Text | None:
    if not seeing.may(actor, action.bodies, found.area_code):
        return _WHOSE[action.bodies[0]]
    return table.why_not(action, found.state, found.marks) or guards.missing(action.name, facts)  # type: ignore[arg-type]


def _stage(actor: Actor, found: Application) -> Stage | None:
    """The stage whose verdicts an actor gives now."""
    for stage, (state, body) in STAGES.items():
        if found.state == state and "accepted" not in found.marks and seeing.may(actor, (body,), found.area_code):
            return stage
    return None


def _may(actor: Actor, found: Application) -> frozenset[str]:
    """What else an actor may do: mend gaps, name the group and visit, object, answer objections."""
    from .accepting import VISITING
    from .objecting import OBJECTABLE

    applies, accepts = actor.may(APPLY, found.area_code), actor.may(ACCEPT, found.area_code)
    allowed = {
        "gaps": applies and found.state not in table.ENDS,
        "object": applies and found.state in OBJECTABLE,
        "accept": accepts and found.state in VISITING,
        "answer": accepts,
    }
    return frozenset(name for name, yes in allowed.items() if yes)


def _indicators(actor: Actor, found: Application, asked: judging.Asked, known: Judged) -> list[IndicatorRow]:
    rows = Evidence.objects.filter(area_code=found.area_code, removed_at=None).order_by()
    proofs = dict(rows.values_list("indicator").annotate(n=Count("id")))
    given: dict[str, dict[str, IndicatorVerdict]] = {}
    for each in IndicatorVerdict.objects.filter(application=found):
        given.setdefault(each.indicator, {})[each.stage] = each
    paths = record_paths(actor, found.area_code)
    return [
        IndicatorRow(
            each, proofs.get(each.code, 0), known.verdicts.get(each.code, "unknown"), _shown(each, known),
            next((paths[b.metric] for b in each.bounds.all() if b.metric in paths), None), given.get(each.code, {}),
        )
        for each in asked.indicators
    ]  # fmt: skip


def _shown(indicator: Indicator, known: Judged) -> Text:
    """The figures of an indicator beside what is asked, in words."""
    zh, en = [], []
    for bound in indicator.bounds.all():
        if bound.value is None:
            continue
        reading = known.readings.get(bound.metric)
        value = told(reading.value if reading else None, bound.unit)
        wants, name = told(bound.value, bound.unit), name_of(bound.metric)
        zh.append(f"{name.zh} {value.zh}（要求 {bound.op} {wants.zh}）")
        en.append(f"{name.en} {value.en} (asked {bound.op} {wants.en})")
    return Text("；".join(zh), "; ".join(en))


def told(value: Decimal | None, unit: str) -> Text:
    """A value in words; one that is not known says so."""
    if value is None:
        return Text("无数据", "unknown")
    if unit == "bool":
        return Text("是", "yes") if value == 1 else Text("否", "no")
    number = plain_number(round(value, 1) if unit == "%" else value)
    zh, en = {"%": ("%", "%"), "minute": (" 分钟", " min")}.get(unit, ("", ""))
    return Text(number + zh, number + en)


def _warnings(found: Application) -> list[tuple[StandingWarning, Text]]:
    units = {}
    rows = list(StandingWarning.objects.filter(application=found, gone_at=None).order_by("since", "indicator"))
    if rows:
        from ..systems.models import IndicatorBound

        bounds = IndicatorBound.objects.filter(indicator__system_id=found.plan_year.system_id)
        units = dict(bounds.values_list("metric", "unit"))
    return [(each, _warned(each, units.get(each.metric, ""))) for each in rows]


def _warned(each: StandingWarning, unit: str) -> Text:
    value, name = told(each.value, unit), name_of(each.metric)
    return Text(f"{name.zh} {value.zh}", f"{name.en} {value.en}")
