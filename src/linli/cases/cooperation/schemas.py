"""What the API of co-operation takes and answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ..engine.report import LONGEST_TEXT
from ..engine.rules import LONGEST
from ..engine.schemas import AREA
from ..engine.states import State

SupportState = Literal["asked", "answered", "declined", "withdrawn", "lapsed"]


class SupportIn(Schema):
    """A unit to be asked for support: in what, why (needed from a lead unit), and by which day an answer is wanted."""

    unit_id: UUID
    what: str = Field(max_length=LONGEST)
    reason: str = Field("", max_length=LONGEST)
    until: date | None = None


class SayingIn(Schema):
    """What a unit or a person says: a contribution, an answer, or why not."""

    text: str = Field(max_length=LONGEST)


class SupportOut(Schema):
    """A unit that was asked to support a case. `overdue`: the day by which an answer was wanted is over. `mine`: the reader's
    unit is asked and may answer; `may_withdraw`: the reader may take the request back."""

    id: UUID
    unit_name: str
    state: SupportState
    what: str
    reason: str
    until: date | None
    asked_by_name: str
    asked_by_unit: str
    asked_at: datetime
    answer: str
    ended_by_name: str
    ended_at: datetime | None
    overdue: bool
    mine: bool
    may_withdraw: bool


Level = Literal["ordinary", "priority", "special"]
NoteStanding = Literal["open", "overdue", "answered", "withdrawn"]


class SupervisionIn(Schema):
    """A note of supervision: how pressing, what is to be looked after, and by which day an answer is wanted."""

    level: Level
    text: str = Field(max_length=LONGEST)
    until: date


class SupervisionOut(Schema):
    """A note of supervision. `overdue`: no answer, and the day by which one was wanted is over."""

    id: UUID
    unit_name: str
    level: Level
    level_name: str
    text: str
    until: date
    standing: NoteStanding
    asked_by_name: str
    asked_by_unit: str
    asked_at: datetime
    answer: str
    ended_by_name: str
    ended_at: datetime | None


class CaseSupervisionOut(SupervisionOut):
    """A note on a case's page, with what the reader may do about it."""

    may_answer: bool
    may_withdraw: bool


class SupervisionRowOut(SupervisionOut):
    """A note as a line of a list, with its case."""

    case_id: UUID
    number: str
    beginning: str
    area_code: str
    area_name: str
    state: State
    state_name: str


class SupervisionsQuery(Schema):
    """Which notes: those that wait for the reader's unit (`answer`), or those on every case in sight."""

    view: Literal["answer", "all"] = "all"
    standing: NoteStanding | None = None
    level: Level | None = None
    area: str | None = Field(None, pattern=AREA)
    cursor: str | None = None
    limit: int | None = None


class SupervisedUnitOut(Schema):
    """The notes of a month addressed to a unit (督办数), those without an answer (未处理督办数), and of those overdue. No unit: the
    case was with none."""

    unit_id: UUID | None
    unit_name: str
    notes: int
    unanswered: int
    overdue: int


class ChildIn(Schema):
    """What a child case is about; place, category and limit are its parent's."""

    description: str = Field(max_length=LONGEST_TEXT)


class ChildMadeOut(Schema):
    """A child case that was made."""

    id: UUID
    number: str


class ParentOut(Schema):
    """The case that a case is a part of."""

    id: UUID
    number: str


class ChildOut(Schema):
    """A child case. What is None is not in the reader's sight."""

    id: UUID
    number: str
    state: State | None
    state_name: str | None
    unit_name: str | None
    beginning: str | None
    open: bool | None
    split_by_name: str
    split_at: datetime


class HandOverIn(Schema):
    """To which unit a case is to go, why, and by which document (文号), if there is one."""

    unit_id: UUID
    reason: str = Field(max_length=LONGEST)
    document: str = Field("", max_length=60)


class HandOverOut(Schema):
    """A hand-over between units. `mine`: the reader's unit is asked and may take or refuse it."""

    id: UUID
    from_name: str
    to_name: str
    state: Literal["asked", "taken", "refused", "withdrawn", "lapsed"]
    reason: str
    document: str
    asked_by_name: str
    asked_at: datetime
    answer: str
    ended_by_name: str
    ended_at: datetime | None
    mine: bool
    may_take: bool
    may_withdraw: bool


class CooperationOut(Schema):
    """Who works on a case beside its unit, as far as the reader sees it, and what they may do about it."""

    supports: list[SupportOut]
    may_ask_support: bool
    supervisions: list[CaseSupervisionOut]
    may_supervise: bool
    parent: ParentOut | None
    children: list[ChildOut]
    may_split: bool
    hand_overs: list[HandOverOut]
    may_hand_over: bool
