"""Columns by their prices, until none is worth taking: the relaxation of the whole plan without listing what could be chosen. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .master import Master, Solved
from .pricing import Prices, Space

MOST_ROUNDS = 400
#: How much of the best prices so far is kept in those tried next, which calms their swings.
KEEP = 0.5


@dataclass(frozen=True, slots=True)
class Generated:
    """The relaxation with all columns that matter. `bound` is above every plan; `rounds` how often columns were priced."""

    solved: Solved
    bound: float
    rounds: int


def flat(space: Space, money: float, staff: float) -> Prices:
    """The same price for every cent and every day."""
    return Prices(
        np.full(space.dims - space.years, money), np.full(space.years, staff), np.zeros(space.years), {}, 0.0, 0.0
    )


def seed(master: Master) -> None:
    """First columns: the best of each block at a few prices of money, from nothing to so much that the cheapest is best."""
    space = master.space
    priced = space.price(flat(space, 0.0, 0.0))
    per_cent = max(1e-12, float(np.abs(priced.best).sum())) / max(1, space.asked.budget)
    days = per_cent * space.asked.budget / max(1, sum(space.asked.staff or (0,)))
    for factor in (0.0, 0.1, 0.3, 1.0, 3.0, 1e7):
        priced = space.price(flat(space, per_cent * factor, days * factor / 10))
        for block in range(len(space.blocks)):
            master.add(priced.top(block))


def generate(master: Master, *, enough: float) -> Generated:
    """Solve the relaxation to a relative distance `enough` from its bound."""
    space = master.space
    seed(master)
    solved = master.relax()
    bound = np.inf
    centre: tuple[Prices, float] | None = None
    rounds = 0
    for rounds in range(1, MOST_ROUNDS + 1):
        at, fixed = solved.prices, solved.fixed
        if centre is not None and rounds < MOST_ROUNDS // 2:
            at, fixed = mixed(centre[0], at, KEEP), KEEP * centre[1] + (1 - KEEP) * fixed
        priced = space.price(at, master.worth)
        reach = fixed + float(priced.best.sum())
        if reach < bound:
            bound, centre = reach, (at, fixed)
        added = 0
        for block in range(len(space.blocks)):
            added += master.add(priced.top(block))
        if added == 0 and at is not solved.prices:
            # The prices kept from before hid what these say: ask once more without them.
            priced = space.price(solved.prices, master.worth)
            bound = min(bound, solved.fixed + float(priced.best.sum()))
            for late in np.flatnonzero(priced.best > np.array(solved.conv) + 1e-9).tolist():
                added += master.add(priced.top(late))
        if bound - solved.value <= enough * max(1e-6, abs(solved.value)) or added == 0:
            break
        solved = master.relax()
    return Generated(solved, float(max(bound, solved.value)) if rounds else solved.value, rounds)


def mixed(one: Prices, other: Prices, keep: float) -> Prices:
    """Prices between two."""
    rest = 1 - keep
    return Prices(
        keep * one.spent + rest * other.spent,
        keep * one.staff + rest * other.staff,
        keep * one.income + rest * other.income,
        {
            town: keep * one.town.get(town, 0.0) + rest * other.town.get(town, 0.0)
            for town in sorted({*one.town, *other.town})
        },
        keep * one.old + rest * other.old,
        keep * one.raised + rest * other.raised,
    )
