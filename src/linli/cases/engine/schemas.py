"""What the API of cases takes and answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ..evaluation.behind import PATTERN as FIGURE
from .queries import CaseFilter, Light, Order, QueueCode
from .report import LONGEST_NAME, LONGEST_PLACE, LONGEST_TEXT
from .rules import LONGEST, Entry, Kind
from .states import Stage, State

Source = Literal["collector", "resident", "hotline", "superior", "sensor", "camera", "visit"]
Clock = Literal["urgent_hour", "work_hour", "work_day", "natural_day"]
AREA = r"^\d{6}(\d{3}){0,3}$"


class CaseFilterQuery(Schema):
    """Filters of cases; `since` and `until` are days of the report, both included. `q`: a number, its beginning, or the
    serial of a case of today."""

    queue: QueueCode | None = None
    area: str | None = Field(None, pattern=AREA)
    state: State | None = None
    stage: Stage | None = None
    open: bool | None = None
    unit: UUID | None = None
    category: UUID | None = None
    light: Light | None = None
    urgent: bool | None = None
    procedure: str | None = Field(None, max_length=40)
    ahead: bool | None = Field(None, description="found before anybody complained (未诉先办)")
    since: date | None = Field(None, ge=date(1949, 10, 1), le=date(2100, 1, 1))
    until: date | None = Field(None, ge=date(1949, 10, 1), le=date(2100, 1, 1))
    figure: str | None = Field(None, pattern=FIGURE, description="month:count, the cases behind a figure of evaluation")
    q: str = Field("", max_length=40)

    def wanted(self, order: Order = "newest") -> CaseFilter:
        """The filters as a query takes them."""
        return CaseFilter(
            queue=self.queue, area=self.area, state=self.state, stage=self.stage, open=self.open, unit_id=self.unit,
            category_id=self.category, light=self.light, urgent=self.urgent, procedure=self.procedure, since=self.since, until=self.until,
            figure=self.figure, ahead=self.ahead, words=self.q, order=order,
        )  # fmt: skip


class CasesQuery(CaseFilterQuery):
    """Filters of the list of cases, its order and its page."""

    order: Order = "newest"
    cursor: str | None = None
    limit: int | None = None


class CaseOut(Schema):
    """A case as a line of a list. `light`: green up to 80 % of the time, amber up to all of it, red after."""

    id: UUID
    number: str
    state: State
    state_name: str
    stage: Stage
    source: Source
    urgent: bool
    beginning: str
    area_code: str
    area_name: str
    place_text: str
    category_name: str | None
    unit_name: str
    reported_at: datetime
    clock_from: datetime | None
    amber_at: datetime | None
    due_at: datetime | None
    paused_at: datetime | None
    handed_back_at: datetime | None
    provisional: bool
    light: Light | None
    reworks: int
    solved: bool | None
    satisfied: bool | None
    version: int
    level: str | None = Field(None, description="how grave a hazard is")
    merged: int = Field(0, description="how many other reports of the same were merged into it")
    transferred: bool = Field(False, description="a body outside of the system goes on with it")


class QueueOut(Schema):
    """A queue of the reader's and how many cases wait in it."""

    code: QueueCode
    count: int
    exact: bool


class CaseIn(Schema):
    """A report. Place by position, area or address; `occurred_at` is now where it is left out."""

    description: str = Field(max_length=LONGEST_TEXT)
    source: Source = "collector"
    place_text: str = Field("", max_length=LONGEST_PLACE)
    area: str | None = Field(None, pattern=AREA)
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    category_id: UUID | None = None
    urgent: bool = False
    occurred_at: datetime | None = None
    reporter_name: str = Field("", max_length=LONGEST_NAME)
    reporter_phone: str = Field("", max_length=30)
    procedure: str | None = Field(None, max_length=40, description="left out: as its category or source suggests")


