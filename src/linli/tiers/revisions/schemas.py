"""What the API of revisions takes and answers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StrictBool

from ..rules import Operator, Tier, Unit
from ..schemas import Certainty, IndicatorChangeOut, IndicatorFindingOut, TierIndicatorOut, TierTextOut

Version = Annotated[int, Field(ge=1, le=2_000_000_000)]
Words = Annotated[str, Field(max_length=2000)]
Number = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4, allow_inf_nan=False)]
Weight = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=3, allow_inf_nan=False)]


class RevisionBeginIn(Schema):
    """The version a revision begins as a copy of."""

    base: UUID


class RevisionStepIn(Schema):
    """The version of the revision one has seen."""

    version: Version


class RevisionAboutIn(RevisionStepIn):
    """The facts of the system; `villages`: whether villages (村委会) are assessed beside communities."""

    title: str = Field(min_length=1, max_length=120)
    authority: Words = ""
    document: Words = ""
    issued_on: date | None = None
    source: Words = ""
    note: Words = ""
    villages: bool = False


class RevisionBoundIn(Schema):
    """A bound on a metric, in the metric's unit. `value` None: not known, and not judged."""

    metric: str = Field(min_length=1, max_length=60)
    op: Operator
    value: StrictBool | Number | None
    certainty: Certainty
    source: Words = ""
    note: Words = ""


class RevisionIndicatorIn(RevisionStepIn):
    """An indicator whole, as it is to be."""

    tier: Tier
    level1: str = Field(min_length=1, max_length=60)
    level1_certainty: Certainty = "inferred"
    seq: int | None = Field(None, ge=1, le=999)
    name: str = Field(min_length=1, max_length=100)
    definition: Words = ""
    requirement: Words = ""
    mode: Literal["auto", "mixed", "evidence"]
    weight: Weight | None = None
    records: Words = ""
    evidence_wanted: Words = ""
    certainty: Certainty
    strength: Literal["", "official_table", "official_reply", "policy_text", "assumption"] = ""
    completeness: Literal["", "full", "partial", "none"] = ""
    source: Words = ""
    source_supports: Words = ""
    bounds: list[RevisionBoundIn] = Field(min_length=1, max_length=30)


class RevisionPublishIn(RevisionStepIn):
    """From which day on it holds; today unless told. `follows`: the number of the version its differences were seen against."""

    follows: Version
    effective_from: date | None = None


class RevisionOut(Schema):
    """A revision in a list. `made`: the version it became."""

    id: UUID
    base: UUID
    base_version: str
    title: str
    state: Literal["open", "published", "dropped"]
    version: int
    begun_at: datetime
    begun_by_name: str
    changed_at: datetime
    changed_by_name: str
    made: UUID | None


class RevisionsOut(Schema):
    """The open revisions, the last begun first."""

    items: list[RevisionOut]


class RevisionIndicatorOut(TierIndicatorOut):
    """An indicator of a revision; `source_supports`: what its source says of it."""

    source_supports: str


class RevisionNameOut(Schema):
    """An indicator that is new or left out."""

    code: str
    tier: Tier
    name: str


class RevisionDifferencesOut(Schema):
    """What changes against the version it would follow; a change without a code is one of the system itself."""

    added: list[RevisionNameOut]
    removed: list[RevisionNameOut]
    changed: list[IndicatorChangeOut]


class RevisionMetricOut(Schema):
    """A metric that bounds can be on; `computed`: whether records tell it."""

    code: str
    name: TierTextOut
    unit: Unit
    computed: bool


class RevisionDetailOut(RevisionOut):
    """A revision whole. `follows`: the number of the version it would follow, `follows_from` when that one began, `becomes` the number
    it would have, or has; `findings`: what
    does not hold yet and keeps it from being put in force."""

    authority: str
    document: str
    issued_on: date | None
    source: str
    note: str
    villages: bool
    follows: str
    follows_from: date
    becomes: str
    indicators: list[RevisionIndicatorOut]
    differences: RevisionDifferencesOut
    findings: list[IndicatorFindingOut]
    metrics: list[RevisionMetricOut]
