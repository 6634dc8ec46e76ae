"""What the API of duplicates takes and answers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ..engine.report import LONGEST_PLACE, LONGEST_TEXT
from ..engine.rules import LONGEST
from ..engine.schemas import AREA
from ..engine.states import State
from .among import MOST


class DraftIn(Schema):
    """A report as far as it is written."""

    text: str = Field(max_length=LONGEST_TEXT)
    area: str | None = Field(None, pattern=AREA)
    place_text: str = Field("", max_length=LONGEST_PLACE)
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    category_id: UUID | None = None


class NearCaseOut(Schema):
    """A case near by. `metres`: None where one of the two has no position."""

    id: UUID
    number: str
    state: State
    state_name: str
    beginning: str
    area_name: str
    place_text: str
    category_name: str | None
    reported_at: datetime
    metres: int | None


class SimilarOut(NearCaseOut):
    """A case that may tell of the same event: how likely (`chance`) and why. `mergeable`: it is open, and the reader
    may merge into it."""

    chance: float
    days: int
    same_category: bool | None
    same_place: bool
    words: float
    mergeable: bool


class AmongIn(Schema):
    """The cases of a list."""

    cases: list[UUID] = Field(min_length=1, max_length=MOST)


class LikelyOut(Schema):
    """A case of a list that may tell of the same event as others that are open: how many are proposed on its page."""

    id: UUID
    proposed: int


class MergedOut(Schema):
    """A case that was merged into another, with what it brought along."""

    case_id: UUID
    number: str
    description: str
    place_text: str
    reported_at: datetime
    merged_at: datetime
    merged_by_name: str
    reason: str


class MergedIntoOut(Schema):
    """What a case was merged into."""

    main_id: UUID
    number: str
    merged_at: datetime
    merged_by_name: str
    reason: str


class CaseSimilarOut(Schema):
    """Of a case: what it was merged into, what was merged into it, and what may be the same."""

    into: MergedIntoOut | None
    merged: list[MergedOut]
    similar: list[SimilarOut]


class CaseMergeIn(Schema):
    """Merge into `main_id`; `version` is the case's as it was looked at."""

    version: int
    main_id: UUID
    reason: str = Field(max_length=LONGEST)


class CaseUnmergeIn(Schema):
    """Undo the merge."""

    version: int
    reason: str = Field(max_length=LONGEST)
