"""Worked examples: limits over nights, weekends, holidays, days worked instead and years, against a simulation.

The first are worked by hand too; the others are drawn once and for all by a seeded generator around the hard places.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import clock_simulation
import numpy as np
import pytest

from linli.access.calendar import shipped
from linli.cases.clocks.many import due_many
from linli.cases.clocks.rules import Clock, DayCount, Kind, Pause, due
from linli.kernel.worktime import DEFAULT_HOURS, Season, WorkCalendar, WorkingHours, moment_of, seconds_of
from linli.kernel.worktime.hours import spans_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHIPPED = shipped.work_calendar()
SEASON = Season((6, 1), (9, 30), spans_of("08:00-12:00,15:00-18:30"))
SUMMER = WorkCalendar(SHIPPED.marks, SHIPPED.settled, (WorkingHours(DEFAULT_HOURS.since, DEFAULT_HOURS.spans, SEASON),))
U, H, D, N = Kind.URGENT_HOUR, Kind.WORK_HOUR, Kind.WORK_DAY, Kind.NATURAL_DAY
HOURS, CLOSES = DayCount.HOURS, DayCount.CLOSES

#: kind, how days are counted, start, limit, pauses, due.
BY_HAND = [
    (U, HOURS, "2026-11-26 23:30", 2, [], "2026-11-27 01:30"),
    (U, HOURS, "2026-10-01 12:00", 2, [], "2026-10-01 14:00"),
    (U, HOURS, "2026-12-31 23:00", 2, [], "2027-01-01 01:00"),
    (U, HOURS, "2026-11-26 09:00", 2, [("2026-11-26 10:00", "2026-11-26 10:30")], "2026-11-26 11:30"),
    (H, HOURS, "2026-11-26 10:00", 4, [], "2026-11-26 16:00"),
    (H, HOURS, "2026-11-26 10:00", 2, [], "2026-11-26 12:00"),
    (H, HOURS, "2026-11-26 12:30", 4, [], "2026-11-26 18:00"),
    (H, HOURS, "2026-11-27 17:00", 4, [], "2026-11-30 11:00"),
    (H, HOURS, "2026-09-30 17:00", 2, [], "2026-10-08 09:00"),
    (H, HOURS, "2026-02-13 16:00", 4, [], "2026-02-14 10:00"),
    (H, HOURS, "2026-11-26 10:00", 5, [("2026-11-26 11:00", "2026-11-26 15:00")], "2026-11-27 09:00"),
    (H, HOURS, "2026-11-26 10:00", 4, [("2026-11-26 18:00", "2026-11-27 08:00")], "2026-11-26 16:00"),
    (D, HOURS, "2026-11-26 10:00", 1, [], "2026-11-27 10:00"),
    (D, HOURS, "2026-11-27 10:00", 1, [], "2026-11-30 10:00"),
    (D, HOURS, "2026-09-18 10:00", 2, [], "2026-09-21 10:00"),  # Sunday the 20th is worked
    (D, HOURS, "2026-12-31 10:00", 1, [], "2027-01-04 10:00"),  # 2027 is not arranged: New Year, then a weekend
    (D, HOURS, "2027-02-04 10:00", 1, [], "2027-02-09 10:00"),  # Friday to Monday are 春节 by law
    (D, HOURS, "2026-11-26 08:00", 1, [], "2026-11-26 18:00"),
    (D, CLOSES, "2026-11-26 08:00", 1, [], "2026-11-27 18:00"),
    (D, CLOSES, "2026-11-26 23:00", 1, [], "2026-11-27 18:00"),
    (D, CLOSES, "2026-11-27 10:00", 1, [], "2026-11-30 18:00"),
    (D, CLOSES, "2026-09-30 10:00", 3, [], "2026-10-10 18:00"),  # 8th, 9th, and Saturday the 10th, which is worked
    (D, CLOSES, "2026-11-26 10:00", 2, [("2026-11-27 17:00", "2026-11-28 09:00")], "2026-12-01 18:00"),
    (D, CLOSES, "2026-11-26 10:00", 2, [("2026-11-27 09:00", "2026-11-27 10:00")], "2026-11-30 18:00"),
    (D, CLOSES, "2026-11-26 10:00", 1, [("2026-11-26 11:00", "2026-11-26 20:00")], "2026-11-27 18:00"),
    (N, HOURS, "2026-02-16 10:00", 7, [], "2026-02-23 10:00"),
    (N, HOURS, "2026-12-30 10:00", 3, [("2026-12-31 00:00", "2027-01-10 00:00")], "2027-01-12 10:00"),
]  # fmt: skip

#: Around each of these a case comes in: a plain week, long holidays with days worked instead, year ends, 2027 by law.
HARD = [
    "2026-11-23", "2026-09-17", "2026-09-24", "2026-09-29", "2026-02-11", "2026-02-26", "2026-04-02", "2026-04-29", "2026-06-17",
    "2025-01-24", "2025-09-27", "2025-12-29", "2024-02-07", "2024-09-13", "2023-12-29", "2022-12-30", "2026-12-28",
    "2027-02-03", "2027-04-30", "2027-06-07", "2027-09-13", "2027-09-29",
]  # fmt: skip


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def seconds(at: datetime) -> int:
    return seconds_of(at.replace(tzinfo=SHANGHAI))


def local(at: int) -> datetime:
    return moment_of(at).astimezone(SHANGHAI).replace(tzinfo=None)


def drawn() -> list[tuple[Clock, bool]]:
    """Each kind around each hard place, with up to three pauses: twice 22 for each of five kinds."""
    chance, found = random.Random(20261126), []
    for place in HARD * 2:
        for kind, count in ((U, HOURS), (H, HOURS), (D, HOURS), (D, CLOSES), (N, HOURS)):
            start = moment(place) + timedelta(minutes=chance.randrange(3 * 24 * 60))
            limit = chance.choice({U: (1, 2, 5), H: (1, 2, 4, 9), D: (1, 2, 3, 5, 15), N: (1, 2, 7)}[kind])
            pauses, at = [], start + timedelta(minutes=chance.randrange(-120, 600))
            for _ in range(chance.choice((0, 0, 1, 1, 2, 3))):
                until = at + timedelta(minutes=chance.choice((1, 30, 480, 1440, 4320)) * chance.randrange(1, 4))
                pauses.append(Pause(seconds(at), seconds(until)))
                at = until + timedelta(minutes=chance.randrange(-60, 900))
            found.append((Clock(kind, seconds(start), limit, tuple(pauses), day_count=count), chance.random() < 0.3))
    return found


EXAMPLES = drawn()


def simulated(clock: Clock, summer: bool) -> datetime:
    pauses = [(local(pause.start), local(pause.until)) for pause in clock.pauses if pause.until is not None]
    return clock_simulation.due(
        clock.kind.value, local(clock.start), clock.limit, pauses, clock.by_closes, summer
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "count", "start", "limit", "pauses", "then"), BY_HAND)
def test_a_limit_worked_by_hand(
    kind: Kind, count: DayCount, start: str, limit: int, pauses: list[tuple[str, str]], then: str
) -> None:
    stretches = tuple(Pause(seconds(moment(a)), seconds(moment(b))) for a, b in pauses)
    clock = Clock(kind, seconds(moment(start)), limit, stretches, day_count=count)
    found = due(clock, SHIPPED)
    assert found is not None and local(found) == moment(then) == simulated(clock, summer=False)


@pytest.mark.parametrize(("clock", "summer"), EXAMPLES)
def test_a_limit_is_due_when_living_through_it_uses_it_up(clock: Clock, summer: bool) -> None:
    found = due(clock, SUMMER if summer else SHIPPED)
    assert found is not None and local(found) == simulated(clock, summer)


def test_there_are_enough_examples_and_they_reach_the_hard_places() -> None:
    assert len(BY_HAND) + len(EXAMPLES) >= 200
    dues = [(clock, local(due(clock, SHIPPED) or 0)) for clock, _ in EXAMPLES]
    assert sum(local(clock.start).year < then.year for clock, then in dues) >= 5, "over a year's end"
    assert sum(then.year == 2027 for _, then in dues) >= 40, "in a year that is not arranged"
    assert sum(bool(clock.pauses) for clock, _ in dues) >= 80


def test_columns_of_clocks_are_due_when_each_alone_is() -> None:
    for calendar in (SHIPPED, SUMMER):
        clocks = [clock for clock, _ in EXAMPLES]
        assert np.array_equal(due_many(clocks, calendar), [due(clock, calendar) for clock in clocks])
