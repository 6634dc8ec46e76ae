"""Matching a table from beginning to end: standardised, blocked, estimated, judged, clustered."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from . import blocking, comparisons, namesakes, sources, store
from .clustering import Clusters, cluster
from .model import Model, prior
from .score import Keys, Pairs, compare, learnt, load, odds, with_households
from .standard import is_han, standardise

MERGE, REVIEW = 0.5, 0.1
# Of fewer records nothing is estimated: what is assumed says more.
FEW = 50
Watch = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Matched:
    """Clusters of all rows, the pairs looked at with their odds, and the model they were judged by."""

    clusters: Clusters
    pairs: Pairs
    odds: np.ndarray[Any, np.dtype[np.float64]]
    model: Model
    linker: Any


def usable(script: str, standard: pl.DataFrame) -> tuple[comparisons.Comparison, ...]:
    """The comparisons that these records have anything to say for."""

    def said(code: str) -> bool:
        if code == "home":
            return any(
                standard[c].null_count() < standard.height for c in ("dwelling_code", "village_code", "town_code")
            )
        column = comparisons.NEEDS[code]
        return standard[column].null_count() < standard.height

    return tuple(c for c in comparisons.BY_SCRIPT[script] if said(c.code))


def match(
    records: pl.DataFrame,
    folder: Path,
    threshold: float = MERGE,
    model: Model | None = None,
    estimating: bool = True,
    watch: Watch = lambda stage, seconds: None,
) -> Matched:
    """Cluster records (`row` from 0 upwards and any of `standard.FIELDS` as text). `folder` is private.

    A kept `model` is where estimation starts from, or all there is when not `estimating`.
    """
    clock = time.perf_counter()

    def done(stage: str) -> None:
        nonlocal clock
        now = time.perf_counter()
        watch(stage, now - clock)
        clock = now

    script = "han" if is_han(_names(records)) else "latin"
    standard = standardise(records)
    used = usable(script, standard)
    done("standardise")
    first, second = blocking.candidates(standard, blocking.BY_SCRIPT[script])
    done("block")
    known = _start(model, script, used)
    count, linker = standard.height, None
    rows = standard["row"].to_numpy()
    with store.opened(folder) as connection:
        load(connection, standard)
        if estimating and count >= FEW and used:
            from .estimate import estimate

            known, linker = estimate(connection, "standard", known)
            done("estimate")
        pairs = compare(connection, known.used, rows[first], rows[second])
        done("compare")
    by_source = sources.groups(records["source"] if "source" in records.columns else None)
    known, pairs = learnt(known, pairs, count, by_source)
    known = replace(known, seen={"records": count, "pairs": len(pairs)})
    names = {"same": _keys(standard, "name_code"), "sound": _keys(standard, "pinyin_code")}
    pairs = namesakes.counted(known, pairs, count, names)
    homes = standard["dwelling_code"].fill_null(0).to_numpy()
    pairs = with_households(known, pairs, count, homes)
    found = odds(known, pairs, count)
    done("weigh")
    identity = identities(standard)
    clusters = cluster(count, pairs.first, pairs.second, found, identity, threshold)
    done("cluster")
    return Matched(clusters, pairs, found, known, linker)


def _keys(standard: pl.DataFrame, column: str) -> Keys:
    return standard[column].fill_null(0).to_numpy()


def _names(records: pl.DataFrame) -> pl.Series:
    for column in ("name", "surname", "given_name"):
        if column in records.columns:
            return records[column]
    return pl.Series([], dtype=pl.String)


def _start(model: Model | None, script: str, used: tuple[comparisons.Comparison, ...]) -> Model:
    assumed = prior(script, used)
    if model is None or model.script != script:
        return assumed
    return replace(assumed, shares={**assumed.shares, **{c: s for c, s in model.shares.items() if c in assumed.shares}})


def identities(standard: pl.DataFrame) -> Any:
    """A number above 0 for each valid identity number, 0 where a row has none."""
    ranked = standard.select(pl.when("valid").then("number_code").rank("dense").fill_null(0).cast(pl.Int64)).to_series()
    return ranked.to_numpy()
