"""Local working hours: dated, with a season (夏季作息) of its own hours where a district keeps one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

DAY: Final = 86_400
_SPAN = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~～至]\s*(\d{1,2})[:：](\d{2})")
_SEPARATOR = re.compile(r"[,，、;；\s]+")
_MONTH_DAY = re.compile(r"(\d{1,2})-(\d{1,2})")


class BadHours(ValueError):
    """The text names no working hours; `reason` is a code: `form`, `order`, `overlap`, `none`, `season`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a day that is worked, from `start` to `end`, in seconds since midnight, local time."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= DAY:
            raise BadHours("order")

    def __str__(self) -> str:
        return "-".join(f"{at // 3600:02d}:{at % 3600 // 60:02d}" for at in (self.start, self.end))


@dataclass(frozen=True, slots=True)
class Season:
    """Hours of a part of every year, from one day (month, day) to another, both included; it may run over a new year."""

    first: tuple[int, int]
    last: tuple[int, int]
    spans: tuple[Span, ...]

    def __post_init__(self) -> None:
        for month, day in (self.first, self.last):
            try:
                date(2024, month, day)  # a leap year
            except ValueError:
                raise BadHours("season") from None
        _in_order(self.spans)

    def holds(self, day: date) -> bool:
        """Whether `day` lies in the season."""
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The hours of every worked day from `since` on, until other hours begin."""

    since: date
    spans: tuple[Span, ...]
    season: Season | None = None

    def __post_init__(self) -> None:
        _in_order(self.spans)

    def on(self, day: date) -> tuple[Span, ...]:
        """The hours of a day that is worked."""
        return self.season.spans if self.season is not None and self.season.holds(day) else self.spans


def spans_of(text: str) -> tuple[Span, ...]:
    """Hours as people write them, `08:00-12:00, 14:00-18:00`. Raises BadHours."""
    pieces = [piece for piece in _SEPARATOR.split(re.sub(r"\s*([-–—~～至])\s*", r"\1", text.strip())) if piece]
    spans = []
    for piece in pieces:
        found = _SPAN.fullmatch(piece)
        if found is None or int(found[2]) > 59 or int(found[4]) > 59:
            raise BadHours("form")
        spans.append(Span(_at(found[1], found[2]), _at(found[3], found[4])))
    return _in_order(tuple(spans))


def said(spans: Iterable[Span]) -> str:
    """Hours as `spans_of` reads them."""
    return ",".join(str(span) for span in spans)


def month_day(text: str) -> tuple[int, int]:
    """Month and day of `06-01`. Raises BadHours."""
    found = _MONTH_DAY.fullmatch(text.strip())
    if found is None:
        raise BadHours("season")
    return int(found[1]), int(found[2])


def _at(hours: str, minutes: str) -> int:
    return int(hours) * 3600 + int(minutes) * 60


def _in_order(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    if not spans:
        raise BadHours("none")
    if any(one.end > other.start for one, other in pairwise(spans)):
        raise BadHours("overlap")
    return spans


#: What the sample of limits was published with (08:00-12:00, 14:00-18:00); a district sets its own.
DEFAULT_HOURS: Final = WorkingHours(date(2004, 1, 1), (Span(8 * 3600, 12 * 3600), Span(14 * 3600, 18 * 3600)))
