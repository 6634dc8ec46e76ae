"""Evaluation of a month over a million cases: every ratio and index of all units and areas, its course, the cases behind a figure.

Bar: a month of all units and areas in 3 s. The cases lie in twelve months; with --one-month every fact is moved into one, the
worst there is. Told apart: entering the cases (set-up), drawing their facts (by night), and asking. Needs some 3 GB of disk.
Run: python bench/kpi.py [--home FOLDER] [--cases 1000000] [--times 5] [--one-month]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import _setting
from _cases import analysed, filled, keeper

BAR = 3.0
ONE_MONTH = """
UPDATE cases_evaluation_fact SET reported_month = CASE WHEN reported_month IS NOT NULL THEN %(m)s END,
    filed_month = CASE WHEN filed_month IS NOT NULL THEN %(m)s END,
    due_month = CASE WHEN due_month IS NOT NULL THEN %(m)s END, closed_month = CASE WHEN closed_month IS NOT NULL THEN %(m)s END
"""


def timed(title: str, times: int, call: Callable[[], Any], note: Callable[[Any], str]) -> float:
    """One line of the table; returns the median."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from linli.kernel.scope import acting

    spent, found, queries = [], None, 0
    for _ in range(times):
        with acting(keeper()), CaptureQueriesContext(connection) as seen:
            started = time.perf_counter()
            found = call()
            spent.append(time.perf_counter() - started)
            queries = len(seen)
    print(f"| {title} | {statistics.median(spent):.2f} | {max(spent):.2f} | {queries} | {note(found)} |", flush=True)
    return statistics.median(spent)


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home")
    options.add_argument("--cases", type=int, default=1_000_000)
    options.add_argument("--times", type=int, default=5)
    options.add_argument("--one-month", action="store_true")
    chosen = options.parse_args()
    print(_setting.machine())
    with _setting.fresh_home(chosen.home):
        count, entering = filled(chosen.cases)
        from linli.cases.evaluation import facts, queries
        from linli.cases.evaluation.behind import last_month
        from linli.cases.evaluation.ratios import BY_CODE
        from linli.kernel.scope import acting

        began = time.perf_counter()
        with acting(keeper()) as actor:
            drawn = facts.draw_all(actor)
        drawing, month = time.perf_counter() - began, last_month()
        if chosen.one_month:
            from django.db import connection

            with acting(keeper()), connection.cursor() as cursor:
                cursor.execute(ONE_MONTH, {"m": month})
        analysed("cases_case", "cases_flow", "cases_evaluation_fact")
        print(f"{count:,} cases entered in {entering:.0f} s, facts of {drawn:,} drawn in {drawing:.0f} s\n")
        print("| what | median s | most s | queries | of |\n|---|---:|---:|---:|---|")
        took = timed(
            "a month: all units and areas",
            chosen.times,
            lambda: queries.month_figures(keeper(), month),
            lambda f: f"{f.all.counts['filed']:,} filed, {len(f.units)} units, {len(f.areas)} areas",
        )
        with acting(keeper()) as actor:
            busiest = max(queries.month_figures(actor, month).areas, key=lambda area: area.counts.get("filed", 0))
        town = busiest.key
        timed(
            "a month inside one town",
            chosen.times,
            lambda: queries.month_figures(keeper(), month, town),
            lambda f: f"{len(f.areas)} villages",
        )
        ratio = BY_CODE["handling_on_time"]
        timed(
            "a ratio over 13 months",
            chosen.times,
            lambda: queries.trend(keeper(), ratio, month),
            lambda p: f"{len(p)} months",
        )
        timed(
            "a measure of all grids",
            chosen.times,
            lambda: queries.shares_by_area(keeper(), ratio, month, 15, None),
            lambda f: f"{len(f)} grids",
        )
        from linli.cases.measures import OF_YEAR

        for each in OF_YEAR:
            timed(
                f"`{each.metric}` of all villages",
                chosen.times,
                lambda each=each: each.shares(keeper(), 12, None),  # type: ignore[misc]
                lambda f: f"{len(f)} villages",
            )
        from linli.cases.engine.queries import CaseFilter, cases_page

        behind = CaseFilter(figure=f"{month}:to_handle-handled_on_time")
        timed(
            "the first 50 cases behind it",
            chosen.times,
            lambda: cases_page(keeper(), behind),
            lambda p: f"{p.count.value:,} cases",
        )
        print(f"\nBar {BAR} s: {'held' if took <= BAR else 'not held'}")


if __name__ == "__main__":
    main()
