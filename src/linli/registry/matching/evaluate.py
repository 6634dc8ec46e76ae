"""How well clusters agree with a known truth: precision, recall and F1 by pairs and by whole clusters. Pure.

By pairs: of all pairs of records put together, how many belong together, and the other way round; counted from group
sizes, not pair by pair. By cluster: a cluster is right when it holds exactly the records of one person.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares from 0 to 1; 1 where there was nothing to find or nothing was said."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """By pairs, by clusters of any size, and by clusters of several records (most people have one)."""

    pairs: Quality
    clusters: Quality
    several: Quality


def evaluate(cluster: pl.Series, truth: pl.Series) -> Evaluation:
    """Compare clusters with the truth, a row each. Rows whose truth is unknown are left out."""
    frame = pl.DataFrame({"cluster": cluster, "truth": truth}).drop_nulls("truth")
    both = frame.group_by("cluster", "truth").len("both")
    sizes = both.join(frame.group_by("cluster").len("found"), on="cluster").join(
        frame.group_by("truth").len("real"), on="truth"
    )
    exact = sizes.filter((pl.col("both") == pl.col("found")) & (pl.col("both") == pl.col("real")))

    def groups(column: str, least: int) -> int:
        return int(frame.group_by(column).len("n").filter(pl.col("n") >= least).height)

    def whole(least: int) -> Quality:
        right = exact.filter(pl.col("both") >= least).height
        return Quality(_share(right, groups("cluster", least)), _share(right, groups("truth", least)))

    hits = _pairs(both["both"])
    found = _pairs(frame.group_by("cluster").len("n")["n"])
    real = _pairs(frame.group_by("truth").len("n")["n"])
    return Evaluation(Quality(_share(hits, found), _share(hits, real)), whole(1), whole(2))


def _pairs(sizes: pl.Series) -> int:
    counted = sizes.cast(pl.Int64)
    return int((counted * (counted - 1)).sum()) // 2


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
