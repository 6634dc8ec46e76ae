"""What the API of tiers takes and answers. Numbers are numbers; yes and no are true and false; texts in both languages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from .rules import Tier, Used, Verdict

Reached = Literal["none", "basic", "growing", "model"]
Certainty = Literal["official", "inferred"]
TierValue = bool | float | None
Metric = Annotated[str, Field(max_length=60)]


class TierTextOut(Schema):
    """A text in both languages."""

    zh: str
    en: str


class IndicatorSystemOut(Schema):
    """A version of a system of indicators; how many indicators are official and how many inferred; `villages`: whether it assesses them.
    `withdrawn_at`: one taken back before it began, which never holds."""

    id: UUID
    code: str
    version: str
    title: str
    authority: str
    document: str
    issued_on: date | None
    effective_from: date
    effective_to: date | None
    kinds: list[str]
    villages: bool
    source: str
    note: str
    withdrawn_at: datetime | None
    withdrawn_by_name: str
    withdrawn_reason: str
    official: int
    inferred: int
    indicators: int


class IndicatorSystemsOut(Schema):
    """Every version, the one that begins last first. `current`: the one that holds today; `may_edit`: whether one keeps them."""

    items: list[IndicatorSystemOut]
    current: UUID | None
    may_edit: bool


class IndicatorBoundOut(Schema):
    """A bound. `value` None: not known, and not judged."""

    metric: str
    metric_name: TierTextOut
    op: str
    value: TierValue
    unit: str
    certainty: Certainty
    source: str
    note: str


class TierIndicatorOut(Schema):
    """An indicator of a system."""

    code: str
    tier: Tier
    level1: str
    level1_certainty: Certainty
    seq: int | None
    name: str
    definition: str
    requirement: str
    mode: str
    weight: float | None
    records: str
    evidence_wanted: str
    certainty: Certainty
    strength: str
    completeness: str
    source: str
    bounds: list[IndicatorBoundOut]


class CommunityKindsIn(Schema):
    """Whether villages (村委会) are assessed beside communities."""

    villages: bool


class SystemWithdrawIn(Schema):
    """Why a version is withdrawn."""

    reason: str = Field(max_length=500)


class IndicatorSystemDetailOut(Schema):
    """A version with its indicators."""

    id: UUID
    code: str
    version: str
    title: str
    authority: str
    document: str
    issued_on: date | None
    effective_from: date
    effective_to: date | None
    kinds: list[str]
    villages: bool
    source: str
    note: str
    withdrawn_at: datetime | None
    withdrawn_by_name: str
    withdrawn_reason: str
    official: int
    inferred: int
    indicators: list[TierIndicatorOut]


class IndicatorChangeOut(Schema):
    """A field of an indicator that differs between two versions; of a bound the field is its metric, or one of its parts behind a
    point, and `metric_name` what the metric is called."""

    code: str
    field: str
    metric_name: TierTextOut | None
    before: str | None
    after: str | None


class IndicatorDifferencesOut(Schema):
    """What one version has, lacks and changes against another."""

    added: list[TierIndicatorOut]
    removed: list[TierIndicatorOut]
    changed: list[IndicatorChangeOut]


class IndicatorFindingOut(Schema):
    """What is wrong in a table of indicators, in words."""

    where: str
    code: str
    message: str
    severity: Literal["error", "warning"]


class IndicatorCheckOut(Schema):
    """What a table holds. With findings that are errors nothing of it would be imported."""

    stamp: str | None
    title: str
    indicators: int
    official: int
    inferred: int
    findings: list[IndicatorFindingOut]


class LadderQuery(Schema):
    """What the ladder is narrowed by."""

    area: str | None = Field(None, pattern=r"^\d{6}(\d{3}){0,2}$")
    now: Reached | None = None
    computed: Reached | None = None
    q: str = Field("", max_length=60)
    cursor: str | None = None
    limit: int | None = Field(None, ge=1, le=200)


class LadderAssessmentOut(Schema):
    """The assessment the ladder shows, and how sure its indicators are."""

    id: UUID
    on: date
    finished_at: datetime | None
    system_id: UUID
    system_title: str
    version: str
    official: int
    inferred: int
    failures: list[str]


class LadderCountsOut(Schema):
    """How many communities of the area stand where."""

    now: dict[Reached, int]
    computed: dict[Reached, int]


class RungOut(Schema):
    """A community on the ladder. `computed` None: not assessed. `trend`: indicators met in the last assessments."""

    area_code: str
    name: str
    town_name: str
    people: int | None
    now: Reached
    computed: Reached | None
    next: Tier | None
    met: int
    missed: int
    unknown: int
    of: int
    contradictions: int
    trend: list[int]


class LadderOut(Schema):
    """A page of the ladder."""

    assessment: LadderAssessmentOut | None
    counts: LadderCountsOut
    items: list[RungOut]
    next: str | None


class RecognitionOut(Schema):
    """What a text says of a tier. Statements that contradict each other stand side by side."""

    id: UUID
    scope: Literal["community", "district", "city"]
    area_code: str
    about: str
    tier: Tier | None
    outcome: str
    count: int | None
    year: int
    until_year: int | None
    authority: str
    date: date | None
    source: str
    certainty: str
    note: str


class RecognitionsOut(Schema):
    """A page of statements, the newest year first."""

    items: list[RecognitionOut]
    next: str | None


class CommunityStandingOut(Schema):
    """Where a community stands: with the figures of the last assessment and what is declared now."""

    now: Reached
    computed: Reached | None
    next: Tier | None
    met: int
    missed: int
    unknown: int
    of: int


class MetricStandingOut(Schema):
    """A bound with what is known of its metric. `path`: the list of records behind the computed figure; `synthetic`: what is declared is
    of a demo (演示)."""

    metric: str
    name: TierTextOut
    unit: str
    op: str
    bound: TierValue
    certainty: Certainty
    computed: TierValue
    computed_on: date | None
    declared: TierValue
    declared_on: date | None
    synthetic: bool
    used: Used | None
    contradicts: bool
    path: str | None
    verdict: Verdict


class IndicatorStandingOut(Schema):
    """An indicator with its verdict."""

    code: str
    tier: Tier
    level1: str
    name: str
    definition: str
    requirement: str
    certainty: Certainty
    mode: str
    evidence_wanted: str
    verdict: Verdict
    metrics: list[MetricStandingOut]


class StandingPointOut(Schema):
    """Where a community stood on a day; `met` counts indicators of all tiers."""

    on: date
    computed: Reached
    met: int


class CommunityTierOut(Schema):
    """A community with all its page shows."""

    area_code: str
    name: str
    town_name: str
    people: int | None
    recognitions: list[RecognitionOut]
    standing: CommunityStandingOut | None
    assessment: LadderAssessmentOut | None
    indicators: list[IndicatorStandingOut]
    history: list[StandingPointOut]
    may_declare: bool


class DeclarationIn(Schema):
    """A value that is declared of a metric, as of a day."""

    metric: Metric
    value: bool | float
    as_of: date
    note: str = Field("", max_length=500)


class DeclarationOut(Schema):
    """What was declared; `value` None: it was taken back."""

    id: UUID
    metric: str
    value: TierValue
    as_of: date
    note: str
    synthetic: bool
    declared_at: datetime
    declared_by_name: str
    declared_by_unit: str


class DeclarationsOut(Schema):
    """A page of declarations, the newest first."""

    items: list[DeclarationOut]
    next: str | None


class AssessmentIn(Schema):
    """The day to assess; today unless it is said."""

    on: date | None = None


class AssessmentOut(Schema):
    """An assessment with its state. `failures`: metrics whose measure failed, unknown in it; `reason`: why it failed."""

    id: UUID
    on: date
    state: Literal["waiting", "running", "finished", "failed"]
    system_id: UUID
    system_title: str
    version: str
    communities: int
    failures: list[str]
    reason: str | None
    asked_at: datetime
    asked_by_name: str
    started_at: datetime | None
    finished_at: datetime | None


class AssessmentsOut(Schema):
    """A page of assessments, the last asked for first. `may_assess`: whether one may ask for one, of the whole district."""

    items: list[AssessmentOut]
    next: str | None
    may_assess: bool


class EvidenceOut(Schema):
    """A file that proves an indicator."""

    id: UUID
    indicator: str
    name: str
    kind: str
    size: int
    added_at: datetime
    added_by_name: str


class EvidencesOut(Schema):
    """The files of a community."""

    items: list[EvidenceOut]
