"""Of one number one person, also where a file brings it: a row that is somebody's by its record id may state a number that nobody
had, and other rows of that file may state it too.

It is settled as if the rows had come one after the other: the first that is somebody's brings the number, whoever else states
it is that person, and a row whose record id is another person's is asked about.
"""

from __future__ import annotations

import polars as pl

from linli.kernel.slices import Slices

from .match import OUTCOMES, Outcomes


def follow(outcomes: Outcomes, shared: pl.DataFrame) -> Outcomes:
    """The outcomes, with what follows from numbers that rows state together (`row`, `first`; see `prepare.Keys`)."""
    if not shared.height or not outcomes.counts.get("update"):
        return outcomes
    named = [part.join(shared, on="row") for part in outcomes.told]
    found = pl.concat([pl.DataFrame(schema=OUTCOMES | {"first": pl.Int64}), *named])
    updates = found.filter(pl.col("outcome") == "update").sort("row")
    bringing = updates.group_by("first").agg(pl.col("person_id").first().alias("whose"))
    asked = updates.join(bringing, on="first").filter(pl.col("person_id") != pl.col("whose"))
    gone = shared.join(bringing, on="first").join(found, on="row", how="anti")
    if not asked.height and not gone.height:
        return outcomes
    told = pl.concat(
        [
            *(part.join(asked, on="row", how="anti") for part in outcomes.told),
            asked.with_columns(pl.lit("review").alias("outcome")).select(list(OUTCOMES)),
            gone.select(
                "row", pl.lit("update").alias("outcome"), pl.col("whose").alias("person_id"),
                pl.lit(None, pl.String).alias("previous_id"),
            ),
        ]
    ).sort("row")  # fmt: skip
    counts = dict(outcomes.counts)
    counts["new"] = counts.get("new", 0) - gone.height
    counts["update"] += gone.height - asked.height
    counts["review"] = counts.get("review", 0) + asked.height
    return Outcomes({name: number for name, number in counts.items() if number}, Slices.of(told, "row"))