class ReportedOut(Schema):
    """A case that was entered."""

    id: UUID
    number: str
    area_code: str
    area_name: str
    on_border: bool


class PlaceQuery(Schema):
    """A position to be told the grid of."""

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)


class PlaceOut(Schema):
    """Where a position lies. `on_border`: on the line between grids; the lower code was taken."""

    area_code: str
    area_name: str
    on_border: bool


class CaseStepIn(Schema):
    """What a step is taken with: `version` as it was looked at, the rest as the action asks for it."""

    version: int
    reason: str = Field("", max_length=LONGEST)
    result: str = Field("", max_length=LONGEST)
    category_id: UUID | None = None
    rule_id: UUID | None = None
    limit_value: int | None = Field(None, ge=1, le=3650)
    clock: Clock | None = None
    unit_id: UUID | None = None
    until: date | None = None
    responded: bool | None = None
    solved: bool | None = None
    satisfied: bool | None = None
    amount: int | None = Field(None, ge=1, le=3650)
    assignee_id: UUID | None = None
    task_due: datetime | None = None
    photo_wanted: bool | None = None
    procedure: str = Field("", max_length=40)
    level: str = Field("", max_length=40)
    channel: str = Field("", max_length=40)
    body: str = Field("", max_length=LONGEST)
    document: str = Field("", max_length=LONGEST)


class OptionOut(Schema):
    """An action that has to do with the state the case is in. `refused`: why it cannot be done, in words."""

    code: str
    label: str
    kind: Kind
    main: bool
    asks: list[Entry]
    refused: str | None
    permission: str


class CaseRoundOut(Schema):
    """What a round of a case came to, before it was reopened."""

    clock_from: datetime | None
    due_at: datetime | None
    handed_back_at: datetime | None
    closed_at: datetime | None
    unit_name: str
    result: str
    extended_by: int
    exempt: bool
    responded: bool | None
    solved: bool | None
    satisfied: bool | None


class CaseEarlierRoundOut(CaseRoundOut):
    """A round that is over: its number from 1, when and why the case was taken up again."""

    serial: int
    ended_at: datetime
    ended_for: str


class FlowOut(Schema):
    """A step that was taken. `by_program`: by nobody, as the time for it came. `in_round`: the round it belongs to, from 1."""

    version: int
    at: datetime
    action: str
    label: str
    kind: Kind
    from_state: str
    to_state: State
    to_name: str
    actor_name: str
    actor_unit: str
    reason: str
    unit: str | None
    result: str | None
    limit: int | None
    clock: str | None
    condition: str | None
    until: date | None
    amount: int | None
    merged_into: str | None
    merged_from: str | None
    due_before: datetime | None
    due_after: datetime | None
    assignee: str | None
    task_due: datetime | None
    round: CaseRoundOut | None
    procedure: str | None
    level: str | None
    channel: str | None
    body: str | None
    document: str | None
    by_program: bool
    in_round: int


class PauseOut(Schema):
    """A time in which the clock stood."""

    kind: Literal["waiting", "suspended", "feedback", "merged"]
    since: datetime
    until: datetime | None
    planned: date | None


Wish = Literal["extension", "appeal"]
AdjustmentState = Literal["waiting", "granted", "refused", "lapsed"]
Turn = Literal["unit", "dispatcher", "acceptor", ""]


class AdjustmentReviewOut(Schema):
    """What somebody said to a request."""

    name: str
    unit: str
    granted: bool
    reason: str
    at: datetime


class AdjustmentOut(Schema):
    """An extension or an appeal that was asked for. `amount` in the unit of the case's clock; `due_before` and `due_after`:
    when the case was due before and after an extension was granted."""

    id: UUID
    wish: Wish
    state: AdjustmentState
    turn: Turn
    unit_name: str
    amount: int
    reason: str
    asked_by_name: str
    asked_at: datetime
    decided_at: datetime | None
    due_before: datetime | None
    due_after: datetime | None
    reviews: list[AdjustmentReviewOut]


