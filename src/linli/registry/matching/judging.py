"""Judging pairs of the base by parameters that are there already.

Unlike a table that is matched whole, nothing is learnt from the pairs themselves: how common a name is, is what the parameters
say of names in general, and how many people there are is what they were estimated from. So a judgement depends on the two it
is about, and not on who else was looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from . import doubts, store
from .clustering import Floats, Ints
from .explain import Evidence, doubted, explain
from .model import Model
from .score import Pairs, Rows, compare, load, odds, with_households
from .standard import standardise

#: People of a district, where parameters have been estimated from nobody.
DISTRICT = 500_000
_SHARES = ("name_share", "pinyin_share", "family_share", "given_share")


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs (by position) with their odds, of how many people. `doubts`: why a pair's are held under what puts two together."""

    model: Model
    pairs: Pairs
    odds: Floats
    records: int
    doubts: Ints

    @property
    def one(self) -> Ints:
        """The first of each pair."""
        return self.pairs.first.astype(np.int64)

    @property
    def other(self) -> Ints:
        """The second of each pair."""
        return self.pairs.second.astype(np.int64)

    def explained(self, chosen: Ints) -> list[tuple[Evidence, ...]]:
        """The weights of some pairs, that of a doubt last."""
        pairs = self.pairs.at(chosen)
        lowered = np.log2(self.odds[chosen]) - np.log2(odds(self.model, pairs, self.records))
        told = explain(self.model, pairs, self.records)
        marks = zip(told, self.doubts[chosen].tolist(), lowered.tolist(), strict=True)
        return [(*lines, doubted(mark, weight)) if weight < -0.05 else lines for lines, mark, weight in marks]


def standard_of(stated: pl.DataFrame) -> pl.DataFrame:
    """What people state (the columns of `facts`) in the form in which they are compared, whoever else is among them."""
    return standardise(stated.with_row_index("row")).with_columns(pl.lit(None, pl.Float64).alias(c) for c in _SHARES)


def judge(
    model: Model, standard: pl.DataFrame, one: Ints, other: Ints, folder: Path, merge: float, today: date
) -> Judged:
    """The odds that pairs of positions in `standard` are one person; of those that are not enough by themselves
    (`doubts`) under `merge`. `folder` is private."""
    with store.opened(folder) as connection:
        load(connection, standard)
        pairs = compare(connection, model.used, _rows(one), _rows(other))
    records = max(int(model.seen.get("records") or 0), DISTRICT)
    homes = standard["dwelling_code"].fill_null(0).to_numpy()
    pairs = with_households(model, pairs, records, homes)
    adult = (standard["birth"] <= doubts.grown_up_before(today)).fill_null(False).to_numpy()
    marks = doubts.doubts(model.used, pairs, adult[pairs.first] & adult[pairs.second])
    found = doubts.held(odds(model, pairs, records), marks, merge)
    return Judged(model, pairs, found, records, marks)


def _rows(positions: Ints) -> Rows:
    return positions.astype(np.int32)
