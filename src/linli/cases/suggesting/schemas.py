"""What the API of suggestions takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ..engine.report import LONGEST_TEXT


class TextIn(Schema):
    """The words of a report as far as they are written."""

    text: str = Field(max_length=LONGEST_TEXT)


class SuggestedCategoryOut(Schema):
    """A category with the probability that it is the right one."""

    id: UUID
    code: str
    name: str
    major_name: str
    probability: float
    urgent: bool
    procedure: str
    emergency_number: str


class MentionOut(Schema):
    """Characters `start` to `end` of the text and what they mean; `certain`: told as a fact, or one place alone."""

    kind: Literal["time", "urgency", "place"]
    start: int
    end: int
    text: str
    normal: str
    certain: bool


class SuggestedOut(Schema):
    """What is suggested. `available`: there is a model. `sure`: the first may be filled in beforehand."""

    available: bool
    first: SuggestedCategoryOut | None
    second: SuggestedCategoryOut | None
    sure: bool
    mentions: list[MentionOut]
    urgent: list[str]


class CaseSuggestionOut(SuggestedOut):
    """What was suggested for a case when it was reported, and which of the two was taken; empty while none was."""

    taken: Literal["", "first", "second", "other"]
    suggested_at: datetime | None


class TextVersionOut(Schema):
    """A version of the model. `before_macro_f1`: of the one in use then, on the same cases. Below: what was taken."""

    id: UUID
    made_at: datetime
    current: bool
    outcome: Literal["first", "better", "not_better"]
    seeds: int
    cases: int
    labels: int
    held_out: int
    macro_f1: float
    accuracy: float
    top2: float
    before_macro_f1: float | None
    threshold: float
    size: int
    has_file: bool
    chosen_at: datetime | None
    chosen_by_name: str
    first: int
    second: int
    other: int
    undecided: int
