"""The calendar that the program ships: 2004 to 2026, as the State Council's office arranged each year. Facts, no law of ours.

`data/years.csv` says of each year where its days are from and how certain they are; `scripts/holidays.py` wrote both files.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from linli.kernel.worktime import DayKind, Mark, WorkCalendar

DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class ShippedYear:
    """A year's arrangement: its marked days, where they are from, and how certain they are."""

    year: int
    source: str
    certainty: str
    marks: Mapping[date, Mark]


@cache
def years() -> tuple[ShippedYear, ...]:
    """Every year that is shipped, in order."""
    marks: dict[int, dict[date, Mark]] = {}
    for row in _rows("days.csv"):
        day = date.fromisoformat(row["day"])
        marks.setdefault(day.year, {})[day] = Mark(DayKind(row["kind"]), row["name"])
    return tuple(
        ShippedYear(int(row["year"]), row["source"], row["certainty"], marks[int(row["year"])])
        for row in _rows("years.csv")
    )


@cache
def work_calendar() -> WorkCalendar:
    """The calendar as it is shipped, with the hours it ships."""
    marks = {day: mark for year in years() for day, mark in year.marks.items()}
    return WorkCalendar(marks, frozenset(year.year for year in years()))


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
