"""Plan years (创建年度计划): opening one, changing its days, planning which communities try for which tier, re-checking what holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from linli.access import changes
from linli.kernel import areas, clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.places.models import Region

from .. import rules as ladder
from ..communities import kinds_of
from ..permissions import ACCEPT
from ..recognitions.models import Recognition
from ..recognitions.queries import ENDS, HOLDS
from ..systems.importing import hold
from ..systems.models import IndicatorSystem
from ..systems.queries import holding, standing
from . import judging, rules, steps
from .models import Application, PlanYear
from .problems import ApplicationsRefused, PlanYearChanged, PlanYearTaken

NEEDED = Text("请填写此项。", "Please fill this in.")
LONG = Text("内容过长。", "This is too long.")
ORDER = Text(
    "各阶段截止日期须先后相接：自评、镇街核查、区级验收。", "The stages end one after the other: self, town, district."
)
BAD_YEAR = Text("年度须为 2000 至 2100。", "A year is between 2000 and 2100.")
BAD_DAYS = Text("公示期为 1 至 {most} 天。", "A publication takes 1 to {most} days.")
BAD_SYSTEM = Text("没有这个指标体系。", "There is no such system of indicators.")
FAR = Text("日期与年度相差过大。", "That day is too far from the year.")
NONE = Text("请选择 1 至 {most} 个社区。", "Choose one to {most} communities.")
BAD_TIER = Text("请选择创建等级。", "Choose a tier.")
NO_COMMUNITY = Text("{code} 不是可以申报的社区。", "{code} is no community that may apply.")
PLANNED = Text("{name} 在本年度已有申报。", "{name} has an application of this year already.")
HELD = Text(
    "{name} 已经是{tier}，不能再申报同级或更低等级。",
    "{name} holds {tier_en} already; it applies for a higher tier only.",
)
BAD_UNTIL = Text("复核期限须在今天之后、两年以内。", "A re-check is due after today and within two years.")
TIER_NAMES: Mapping[str, Text] = {
    "basic": Text("基础型", "the basic tier"),
    "growing": Text("成长型", "the growing tier"),
    "model": Text("标杆型", "the model tier"),
}
AHEAD = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class YearGiven:
    """What is entered of a plan year. `system_id` None: the system that holds today."""

    year: int
    title: str
    self_by: date
    town_by: date
    accept_by: date
    publication_days: int = 5
    document: str = ""
    system_id: UUID | None = None


def open_year(actor: Actor, given: YearGiven) -> PlanYear:
    """Open a plan year. Raises Forbidden, Invalid, PlanYearTaken."""
    actor.require(ACCEPT, settings.LINLI_DISTRICT)
    try:
        with transaction.atomic():
            hold()  # its system is not withdrawn meanwhile
            system = check_year(given)
            made = PlanYear.objects.create(
                id=uuid7(), year=given.year, title=given.title.strip(), system=system, self_by=given.self_by, town_by=given.town_by,
                accept_by=given.accept_by, publication_days=given.publication_days, document=given.document.strip(),
                opened_at=clock.now(), opened_by=actor.id, opened_by_name=actor.name,
            )  # fmt: skip
    except IntegrityError:
        raise PlanYearTaken(year=given.year, fields=(FieldProblem("year", "taken", PlanYearTaken.text, {"year": given.year}),)) from None  # fmt: skip
    changes.record(actor, "tiers.plan_year.open", "plan_year", made.id, settings.LINLI_DISTRICT, {"year": given.year})
    return made


def check_year(given: YearGiven) -> IndicatorSystem:
    """The system of a year as it is entered. Raises Invalid."""
    problems = []
    if not 2000 <= given.year <= 2100:
        problems.append(FieldProblem("year", "range", BAD_YEAR))
    title = given.title.strip()
    if not title or len(title) > rules.LONGEST_LINE:
        problems.append(FieldProblem("title", "too_long" if title else "required", LONG if title else NEEDED))
    if len(given.document) > rules.LONGEST_LINE:
        problems.append(FieldProblem("document", "too_long", LONG))
    if not given.self_by <= given.town_by <= given.accept_by:
        problems.append(FieldProblem("town_by", "order", ORDER))
    problems += [
        FieldProblem(name, "far", FAR)
        for name in ("self_by", "town_by", "accept_by") if abs(getattr(given, name).year - given.year) > 1
    ]  # fmt: skip
    if not 1 <= given.publication_days <= rules.MOST_PUBLICATION_DAYS:
        problems.append(FieldProblem("publication_days", "range", BAD_DAYS, {"most": rules.MOST_PUBLICATION_DAYS}))
    system = holding(clock.today()) if given.system_id is None else _system(given.system_id)
    if system is None:
        problems.append(FieldProblem("system_id", "unknown", BAD_SYSTEM))
    if problems or system is None:
        raise Invalid(fields=tuple(problems))
    return system


def _system(system_id: UUID) -> IndicatorSystem | None:
    return standing().filter(id=system_id).first()


def change_year(actor: Actor, year_id: UUID, version: int, given: YearGiven) -> PlanYear:
    """Change the days of a plan year; those of its applications follow. Year and system stay. Raises Forbidden, NotFound, Invalid,
    PlanYearChanged."""
    actor.require(ACCEPT, settings.LINLI_DISTRICT)
    found = _locked(year_id)
    if found.version != version:
        raise PlanYearChanged()
    check_year(replace(given, year=found.year, system_id=found.system_id))
    found.title, found.document, found.publication_days = (
        given.title.strip(),
        given.document.strip(),
        given.publication_days,
    )
    found.self_by, found.town_by, found.accept_by = given.self_by, given.town_by, given.accept_by
    found.version += 1
    found.save()
    for states, day in (
        (("planned", "self_assessing"), found.self_by),
        (("town_checking",), found.town_by),
        (("accepting",), found.accept_by),
    ):
        Application.objects.filter(plan_year=found, state__in=states).update(due_on=day)
    changes.record(
        actor, "tiers.plan_year.change", "plan_year", found.id, settings.LINLI_DISTRICT, {"year": found.year}
    )
    return found


def _locked(year_id: UUID) -> PlanYear:
    found: PlanYear | None = PlanYear.objects.select_for_update().filter(id=year_id).first()
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True, slots=True)
class Plannable:
    """Communities that were checked, with the tier they are to try for."""

    year: PlanYear
    codes: Sequence[str]
    tier: str


def plan(actor: Actor, year_id: UUID, codes: Sequence[str], tier: str, *, synthetic: bool = False) -> list[Application]:
    """Plan that communities try for a tier, many at once or none. Raises Forbidden, NotFound, Invalid, ApplicationsRefused."""
    with transaction.atomic():
        return do_plan(actor, check_plan(actor, _locked(year_id), codes, tier), synthetic)


def check_plan(actor: Actor, year: PlanYear, codes: Sequence[str], tier: str) -> Plannable:
    """Look at which communities are to be planned. Raises Forbidden, Invalid, ApplicationsRefused. Four queries."""
    wanted = list(dict.fromkeys(codes))
    if not 0 < len(wanted) <= rules.MOST_PLANNED:
        raise Invalid(fields=(FieldProblem("area_codes", "required", NONE, {"most": rules.MOST_PLANNED}),))
    if tier not in ladder.TIERS:
        raise Invalid(fields=(FieldProblem("tier", "form", BAD_TIER),))
    district = str(settings.LINLI_DISTRICT)
    inside = [code for code in wanted if areas.is_code(code) and areas.contains(district, code)]
    for code in inside:
        actor.require(ACCEPT, code)
    regions = Region.objects.filter(code__in=inside, level="village", kind__in=kinds_of(year.system), valid_to=None)
    names = dict(regions.values_list("code", "short_name"))
    taken = set(
        Application.objects.filter(plan_year=year, area_code__in=inside).exclude(state="withdrawn").values_list("area_code", flat=True)
    )  # fmt: skip
    now = tiers_now(inside)
    problems = []
    for place, code in enumerate(wanted):
        if code not in names:
            problems.append(FieldProblem(f"area_codes.{place}", "unknown", NO_COMMUNITY, {"code": code[:12]}))
        elif code in taken:
            problems.append(FieldProblem(f"area_codes.{place}", "planned", PLANNED, {"name": names[code]}))
        elif (has := now.get(code)) and ladder.rank(has) >= ladder.rank(tier):  # type: ignore[arg-type]
            told = {"name": names[code], "tier": TIER_NAMES[has].zh, "tier_en": TIER_NAMES[has].en}
            problems.append(FieldProblem(f"area_codes.{place}", "held", HELD, told))
    if problems:
        raise ApplicationsRefused(count=len(problems), fields=tuple(problems))
    return Plannable(year, wanted, tier)


def tiers_now(codes: Sequence[str]) -> dict[str, str]:
    """The tier each of some communities holds by the last statement about it. One query."""
    rows = Recognition.objects.filter(area_code__in=list(codes), scope="community", outcome__in=(*HOLDS, *ENDS))
    found: dict[str, str] = {}
    for code, tier, outcome in rows.order_by("year", F("said_on").asc(nulls_first=True), "id").values_list(
        "area_code", "tier", "outcome"
    ):
        if outcome in ENDS:
            found.pop(code, None)
        elif tier:
            found[code] = tier
    return found


def do_plan(actor: Actor, checked: Plannable, synthetic: bool = False) -> list[Application]:
    """Write the applications, each with its first step."""
    now = clock.now()
    asked = judging.asked_of(checked.year.system_id)[checked.tier]
    readings = judging.readings_of(checked.codes)
    made = []
    for code in checked.codes:
        count = rules.tally(asked.codes, {}, judging.judge(asked, readings.get(code, {})).verdicts)
        made.append(
            Application(
                id=uuid7(), area_code=code, plan_year=checked.year, tier=checked.tier, due_on=checked.year.self_by, met=count.met,
                missed=count.missed, unknown=count.unknown, of=count.of, synthetic=synthetic, planned_at=now, planned_by=actor.id,
                updated_at=now,
            )
        )  # fmt: skip
    Application.objects.bulk_create(made)
    steps.write(actor, [(each, "plan", "", "") for each in made])
    changes.record(
        actor, "tiers.application.plan", "plan_year", checked.year.id, settings.LINLI_DISTRICT,
        {"year": checked.year.year, "tier": checked.tier, "count": len(made)},
    )  # fmt: skip
    return made


def recheck_all(actor: Actor, year_id: UUID, until: date) -> int:
    """Open the re-check of every application of a year that is recognised; returns how many. Raises Forbidden, NotFound, Invalid."""
    actor.require(ACCEPT, settings.LINLI_DISTRICT)
    with transaction.atomic():
        year = _locked(year_id)
        if not clock.today() < until <= clock.today() + AHEAD:
            raise Invalid(fields=(FieldProblem("until", "range", BAD_UNTIL),))
        rows = Application.objects.restrict(actor, ACCEPT).filter(plan_year=year, state="recognised")
        found = list(rows.exclude(marks__contains=["superseded"]).select_for_update())
        for each in found:
            each.state, each.recheck_by, each.due_on = "rechecking", until, until
            each.version, each.updated_at = each.version + 1, clock.now()
        Application.objects.bulk_update(found, ["state", "recheck_by", "due_on", "version", "updated_at"])
        steps.write(actor, [(each, "open_recheck", "recognised", year.title) for each in found])
        changes.record(
            actor, "tiers.application.recheck", "plan_year", year.id, settings.LINLI_DISTRICT, {"count": len(found)}
        )
    return len(found)


def deadlines(application: Application) -> rules.Deadlines:
    """The days that hold for an application."""
    year, over = application.plan_year, "ended" in application.marks
    return rules.Deadlines(
        year.self_by,
        year.town_by,
        year.accept_by,
        None if over else application.published_until,
        application.recheck_by,
    )
