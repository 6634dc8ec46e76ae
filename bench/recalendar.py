"""Clocks of open cases brought to a changed work calendar: a day becomes a holiday, and every one of them is due a day later.

All cases of the filled district are made open ones with a clock of working days that runs over that day, the worst there is. Each is
reckoned, written, noted in its flow and kept in the history, 5,000 in a transaction, as the job does it. Run:
python bench/recalendar.py [--home FOLDER] [--cases 100000]
"""

from __future__ import annotations

import argparse
import time
from datetime import date, datetime, timedelta
from datetime import time as moment

import _setting
from _cases import analysed, filled, keeper

OPEN = """
UPDATE cases_case SET state = 'handling', clock = 'work_day', limit_value = 5, extended_by = 0, handed_back_at = NULL, paused_at = NULL,
    clock_from = %(at)s, amber_at = %(at)s, due_at = %(at)s
"""


def next_wednesday(day: date) -> date:
    """The next Wednesday after tomorrow."""
    return next(day + timedelta(days=ahead) for ahead in range(2, 9) if (day + timedelta(days=ahead)).weekday() == 2)


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home")
    options.add_argument("--cases", type=int, default=100_000)
    chosen = options.parse_args()
    print(_setting.machine())
    with _setting.fresh_home(chosen.home):
        count, _ = filled(chosen.cases)
        from django.db import connection

        from linli.access.calendar.actions import mark_day
        from linli.cases.engine import standing
        from linli.kernel import clock
        from linli.kernel.scope import acting
        from linli.kernel.worktime import HOLIDAY
        from linli.project.demo.base import demo_actor

        wednesday = next_wednesday(clock.today())
        with acting(keeper()), connection.cursor() as cursor:
            at = datetime.combine(wednesday - timedelta(days=2), moment(9), clock.LOCAL)
            cursor.execute("DELETE FROM cases_pause")
            cursor.execute(OPEN, {"at": at})
        analysed("cases_case", "cases_flow", "cases_pause")
        print(
            f"\n{count:,} open cases\n\n| what | moved | seconds | a transaction of {standing.AT_ONCE:,} |\n|---|---:|---:|---:|"
        )

        def reckoned(what: str) -> None:
            began = time.perf_counter()
            moved = standing.reckon_again()
            took = time.perf_counter() - began
            print(
                f"| {what} | {moved:,} | {took:.1f} | {took / max(1, -(-count // standing.AT_ONCE)):.2f} |", flush=True
            )

        reckoned("all by the calendar as it was")
        reckoned("none: nothing changed")
        with acting(demo_actor()) as actor:
            mark_day(actor, wednesday, HOLIDAY, "临时放假")
        reckoned("all: a day became a holiday")


if __name__ == "__main__":
    main()
