"""Assessment of every community of the demo by every indicator: computing, judging, keeping. Also the ladder's first page.

Bar: 500 communities x 90 indicators in 20 s on the full demo. Villages (村委会) are assessed too, so that there are some 470.
Run on a home that holds a demo: python bench/tiers.py --home FOLDER [--times 3]; without --home on empty places, with
declared values alone.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import _setting

BAR = 20.0


def timed(title: str, times: int, call: Callable[[], Any], note: Callable[[Any], str]) -> float:
    """One line of the table; returns the median."""
    spent, found = [], None
    for _ in range(times):
        started = time.perf_counter()
        found = call()
        spent.append(time.perf_counter() - started)
    print(f"| {title} | {statistics.median(spent):.2f} | {max(spent):.2f} | {note(found)} |", flush=True)
    return statistics.median(spent)


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home")
    options.add_argument("--times", type=int, default=3)
    chosen = options.parse_args()
    print(_setting.machine())
    with _setting.fresh_home(chosen.home):
        import django

        django.setup()
        from linli.kernel import clock
        from linli.kernel.scope import acting
        from linli.project.demo.tiers import make_tiers
        from linli.tiers.assessing import actions, computing, queries
        from linli.tiers.models import IndicatorSystem
        from linli.tiers.systems.queries import holding

        keeper = actions.assessor()
        with acting(keeper):
            system = holding(clock.today())  # not the last: one to come, or withdrawn, assesses nothing
            assert system is not None
            before, system.kinds = list(system.kinds), ["居委会", "社区", "村委会"]
            system.save(update_fields=["kinds"])
        try:
            declared = make_tiers(42)
            print(f"{declared:,} values declared\n\n| what | median s | most s | of |\n|---|---:|---:|---|")

            def compute() -> Any:
                with acting(keeper) as actor:
                    return computing.compute(actor, clock.today())

            def ladder() -> Any:
                with acting(keeper) as actor:
                    return queries.ladder(actor, queries.LadderFilter(), None, 50)

            timed(
                "computing the measures behind metrics", chosen.times, compute,
                lambda f: f"{len(f.values)} communities, {len({m for v in f.values.values() for m in v})} metrics, "
                f"{len(f.failures)} failed",
            )  # fmt: skip
            took = timed(
                "an assessment: computed, judged, kept", chosen.times, lambda: actions.assess(keeper),
                lambda a: f"{a.communities} communities x 90 indicators",
            )  # fmt: skip
            timed("a page of the ladder", chosen.times, ladder, lambda f: f"{len(f.page.items)} of its communities")
            print(f"\nbar {BAR:.0f} s: {'held' if took <= BAR else 'not held'}")
        finally:
            with acting(keeper):
                IndicatorSystem.objects.filter(id=system.id).update(kinds=before)


if __name__ == "__main__":
    main()
