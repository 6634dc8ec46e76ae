"""Reports of one event: average precision over all pairs of groups of ten to sixty among 4,300, through the command.

Pairs that are not proposed count as missed. The messages are our own (see `_duplicates.py`) and harder than most: tellers
share a name and a few words, others share the place or the matter. Run: python bench/duplicates.py [--seeds 2]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import _duplicates
import _setting
import numpy as np
import polars as pl
from text import linli


def precision(pairs: pl.DataFrame, told: list[_duplicates.Told]) -> tuple[float, float, float]:
    """Average precision, the share of true pairs proposed, and how often a score of 0.5 to 0.9 is right."""
    events = np.array([t.event for t in told])
    one, other = events[pairs["row_a"].to_numpy()], events[pairs["row_b"].to_numpy()]
    same = (one == other) & (one >= 0)
    whole = _duplicates.pairs_of(told)
    score = pairs["score"].to_numpy()
    middle = (score >= 0.5) & (score < 0.9)
    at = np.flatnonzero(same)
    return (
        float((np.arange(1, at.size + 1) / (at + 1)).sum() / whole), at.size / whole,
        float(same[middle].mean()) if middle.any() else float("nan"),
    )  # fmt: skip


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=2)
    chosen = options.parse_args()
    print(_setting.machine())
    print("| seed | true pairs | average precision | proposed | right of 0.5–0.9 | seconds | CPU-seconds |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for seed in range(11, 11 + chosen.seeds):
        told = _duplicates.city(seed)
        with tempfile.TemporaryDirectory() as folder:
            table, out = Path(folder) / "t.csv", Path(folder) / "pairs.csv"
            pl.DataFrame({"题": [t.title for t in told], "文": [t.body for t in told]}).write_csv(table)
            wall, cpu = linli("cases", "duplicates", table, "--text", "题", "--text", "文", "--out", out)
            found, proposed, right = precision(pl.read_csv(out), told)
        true = _duplicates.pairs_of(told)
        print(
            f"| {seed} | {true:,} | {found:.3f} | {proposed:.3f} | {right:.2f} | {wall:.1f} | {cpu:.1f} |", flush=True
        )


if __name__ == "__main__":
    main()
