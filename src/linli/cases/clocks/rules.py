"""When a limit runs out, how much of it is used, and what light it shows. Pure; moments are seconds since 1970.

There is no national table of limits: cities fix them per category and filing condition (GB/T 30428.8 describes such
tables), in the four units of `Kind` (in use, secondary). That a limit's unit decides which time counts, and nothing else
does, is how all four become one rule: a clock counts along a measure that never falls (continuous seconds, working
seconds, or ends of worked days), pauses take their stretch of the measure out, and the limit is due at the first moment
by which the measure has risen by the limit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from linli.kernel.worktime import WorkCalendar
from linli.kernel.worktime.timeline import midnight_after

HOUR: Final = 3600
#: A working day is eight hours where days are counted in hours (劳动法, art. 36; the sample of limits counts so too).
HOURS_A_DAY: Final = 8
#: Green up to four fifths of the limit, amber to its end, red after.
GREEN_UP_TO: Final = (4, 5)


class Kind(StrEnum):
    """The unit of a limit."""

    URGENT_HOUR = "urgent_hour"
    """紧急工作时: continuous hours, nights and holidays included."""
    WORK_HOUR = "work_hour"
    """工作时: hours within working hours."""
    WORK_DAY = "work_day"
    """工作日: worked days, counted as `DayCount` says."""
    NATURAL_DAY = "natural_day"
    """自然日, 紧急工作日: continuous days of 24 hours from the minute."""


_UNITS: Final = {
    Kind.URGENT_HOUR: HOUR, Kind.WORK_HOUR: HOUR, Kind.WORK_DAY: HOURS_A_DAY * HOUR, Kind.NATURAL_DAY: 24 * HOUR,
}  # fmt: skip


class DayCount(StrEnum):
    """How N working days are counted: a local choice, kept with each clock so that old ones keep theirs."""

    HOURS = "hours"
    """N x 8 working hours from the minute it starts."""
    CLOSES = "closes"
    """To the end of the Nth worked day; the day it starts is not counted (民法典, arts. 201, 203: official)."""


class Light(StrEnum):
    """On time, due soon, overdue."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True, order=True)
class Pause:
    """A stretch in which the clock stands: until somebody answers (`until` None: it has not ended), or to a date (挂账)."""

    start: int
    until: int | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.start:
            raise ValueError("a pause ends after it begins")


@dataclass(frozen=True, slots=True)
class Clock:
    """A limit that began to run at `start`.

    `limit` and each of `extensions` are in the unit of `kind`. `stopped` is when what was asked for was done: the clock is
    read as of then. `pauses` come in any order and may overlap.
    """

    kind: Kind
    start: int
    limit: int
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[int, ...] = ()
    stopped: int | None = None
    day_count: DayCount = DayCount.HOURS

    def __post_init__(self) -> None:
        if self.limit < 1 or any(extra < 1 for extra in self.extensions):
            raise ValueError("a limit and what it is extended by are at least 1")
        if self.stopped is not None and self.stopped < self.start:
            raise ValueError("a clock stops after it starts")

    @property
    def whole(self) -> int:
        """The limit with its extensions."""
        return self.limit + sum(self.extensions)

    @property
    def by_closes(self) -> bool:
        """Whether ends of worked days are counted."""
        return self.kind is Kind.WORK_DAY and self.day_count is DayCount.CLOSES

    @property
    def by_calendar(self) -> bool:
        """Whether the work calendar matters to the clock at all."""
        return self.kind in (Kind.WORK_HOUR, Kind.WORK_DAY)


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock as it stands at a moment.

    `due` is None while the clock stands without an end in sight; `expected` is then when it would be due if it went on at
    that moment, else the same. `used` and `allowed` are seconds of the time the clock counts (working seconds where it
    works); `remaining` is what is left, never below 0; `over` is how long it is overdue.
    """

    due: int | None
    expected: int
    used: int
    allowed: int
    remaining: int
    over: int
    overdue: bool
    paused: bool
    light: Light
    provisional: bool

    @property
    def share(self) -> float:
        """The used share of the limit: 1 when it is due, more after."""
        return self.used / self.allowed


@dataclass(frozen=True, slots=True)
class Measure:
    """What a clock counts along: `rise(at)` never falls, `reached(rise)` is the first moment by which it is so high."""

    base: int
    goal: int
    rise: Callable[[int], int]
    reached: Callable[[int], int]


def _same(at: int) -> int:
    return at


def measure(clock: Clock, calendar: WorkCalendar) -> Measure:
    """What the clock counts along, from where (`base`), and how high it has to rise without pauses (`goal`)."""
    if clock.by_closes:
        base = midnight_after(clock.start)
        return Measure(base, calendar.closes(base) + clock.whole, calendar.closes, calendar.close)
    if clock.by_calendar:
        goal = calendar.total(clock.start) + clock.whole * unit(clock)
        return Measure(clock.start, goal, calendar.total, calendar.reached)
    return Measure(clock.start, clock.start + clock.whole * unit(clock), _same, _same)


def unit(clock: Clock) -> int:
    """What one of the clock's units is: in seconds of the time it counts, or one end of a day."""
    return 1 if clock.by_closes else _UNITS[clock.kind]


