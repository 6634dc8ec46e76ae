"""When handling is due and from when it is nearly: a case's clock over the work calendar, as moments that lists compare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from linli.access.calendar.queries import work_calendar
from linli.kernel.worktime import WorkCalendar, moment_of, seconds_of

from ..clocks.rules import GREEN_UP_TO, Clock, Kind, Pause, counted, due, merged


def reckon(
    start: datetime, limit: int, kind: str, pauses: Sequence[tuple[datetime, datetime | None]], extended_by: int = 0
) -> tuple[datetime, datetime, bool]:
    """When four fifths of the time are used, when all of it is, and whether that rests on a year not known yet.

    Every pause has ended. Raises OutsideCalendar.
    """
    stretches = tuple(Pause(seconds_of(since), seconds_of(until) if until else None) for since, until in pauses)
    extensions = (extended_by,) if extended_by else ()
    clock, calendar = Clock(Kind(kind), seconds_of(start), limit, stretches, extensions), work_calendar().calendar
    when = due(clock, calendar)
    assert when is not None, "no pause is left open"
    provisional = clock.by_calendar and calendar.provisional(clock.start, when)
    return moment_of(amber_of(clock, calendar, when)), moment_of(when), provisional


def amber_of(clock: Clock, calendar: WorkCalendar, when: int) -> int:
    """The last moment at which the light is green: when four fifths of what the clock counts are used."""
    green, parts = GREEN_UP_TO
    by_calendar = clock.by_calendar
    rise = calendar.total if by_calendar else int
    reached = calendar.reached if by_calendar else int
    goal = rise(clock.start) + counted(clock, calendar, when) * green // parts
    found = reached(goal)
    for pause in merged(clock.pauses):
        if pause.start >= found or pause.until is None:
            break
        goal += rise(max(pause.until, clock.start)) - rise(max(pause.start, clock.start))
        found = reached(goal)
    return found
