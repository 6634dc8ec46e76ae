"""What the API of bulk edits takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from linli.registry.quality.indicators import HomeIndicator
from linli.registry.schemas import PeopleQuery

from .rules import MOST_BY_HAND

Kind = Literal["person", "dwelling"]
Outcome = Literal["change", "same", "refused", "changed", "meanwhile"]


class PeopleChoice(PeopleQuery):
    """Everybody a list of people with these filters shows. A filter nobody knows is refused: it would choose too many."""

    model_config = ConfigDict(extra="forbid")


class HomesChoice(Schema):
    """All homes a list with these filters shows."""

    model_config = ConfigDict(extra="forbid")

    area: str | None = Field(None, pattern=r"^\d{6}(\d{3}){0,3}$")
    q: str = Field("", max_length=200)
    compound: UUID | None = None
    building: UUID | None = None
    state: Literal["occupied", "rented", "empty", "other", "unclear", "nobody"] | None = None
    group: UUID | None = None
    quality: HomeIndicator | None = None


class BulkEditIn(Schema):
    """What to change of whom: `ids`, or everything a filter shows. Null empties a field."""

    kind: Kind
    changes: dict[str, Annotated[str, Field(max_length=200)] | None] = Field(max_length=8)
    ids: list[UUID] | None = Field(None, max_length=MOST_BY_HAND)
    people: PeopleChoice | None = None
    homes: HomesChoice | None = None


class BulkReasonIn(Schema):
    reason: str = Field(max_length=200)


class BulkFieldOut(Schema):
    """A field, the value it gets and what that value is called."""

    field: str
    label: str
    value: str | None
    display: str | None


class BulkSumOut(Schema):
    outcome: Outcome
    why: str
    text: str
    count: int


class BulkEditOut(Schema):
    """A bulk edit with its sums by outcome, the reasons of refused rows among them."""

    id: UUID
    kind: Kind
    state: Literal["prepared", "done", "undone"]
    area_code: str
    area_name: str
    fields: list[BulkFieldOut]
    chosen: int
    changed: int
    meanwhile: int
    reason: str
    made_at: datetime
    made_by: str
    done_at: datetime | None
    undone_at: datetime | None
    undo_reason: str
    sums: list[BulkSumOut]


class BulkOldOut(Schema):
    field: str
    value: str | None
    display: str | None


class BulkRowOut(Schema):
    """A person or home of an edit; `title` is empty where the reader does not see it any more."""

    subject_id: UUID
    title: str | None
    area_code: str
    area_name: str
    old: list[BulkOldOut]
    outcome: Outcome
    why: str
