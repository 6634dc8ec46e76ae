"""Clocks by another method: one minute after the other, on a calendar read anew from the shipped file by code of its own.

Nothing of `kernel.worktime` or `cases.clocks` is used but the names of the kinds. Everything is in whole minutes, local time.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import linli.access.calendar as room

MINUTE = timedelta(minutes=1)
DAYS = Path(room.__file__).parent / "data" / "days.csv"
#: What the law names for 2027, by hand; 2028 is not reached by any example.
LAW_2027 = (
    "01-01",
    "02-05",
    "02-06",
    "02-07",
    "02-08",
    "04-05",
    "05-01",
    "05-02",
    "06-09",
    "09-15",
    "10-01",
    "10-02",
    "10-03",
)
LONGEST = 400 * 24 * 60  # minutes after which an example is wrong


@cache
def marked() -> dict[str, str]:
    with DAYS.open(encoding="utf-8") as file:
        said = {row["day"]: row["kind"] for row in csv.DictReader(file)}
    return said | {f"2027-{day}": "holiday" for day in LAW_2027}


@cache
def worked_minutes(day: date, summer: bool) -> frozenset[int]:
    """The minutes of a day, by their number since midnight, in which somebody works."""
    kind = marked().get(day.isoformat())
    if kind == "holiday" or (kind is None and day.isoweekday() > 5):
        return frozenset()
    if summer and "06-01" <= day.isoformat()[5:] <= "09-30":
        return frozenset([*range(8 * 60, 12 * 60), *range(15 * 60, 18 * 60 + 30)])
    return frozenset([*range(8 * 60, 12 * 60), *range(14 * 60, 18 * 60)])


def due(
    kind: str, start: datetime, limit: int, pauses: Sequence[tuple[datetime, datetime]] = (), closes: bool = False,
    summer: bool = False,
) -> datetime:  # fmt: skip
    """When a limit is used up, by living through it."""
    wanted = {"urgent_hour": 60, "natural_day": 24 * 60, "work_hour": 60, "work_day": 1 if closes else 8 * 60}[
        kind
    ] * limit
    at, passed = start, 0
    for _ in range(LONGEST):
        at += MINUTE  # this minute, which ended at `at`, has now been lived through
        began = at - MINUTE
        number = began.hour * 60 + began.minute
        if closes and kind == "work_day":
            minutes = worked_minutes(began.date(), summer)
            counts = bool(minutes) and number == max(minutes) and began.date() > start.date()
        elif kind in ("urgent_hour", "natural_day"):
            counts = True
        else:
            counts = number in worked_minutes(began.date(), summer)
        if counts and not any(first <= began < last for first, last in pauses):
            passed += 1
        if passed == wanted:
            return at
    raise AssertionError("the limit is never used up")
