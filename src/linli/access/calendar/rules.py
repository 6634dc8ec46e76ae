"""The tables of the calendar as values, what may be written into them, and what a change changed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Final

from linli.kernel.worktime import (
    DEFAULT_HOURS,
    FIRST_YEAR,
    HOLIDAY,
    LAST_YEAR,
    WORKDAY,
    BadHours,
    DayKind,
    Mark,
    Season,
    WorkCalendar,
    WorkingHours,
)
from linli.kernel.worktime.hours import month_day, said, spans_of

OFFICIAL, SECONDARY, LOCAL = "official", "secondary", "local"
CERTAINTIES: Final = (OFFICIAL, SECONDARY, LOCAL)
NAME_LENGTH: Final = 40
MOST_DAYS: Final = 400


@dataclass(frozen=True, slots=True)
class Year:
    """An arranged year."""

    source: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Day:
    """A marked day."""

    kind: DayKind
    name: str
    source: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours as they are written down; `season_*` are empty where there is no season."""

    spans: str
    season_first: str = ""
    season_last: str = ""
    season_spans: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A day of a year's arrangement, and the row of the file it stood in (0: of none)."""

    day: date
    kind: DayKind
    name: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything the calendar is made of."""

    years: Mapping[int, Year] = field(default_factory=dict)
    days: Mapping[date, Day] = field(default_factory=dict)
    hours: Mapping[date, Hours] = field(default_factory=dict)

    def calendar(self) -> WorkCalendar:
        """What the tables say, to compute with."""
        marks = {day: Mark(row.kind, row.name) for day, row in self.days.items()}
        hours = tuple(working_hours(since, row) for since, row in sorted(self.hours.items()))
        return WorkCalendar(marks, frozenset(self.years), hours or (DEFAULT_HOURS,))


@dataclass(frozen=True, slots=True)
class Change:
    """One row as it was and as it became (None: there was, or is, none). `what` is year, day or hours."""

    what: str
    key: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something cannot be written: the field (or `row N`) to mend, and a code."""

    field: str
    code: str


def working_hours(since: date, row: Hours) -> WorkingHours:
    """Hours to compute with. Raises BadHours."""
    season = None
    if row.season_first or row.season_last or row.season_spans:
        season = Season(month_day(row.season_first), month_day(row.season_last), spans_of(row.season_spans))
    return WorkingHours(since, spans_of(row.spans), season)


def tidy(row: Hours) -> Hours:
    """Hours as they are kept, however they were typed. Raises BadHours."""
    made = working_hours(date(FIRST_YEAR, 1, 1), row)
    kept = Hours(said(made.spans), source=row.source.strip())
    if made.season is None:
        return kept
    first, last = (f"{month:02d}-{day:02d}" for month, day in (made.season.first, made.season.last))
    return replace(kept, season_first=first, season_last=last, season_spans=said(made.season.spans))


def hours_trouble(row: Hours) -> Trouble | None:
    """Why hours cannot be kept, if so."""
    try:
        spans_of(row.spans)
    except BadHours as bad:
        return Trouble("spans", bad.reason)
    try:
        tidy(row)
    except BadHours as bad:
        return Trouble("season_first" if bad.reason == "season" else "season_spans", bad.reason)
    return None


def known(day: date) -> bool:
    """Whether a day lies in the years a calendar can hold."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def day_trouble(tables: Tables, day: date, kind: DayKind, name: str) -> Trouble | None:
    """Why a day cannot be marked so, if so; PLAIN takes a mark away."""
    if not known(day):
        return Trouble("day", "outside")
    if kind not in (HOLIDAY, WORKDAY):
        return None if day in tables.days else Trouble("kind", "unmarked")
    if not 1 <= len(name.strip()) <= NAME_LENGTH:
        return Trouble("name", "name")
    if kind is WORKDAY and with_day(tables, day, None).calendar().works(day):
        return Trouble("kind", "needless")
    return None


def with_day(tables: Tables, day: date, row: Day | None) -> Tables:
    """The tables with one day marked, or its mark taken away."""
    kept = {other: found for other, found in tables.days.items() if other != day}
    return replace(tables, days=kept if row is None else kept | {day: row})


def year_troubles(year: int, entries: Sequence[Entry]) -> list[Trouble]:
    """Why days cannot be a year's arrangement, row by row.

    They lie in the year, or in the December before it: a notice may begin its New Year there.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return [Trouble("year", "outside")]
    if not any(entry.kind is HOLIDAY and entry.day.year == year for entry in entries):
        return [Trouble("days", "none")]
    if len(entries) > MOST_DAYS:
        return [Trouble("days", "many")]
    found, seen = [], set()
    for nth, entry in enumerate(entries, start=1):
        where = f"row {entry.row or nth}"
        if entry.day.year != year and (entry.day.year, entry.day.month) != (year - 1, 12):
            found.append(Trouble(where, "other_year"))
        elif entry.day in seen:
            found.append(Trouble(where, "twice"))
        elif entry.kind is WORKDAY and entry.day.weekday() < 5:
            found.append(Trouble(where, "needless"))
        elif not 1 <= len(entry.name.strip()) <= NAME_LENGTH:
            found.append(Trouble(where, "name"))
        seen.add(entry.day)
    return found


def with_year(tables: Tables, year: int, entries: Iterable[Entry], source: str, certainty: str) -> Tables:
    """The tables with a year arranged: what was marked in it goes, but what the district marked itself stays."""
    was = tables.years.get(year)
    own = {  # marked day by day; what a file that was loaded as local brought along is replaced like any other
        day: row
        for day, row in tables.days.items()
        if row.certainty == LOCAL and not (was and row.source == was.source)
    }
    kept = own | {day: row for day, row in tables.days.items() if day.year != year}
    new = {e.day: Day(e.kind, e.name.strip(), source, certainty) for e in entries if e.day not in own}
    return replace(tables, days=kept | new, years={**tables.years, year: Year(source, certainty)})


def with_hours(tables: Tables, since: date, row: Hours | None) -> Tables:
    """The tables with hours from a day on, or without those that begin that day."""
    kept = {other: found for other, found in tables.hours.items() if other != since}
    return replace(tables, hours=kept if row is None else kept | {since: row})


def changes(before: Tables, after: Tables) -> list[Change]:
    """Every row that is another, in order."""
    found = []
    for what, was, becomes in (
        ("year", _by_text(before.years), _by_text(after.years)),
        ("day", _by_text(before.days), _by_text(after.days)),
        ("hours", _by_text(before.hours), _by_text(after.hours)),
    ):
        for key in sorted(was.keys() | becomes.keys()):
            if was.get(key) != becomes.get(key):
                found.append(Change(what, key, was.get(key), becomes.get(key)))
    return found


def main_year(entries: Iterable[Entry]) -> int | None:
    """The year most of the days lie in: whose arrangement it is when nobody says."""
    years = [entry.day.year for entry in entries]
    return max(sorted(set(years)), key=years.count, default=None)


def columns(row: Year | Day | Hours) -> dict[str, str]:
    """A row's texts by the names of their columns."""
    return {name: str(value) for name, value in asdict(row).items()}


def _by_text(rows: Mapping[Any, Any]) -> dict[str, dict[str, str]]:
    return {str(key): columns(row) for key, row in rows.items()}
