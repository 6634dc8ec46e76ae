"""How sure it is that two records are one person's: weights after Fellegi and Sunter, with a third kind of pair.

Pairs that live together agree on homes, phones and surnames without being one person. So what a pair shows is weighed
against two alternatives, any two people and two of one household:

    odds = matches · P(γ | one person) / (pairs · P(γ | any two) + housemates · P(γ | housemates))

Where records name their sources, matches are as frequent as those of the two sources are (`sources`).

Levels are found by DuckDB; a pattern of levels is one number, so that weights are looked up, not computed for each pair.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from . import sources
from .comparisons import FORBIDDEN, Comparison, read_by
from .model import Model, blend, radix

CHUNK = 500_000
ROUNDS = 6
# What is assumed of housemates counts for as many pairs.
TRUST_KIN = 300.0
# Comparisons of where people live, whose strongest level is one home.
PLACES = ("home", "street")
# From here on a pair in two homes is a witness that its household moved.
SURE = 0.95
# In small tables: a match in twenty records, a housemate each.
FEW, LEAST_MATCHES = 20, 0.05
Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Rows = np.ndarray[Any, np.dtype[np.int32]]
Keys = np.ndarray[Any, np.dtype[np.uint64]]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of rows; the distinct patterns of levels and which of them each pair has; the frequencies that matter (0 where
    none does); whether both have valid, different numbers; and, once that is known, whether others of the household have
    made the same move (see `with_households`), and how much more often than usual their sources share a person (as a natural
    logarithm, see `sources`)."""

    first: Rows
    second: Rows
    patterns: Rows
    which: Ints
    shares: dict[str, np.ndarray[Any, np.dtype[np.float32]]]
    forbidden: np.ndarray[Any, np.dtype[np.bool_]]
    followed: np.ndarray[Any, np.dtype[np.bool_]] | None = None
    by_source: Floats | None = None

    def __len__(self) -> int:
        return len(self.first)

    @property
    def pattern(self) -> Rows:
        """The pattern of each pair."""
        return self.patterns[self.which]

    def at(self, chosen: Any) -> Pairs:
        """Some of the pairs, by position."""
        shares = {code: share[chosen] for code, share in self.shares.items()}
        return Pairs(
            self.first[chosen], self.second[chosen], self.patterns, self.which[chosen], shares, self.forbidden[chosen],
            None if self.followed is None else self.followed[chosen],
            None if self.by_source is None else self.by_source[chosen],
        )  # fmt: skip


def load(connection: Any, standard: pl.DataFrame, name: str = "standard") -> None:
    """The standardised records as a table of the analytical database."""
    connection.register("arriving", standard.to_arrow())
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM arriving").fetchall()
    connection.unregister("arriving")


def compare(
    connection: Any, comparisons: Sequence[Comparison], first: Rows, second: Rows, table: str = "standard"
) -> Pairs:
    """The levels of pairs of rows of a loaded table."""
    done = list(_compared(connection, comparisons, first, second, table))
    shared = [c.code for c in comparisons if c.share_sql]
    joined = {k: np.concatenate([d[k] for d in done]) if done else np.empty(0, np.int64) for k in _columns(shared)}
    patterns, which = np.unique(joined["pattern"].astype(np.int32), return_inverse=True)
    return Pairs(
        joined["a"].astype(np.int32), joined["b"].astype(np.int32), patterns, which,
        {c: joined[f"share_{c}"].astype(np.float32) for c in shared}, joined["forbidden"].astype(np.bool_),
    )  # fmt: skip


def _columns(shared: Sequence[str]) -> list[str]:
    return ["a", "b", "pattern", "forbidden", *(f"share_{c}" for c in shared)]


def _compared(
    connection: Any, comparisons: Sequence[Comparison], first: Rows, second: Rows, table: str
) -> Iterator[dict[str, Any]]:
    factors = radix(comparisons)
    sides = ", ".join(f"{s}.{c} AS {c}_{s}" for s in "lr" for c in read_by(tuple(comparisons)))
    gammas = ", ".join(f"{c.sql} AS g_{c.code}" for c in comparisons)
    pattern = " + ".join(f"(g_{c.code} + 1) * {factors[c.code]}" for c in comparisons)
    shares = "".join(f", coalesce({c.share_sql}, 0)::FLOAT AS share_{c.code}" for c in comparisons if c.share_sql)
    sql = f"""
        WITH sided AS (
            SELECT a, b, {sides} FROM chunk JOIN {table} l ON l.row = a JOIN {table} r ON r.row = b
        ), levelled AS (SELECT *, {gammas} FROM sided)
        SELECT a, b, ({pattern})::INTEGER AS pattern, coalesce({FORBIDDEN}, false) AS forbidden{shares} FROM levelled
    """
    for start in range(0, len(first), CHUNK):
        chunk = pl.DataFrame({"a": first[start : start + CHUNK], "b": second[start : start + CHUNK]})
        connection.register("chunk", chunk.to_arrow())
        yield connection.execute(sql).fetchnumpy()
        connection.unregister("chunk")


