"""A work calendar and the arithmetic of working time on it, by sums laid down once: each question is one search."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Final

from .days import HOLIDAY, WORKDAY, DayKind, Mark, statutory
from .hours import DAY, DEFAULT_HOURS, WorkingHours

FIRST_YEAR: Final = 2004
LAST_YEAR: Final = 2049
#: Asia/Shanghai has been eight hours ahead of UTC, without summer time, all through these years.
OFFSET: Final = 8 * 3600
_FIRST_DAY: Final = date(FIRST_YEAR, 1, 1)
_EPOCH: Final = date(1970, 1, 1)
#: The first and the last moment a calendar knows, both local midnights.
FIRST: Final = (_FIRST_DAY - _EPOCH).days * DAY - OFFSET
LAST: Final = (date(LAST_YEAR + 1, 1, 1) - _EPOCH).days * DAY - OFFSET


class OutsideCalendar(ValueError):
    """A moment before `FIRST_YEAR` or after `LAST_YEAR`."""


def seconds_of(at: datetime) -> int:
    """A moment in whole seconds since 1970; what is beyond a whole second is dropped. Raises ValueError where naive."""
    if at.tzinfo is None:
        raise ValueError("a moment has a time zone")
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def moment_of(seconds: int) -> datetime:
    """The moment, in UTC, of whole seconds since 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def day_of(seconds: int) -> date:
    """The local day of a moment."""
    return _EPOCH + timedelta(days=(seconds + OFFSET) // DAY)


def midnight_after(seconds: int) -> int:
    """The end of the local day of a moment."""
    return ((seconds + OFFSET) // DAY + 1) * DAY - OFFSET


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every stretch that is worked, in order: where it starts and ends, and the working seconds before it and to its end.

    `closes` are the ends of worked days. Arrays of 64-bit integers, which numpy reads where they are.
    """

    starts: array[int]
    ends: array[int]
    before: array[int]
    through: array[int]
    closes: array[int]


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked and at which hours.

    `marks` are the days that are not what their weekday says; `settled` the years whose arrangement is known. In other
    years weekdays without the statutory days off are worked, and what falls there is provisional.
    """

    marks: Mapping[date, Mark] = field(default_factory=dict)
    settled: frozenset[int] = frozenset()
    hours: Sequence[WorkingHours] = (DEFAULT_HOURS,)

    def kind(self, day: date) -> DayKind:
        """What a day is."""
        mark = self.marks.get(day)
        if mark is not None:
            return mark.kind
        if day.year not in self.settled and day in statutory(day.year):
            return HOLIDAY
        return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.PLAIN

    def works(self, day: date) -> bool:
        """Whether a day is worked."""
        return self.kind(day) in (DayKind.PLAIN, WORKDAY)

    def hours_on(self, day: date) -> WorkingHours:
        """The hours in force on a day; before the first that are known, the first."""
        ordered = self._ordered
        return ordered[max(0, bisect_right(ordered, day, key=lambda each: each.since) - 1)]

    def name_of(self, day: date) -> str:
        """The name of the holiday that a day is of, or is worked for; empty for ordinary days."""
        mark = self.marks.get(day)
        if mark is not None:
            return mark.name
        return "" if day.year in self.settled else statutory(day.year).get(day, "")

    def provisional(self, first: int, last: int) -> bool:
        """Whether a day between two moments lies in a year whose arrangement is not known."""
        return any(year not in self.settled for year in range(day_of(first).year, day_of(last).year + 1))

    def total(self, at: int) -> int:
        """Working seconds from the beginning of the calendar to a moment. Raises OutsideCalendar."""
        line = self.timeline
        if not FIRST <= at <= LAST:
            raise OutsideCalendar(at)
        nth = bisect_right(line.starts, at) - 1
        return 0 if nth < 0 else line.before[nth] + min(at, line.ends[nth]) - line.starts[nth]

    def reached(self, total: int) -> int:
        """The first moment with so many working seconds before it. Raises OutsideCalendar."""
        line = self.timeline
        nth = bisect_left(line.through, total)
        if total < 0 or nth == len(line.through):
            raise OutsideCalendar(total)
        return line.starts[nth] + total - line.before[nth]

    def add(self, at: int, seconds: int) -> int:
        """The first moment by which so many working seconds have passed since `at`. Raises OutsideCalendar, ValueError."""
        if seconds < 0:
            raise ValueError("time is added, not taken away")
        return self.reached(self.total(at) + seconds) if seconds else at

    def count(self, first: int, last: int) -> int:
        """Working seconds between two moments. Raises OutsideCalendar, ValueError."""
        if last < first:
            raise ValueError("a stretch of time ends after it begins")
        return self.total(last) - self.total(first)

    def next_working(self, at: int) -> int:
        """The first moment, `at` or later, from which time is worked. Raises OutsideCalendar."""
        line = self.timeline
        self.total(at)
        nth = bisect_right(line.ends, at)
        if nth == len(line.ends):
            raise OutsideCalendar(at)
        return max(at, line.starts[nth])

    def closes(self, at: int) -> int:
        """How many worked days have ended by a moment, that moment included. Raises OutsideCalendar."""
        if not FIRST <= at <= LAST:
            raise OutsideCalendar(at)
        return bisect_right(self.timeline.closes, at)

    def close(self, nth: int) -> int:
        """The end of the nth worked day of the calendar. Raises OutsideCalendar."""
        closes = self.timeline.closes
        if not 1 <= nth <= len(closes):
            raise OutsideCalendar(nth)
        return closes[nth - 1]

    @cached_property
    def timeline(self) -> Timeline:
        """The sums, laid down when they are first asked for (some 25,000 stretches, 20 ms)."""
        starts, ends, before, through, closes = (array("q") for _ in range(5))
        sum_so_far = 0
        for nth in range((LAST - FIRST) // DAY):
            day = _FIRST_DAY + timedelta(days=nth)
            if not self.works(day):
                continue
            midnight = FIRST + nth * DAY
            spans = self.hours_on(day).on(day)
            for span in spans:
                starts.append(midnight + span.start)
                ends.append(midnight + span.end)
                before.append(sum_so_far)
                sum_so_far += span.end - span.start
                through.append(sum_so_far)
            closes.append(midnight + spans[-1].end)
        return Timeline(starts, ends, before, through, closes)

    @cached_property
    def _ordered(self) -> list[WorkingHours]:
        return sorted(self.hours, key=lambda each: each.since)
