"""What the API of plans takes and answers. Money asked is CNY, money answered whole cents."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, Field

from ..rules import Tier
from ..schemas import Reached, TierTextOut

Code = Annotated[str, Field(max_length=60)]
Area = Annotated[str, Field(max_length=15, pattern=r"^\d{6,15}$")]
Money = Annotated[Decimal, Field(ge=-(10**11), le=10**11, decimal_places=2, allow_inf_nan=False)]
Cost = Annotated[Decimal, Field(ge=0, le=10**9, decimal_places=2, allow_inf_nan=False)]
Year = Annotated[int, Field(ge=2000, le=2100)]


class PlanSourceIn(Schema):
    """Money of one source, CNY for each year; what it is earmarked for."""

    code: Code
    amounts: list[Money] = Field(min_length=1, max_length=6)
    carries: bool = True
    themes: list[Code] = Field(default_factory=list, max_length=20)
    towns: list[Area] = Field(default_factory=list, max_length=100)
    old_only: bool = False


class PlanLockIn(Schema):
    """A community reaches a tier, or has a measure begun, in a year at the latest."""

    community: Area
    tier: Tier | None = None
    measure: Code | None = None
    year: Year | None = None


class PlanBanIn(Schema):
    """A measure anywhere, works in a community, a measure in it, or a tier and those above are not chosen."""

    community: Area | None = None
    measure: Code | None = None
    tier: Tier | None = None


class PlanAskedIn(Schema):
    """A question: for which years, with which money, under which conditions, towards what."""

    title: str = Field("", max_length=100)
    first_year: Year
    years: int = Field(ge=1, le=6)
    sources: list[PlanSourceIn] = Field(min_length=1, max_length=12)
    objective: Literal["communities", "people", "index"] = "communities"
    staff: list[Annotated[int, Field(ge=0, le=1_000_000)]] | None = Field(None, max_length=6)
    awards: bool = True
    per_town: int = Field(0, ge=0, le=1000)
    old_share: float = Field(0.0, ge=0, le=1)
    keep: bool = True
    locks: list[PlanLockIn] = Field(default_factory=list, max_length=500)
    bans: list[PlanBanIn] = Field(default_factory=list, max_length=500)
    front: bool = False


class NewScenarioIn(Schema):
    """A scenario of a new plan, or of the plan `plan_id`, whose area it has."""

    asked: PlanAskedIn
    plan_id: UUID | None = None
    area: Area | None = None


class ScenarioAgainIn(Schema):
    """Solve again with further choices locked or forbidden."""

    title: str = Field("", max_length=100)
    locks: list[PlanLockIn] = Field(default_factory=list, max_length=500)
    bans: list[PlanBanIn] = Field(default_factory=list, max_length=500)


class ScenarioSummaryOut(Schema):
    """The figures by which scenarios are compared. `award_after_cents` come after the plan's last year, `raised_without_work` of those
    raised need no work; None in answers of before these were kept."""

    points: float
    bound: float
    gap: float
    cost_cents: int
    award_cents: int
    award_after_cents: int | None = None
    raised: int
    raised_without_work: int | None = None
    people: int


class ScenarioBriefOut(Schema):
    """A scenario in a list. `summary` None: not solved, or there is no plan."""

    id: UUID
    plan_id: UUID
    area_code: str
    title: str
    state: Literal["waiting", "running", "finished", "infeasible", "failed"]
    why: str
    assessed_on: date
    asked_at: datetime
    asked_by_name: str
    finished_at: datetime | None
    summary: ScenarioSummaryOut | None


class ScenariosOut(Schema):
    """A page of scenarios."""

    items: list[ScenarioBriefOut]
    next: str | None
    may_edit: bool


class ScenarioOut(ScenarioBriefOut):
    """A scenario whole: `asked` as it was asked, `result` as docs/plans.md describes it; `why_text`: why it failed, in words;
    `names`: the communities that its conditions name, or that cannot meet them, by code."""

    why_text: TierTextOut | None

    asked: dict[str, Any]
    result: dict[str, Any] | None
    inferred_bounds: bool = True
    assumed_costs: int
    names: dict[str, str]


class CommunityTiersOut(Schema):
    """The tier a community ends at in each scenario, in their order."""

    area_code: str
    name: str
    town_name: str
    before: Reached
    after: list[Reached | None]


class ScenarioTermsOut(Schema):
    """What was asked of a scenario: money in cents over its years, towards what, how many choices locked and forbidden."""

    budget_cents: int
    first_year: int
    years: int
    objective: str
    locks: int
    bans: int


class ScenariosComparedOut(Schema):
    """Scenarios side by side with what was asked of each, in the same order; `communities` are those that do not end alike in all."""

    items: list[ScenarioBriefOut]
    terms: list[ScenarioTermsOut]
    communities: list[CommunityTiersOut]


class PlanTownOut(Schema):
    """A town of the district."""

    code: str
    name: str


class UpgradeEffectOut(Schema):
    """What a measure does to a metric."""

    metric: str
    metric_name: TierTextOut
    kind: Literal["add", "set"]
    amount: float


class UpgradeMeasureOut(Schema):
    """A measure with its costs in CNY as text; `certainty` "assumption" (假设) until somebody knows better."""

    code: str
    name: TierTextOut
    basis: Literal["community", "compound"]
    unit_cost: str
    running_cost: str
    town_prices: dict[str, str]
    lead_months: int
    staff_days: int
    shareable: bool
    theme: str
    needs: list[str]
    effects: list[UpgradeEffectOut]
    certainty: Literal["assumption", "quoted", "official"]
    note: str
    changed_at: datetime
    changed_by_name: str


class UpgradePriceOut(Schema):
    """What a value of a measure was and became; of `town_prices` by town code."""

    field: Literal["unit_cost", "running_cost", "lead_months", "staff_days", "town_prices", "certainty", "note"]
    before: str | int | dict[str, str]
    after: str | int | dict[str, str]


class UpgradeMeasureChangeOut(Schema):
    """A change of a measure."""

    at: datetime
    by_name: str
    prices: list[UpgradePriceOut]


class UpgradeMeasureLogOut(Schema):
    """The changes of a measure, the last first."""

    items: list[UpgradeMeasureChangeOut]


class UpgradeMeasuresOut(Schema):
    """The catalogue of measures. `may_edit`: whether one may change it, for the whole district; `towns`: which have prices of their own."""

    items: list[UpgradeMeasureOut]
    towns: list[PlanTownOut]
    may_edit: bool


class UpgradeMeasureIn(Schema):
    """New costs of a measure; what is left out stays. `changed_at` as it was read: refused where somebody changed it since."""

    changed_at: AwareDatetime | None = None
    unit_cost: Cost | None = None
    running_cost: Cost | None = None
    lead_months: int | None = Field(None, ge=0, le=120)
    staff_days: int | None = Field(None, ge=0, le=10_000)
    town_prices: dict[Area, Cost] | None = Field(None, max_length=100)
    certainty: Literal["assumption", "quoted", "official"] | None = None
    note: str | None = Field(None, max_length=500)
