"""Reads of the calendar. It tells nothing about anybody: whoever is signed in may read it, and so may every room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from linli.kernel import clock, paging
from linli.kernel.errors import Invalid, Text
from linli.kernel.worktime import FIRST_YEAR, LAST_YEAR, DayKind, WorkCalendar

from ..models import CalendarDay, CalendarEdition, CalendarYear, WorkingHoursRule
from ..queries.actors import display_name, names_of
from .problems import BadCalendar
from .rules import Day, Hours, Tables, Trouble, Year

LAW = Text(
    "《全国年节及纪念日放假办法》（国令第 795 号），当年安排公布前暂按此计算",
    "Regulation on public holidays (State Council order 795), until the year's arrangement is published",
)
INFERRED = "inferred"


@dataclass(frozen=True, slots=True)
class Dated:
    """A calendar, and the serial of the edition it is."""

    edition: int
    calendar: WorkCalendar


@dataclass(frozen=True, slots=True)
class DayItem:
    """A day that is not what its weekday says. `marked`: in the table, so that it can be taken out again."""

    day: date
    kind: DayKind
    name: str
    source: Text
    certainty: str
    marked: bool


@dataclass(frozen=True, slots=True)
class HoursItem:
    """Working hours; `until` is the last day they hold, `current` whether that is today."""

    since: date
    until: date | None
    current: bool
    hours: Hours


@dataclass(frozen=True, slots=True)
class MonthItem:
    """How many days of a month are worked, and how long in all, in minutes."""

    month: int
    worked: int
    minutes: int


@dataclass(frozen=True, slots=True)
class YearItem:
    """A year: whether it is arranged, by which source; its days; its months; all working hours, latest first."""

    year: int
    edition: int
    first_year: int
    last_year: int
    settled: bool
    source: str
    certainty: str
    days: Sequence[DayItem]
    months: Sequence[MonthItem]
    hours: Sequence[HoursItem]


@dataclass(frozen=True, slots=True)
class EditionItem:
    """A change of the calendar, with every row it changed."""

    serial: int
    made_at: datetime
    made_by: str
    what: str
    note: str
    changes: Sequence[dict[str, Any]]


_kept: tuple[UUID, Dated] | None = None


def work_calendar() -> Dated:
    """The calendar as it stands, to compute with. One query; the tables are read again only after a change."""
    global _kept
    last = CalendarEdition.objects.order_by("-serial").values_list("id", "serial").first()
    if last is None:
        return Dated(0, Tables().calendar())
    if _kept is None or _kept[0] != last[0]:
        _kept = (last[0], Dated(last[1], tables().calendar()))
    return _kept[1]


def tables(using: str = "default") -> Tables:
    """Everything in the tables. Three queries."""
    return Tables(
        {row.year: Year(row.source, row.certainty) for row in CalendarYear.objects.using(using)},
        {
            row.day: Day(DayKind(row.kind), row.name, row.source, row.certainty)
            for row in CalendarDay.objects.using(using)
        },
        {
            row.since: Hours(row.spans, row.season_first, row.season_last, row.season_spans, row.source)
            for row in WorkingHoursRule.objects.using(using)
        },
    )


def latest() -> int:
    """The serial of the edition the calendar is now. One query."""
    return CalendarEdition.objects.order_by("-serial").values_list("serial", flat=True).first() or 0


def year(number: int) -> YearItem:
    """A year at a glance. Four queries. Raises BadCalendar outside the calendar's years."""
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise BadCalendar([Trouble("year", "outside")])
    edition, found = latest(), tables()
    calendar, arranged = found.calendar(), found.years.get(number)
    return YearItem(
        year=number, edition=edition, first_year=FIRST_YEAR, last_year=LAST_YEAR, settled=arranged is not None,
        source=arranged.source if arranged else "", certainty=arranged.certainty if arranged else INFERRED,
        days=[_day(found, calendar, day) for day in _days(number) if _is_marked(calendar, day)],
        months=[_month(calendar, number, month) for month in range(1, 13)],
        hours=_hours(found),
    )  # fmt: skip


def editions(cursor: str | None = None, limit: int | None = None) -> paging.Page[EditionItem]:
    """A page of the calendar's changes, latest first."""
    rows = CalendarEdition.objects.order_by("-serial")
    count = rows.count()
    after, size = paging.decode(cursor, 1), paging.limit(limit)
    if after is not None:
        if not isinstance(after[0], int):
            raise Invalid(reason="cursor")
        rows = rows.filter(serial__lt=after[0])
    page = list(rows[: size + 1])
    more, page = len(page) > size, page[:size]
    names = names_of(row.made_by for row in page)
    items = [
        EditionItem(row.serial, row.made_at, display_name(row.made_by, names), row.what, row.note, row.changes)
        for row in page
    ]
    return paging.Page(items, paging.encode([page[-1].serial]) if more else None, paging.Count(count))


def _days(number: int) -> list[date]:
    first = date(number, 1, 1)
    return [first + timedelta(days=nth) for nth in range((date(number + 1, 1, 1) - first).days)]


def _is_marked(calendar: WorkCalendar, day: date) -> bool:
    return calendar.kind(day) in (DayKind.HOLIDAY, DayKind.WORKDAY)


def _day(found: Tables, calendar: WorkCalendar, day: date) -> DayItem:
    row = found.days.get(day)
    if row is None:
        return DayItem(day, calendar.kind(day), calendar.name_of(day), LAW, INFERRED, False)
    return DayItem(day, row.kind, row.name, Text(row.source, row.source), row.certainty, True)


def _month(calendar: WorkCalendar, number: int, month: int) -> MonthItem:
    worked = [day for day in _days(number) if day.month == month and calendar.works(day)]
    seconds = sum(span.end - span.start for day in worked for span in calendar.hours_on(day).on(day))
    return MonthItem(month, len(worked), seconds // 60)


def _hours(found: Tables) -> list[HoursItem]:
    items: list[HoursItem] = []
    until: date | None = None
    today = clock.today()
    for since, row in sorted(found.hours.items(), reverse=True):
        items.append(HoursItem(since, until, since <= today and (until is None or today <= until), row))
        until = since - timedelta(days=1)
    return items
