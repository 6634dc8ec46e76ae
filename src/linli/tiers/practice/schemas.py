"""What the API of good practice takes and answers. Money and figures are decimal texts; texts of the program in both languages."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from linli.kernel.http import CountOut

from ..rules import Tier
from ..schemas import RecognitionOut, TierTextOut, TierValue
from .rules import MOST_METRICS, MOST_PARTS, Scenario, State

Version = Annotated[int, Field(ge=1, le=1_000_000)]
Amount = Annotated[Decimal, Field(max_digits=14, decimal_places=2)]
Figure = Annotated[Decimal, Field(max_digits=14, decimal_places=4)]
Short = Annotated[str, Field(max_length=200)]
Long = Annotated[str, Field(max_length=5000)]
Code = Annotated[str, Field(max_length=60)]


class PracticeQuery(Schema):
    """What the library is narrowed by. `indicator`: what moved this; `but`: a community whose own cards are left out."""

    q: str = Field("", max_length=60)
    indicator: Code | None = None
    metric: Code | None = None
    tier: Tier | None = None
    scenario: Scenario | None = None
    state: State | None = None
    area: str | None = Field(None, max_length=15)
    but: str | None = Field(None, max_length=15)
    cursor: str | None = None
    limit: int | None = Field(None, ge=1, le=200)


class PracticePartIO(Schema):
    """A part of what it took: what it does and how many, not who makes it."""

    name: Annotated[str, Field(max_length=100)]
    quantity: Amount | None = None
    unit: Annotated[str, Field(max_length=20)] = ""
    note: Short = ""


class PracticeMetricIn(Schema):
    """A metric the card is about. What is stated is shown as stated, beside what assessments say."""

    metric: Code
    stated_before: Figure | None = None
    stated_after: Figure | None = None


class PracticeCardIn(Schema):
    """What a card says. `before_on` and `after_on`: the days its figures are read at."""

    title: Annotated[str, Field(max_length=100)]
    scenario: Scenario
    tier: Tier | None = None
    problem: Long = ""
    done: Long = ""
    cost: Amount | None = None
    cost_note: Short = ""
    parts: Annotated[list[PracticePartIO], Field(max_length=MOST_PARTS)] = []
    honours: Annotated[str, Field(max_length=2000)] = ""
    recognition_id: UUID | None = None
    contact_unit: Annotated[str, Field(max_length=60)] = ""
    contact_post: Annotated[str, Field(max_length=60)] = ""
    before_on: date | None = None
    after_on: date | None = None
    source: Annotated[str, Field(max_length=300)] = ""
    metrics: Annotated[list[PracticeMetricIn], Field(max_length=MOST_METRICS)] = []


class NewPracticeCardIn(PracticeCardIn):
    """A card of a community that is begun."""

    area_code: Annotated[str, Field(max_length=15)]


class PracticeCardChangeIn(PracticeCardIn):
    """A card written anew, as of the version its writer saw."""

    version: Version


class PracticeVersionIn(Schema):
    """The version its reader saw."""

    version: Version


class PracticeWithdrawalIn(PracticeVersionIn):
    """Why a card is withdrawn."""

    reason: Annotated[str, Field(max_length=500)]


class PracticeCopyIn(Schema):
    """The community, town or district that takes the card over."""

    area_code: Annotated[str, Field(max_length=15)]


class PracticeCopiedOut(Schema):
    """The draft of a plan that was made, with the measures in it."""

    plan_id: UUID
    measures: list[str]


class PracticeFigureOut(Schema):
    """A metric in an assessment. `value` None: it was not known; `how` tells whether it was computed from records or declared."""

    value: TierValue
    how: Literal["computed", "declared"] | None
    assessed_on: date | None
    said_on: date | None


class PracticeIndicatorOut(Schema):
    """An indicator a metric counts for, with whether its text is official."""

    code: str
    name: str
    tier: Tier
    certainty: Literal["official", "inferred"]


class PracticeMovedOut(Schema):
    """A metric the card is about: from assessments before and after, and what its author states."""

    metric: str
    name: TierTextOut
    unit: str
    before: PracticeFigureOut
    after: PracticeFigureOut
    stated_before: TierValue
    stated_after: TierValue
    indicators: list[PracticeIndicatorOut]


class PracticeRowOut(Schema):
    """A card in the library. `certainty`: `official`, `own` (as its community says), `synthetic` (演示)."""

    id: UUID
    state: State
    area_code: str
    area_name: str
    town_name: str
    title: str
    scenario: Scenario
    tier: Tier | None
    summary: str
    cost: Decimal | None
    certainty: str
    photo: UUID | None
    moved: list[PracticeMovedOut]
    changed_at: datetime


class PracticesOut(Schema):
    """A page of cards, the newest first. `may_write`: whether one may begin a card somewhere."""

    items: list[PracticeRowOut]
    next: str | None
    count: CountOut | None
    may_write: bool


class PracticePhotoOut(Schema):
    """A photo of a card."""

    id: UUID
    caption: str
    width: int
    height: int


class PracticeMeasureOut(Schema):
    """An upgrade measure that a plan copied from the card begins with."""

    code: str
    name: TierTextOut


class PracticeCardOut(Schema):
    """A card with all its page shows. `lacking`: what is missing before it can be published; `may_open`: whether the page of its
    community is in sight; `may_remove`: whether its reader may delete it."""

    id: UUID
    version: int
    state: State
    area_code: str
    area_name: str
    town_name: str
    title: str
    scenario: Scenario
    tier: Tier | None
    problem: str
    done: str
    cost: Decimal | None
    cost_note: str
    parts: list[PracticePartIO]
    honours: str
    recognition: RecognitionOut | None
    recognitions: list[RecognitionOut]
    contact_unit: str
    contact_post: str
    before_on: date | None
    after_on: date | None
    source: str
    said_on: date | None
    certainty: str
    withdrawn_reason: str
    moved: list[PracticeMovedOut]
    photos: list[PracticePhotoOut]
    measures: list[PracticeMeasureOut]
    lacking: list[str]
    created_by_name: str
    changed_at: datetime
    changed_by_name: str
    published_at: datetime | None
    published_by_name: str
    may_edit: bool
    may_publish: bool
    may_copy: bool
    may_open: bool
    may_remove: bool


class PracticeMetricChoiceOut(Schema):
    """A metric a card may be about, with the indicators it counts for."""

    code: str
    name: TierTextOut
    unit: str
    indicators: list[PracticeIndicatorOut]


class PracticeChoicesOut(Schema):
    """What can be chosen from in the library and in the editor."""

    metrics: list[PracticeMetricChoiceOut]
    indicators: list[PracticeIndicatorOut]