def due(clock: Clock, calendar: WorkCalendar) -> int | None:
    """When the limit runs out; None while the clock stands without an end in sight. Raises OutsideCalendar."""
    along = measure(clock, calendar)
    goal = along.goal
    found = along.reached(goal)
    for pause in merged(clock.pauses):
        if pause.start >= found:
            break
        if pause.until is None:
            return None
        goal += along.rise(max(pause.until, along.base)) - along.rise(max(pause.start, along.base))
        found = along.reached(goal)
    return found


def read(clock: Clock, calendar: WorkCalendar, at: int) -> Reading:
    """The clock as it stands at a moment; a stopped one as it stood then. Raises OutsideCalendar."""
    now = max(clock.start, at if clock.stopped is None else min(at, clock.stopped))
    when = due(clock, calendar)
    expected = when if when is not None else _due_if_resumed(clock, calendar, now)
    used, allowed = counted(clock, calendar, now), counted(clock, calendar, expected, resumed=now)
    overdue = when is not None and now > when
    green, parts = GREEN_UP_TO
    light = Light.RED if overdue else Light.GREEN if used * parts <= allowed * green else Light.AMBER
    return Reading(
        due=when, expected=expected, used=used, allowed=allowed, remaining=max(0, allowed - used),
        over=now - when if overdue and when is not None else 0, overdue=overdue,
        paused=clock.stopped is None and stands(clock, now), light=light,
        provisional=clock.by_calendar and calendar.provisional(clock.start, expected),
    )  # fmt: skip


def counted(clock: Clock, calendar: WorkCalendar, at: int, resumed: int | None = None) -> int:
    """Seconds the clock has run by a moment, without its pauses, in the time it counts. Raises OutsideCalendar.

    `resumed` is when a pause without an end is taken to end.
    """
    rise = calendar.total if clock.by_calendar else _same
    at = max(at, clock.start)
    ran = rise(at) - rise(clock.start)
    for pause in merged(clock.pauses):
        until = pause.until
        if until is None:
            until = at if resumed is None else max(pause.start, resumed)
        first, last = max(pause.start, clock.start), min(until, at)
        if first < last:
            ran -= rise(last) - rise(first)
    return ran


def stands(clock: Clock, at: int) -> bool:
    """Whether the clock is in a pause."""
    return any(pause.start <= at and (pause.until is None or at < pause.until) for pause in clock.pauses)


def merged(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """The same stretches in order, none touching the next, without those of no length."""
    if not pauses:
        return ()
    found: list[Pause] = []
    for pause in sorted(pauses, key=lambda each: each.start):
        if pause.until == pause.start:
            continue
        last = found[-1] if found else None
        if last is None or (last.until is not None and last.until < pause.start):
            found.append(pause)
        elif last.until is not None and (pause.until is None or pause.until > last.until):
            found[-1] = Pause(last.start, pause.until)
    return tuple(found)


def _due_if_resumed(clock: Clock, calendar: WorkCalendar, now: int) -> int:
    closed = tuple(
        Pause(pause.start, max(pause.start, now)) if pause.until is None else pause for pause in clock.pauses
    )
    found = due(replace(clock, pauses=closed), calendar)
    assert found is not None, "no pause is left open"
    return found
