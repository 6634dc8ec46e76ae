"""What the API of the procedure takes and answers. Money is in cents of a yuan; texts of the program are in both languages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ..rules import Tier, Verdict
from ..schemas import Certainty, TierTextOut
from .queries import Waiting
from .table import Need, Stage, State

Line = Annotated[str, Field(max_length=200)]
Long = Annotated[str, Field(max_length=4000)]
Given = Literal["met", "missed", "not_asked"]


class PlanYearSystemOut(Schema):
    """The version of the indicators a year goes by."""

    id: UUID
    title: str
    version: str


class PlanYearOut(Schema):
    """A year's plan, with how many applications in sight are in which state."""

    id: UUID
    version: int
    year: int
    title: str
    system: PlanYearSystemOut
    self_by: date
    town_by: date
    accept_by: date
    publication_days: int
    document: str
    counts: dict[State, int]


class PlanYearsOut(Schema):
    """The plan years, the last first. `may_plan`: whether one keeps them."""

    items: list[PlanYearOut]
    may_plan: bool


class PlanYearIn(Schema):
    """A plan year as it is opened. Without `system_id`: the system that holds today."""

    year: int
    title: Line
    self_by: date
    town_by: date
    accept_by: date
    publication_days: int = 5
    document: Line = ""
    system_id: UUID | None = None


class PlanYearChangeIn(Schema):
    """What may change of a plan year; what is left out stays."""

    version: int
    title: Line | None = None
    self_by: date | None = None
    town_by: date | None = None
    accept_by: date | None = None
    publication_days: int | None = None
    document: Line | None = None


class RecheckAllIn(Schema):
    """The day by which the re-checks are done."""

    until: date


class RecheckAllOut(Schema):
    """How many re-checks were opened."""

    opened: int


class ApplicationsQuery(Schema):
    """What the list is narrowed by. `queue=mine`: whose next step is one's own; `waiting`: one kind of to-do."""

    year: int | None = None
    state: State | None = None
    queue: Literal["mine", "all"] = "all"
    area: str | None = Field(None, pattern=r"^\d{6}(\d{3}){0,2}$")
    tier: Tier | None = None
    overdue: bool = False
    waiting: Waiting | None = None
    q: str = Field("", max_length=60)
    cursor: str | None = None
    limit: int | None = Field(None, ge=1, le=200)


class ApplicationBriefOut(Schema):
    """An application as a line of the list. `within`: whether one sees all of it, or its public record only."""

    id: UUID
    area_code: str
    name: str
    town_name: str
    year: int
    tier: Tier
    state: State
    due_on: date | None
    overdue: bool
    met: int
    missed: int
    unknown: int
    of: int
    gaps_open: int
    objections_open: int
    synthetic: bool
    within: bool
    updated_at: datetime


class ApplicationsOut(Schema):
    """A page of applications, what is due soonest first; `counts` by state, whatever state is asked for."""

    counts: dict[State, int]
    items: list[ApplicationBriefOut]
    next: str | None


class ApplicationsPlanIn(Schema):
    """Which communities try for which tier."""

    year_id: UUID
    area_codes: list[Annotated[str, Field(max_length=20)]] = Field(max_length=2000)
    tier: Tier


class ApplicationsPlannedOut(Schema):
    """The applications that were made, in the order of the communities."""

    items: list[UUID]


class ApplicationActionOut(Schema):
    """A step of the state an application is in. `needs`: what is given with it."""

    name: str
    title: TierTextOut
    allowed: bool
    why_not: TierTextOut | None
    needs: list[Need]


class StageVerdictOut(Schema):
    """What a stage says of an indicator. `prefilled`: from the last assessment or the round before, and to be confirmed."""

    verdict: Given
    reason: str
    prefilled: bool
    by: str
    at: datetime


class ApplicationIndicatorOut(Schema):
    """An indicator the application is judged by. `shown`: its figures in words; `path`: the records behind them."""

    code: str
    tier: Tier
    level1: str
    name: str
    requirement: str
    certainty: Certainty
    evidence_wanted: str
    evidence: int
    computed: Verdict
    shown: TierTextOut
    path: str | None
    self: StageVerdictOut | None
    town: StageVerdictOut | None
    district: StageVerdictOut | None


class ApplicationGapOut(Schema):
    """Something to mend."""

    id: UUID
    version: int
    indicator: str
    todo: str
    owner: str
    due_on: date
    done_on: date | None
    overdue: bool
    note: str


class ApplicationGapIn(Schema):
    """A gap as it is entered; `owner` is a post or a unit, not somebody's number."""

    indicator: Annotated[str, Field(max_length=20)]
    todo: Long
    owner: Line
    due_on: date
    done_on: date | None = None
    note: Long = ""


class ApplicationGapChangeIn(ApplicationGapIn):
    """A gap as it is to be; `version` as it was read."""

    version: int


class AcceptanceMemberOut(Schema):
    """A member of the acceptance group, in order; the first leads it."""

    name: str
    unit: str
    post: str


class AcceptanceMemberIn(Schema):
    """A member of the acceptance group: staff."""

    name: Line
    unit: Line = ""
    post: Line = ""


