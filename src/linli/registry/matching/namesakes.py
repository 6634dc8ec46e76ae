"""How common a name is among people, not among records: whoever is in several lists is no namesake of themselves. Pure.

What is counted at first is records (`standard`). Once the surest pairs are known, the people behind them can be counted, and
so can how often a name that nobody else bears belongs to two people after all: in a village of three names often, in a country
of many hardly ever. Both are taken from the records themselves (the second after Good and Turing: from names of one and of two).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from .clustering import components
from .model import Model, radix
from .score import Floats, Ints, Keys, Pairs, gammas, odds, probability

ROUNDS = 4
SURE = 0.99
# What is assumed of names that nobody else is seen to bear, as if it had been seen of so many.
OTHERS, OTHERS_SEEN = 0.3, 50.0
# As in `standard`: in small tables shares are held towards what is usual for names.
HELD = 2000.0


def counted(model: Model, pairs: Pairs, records: int, names: dict[str, Keys]) -> Pairs:
    """Pairs with the shares of their names among people. `names`: for each level of the name's comparison that asks how common
    a value is, the key of that value for each row (0 where unknown)."""
    comparison = next((c for c in model.used if c.code == "name"), None)
    if comparison is None or "name" not in pairs.shares or not len(pairs):
        return pairs
    level = gammas((comparison,), pairs.pattern // radix(model.used)["name"])["name"]
    chance = _chance(model, pairs, records)
    sure = chance >= SURE
    rows = np.arange(records)
    person = components(records, pairs.first[sure].astype(np.int64), pairs.second[sure].astype(np.int64), rows)
    total = len(np.unique(person)) + HELD
    values: list[tuple[Keys, Ints, Ints, Any]] = []
    for code, keys in names.items():
        at = np.flatnonzero((level == comparison.gamma(code)) & (pairs.shares["name"] > 0))
        bearers = _bearers(keys, person)
        apart = person[pairs.first[at]] != person[pairs.second[at]]
        values.append((keys, at, bearers, apart))
    for _ in range(ROUNDS):
        shares = pairs.shares["name"].copy()
        for keys, at, bearers, apart in values:
            many = bearers[pairs.first[at]]
            unseen = _unseen(keys, bearers, person, pairs, at[apart], chance[at[apart]])
            others = np.maximum(many - 1 - apart, 0)
            shares[at] = (others + unseen) / total
        pairs = replace(pairs, shares={**pairs.shares, "name": shares})
        chance = _chance(model, pairs, records)
    return pairs


def _chance(model: Model, pairs: Pairs, records: int) -> Floats:
    found = probability(odds(model, pairs, records))
    found[pairs.forbidden] = 0.0
    return found


def _bearers(keys: Keys, person: Ints) -> Ints:
    """How many people bear each row's value."""
    order = np.lexsort((person, keys))
    key, who = keys[order], person[order]
    first = np.r_[True, key[1:] != key[:-1]] if len(key) else np.empty(0, np.bool_)
    fresh = first | np.r_[True, who[1:] != who[:-1]]
    group = np.cumsum(first) - 1
    counts = np.bincount(group, weights=fresh).astype(np.int64)
    found: Ints = np.zeros(len(keys), np.int64)
    found[order] = counts[group]
    return found


def _unseen(keys: Keys, bearers: Ints, person: Ints, pairs: Pairs, at: Any, chance: Floats) -> float:
    """Of a value that nobody else is seen to bear: how many others bear it, on average."""
    ones = int(np.count_nonzero((bearers == 1) & (keys != 0) & (person == np.arange(len(person)))))
    both = (bearers == 2) & (keys != 0)
    twos = len(np.unique(keys[both]))
    alone = bearers[pairs.first[at]] == 2
    same, where = np.unique(keys[pairs.first[at[alone]]], return_inverse=True)
    likely = np.zeros(len(same))
    np.maximum.at(likely, where, chance[alone])
    one_after_all = float(likely.sum())
    return float((2 * (twos - one_after_all) + OTHERS * OTHERS_SEEN) / (ones + one_after_all + OTHERS_SEEN))
