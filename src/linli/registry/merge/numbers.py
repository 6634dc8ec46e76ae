"""Of one number one person, also where a file brings it: a row that is somebody's by its record id may state a number that nobody
had, and other rows of that file may state it too.

It is settled as if the rows had come one after the other: the first that is somebody's brings the number, whoever else states
it is that person, and a row whose record id is another person's is asked about. So is whoever else states it where that
person is known by another number: two numbers of one person are a conflict, not a way for others into them.
"""

from __future__ import annotations

import polars as pl

from linli.kernel.slices import Slices

from . import stage
from .match import OTHER_NUMBER, OUTCOMES, Outcomes
from .prepare import Keys

_BROUGHT = {"row": "integer", "id_hash": "bytea", "person_id": "uuid"}
_OTHERWISE = f"SELECT k.row FROM brought k JOIN registry_person p ON p.id = k.person_id WHERE {OTHER_NUMBER}"


def follow(outcomes: Outcomes, keys: Keys) -> Outcomes:
    """The outcomes, with what follows from numbers that rows state together."""
    shared = keys.shared
    if not shared.height or not outcomes.counts.get("update"):
        return outcomes
    named = [part.join(shared, on="row") for part in outcomes.told]
    found = pl.concat([pl.DataFrame(schema=OUTCOMES | {"first": pl.Int64}), *named])
    updates = found.filter(pl.col("outcome") == "update").sort("row")
    bringing = updates.group_by("first", maintain_order=True).agg(
        pl.col("row").first().alias("bringer"), pl.col("person_id").first().alias("whose")
    )
    asked = updates.join(bringing, on="first").filter(pl.col("person_id") != pl.col("whose"))
    gone = shared.join(bringing, on="first").join(found, on="row", how="anti")
    if not asked.height and not gone.height:
        return outcomes
    otherwise = pl.col("bringer").is_in(_known_otherwise(bringing, keys).implode())
    gone = gone.with_columns(pl.when(otherwise).then(pl.lit("review")).otherwise(pl.lit("update")).alias("outcome"))
    doubted = gone.filter(pl.col("outcome") == "review").height
    told = pl.concat(
        [
            *(part.join(asked, on="row", how="anti") for part in outcomes.told),
            asked.with_columns(pl.lit("review").alias("outcome")).select(list(OUTCOMES)),
            gone.select(
                "row", "outcome", pl.col("whose").alias("person_id"), pl.lit(None, pl.String).alias("previous_id"),
            ),
        ]
    ).sort("row")  # fmt: skip
    counts = dict(outcomes.counts)
    counts["new"] = counts.get("new", 0) - gone.height
    counts["update"] += gone.height - doubted - asked.height
    counts["review"] = counts.get("review", 0) + doubted + asked.height
    return Outcomes({name: number for name, number in counts.items() if number}, Slices.of(told, "row"))


def _known_otherwise(bringing: pl.DataFrame, keys: Keys) -> pl.Series:
    """The bringing rows whose person is known by another number than the row states."""
    own = pl.concat([bringing.join(part, left_on="bringer", right_on="row") for part in keys.rows])
    stage.create("brought", _BROUGHT)
    stage.fill("brought", _BROUGHT, own.select(row="bringer", id_hash="id_hash", person_id="whose"))
    return stage.fetch(_OTHERWISE, {"row": pl.Int64})["row"]