class AcceptanceGroupIn(Schema):
    """Who is in the acceptance group."""

    version: int
    members: list[AcceptanceMemberIn] = Field(max_length=100)


class SiteVisitOut(Schema):
    """A visit on site."""

    id: UUID
    day: date
    place: str
    notes: str
    by: str


class SiteVisitIn(Schema):
    """A visit on site as it is entered."""

    day: date
    place: Line
    notes: Long = ""


class ObjectionHiddenOut(Schema):
    """Why the words of an objection are hidden from all but those who answer it, since when, and by whom."""

    reason: str
    at: datetime
    by: str


class ObjectionOut(Schema):
    """An objection. `contact`: where they are reached, masked, for who answers it; `text` is empty where it is hidden from the reader."""

    id: UUID
    origin: Literal["public", "community"] = Field(serialization_alias="from")
    text: str
    indicator: str | None
    at: datetime
    contact: str
    answer: str | None
    answered_at: datetime | None
    answered_by: str
    hidden: ObjectionHiddenOut | None


class ObjectionSightIn(Schema):
    """Whether the words of an objection of the public are hidden, and why; `alike`: and of those that say the same in the same words."""

    hidden: bool
    reason: Annotated[str, Field(max_length=1000)]
    alike: bool = False


class ObjectionIn(Schema):
    """An objection of the community, to the verdict of an indicator or to all."""

    text: Long
    indicator: Annotated[str, Field(max_length=20)] | None = None


class ObjectionAnswerIn(Schema):
    """The answer to an objection; `alike`: and to the open ones of the public that say the same in the same words."""

    answer: Long
    alike: bool = False


class ObjectionRevealIn(Schema):
    """Why somebody is to be reached."""

    purpose: Line


class ObjectionContactOut(Schema):
    """Where who objected is reached."""

    contact: str


class ApplicationPublicationOut(Schema):
    """The days of the publication; `path`: its public page, while there is one."""

    first: date = Field(serialization_alias="from")
    until: date
    path: str | None


class ApplicationReportOut(Schema):
    """The report to city and province."""

    document: str
    on: date


class ApplicationDecisionOut(Schema):
    """The decision, with its authority."""

    outcome: Literal["recognised", "refused"]
    document: str
    authority: str
    on: date


class ApplicationAwardOut(Schema):
    """The award, in cents of a yuan."""

    cents: int
    on: date
    document: str


class StandingWarningOut(Schema):
    """A live indicator that is met no more since a day."""

    indicator: str
    since: date
    shown: TierTextOut


class ApplicationPaperOut(Schema):
    """A paper that can be made of the application now. `draft`: what it is about is not done yet."""

    kind: str
    title: TierTextOut
    draft: bool


class ApplicationStepOut(Schema):
    """A step that was taken."""

    action: str
    title: TierTextOut
    before: State | None = Field(serialization_alias="from")
    after: State = Field(serialization_alias="to")
    by: str
    unit: str
    at: datetime
    reason: str


class ApplicationYearOut(Schema):
    """The plan year of an application, with its days."""

    id: UUID
    year: int
    title: str
    self_by: date
    town_by: date
    accept_by: date
    publication_days: int
    system: PlanYearSystemOut


class ApplicationOut(Schema):
    """An application with all that belongs to it; from outside (`within` false) its public record only. `judges`: the stage whose
    verdicts one gives now; `may`: what else one may do (gaps, object, accept, answer)."""

    id: UUID
    version: int
    area_code: str
    name: str
    town_name: str
    year: ApplicationYearOut
    tier: Tier
    state: State
    due_on: date | None
    overdue: bool
    met: int
    missed: int
    unknown: int
    of: int
    synthetic: bool
    within: bool
    judges: Stage | None
    may: list[str]
    actions: list[ApplicationActionOut]
    indicators: list[ApplicationIndicatorOut]
    gaps: list[ApplicationGapOut]
    group: list[AcceptanceMemberOut]
    visits: list[SiteVisitOut]
    objections: list[ObjectionOut]
    accepted_on: date | None
    publication: ApplicationPublicationOut | None
    report: ApplicationReportOut | None
    decision: ApplicationDecisionOut | None
    award: ApplicationAwardOut | None
    recheck_by: date | None
    rechecked_on: date | None
    warnings: list[StandingWarningOut]
    papers: list[ApplicationPaperOut]
    steps: list[ApplicationStepOut]


class ApplicationActIn(Schema):
    """What a step is taken with: `version` as it was read, the rest as the step needs it."""

    version: int
    reason: Long = ""
    document: Line = ""
    authority: Line = ""
    on: date | None = None
    cents: int | None = None
    until: date | None = None


class StageVerdictIn(Schema):
    """A verdict of an indicator; the reason is needed where it differs from the stage before or from the computed one."""

    indicator: Annotated[str, Field(max_length=20)]
    verdict: Given
    reason: Long = ""


class StageVerdictsIn(Schema):
    """Verdicts of a stage; indicators that are not named stay as they are."""

    version: int
    items: list[StageVerdictIn] = Field(max_length=500)
