"""Quality of data over a district: the page as it stands at once and as it is counted, the sources, a measure of the map, the list
behind a figure, and the night's picture of every area and source.

Bar: all indicators of a district counted in 3 s. Needs a home filled by `bench/intake.py --home FOLDER`, or makes one.
Run: python bench/quality.py [--home FOLDER] [--rows 540000] [--times 5]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import _setting
from search import _filled


def operator() -> Any:
    """Who may everything in the district."""
    from linli.kernel.actors import operator

    return operator("bench", _setting.DISTRICT)


def timed(title: str, times: int, call: Callable[[], Any]) -> None:
    """One line of the table."""
    from linli.kernel.scope import acting

    spent = []
    for _ in range(times):
        started = time.perf_counter()
        with acting(operator()):
            call()
        spent.append(time.perf_counter() - started)
    print(f"| {title} | {times} | {statistics.median(spent):.3f} | {max(spent):.3f} |", flush=True)


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=540_000)
    options.add_argument("--home", help="a home to fill, or filled before")
    options.add_argument("--times", type=int, default=5)
    chosen = options.parse_args()
    print(_setting.machine())
    with _setting.fresh_home(chosen.home):
        import django

        django.setup()
        if not chosen.home or not _filled():
            from intake import take_in

            from linli.project.demo.bench_file import write_bench_xlsx

            with tempfile.TemporaryDirectory() as folder:
                write_bench_xlsx(Path(folder) / "people.xlsx", chosen.rows, seed=1)
                take_in(Path(folder) / "people.xlsx")
        measure(chosen.times)


def measure(times: int) -> None:
    """Everything somebody over the district, a town's clerk and the night ask."""
    from django.db import connection

    from linli.kernel import measures
    from linli.kernel.scope import acting
    from linli.registry.quality.actions import keep_today
    from linli.registry.quality.indicators import BY_CODE
    from linli.registry.quality.queries import area_quality, by_area, last_kept, source_quality
    from linli.registry.queries.people import PersonFilter, people_page

    with acting(operator()), connection.cursor() as cursor:
        cursor.execute("SELECT left(code, 9), left(code, 12) FROM places_grid ORDER BY code LIMIT 1")
        town, village = cursor.fetchone() or ("", "")
    actor = operator()
    print("| what | times | median s | slowest s |\n|---|---:|---:|---:|")
    for title, area in (("district", _setting.DISTRICT), ("town", town), ("village", village)):
        timed(f"indicators of a {title}", times, lambda area=area: area_quality(actor, area))  # type: ignore[misc]
    for title, area in (("district", _setting.DISTRICT), ("town", town)):
        timed(f"by source, {title}", min(times, 2), lambda area=area: source_quality(actor, area))  # type: ignore[misc]
    timed("a measure of the map by town", times, lambda: by_area(actor, BY_CODE["nation"], 9))
    timed("a measure of statements by town", times, lambda: by_area(actor, BY_CODE["recent"], 9))
    for measure in (m for m in measures.catalogue() if m.ladder):
        timed(f"`{measure.code}` of all villages", times, lambda measure=measure: measure.by_area(actor, 12, None))  # type: ignore[misc]
    for code in ("nation", "alone", "sources_agree", "recent"):
        wanted = PersonFilter(area=town, quality=code)  # type: ignore[arg-type]
        timed(f"list of a town, `{code}`", times, lambda wanted=wanted: people_page(actor, wanted))  # type: ignore[misc]
    started = time.perf_counter()
    kept = keep_today(_setting.DISTRICT)
    print(f"| the night: {kept:,} areas and sources kept | 1 | {time.perf_counter() - started:.1f} | |")
    timed("what the night kept, district", times, lambda: last_kept(actor, _setting.DISTRICT))


if __name__ == "__main__":
    main()
