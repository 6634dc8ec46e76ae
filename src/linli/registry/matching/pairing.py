"""People of the base who are likely one, of pairs that are there already: judged, rivals counted, and explained."""

from __future__ import annotations

import numpy as np
import polars as pl

from linli.kernel import clock, files

from . import engine, facts, judging
from .clustering import Rows, cluster
from .filing import lines_of
from .model import Model
from .parameters import Thresholds

#: As `filing.file_pairs` takes them.
PAIRS = {
    "person_id": pl.String, "other_id": pl.String, "probability": pl.Float64, "lines": pl.String, "facts_key": pl.Binary,
}  # fmt: skip


def likely(
    people: pl.DataFrame, standard: pl.DataFrame, first: Rows, second: Rows, model: Model, limits: Thresholds,
    whoever_else: bool = False,
) -> pl.DataFrame:  # fmt: skip
    """Of pairs (by position) of `people` (`facts.of`; `standard`: what they state) those likely enough to be asked about, the
    likeliest first; with `whoever_else` even where rivals share what there is. Two different numbers are never among them."""
    with files.scratch() as folder:
        judged = judging.judge(
            model, standard, first.astype(np.int64), second.astype(np.int64), folder,
            limits.merge, clock.today(),
        )  # fmt: skip
    identity = engine.identities(standard)
    chance = cluster(people.height, judged.one, judged.other, judged.odds, identity, limits.merge).chance
    enough = (
        (judged.odds / (1.0 + judged.odds) >= limits.review) & (chance > 0) if whoever_else else chance >= limits.review
    )
    chosen = np.flatnonzero(enough)
    chosen = chosen[np.argsort(-chance[chosen], kind="stable")]
    some, keys, ids = judged.pairs.at(chosen), facts.keys(people), people["id"]
    return pl.DataFrame(
        {
            "person_id": ids.gather(some.first),
            "other_id": ids.gather(some.second),
            "probability": chance[chosen],
            "lines": lines_of(judged.explained(chosen)),
            "facts_key": facts.pair_keys([keys[a] for a in some.first], [keys[b] for b in some.second]),
        },
        schema=PAIRS,
    )
