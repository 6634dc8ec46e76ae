"""What the API of recurring places takes and answers."""

from __future__ import annotations

from ninja import Schema
from pydantic import Field

from ..duplicates.schemas import NearCaseOut
from .queries import LEAST_METRES, METRES, MOST_METRES


class PlaceHistoryQuery(Schema):
    """How near is the same place, and whether cases of other categories count too."""

    metres: int = Field(METRES, ge=LEAST_METRES, le=MOST_METRES)
    any_category: bool = False
    cursor: str | None = None
    limit: int | None = None


class EarlierCaseOut(NearCaseOut):
    """A case that was reported at the same place within the year before."""
