"""The arithmetic of working time over columns of moments: a hundred thousand at once. Loads numpy; nothing else here does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .timeline import FIRST, LAST, OutsideCalendar, WorkCalendar

Column = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Columns:
    """`WorkCalendar.total`, `.reached`, `.closes` and `.close` for columns of moments or sums."""

    starts: Column
    ends: Column
    before: Column
    through: Column
    ends_of_days: Column

    @classmethod
    def of(cls, calendar: WorkCalendar) -> Columns:
        """The calendar's own sums, not copied."""
        line = calendar.timeline
        starts, ends, before, through, closes = (
            np.frombuffer(each, dtype=np.int64)
            for each in (line.starts, line.ends, line.before, line.through, line.closes)
        )
        return cls(starts, ends, before, through, closes)

    def total(self, at: Column) -> Column:
        """Working seconds before each moment. Raises OutsideCalendar."""
        _inside(at)
        nth = np.maximum(np.searchsorted(self.starts, at, side="right") - 1, 0)
        passed = np.minimum(at, self.ends[nth]) - self.starts[nth]
        return self.before[nth] + np.maximum(passed, 0)

    def reached(self, total: Column) -> Column:
        """The first moment with so many working seconds before it. Raises OutsideCalendar."""
        nth = np.searchsorted(self.through, total, side="left")
        if total.size and (int(nth.max()) >= len(self.through) or int(total.min()) < 0):
            raise OutsideCalendar()
        return self.starts[nth] + total - self.before[nth]

    def closes(self, at: Column) -> Column:
        """How many worked days have ended by each moment. Raises OutsideCalendar."""
        _inside(at)
        return np.searchsorted(self.ends_of_days, at, side="right").astype(np.int64)

    def close(self, nth: Column) -> Column:
        """The end of each nth worked day. Raises OutsideCalendar."""
        if nth.size and (int(nth.max()) > len(self.ends_of_days) or int(nth.min()) < 1):
            raise OutsideCalendar()
        return self.ends_of_days[nth - 1]


def _inside(at: Column) -> None:
    if at.size and (int(at.min()) < FIRST or int(at.max()) > LAST):
        raise OutsideCalendar()
