"""Changing the calendar: a day, a year's arrangement, working hours. Each change is an edition that says what it changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.models import Max, QuerySet

from linli.kernel import clock
from linli.kernel.actors import Actor, system
from linli.kernel.ids import uuid7
from linli.kernel.worktime import DEFAULT_HOURS, HOLIDAY, WORKDAY, DayKind
from linli.kernel.worktime.hours import said
from linli.kernel.worktime.watching import Changed, tell

from .. import changes
from ..models import CalendarDay, CalendarEdition, CalendarYear, WorkingHoursRule
from ..permissions import CALENDAR_EDIT
from . import rules, shipped
from .problems import BadCalendar, CalendarChanged
from .queries import tables
from .rules import Day, Entry, Hours, Tables, Trouble

#: One change of the calendar after the other (any number will do; it is ours in this database).
LOCK = 370302_07


def check_edit(actor: Actor, edition: int | None) -> int:
    """The edition now. Raises Forbidden, and CalendarChanged where it is not the one that was looked at."""
    actor.require(CALENDAR_EDIT, settings.LINLI_DISTRICT)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    now = _last("default")
    if edition is not None and edition != now:
        raise CalendarChanged(edition=now)
    return now


def mark_day(
    actor: Actor, day: date, kind: DayKind, name: str = "", note: str = "", edition: int | None = None
) -> CalendarEdition | None:
    """Mark a day as off or worked, as the district's own decision, or (PLAIN) take its mark away.

    None where it is so already. Raises Forbidden, BadCalendar, CalendarChanged.
    """
    check_edit(actor, edition)
    before = tables()
    if trouble := rules.day_trouble(before, day, kind, name):
        raise BadCalendar([trouble])
    row = Day(kind, name.strip(), note.strip(), rules.LOCAL) if kind in (HOLIDAY, WORKDAY) else None
    return _do(actor, before, rules.with_day(before, day, row), "day", note)


def arrange_year(
    actor: Actor, year: int, entries: Sequence[Entry], source: str, certainty: str, edition: int | None = None
) -> CalendarEdition | None:
    """Write down how a year's holidays are arranged, in place of what was known; what the district marked itself stays.

    None where all of it is known already. Raises Forbidden, BadCalendar, CalendarChanged.
    """
    check_edit(actor, edition)
    troubles = rules.year_troubles(year, entries)
    if not source.strip():
        troubles.append(Trouble("source", "source"))
    if troubles:
        raise BadCalendar(troubles)
    before = tables()
    return _do(actor, before, rules.with_year(before, year, entries, source.strip(), certainty), "year", source)


def set_hours(
    actor: Actor, since: date, row: Hours, note: str = "", edition: int | None = None
) -> CalendarEdition | None:
    """Have hours hold from a day on, until the next ones. Raises Forbidden, BadCalendar, CalendarChanged."""
    check_edit(actor, edition)
    trouble = rules.hours_trouble(row) if rules.known(since) else Trouble("since", "outside")
    if trouble:
        raise BadCalendar([trouble])
    before = tables()
    return _do(actor, before, rules.with_hours(before, since, rules.tidy(row)), "hours", note)


def drop_hours(actor: Actor, since: date, note: str = "", edition: int | None = None) -> CalendarEdition | None:
    """Take away the hours that begin on a day; those before them go on. Raises Forbidden, BadCalendar, CalendarChanged."""
    check_edit(actor, edition)
    before = tables()
    if set(before.hours) <= {since}:
        raise BadCalendar([Trouble("since", "last")])
    return _do(actor, before, rules.with_hours(before, since, None), "hours", note)


def ship(using: str) -> None:
    """Write down the years and hours the program ships which the database does not know. Runs with every `linli migrate`.

    A year that is there stays as the district has it, and so does every day the district has marked.
    """
    before = tables(using)
    after = before
    for year in shipped.years():
        if year.year not in before.years:
            entries = [Entry(day, mark.kind, mark.name) for day, mark in year.marks.items() if day not in before.days]
            after = rules.with_year(after, year.year, entries, year.source, year.certainty)
    if not after.hours:
        after = rules.with_hours(after, DEFAULT_HOURS.since, Hours(said(DEFAULT_HOURS.spans)))
    if after != before:
        _store(before, after, using)
        _edition(system("shipped", settings.LINLI_DISTRICT), before, after, "shipped", "", using)


def _do(actor: Actor, before: Tables, after: Tables, what: str, note: str) -> CalendarEdition | None:
    if before == after:
        return None
    _store(before, after, "default")
    made = _edition(actor, before, after, what, note.strip(), "default")
    keys = sorted({change["key"] for change in made.changes})
    detail = {"kind": what, "count": len(made.changes), "serial": made.serial, "since": keys[0], "until": keys[-1]}
    changes.record(actor, "access.calendar.edit", "calendar", made.id, settings.LINLI_DISTRICT, detail)
    tell(actor, Changed(made.serial, before.calendar(), after.calendar()))
    return made


def _store(before: Tables, after: Tables, using: str) -> None:
    """Bring the tables from one state to the other: two statements a table at most."""
    _replace(CalendarYear.objects.using(using), "year", before.years, after.years)
    _replace(CalendarDay.objects.using(using), "day", before.days, after.days)
    _replace(WorkingHoursRule.objects.using(using), "since", before.hours, after.hours)


def _replace(rows: QuerySet[Any], key: str, was: Mapping[Any, Any], becomes: Mapping[Any, Any]) -> None:
    if gone := [each for each in was if was[each] != becomes.get(each)]:
        rows.filter(**{f"{key}__in": gone}).delete()
    if new := {each: row for each, row in becomes.items() if was.get(each) != row}:
        rows.bulk_create(rows.model(id=uuid7(), **{key: each}, **rules.columns(row)) for each, row in new.items())


def _edition(actor: Actor, before: Tables, after: Tables, what: str, note: str, using: str) -> CalendarEdition:
    changed = rules.changes(before, after)
    if what == "shipped":  # the days stand in the program's own file
        changed = [change for change in changed if change.what != "day"]
    return CalendarEdition.objects.using(using).create(
        id=uuid7(), serial=_last(using) + 1, made_at=clock.now(), made_by=actor.id, what=what, note=note,
        changes=[asdict(change) for change in changed],
    )  # fmt: skip


def _last(using: str) -> int:
    return CalendarEdition.objects.using(using).aggregate(last=Max("serial"))["last"] or 0
