"""Under what people of the base are looked for by whoever may be the same: keyed hashes, so that the store holds nothing in
the clear. Columns in, columns out.

Each is shared by few: whoever states the same birth and a surname of the same sound, a name of the same sound in one village,
the same phone. A key that more than `MOST` share is left aside, as in `blocking`. There are fewer keys than there because each is
an index to keep (two seconds of a first load of 540,000).
"""

from __future__ import annotations

import polars as pl

from linli.kernel import secrets

#: Key and how many may share it.
MOST = {"birth_surname": 40, "name_village": 25, "phone": 40}
KEYS = tuple(MOST)
_VILLAGE = 12


def keyed(people: pl.DataFrame) -> pl.DataFrame:
    """KEYS of people with `name_key`, `birth`, `area_code` and `phone_hash`; null where what it is made of is not known.

    `phone_hash` is a keyed hash already.
    """
    sounds = people.select("name_key").unique().with_columns(_near())
    told = people.select("name_key", "birth", "area_code", "phone_hash").join(
        sounds, on="name_key", how="left", maintain_order="left", nulls_equal=True
    )
    birth = pl.col("birth").cast(pl.String)
    village = pl.when(pl.col("area_code").str.len_chars() >= _VILLAGE).then(pl.col("area_code").str.slice(0, _VILLAGE))
    made = told.select(
        birth_surname=pl.concat_str(pl.lit("bs"), birth, "surname", separator="|"),
        name_village=pl.concat_str(pl.lit("nv"), "name", village, separator="|"),
    )
    return people.with_columns(
        *[pl.Series(c, secrets.lookup_many("match", made[c].to_list()), pl.Int64) for c in made.columns],
        pl.col("phone_hash").cast(pl.Int64).alias("phone"),
    )


def _near() -> tuple[pl.Expr, pl.Expr]:
    """The reading of a whole name and of its first character, as those write it who do not tell zh from z nor lin from ling;
    names that nobody can read stand for themselves."""
    halves = pl.col("name_key").str.split("\x01")
    read = halves.list.get(0).str.replace_all(r"\b([zcs])h", "$1").str.replace_all(r"ng\b", "n")
    name = pl.when(read != "").then(read.str.replace_all(" ", "")).otherwise(halves.list.get(1, null_on_oob=True))
    first = pl.when(read != "").then(read.str.split(" ").list.get(0)).otherwise(halves.list.get(1, null_on_oob=True))
    return name.alias("name"), first.alias("surname")
