"""Which unit a case goes to by 100 rules: milliseconds a case, as compiled once and as compiled anew for every case.

No database is needed. Run: python bench/routing.py [--rules 100] [--cases 20000]
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence
from datetime import date

from linli.cases.categories.rules import CategoryKey
from linli.cases.categories.shipped import rows
from linli.cases.routing.findings import Known, findings
from linli.cases.routing.rules import Asked, Match, Matcher, Reach, Rule, Units

DAY = date(2026, 11, 26)
TOWNS = [f"370302{serial:03d}" for serial in range(102, 115)]
UNITS = Units(
    {f"u{serial}": f"单位{serial}" for serial in range(40)}, {town: f"u{at}" for at, town in enumerate(TOWNS)}
)
OWNERS = ["供水公司", "供电公司", "热力公司", "通信公司"]
BAR = 3.0  # milliseconds a case


def made_rules(count: int, categories: Sequence[CategoryKey], chance: random.Random) -> list[Rule]:
    """Rules as a district has them: narrow ones first, then classes of categories, at the end what is left goes to the town."""
    rules = []
    for at in range(1, count):
        key = chance.choice(categories)
        narrow = at < count * 0.7
        reach = Reach(
            kind=key.kind, code=key.code if narrow else key.code[:2], area=chance.choice(["", "", *TOWNS]),
            ownership=chance.choice(OWNERS) if chance.random() < 0.2 else "",
        )  # fmt: skip
        rules.append(Rule(str(at), 1, at, reach, "unit", f"u{chance.randrange(40)}"))
    return [*rules, Rule(str(count), 1, count, Reach(), "town")]


def made_cases(count: int, categories: Sequence[CategoryKey], chance: random.Random) -> list[Asked]:
    """Cases of all categories in grids of all towns; half of them of a component somebody owns."""
    return [
        Asked(
            chance.choice(categories), f"{chance.choice(TOWNS)}{chance.randrange(201, 240)}{chance.randrange(1, 9):03d}",
            frozenset(chance.sample(OWNERS, 1)) if chance.random() < 0.5 else frozenset(),
        )
        for _ in range(count)
    ]  # fmt: skip


def spent(cases: Sequence[Asked], ask: Callable[[Asked], Match | None]) -> tuple[float, float, float, int]:
    """Milliseconds a case: on average, of the 99th in a hundred, and the worst; how many were routed."""
    times, routed = [], 0
    for case in cases:
        began = time.perf_counter()
        match = ask(case)
        times.append((time.perf_counter() - began) * 1000)
        routed += match is not None
    times.sort()
    return sum(times) / len(times), times[int(len(times) * 0.99)], times[-1], routed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, default=100)
    parser.add_argument("--cases", type=int, default=20_000)
    wanted = parser.parse_args()
    chance = random.Random(8)
    categories = [CategoryKey(row["standard_ref"], row["kind"], row["code"]) for row in rows("categories")]
    rules, cases = made_rules(wanted.rules, categories, chance), made_cases(wanted.cases, categories, chance)
    matcher = Matcher(rules, UNITS)
    print("| what | rules | cases | ms a case | 99 % | worst | bar | held? |\n|---|---:|---:|---:|---:|---:|---:|---|")
    for what, asked, ask in (
        ("compiled once, kept by the worker", cases, lambda case: matcher.match(case, DAY)),
        ("compiled anew for every case", cases[:2000], lambda case: Matcher(rules, UNITS).match(case, DAY)),
    ):
        mean, most, worst, _ = spent(asked, ask)
        held = "yes" if mean <= BAR else "**no**"
        print(
            f"| {what} | {len(rules)} | {len(asked):,} | {mean:.4f} | {most:.4f} | {worst:.3f} | ≤ {BAR:.0f} | {held} |"
        )
    began = time.perf_counter()
    keys = frozenset(categories)
    found = findings(rules, Known(keys, keys, set(TOWNS), UNITS, TOWNS), DAY)
    took = (time.perf_counter() - began) * 1000
    print(
        f"| conflicts and dead rules of the set: {len(found)} | {len(rules)} | – | {took:.1f} in all | – | – | – | – |"
    )


if __name__ == "__main__":
    main()