def gammas(comparisons: Sequence[Comparison], pattern: Rows) -> dict[str, Rows]:
    """The level of each comparison (−1 unknown) from patterns."""
    factors = radix(comparisons)
    return {c.code: pattern // factors[c.code] % (c.size + 1) - 1 for c in comparisons}


def odds(model: Model, pairs: Pairs, records: int) -> Floats:
    """The odds that a pair is one person's, forbidden or not."""
    used = model.used
    where = pairs.which
    levels = gammas(used, pairs.patterns)
    logs = {kind: np.zeros(len(pairs.patterns)) for kind in ("m", "u", "kin")}
    for comparison in used:
        shares, gamma = model.shares[comparison.code], levels[comparison.code]
        for kind in logs:
            table = np.r_[0.0, np.log(np.array(getattr(shares, kind)))]
            logs[kind] += table[gamma + 1]
    one, any_two, kin = (logs[k][where] for k in ("m", "u", "kin"))
    for comparison in used:
        if comparison.code in pairs.shares:
            share = pairs.shares[comparison.code].astype(np.float64)
            usual = np.log(np.array(model.shares[comparison.code].u))[levels[comparison.code]][where]
            held = np.log(np.maximum(share, 1e-12)) - usual
            any_two = any_two + np.where(share > 0, held, 0.0)
    matched = np.log(model.matches * records) + one
    if pairs.by_source is not None:
        matched = matched + pairs.by_source
    others = np.logaddexp(
        np.log(max(records * (records - 1) / 2, 1.0)) + any_two, np.log(model.kin_pairs * records) + kin
    )
    found: Floats = np.exp(np.clip(matched - others, -60, 60))
    return found


def learnt(model: Model, pairs: Pairs, records: int, source: Ints | None = None) -> tuple[Model, Pairs]:
    """The model with what these pairs tell of housemates and of how many matches there are, and the pairs with what they
    tell of their sources (`source`: a number for each row). Labels are not needed: whoever lives together and is not one
    person is a housemate."""
    levels, places = gammas(model.used, pairs.pattern), [c for c in model.used if c.code in PLACES]
    together = np.zeros(len(pairs), np.bool_)
    for place in places:
        together |= levels[place.code] == place.size - 1
    # Housemates are counted where both records say so; some of them have moved in one.
    seen_at_home = min((model.shares[p.code].kin[-1] for p in places), default=1.0)
    told = {c: levels[c.code][together] for c in model.used if c.code not in PLACES}
    before = model.shares
    for _ in range(ROUNDS):
        chance = probability(odds(model, pairs, records))
        chance[pairs.forbidden] = 0.0
        apart = 1.0 - chance[together]
        shares = dict(model.shares)
        for comparison, gamma in told.items():
            known, old = gamma >= 0, before[comparison.code]
            counts = np.bincount(gamma[known], weights=apart[known], minlength=comparison.size)
            if (total := float(counts.sum())) > 0:
                shares[comparison.code] = replace(old, kin=blend(list(counts / total), total, old.kin, TRUST_KIN))
        matches = (float(chance.sum()) + FEW * LEAST_MATCHES) / (records + FEW)
        kin_pairs = (float(apart.sum()) / seen_at_home + FEW) / (records + FEW)
        model = replace(model, shares=shares, matches=matches, kin_pairs=kin_pairs)
        if source is not None:
            usual = min(matches * 2 / max(records - 1, 1), 0.5)
            pairs = replace(pairs, by_source=sources.raised(source, pairs.first, pairs.second, chance, usual))
    return model, pairs


def with_households(model: Model, pairs: Pairs, records: int, homes: Keys) -> Pairs:
    """Pairs in different homes as if in one, where somebody else is surely the same person in both: a household moved, and
    its other members moved with it. `homes`: a key of the dwelling for each row, 0 where it is not known."""
    place = next((c for c in model.used if c.code in PLACES), None)
    if place is None:
        return pairs
    one, other = homes[pairs.first], homes[pairs.second]
    apart = (one != 0) & (other != 0) & (one != other)
    sure = apart & ~pairs.forbidden & (probability(odds(model, pairs, records)) >= SURE)
    moves = np.minimum(one, other) * np.uint64(0x9E3779B97F4A7C15) ^ np.maximum(one, other)
    known, times = np.unique(moves[sure], return_counts=True)
    if not len(known):
        return pairs
    at = np.minimum(np.searchsorted(known, moves), len(known) - 1)
    others = np.where(known[at] == moves, times[at], 0) - sure  # the pair itself is no witness
    followed = apart & (others > 0)
    factor = radix(model.used)[place.code]
    raised = pairs.pattern + np.where(
        followed, (place.size - 1 - gammas((place,), pairs.pattern // factor)[place.code]) * factor, 0
    )
    patterns, which = np.unique(raised.astype(np.int32), return_inverse=True)
    return replace(pairs, patterns=patterns, which=which, followed=followed)


def probability(odds: Floats) -> Floats:
    """Odds as chances."""
    found: Floats = odds / (1.0 + odds)
    return found
