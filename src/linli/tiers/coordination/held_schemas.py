"""What the API takes and answers of meetings, visits and trainings, and of all a community takes part in."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from . import rules
from .rules import VisitKind
from .schemas import (
    Area,
    CoordinationAreaOut,
    Day,
    ImplementationPlanOut,
    Line,
    NewPlanTaskIn,
    PlanTaskOut,
    Version,
    Words,
)


class AgendaPointIn(Schema):
    """A point of the agenda; `id` None for a new one."""

    id: UUID | None = None
    title: Line
    by: Line = ""
    notes: Words = ""


class TierMeetingFieldsIn(Schema):
    """What is entered of a meeting. `begins`: 09:30."""

    title: Line
    held_on: Day
    begins: str = Field("", max_length=10)
    place: Line = ""
    chair: Line = ""
    attending: Words = ""
    areas: list[Area] = Field(default_factory=list, max_length=600)
    agenda: list[AgendaPointIn] = Field(default_factory=list, max_length=rules.MOST_ITEMS)


class NewTierMeetingIn(TierMeetingFieldsIn):
    """A new meeting of an area."""

    area_code: Area


class TierMeetingIn(TierMeetingFieldsIn):
    """A meeting changed; `version` as it was read."""

    version: Version


class CoordinationCancelIn(Schema):
    """Why a meeting or a visit does not take place."""

    version: Version
    reason: Words


class CoordinationRestoreIn(Schema):
    """Why a meeting or a visit that was called off takes place after all."""

    version: Version
    reason: Words


class DecisionTaskIn(Schema):
    """The task a decision becomes, in a plan or standing alone."""

    version: Version
    task: NewPlanTaskIn


class MeetingDecisionIn(Schema):
    """A decision, on a point of the agenda, with the task it becomes."""

    version: Version
    text: Words
    item: UUID | None = None
    task: NewPlanTaskIn | None = None


class AgendaPointOut(Schema):
    """A point of the agenda."""

    id: UUID
    title: str
    by: str
    notes: str


class MeetingDecisionOut(Schema):
    """A decision; `task_id` names the task it became, `task` holds it where it is in sight."""

    id: UUID
    item: UUID | None
    text: str
    task_id: UUID | None
    task: PlanTaskOut | None


class TierMeetingOut(Schema):
    """A meeting as lists show it."""

    id: UUID
    version: int
    area_code: str
    area_name: str
    areas: list[CoordinationAreaOut]
    title: str
    held_on: date
    begins: str
    place: str
    points: int
    decided: int
    cancelled_at: datetime | None
    synthetic: bool
    may_edit: bool


class TierMeetingDetailOut(TierMeetingOut):
    """A meeting with its agenda and decisions."""

    chair: str
    attending: str
    agenda: list[AgendaPointOut]
    decisions: list[MeetingDecisionOut]
    cancelled_by_name: str
    cancelled_reason: str
    restored_at: datetime | None
    restored_by_name: str
    restored_reason: str
    may_restore: bool
    changed_at: datetime
    changed_by_name: str


class TierMeetingsOut(Schema):
    """A page of meetings, the last first."""

    items: list[TierMeetingOut]
    next: str | None


class StudyVisitFieldsIn(Schema):
    """What is entered of a study visit or a training. `attendance`: how many people, where it is known."""

    kind: VisitKind
    topic: Line
    held_on: Day
    host: Line = ""
    place: Line = ""
    attendance: int | None = Field(None, ge=0, le=100_000)
    note: Words = ""
    areas: list[Area] = Field(default_factory=list, max_length=600)


class NewStudyVisitIn(StudyVisitFieldsIn):
    """A new one, of an area."""

    area_code: Area


class StudyVisitIn(StudyVisitFieldsIn):
    """One changed; `version` as it was read."""

    version: Version


class StudyVisitOut(Schema):
    """A study visit or a training."""

    id: UUID
    version: int
    area_code: str
    area_name: str
    areas: list[CoordinationAreaOut]
    kind: VisitKind
    topic: str
    held_on: date
    host: str
    place: str
    attendance: int | None
    note: str
    cancelled_at: datetime | None
    cancelled_by_name: str
    cancelled_reason: str
    restored_at: datetime | None
    restored_by_name: str
    restored_reason: str
    may_restore: bool
    synthetic: bool
    changed_at: datetime
    changed_by_name: str
    may_edit: bool


class StudyVisitsOut(Schema):
    """A page of visits and trainings, the last first."""

    items: list[StudyVisitOut]
    next: str | None


class CommunityPartsOut(Schema):
    """Everything a community takes part in."""

    open: int
    late: int
    plans: list[ImplementationPlanOut]
    tasks: list[PlanTaskOut]
    meetings: list[TierMeetingOut]
    visits: list[StudyVisitOut]
    today: date
