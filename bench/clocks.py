"""Due moments of clocks: one at a time, many at once, and which of 100,000 open ones move when a year is loaded.

No database is needed. Run: python bench/clocks.py [--clocks 100000]
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from linli.access.calendar import shipped
from linli.cases.clocks.many import changed, due_many
from linli.cases.clocks.rules import Clock, DayCount, Kind, Pause, due, read
from linli.kernel.worktime import HOLIDAY, Mark, WorkCalendar, seconds_of

SINCE = seconds_of(datetime(2026, 11, 1, tzinfo=UTC))
DAYS = 60 * 86_400


def made(count: int) -> list[Clock]:
    """Clocks of every kind over two months; one in four has been paused, one in ten twice."""
    chance, clocks = random.Random(5), []
    for _ in range(count):
        start = SINCE + chance.randrange(DAYS)
        pauses = [start + chance.randrange(3 * 86_400) for _ in range(chance.choice((0,) * 15 + (1,) * 3 + (2,) * 2))]
        stretches = tuple(Pause(at, at + chance.randrange(2 * 86_400)) for at in pauses)
        clocks.append(
            Clock(
                chance.choice(list(Kind)),
                start,
                chance.randrange(1, 16),
                stretches,
                day_count=chance.choice(list(DayCount)),
            )
        )
    return clocks


def timed(what: str, count: int, work: Callable[[], Any]) -> Any:
    """Say how long the best of three takes."""
    best, answer = float("inf"), None
    for _ in range(3):
        began = time.perf_counter()
        answer = work()
        best = min(best, time.perf_counter() - began)
    print(f"| {what} | {count:,} | {best:.3f} | {count / best:,.0f} |")
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clocks", type=int, default=100_000)
    count = parser.parse_args().clocks
    clocks, before = made(count), shipped.work_calendar()
    off = {date(2027, 1, day): Mark(HOLIDAY, "元旦") for day in range(1, 5)}
    after = WorkCalendar({**before.marks, **off}, before.settled | {2027})
    print("| what | number | seconds | a second |\n|---|---:|---:|---:|")
    timed("a calendar laid down", 1, lambda: WorkCalendar(before.marks, before.settled).timeline)
    timed("due moments, one at a time", count, lambda: [due(clock, before) for clock in clocks])
    timed(
        "readings (due, used, left, light), one at a time",
        count,
        lambda: [read(c, before, SINCE + DAYS) for c in clocks],
    )
    timed("due moments, all at once", count, lambda: due_many(clocks, before))
    moved = timed(
        "open clocks recomputed under another calendar", count, lambda: changed(enumerate(clocks), before, after)
    )
    print(f"\n{len(moved):,} of them move.")


if __name__ == "__main__":
    main()
