"""Plans of upgrades for made-up districts: seconds, the gap proved, columns, and the plan without a solver beside it.

500 communities in 13 towns, 40 measures (3 shared between neighbours, 2 that others need), 55 metrics in 3 tiers, 3 years, four
sources of which two are earmarked, staff by year, at least 2 communities raised in each town, two fifths of them old compounds,
awards. Bar: 60 s, gap 0.5 %.

Run: python bench/plan.py [--communities 500] [--measures 40] [--years 3] [--seeds 1,2,3]
"""

from __future__ import annotations

import argparse
import random
import time

from _setting import machine, own_megabytes

from linli.tiers.optimum.instance import (
    Awards,
    Bound,
    Community,
    Effect,
    Fairness,
    Instance,
    Measure,
    Source,
)
from linli.tiers.optimum.solving import simple_plan, solve

WAN = 1_000_000


def made(seed: int, communities: int, measures: int, years: int) -> Instance:
    """A district with gaps of every size and money for a part of them."""
    rng = random.Random(seed)
    metrics = [f"m{i}" for i in range(55)]
    bounds, best = [], {}
    for i, metric in enumerate(metrics):
        low = rng.choice([50, 60, 70, 80])
        best[metric] = low + 20
        for tier in (1, 2, 3):
            if not (tier == 1 and i % 3 == 0):
                bounds.append(Bound(f"I{i}", tier, metric, ">=", low + (tier - 1) * 10))
    catalogue = []
    for j in range(measures):
        own = [metrics[(j * 4 + k) % 55] for k in range(rng.choice([1, 1, 2, 2, 3]))] if j >= 2 else []
        effects = tuple(
            Effect(m, "set", best[m]) if rng.random() < 0.5 else Effect(m, "add", rng.choice([10, 15, 25])) for m in own
        )
        catalogue.append(
            Measure(
                f"u{j}",
                rng.randrange(20, 900) * 10_000,
                effects,
                rng.randrange(0, 60) * 10_000,
                rng.choice([6, 9, 12, 18]),
                rng.randrange(2, 20),
                needs=(f"u{rng.randrange(2)}",) if j >= 5 and rng.random() < 0.3 else (),
                shareable=2 <= j < 5,
                theme=f"t{j % 4}",
            )
        )
    touched = {e.metric for m in catalogue for e in m.effects}
    people = []
    for c in range(communities):
        strength = rng.random()
        values = {}
        for metric in metrics:
            value = best[metric] - 45 + 60 * strength + rng.gauss(0, 8)
            values[metric] = max(value, best[metric]) if metric not in touched and rng.random() < 0.98 else value
        people.append(
            Community(
                f"{370302000000 + c}",
                f"town{c % 13:02}",
                rng.randrange(300, 6000),
                0,
                rng.random() < 0.4,
                values,
                {f"u{j}": rng.randrange(1, 6) for j in range(measures)},
                group=f"g{c % 13}-{c // 52}",
            )
        )
    wan = communities * WAN
    return Instance(
        years,
        tuple(people),
        tuple(catalogue),
        tuple(bounds),
        (
            Source("district", (2 * wan,) * years),
            Source("town", (wan // 2,) * years, carries=False),
            Source("province", (wan,) * years, themes=frozenset({"t0", "t1"})),
            Source("old", (wan // 2,) * years, old_only=True),
        ),
        staff=(communities * 30,) * years,
        awards=Awards((10 * WAN, 10 * WAN, 100 * WAN)),
        fairness=Fairness(2, 0.4),
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communities", type=int, default=500)
    parser.add_argument("--measures", type=int, default=40)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--seeds", default="1,2,3,4,5")
    asked = parser.parse_args()
    print(machine() + "\n")
    print(
        "| seed | seconds | gap proved | points | bound | without a solver | raised | works | rounds | columns | peak MB |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    for seed in asked.seeds.split(","):
        question = made(int(seed), asked.communities, asked.measures, asked.years)
        started = time.perf_counter()
        plan = solve(question)
        seconds = time.perf_counter() - started
        simple = simple_plan(question)
        print(
            f"| {seed} | **{seconds:.1f}** | **{plan.gap:.3%}** | {plan.points:.2f} | {plan.bound:.2f} "
            f"| {simple.points if simple else float('nan'):.2f} | {plan.raised} | {len(plan.works):,} | {plan.rounds} "
            f"| {plan.columns:,} | {own_megabytes():,} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
