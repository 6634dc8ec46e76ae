"""What may be said of figures of quality: a share needs enough records to mean something, a kept figure more than one or
two people behind it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

#: Of fewer records one more or less moves a share by over 5 points: the two counts are told, and no share (inferred).
LEAST = 20
#: Of fewer people no figure is kept: it would outlive their records and still tell of them (inferred; tags do the same).
FEWEST = 3
#: So many days every picture is kept; of older ones the first of each month (inferred).
DAILY = 92
#: So many days a statement counts as recent (inferred: people are visited at least once a year).
RECENT_DAYS = 365
#: The same for indicators of smart communities, which ask for half a year (半年内更新; inferred).
HALF_YEAR_DAYS = 180


def share(failing: int, of: int) -> float | None:
    """The share that is in order, from 0 to 1; None where there are too few records for one. Raises ValueError for
    counts that cannot be."""
    if not 0 <= failing <= of:
        raise ValueError("more records fail than there are")
    return (of - failing) / of if of >= LEAST else None


def tellable(of: int) -> bool:
    """Whether a figure of so many records may be kept."""
    return of >= FEWEST


@dataclass(frozen=True, slots=True)
class Day:
    """An indicator on a day, by the version of its definition that held then."""

    day: date
    failing: int
    of: int
    version: int
