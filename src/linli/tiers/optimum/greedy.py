"""A plan without a solver: the most points for the money first. The plan to beat, and where the solver starts from. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from .master import all_sources, town_needs
from .paying import pay
from .pricing import Column, Space


def fits(space: Space, columns: Sequence[Column]) -> bool:
    """Whether the money, by source and year, and the staff suffice for these columns, to the cent."""
    asked, years = space.asked, space.years
    for year in range(years):
        if asked.staff is not None and sum(c.staff[year] for c in columns) > asked.staff[year]:
            return False
    spent = {
        (k, year): sum(c.spent[k * years + year] for c in columns)
        for k in range(len(space.classes))
        for year in range(years)
    }
    income = {(asked.awards.source, year): sum(c.income[year] for c in columns) for year in range(years)}
    return pay(all_sources(asked), income, space.classes, spent) is not None


def fair(space: Space, columns: Sequence[Column]) -> bool:
    """Whether every town sees enough raised, and enough of them are old compounds."""
    raised: dict[str, int] = {}
    for column in columns:
        for town, count in column.raised:
            raised[town] = raised.get(town, 0) + count
    if any(raised.get(town, 0) < count for town, count in town_needs(space).items()):
        return False
    return sum(c.old for c in columns) + 1e-9 >= space.asked.fairness.old_share * sum(raised.values())


def greedy(space: Space, columns: Sequence[Column]) -> list[Column] | None:
    """Columns of all blocks by points for money; None where this way finds nothing that is allowed."""
    cheapest: dict[int, Column] = {}
    for column in columns:
        held = cheapest.get(column.block)
        if held is None or (sum(column.spent), sum(column.staff), -column.points) < (
            sum(held.spent),
            sum(held.staff),
            -held.points,
        ):
            cheapest[column.block] = column
    chosen = dict(sorted(cheapest.items()))
    if len(chosen) < len(space.blocks) or not fits(space, list(chosen.values())):
        return None
    steps = []
    for column in columns:
        base = cheapest[column.block]
        gain, cost = column.points - base.points, sum(column.spent) - sum(base.spent)
        if gain > 0:
            steps.append((-(gain / max(1, cost)), column.block, column.points, column))
    refused = 0
    for _, block, points, column in sorted(steps, key=lambda s: s[:3]):
        if points <= chosen[block].points:
            continue
        if fits(space, [*(c for b, c in chosen.items() if b != block), column]):
            chosen[block] = column
            refused = 0
        else:
            refused += 1
            if refused > 200:
                break
    found = list(chosen.values())
    return found if fair(space, found) else None
