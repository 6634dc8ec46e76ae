"""What the doors of the intake of cases take and answer."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from .queries import What
from .writing import LONGEST_WORD

SheetKind = Literal["hotline-orders", "closed-cases"]


class CaseWordChoiceOut(Schema):
    """A unit, or a category with its code."""

    id: UUID
    name: str
    code: str


class CaseWordOut(Schema):
    """A word of a sheet that stands for nothing known: how many rows have it, and what it was said to stand for since."""

    what: What
    written: str
    rows: int
    target: CaseWordChoiceOut | None


class CaseWordsOut(Schema):
    """The words of a batch, with the source that uses them. `may_say`: whether whoever asks may say what they stand for."""

    source: str
    may_say: bool
    items: list[CaseWordOut]


class CaseWordIn(Schema):
    """What a word stands for from now on; nothing any more where `target_id` is empty."""

    source: str = Field(max_length=32)
    what: What
    written: str = Field(min_length=1, max_length=LONGEST_WORD)
    target_id: UUID | None = None


class CaseOriginOut(Schema):
    """From which sheet a case came: its number there, what the sheet said of unit, category and deadline."""

    kind: Literal["order", "history"]
    source_name: str
    number: str
    due_at: datetime | None
    unit_text: str
    category_text: str
    confidential: bool
    withdrawn: bool
    taken_at: datetime


class CaseOriginAnswerOut(Schema):
    """The origin of a case; empty where it came through another door."""

    origin: CaseOriginOut | None
