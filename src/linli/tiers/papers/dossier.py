"""Everything that papers about an application tell, read once: a fixed number of statements whatever there is of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.area_names import names_of
from linli.kernel.errors import NotFound

from .. import rules
from ..applying import seeing
from ..applying.models import (
    AcceptanceMember,
    Application,
    ApplicationGap,
    ApplicationStep,
    IndicatorVerdict,
    Objection,
    PlanYear,
    SiteVisit,
)
from ..assessing.actions import readings_of
from ..assessing.models import CommunityStanding
from ..assessing.queries import last_assessment
from ..certainties import Sure
from ..systems.models import Indicator
from ..systems.queries import indicators_of, judged, sureness
from ..values.queries import declared

UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator with what each stage says of it, and how sure the indicator itself is."""

    code: str
    tier: str
    name: str
    requirement: str
    sure: Sure
    computed: str = "unknown"
    said: Mapping[str, IndicatorVerdict] = field(default_factory=dict)

    def verdict(self, stage: str) -> str:
        """What a stage says and stands by; `unsaid` where it has confirmed nothing, whatever another stage or the figures say."""
        return str(self.said[stage].verdict) if stage in self.said else UNSAID


@dataclass(frozen=True, slots=True)
class Dossier:
    """An application with all that papers tell of it. Of objections only whether they are answered: never who made them."""

    application: Application
    year: PlanYear
    community: str
    town: str
    district: str
    lines: Sequence[Line] = ()
    gaps: Sequence[ApplicationGap] = ()
    members: Sequence[AcceptanceMember] = ()
    visits: Sequence[SiteVisit] = ()
    objections: Sequence[Objection] = ()
    steps: Sequence[ApplicationStep] = ()
    assessed_on: date | None = None

    def step(self, *actions: str) -> ApplicationStep | None:
        """The last step that was one of `actions`."""
        return next((each for each in reversed(self.steps) if each.action in actions), None)

    @property
    def names(self) -> dict[str, str]:
        return {line.code: line.name for line in self.lines}


def dossier(actor: Actor, application_id: UUID) -> Dossier:
    """An application that lies in the actor's areas. Raises NotFound, also where it is only published. At most 15 queries."""
    rows = seeing.inside(actor)
    found: Application | None = rows.select_related("plan_year__system").filter(id=application_id).first()
    if found is None:
        raise NotFound()
    code, parts = found.area_code, {"application_id": found.id}
    named = names_of([code, code[:9], code[:6]])
    indicators = asked(indicators_of(found.plan_year.system_id), found.tier)
    computed, day = computed_verdicts(code, indicators)
    said: dict[str, dict[str, IndicatorVerdict]] = {}
    for verdict in IndicatorVerdict.objects.filter(
        **parts, prefilled=False
    ):  # what nobody has confirmed yet is not said
        said.setdefault(verdict.indicator, {})[verdict.stage] = verdict
    return Dossier(
        found, found.plan_year, named[code], named[code[:9]], named[code[:6]],
        [
            Line(each.code, each.tier, each.name, each.requirement, sureness(each), computed.get(each.code, "unknown"), said.get(each.code, {}))
            for each in indicators
        ],
        list(ApplicationGap.objects.filter(**parts).order_by("due_on", "id")),
        list(AcceptanceMember.objects.filter(**parts).order_by("position")),
        list(SiteVisit.objects.filter(**parts).order_by("day", "id")),
        list(Objection.objects.filter(**parts).order_by("at", "id")),
        list(ApplicationStep.objects.filter(**parts).order_by("version")),
        day,
    )  # fmt: skip


def asked(indicators: Sequence[Indicator], tier: str) -> list[Indicator]:
    """The indicators an application for a tier is judged by: that tier's, and those of the tiers below it."""
    top = rules.TIERS.index(tier)  # type: ignore[arg-type]
    return [each for each in indicators if rules.TIERS.index(each.tier) <= top]  # type: ignore[arg-type]


def computed_verdicts(code: str, indicators: Sequence[Indicator]) -> tuple[dict[str, str], date | None]:
    """What the last assessment's figures and the declared ones of today make of indicators, and its day. Three queries."""
    last = last_assessment()
    stood = CommunityStanding.objects.filter(assessment=last, area_code=code).first() if last else None
    readings = readings_of(figures(stood), declared([code], clock.today()).get(code, {}))
    found = {each.code: rules.judge(rule, readings) for each, rule in zip(indicators, judged(indicators), strict=True)}
    return dict(found), last.day if last and stood else None


def figures(stood: CommunityStanding | None) -> dict[str, Decimal]:
    """What was computed of a community in an assessment, by metric; what is not known is left out."""
    kept = stood.readings if stood else {}
    return {metric: Decimal(found[0]) for metric, found in kept.items() if found[0] is not None}
