"""What the API of planning and coordination takes and answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ..schemas import TierTextOut
from .rules import Mark, PlanState, TaskState

Area = Annotated[str, Field(pattern=r"^\d{6}(\d{3}){0,2}$")]
Line = Annotated[str, Field(max_length=500)]
Words = Annotated[str, Field(max_length=5000)]
Code = Annotated[str, Field(max_length=60)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
Version = Annotated[int, Field(ge=1)]
Limit = Annotated[int | None, Field(ge=1, le=200)]


class CoordinationTasksQuery(Schema):
    """What tasks are narrowed by."""

    area: Area | None = None
    plan: UUID | None = None
    meeting: UUID | None = None
    state: TaskState | None = None
    mark: Literal["late", "coming"] | None = None
    q: str = Field("", max_length=60)
    since: Day | None = None
    until: Day | None = None
    cursor: str | None = None
    limit: Limit = None


class CoordinationPlansQuery(Schema):
    """What plans are narrowed by."""

    area: Area | None = None
    state: PlanState | None = None
    q: str = Field("", max_length=60)
    cursor: str | None = None
    limit: Limit = None


class CoordinationHeldQuery(Schema):
    """What meetings and visits are narrowed by."""

    area: Area | None = None
    cursor: str | None = None
    limit: Limit = None


class PlanTaskFieldsIn(Schema):
    """What is entered of a task. `reason`: why it may end before what it needs."""

    title: Line
    owner: Line = ""
    starts_on: Day
    due_on: Day
    needs: list[UUID] = Field(default_factory=list, max_length=100)
    indicator: Code = ""
    measure: Code = ""
    note: Words = ""
    reason: Words = ""


class NewPlanTaskIn(PlanTaskFieldsIn):
    """A new task, in a plan or standing alone."""

    area_code: Area
    plan_id: UUID | None = None


class PlanTaskChangeIn(PlanTaskFieldsIn):
    """A task changed; `version` as it was read."""

    version: Version


class PlanTaskMoveIn(Schema):
    """A task begun, done, dropped or taken up again. `done_on`: today, where it is not given."""

    version: Version
    state: TaskState
    done_on: Day | None = None
    reason: Words = ""


class PlanTaskOut(Schema):
    """A task. `plan_title` is empty for one that stands alone; `may_edit`: its text, `may_move`: its state."""

    id: UUID
    version: int
    area_code: str
    area_name: str
    plan_id: UUID | None
    plan_title: str
    plan_state: PlanState | None
    meeting_id: UUID | None
    title: str
    owner: str
    starts_on: date
    due_on: date
    done_on: date | None
    state: TaskState
    mark: Mark
    needs: list[UUID]
    indicator: str
    indicator_name: str
    measure: str
    measure_name: TierTextOut | None
    note: str
    reason: str
    synthetic: bool
    changed_at: datetime
    changed_by_name: str
    may_edit: bool
    may_move: bool


class CoordinationCountsOut(Schema):
    """How many tasks there are by state, and late or coming ones."""

    waiting: int
    doing: int
    done: int
    dropped: int
    late: int
    coming: int


class PlanTasksOut(Schema):
    """A page of tasks, the earliest due first."""

    counts: CoordinationCountsOut
    items: list[PlanTaskOut]
    next: str | None
    today: date


class NewImplementationPlanIn(Schema):
    """A new plan, with a task for each upgrade measure that is named."""

    area_code: Area
    title: Line
    note: Words = ""
    measures: list[Code] = Field(default_factory=list, max_length=300)


class ImplementationPlanIn(Schema):
    """A plan changed; `version` as it was read."""

    version: Version
    title: Line
    note: Words = ""


class ImplementationPlanMoveIn(Schema):
    """A plan begun, ended, dropped or taken up again."""

    version: Version
    state: PlanState
    reason: Words = ""


class ImplementationPlanOut(Schema):
    """A plan with the figures of its tasks in sight."""

    id: UUID
    version: int
    area_code: str
    area_name: str
    title: str
    state: PlanState
    origin: str
    note: str
    reason: str
    synthetic: bool
    tasks: int
    done: int
    late: int
    first_on: date | None
    last_on: date | None
    created_by_name: str
    created_by_unit: str
    created_at: datetime
    changed_at: datetime
    changed_by_name: str
    may_edit: bool


class ImplementationPlanDetailOut(Schema):
    """A plan with its tasks in sight. `steps`: the states it may go to."""

    plan: ImplementationPlanOut
    steps: list[PlanState]
    tasks: list[PlanTaskOut]
    today: date


class ImplementationPlansOut(Schema):
    """A page of plans, the newest first."""

    items: list[ImplementationPlanOut]
    next: str | None


class CoordinationAreaOut(Schema):
    """An area by code and name."""

    code: str
    name: str


class CoordinationMeasureOut(Schema):
    """An upgrade measure by code and name."""

    code: str
    name: TierTextOut


class CoordinationChoicesOut(Schema):
    """What may be chosen when something is written."""

    areas: list[CoordinationAreaOut]
    indicators: list[CoordinationAreaOut]
    measures: list[CoordinationMeasureOut]
