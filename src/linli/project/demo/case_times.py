"""When the steps of the demo's cases are taken and when their clocks run out, as columns: a year of cases at once.

The arithmetic is that of the clocks (`cases.clocks.rules.due`), over columns; a test compares the two case by case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linli.cases.clocks.rules import GREEN_UP_TO, HOURS_A_DAY, Kind
from linli.kernel.worktime import WorkCalendar
from linli.kernel.worktime.many import Column, Columns

HOUR, DAY = 3600, 86_400
#: No moment: what has not happened.
NEVER = -1
SECONDS = {
    Kind.URGENT_HOUR: HOUR, Kind.WORK_HOUR: HOUR, Kind.WORK_DAY: HOURS_A_DAY * HOUR, Kind.NATURAL_DAY: DAY,
}  # fmt: skip
#: How long a step takes in the middle, in minutes of work.
MINUTES = {
    "ask_verify": 20, "confirm_report": 90, "deny_report": 110, "file": 25, "refile": 30, "refuse": 40, "cancel": 60,
    "dispatch": 30, "dispatch_first": 5, "file_afterwards": 25, "return_to_acceptor": 40, "take": 45,
    "return_to_dispatcher": 90, "ask_reporter": 60, "suspend": 60, "ask_check": 45, "rework": 40, "pass_check": 150,
    "fail_check": 150, "close": 50, "rate": 400, "reopen": 2400,
}  # fmt: skip
#: Where every hour counts, day and night, staff are quicker.
QUICK = {"file": 6, "dispatch": 6, "take": 8, "file_afterwards": 12}
#: Between filing and work nobody takes more than this part of the limit in the middle.
HASTE, HASTENED = 0.05, ("dispatch", "take", "file_afterwards", "refile")
SPREAD = 0.6


@dataclass(frozen=True, slots=True)
class Pauses:
    """Stretches in which clocks stand, one column of each: from, to (NEVER for a case without it)."""

    since: Column
    until: Column


def steps_at(
    rng: np.random.Generator,
    reported: Column,
    steps: Sequence[str],
    limit: Column,
    flat: NDArray[np.bool_],
    line: Columns,
) -> NDArray[np.int64]:
    """When each step of each case is taken: a row a case, a column a step. `limit` in seconds of its clock, `flat`: which
    clocks count every hour."""
    count = reported.size
    found = np.empty((count, len(steps)), dtype=np.int64)
    at, handed = reported.copy(), 0
    for nth, code in enumerate(steps):
        if code == "hand_back":
            share = (0.40 if handed == 0 else 0.22) * rng.lognormal(0.0, 0.58, count)
            gap, by_hours = (share * limit).astype(np.int64) + 300, flat
            handed += 1
        elif code == "resume":
            slow = steps[nth - 1] == "suspend"
            gap = (rng.gamma(3.0, 16.0 if slow else 3.0, count) * HOUR).astype(np.int64) + HOUR
            by_hours = np.zeros(count, dtype=bool)
        else:
            middle = np.where(flat, QUICK.get(code, MINUTES[code]), MINUTES[code]) * 60
            middle = np.minimum(middle, HASTE * limit) if code in HASTENED else middle
            gap = (middle * rng.lognormal(0.0, SPREAD, count)).astype(np.int64) + 60
            by_hours = flat & (code in QUICK or code == "dispatch_first")
        worked = line.reached(line.total(at) + gap)
        at = np.where(by_hours, at + gap, worked)
        found[:, nth] = at
    return found


def runs_out(start: Column, whole: Column, flat: NDArray[np.bool_], pauses: Sequence[Pauses], line: Columns) -> Column:
    """When a clock that began at `start` has run `whole` seconds of its time. Pauses in order, apart from each other."""

    def rise(at: Column) -> Column:
        return np.where(flat, at, line.total(at))

    def reached(goal: Column) -> Column:
        inside = np.where(flat, 0, goal)
        return np.where(flat, goal, line.reached(inside))

    goal = rise(start) + whole
    found = reached(goal)
    for pause in pauses:
        stands = (pause.since != NEVER) & (pause.until != NEVER) & (pause.since >= start) & (pause.since < found)
        first, last = (np.where(stands, each, start) for each in (pause.since, pause.until))
        goal = goal + np.where(stands, rise(last) - rise(first), 0)
        found = reached(goal)
    return found


def green_until(whole: Column) -> Column:
    """What of a clock's time is green."""
    green, parts = GREEN_UP_TO
    return whole * green // parts


def provisional(start: Column, due: Column, flat: NDArray[np.bool_], calendar: WorkCalendar) -> NDArray[np.bool_]:
    """Whether a clock rests on a year whose calendar is not known."""
    found = np.zeros(start.size, dtype=bool)
    years = np.stack([_year(start), _year(due)])
    for first, last in np.unique(years, axis=1).T:
        if any(int(year) not in calendar.settled for year in range(first, last + 1)):
            found |= (years[0] == first) & (years[1] == last)
    return found & ~flat


def _year(at: Column) -> Column:
    local = (at + 8 * HOUR).astype("datetime64[s]")
    return local.astype("datetime64[Y]").astype(np.int64) + 1970