class AdjustmentsQuery(Schema):
    """Which requests: those that wait for the reader (`decide`), or all in sight."""

    view: Literal["decide", "all"] = "decide"
    wish: Wish | None = None
    state: AdjustmentState | None = None
    turn: Literal["unit", "dispatcher", "acceptor"] | None = None
    area: str | None = Field(None, pattern=AREA)
    cursor: str | None = None
    limit: int | None = None


class AdjustmentRowOut(AdjustmentOut):
    """A request as a line of a list, with its case."""

    case_id: UUID
    number: str
    beginning: str
    area_code: str
    area_name: str
    limit_value: int
    clock: Clock
    due_at: datetime | None
    handed_back_at: datetime | None


class FieldTaskOut(Schema):
    """A look on the spot: to whom it was given, and what came of it."""

    id: UUID
    kind: Literal["verify_report", "check_result"]
    state: Literal["open", "done", "withdrawn"]
    assignee_name: str
    due_at: datetime | None
    photo_wanted: bool
    given_by_name: str
    given_at: datetime
    done_by_name: str
    done_at: datetime | None
    passed: bool | None
    result: str


class CategoryRef(Schema):
    """The category a case is filed under."""

    id: UUID
    code: str
    name: str
    standard_ref: str


class RuleRef(Schema):
    """The filing rule a case keeps."""

    id: UUID
    filing_condition: str
    closing_condition: str
    rule_set: str
    certainty: str


class StageOut(Schema):
    """One of the seven stages, for the line above the page."""

    code: Stage
    name: str


class ProcedureOut(Schema):
    """A way a case can go. `sources`: cases that come through these doors take it unless their category says otherwise."""

    code: str
    label: str
    note: str
    certainty: str
    source: str
    urgent: bool
    sources: list[Source]


class CaseDetailOut(CaseOut):
    """A case with everything its page shows. Reporter's name and phone are masked. `in_round`: how many rounds it is in; `result` and all
    that tells how it stands are of this one, what came before of `earlier_rounds`, the first first. `restricted_label`: whose readers alone
    see it; empty where it is for everybody."""

    procedure: str
    procedure_name: str
    description: str
    lon: float | None
    lat: float | None
    on_border: bool
    occurred_at: datetime
    category: CategoryRef | None
    rule: RuleRef | None
    limit_value: int | None
    clock: str
    extended_by: int
    exempt: bool
    filed_at: datetime | None
    closed_at: datetime | None
    restricted_label: str
    in_round: int
    result: str
    earlier_rounds: list[CaseEarlierRoundOut]
    responded: bool | None
    reporter_name: str | None
    reporter_phone: str | None
    may_reveal: bool
    stages: list[StageOut]
    flow: list[FlowOut]
    pauses: list[PauseOut]
    adjustments: list[AdjustmentOut]
    tasks: list[FieldTaskOut]
    photo_needed: bool
    actions: list[OptionOut]


class RevealReporterIn(Schema):
    """What of the reporter is to be seen, and why."""

    field: Literal["name", "phone"]
    purpose: str = Field(max_length=200)


class ReporterOut(Schema):
    """What was asked for, in full."""

    value: str


class CaseUnitOut(Schema):
    """A unit a case can be handed to."""

    id: UUID
    name: str
    kind: str
    area_code: str


class CategoryChoiceOut(Schema):
    """A category that a case may be given. `urgent`: dispatched first and filed afterwards."""

    id: UUID
    code: str
    name: str
    kind: Literal["component", "matter", "local"]
    major_name: str
    urgent: bool
    procedure: str
    certainty: str
    emergency_number: str


class RuleChoiceOut(Schema):
    """A condition a case may be filed by, with its limit."""

    id: UUID
    filing_condition: str
    closing_condition: str
    limit_value: int
    clock: Clock
    unit_text: str
    rule_set: str
    certainty: str
