"""From the canonical frame of checked rows to the columns of the registry: keys, hashes, ciphertext, ids.

Works on whole columns. The only loops over values are the cryptography ones, which no column library offers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from linli.kernel import secrets
from linli.kernel.ids import uuid7_many
from linli.kernel.slices import Repeats, Slices
from linli.places.rules import address_key
from linli.registry.pinyin import keys_of

# The canonical columns a row may carry; a missing one reads as empty.
TEXT = (
    "name", "former_name", "sex", "nation", "id_kind", "id_number", "phone", "native_place", "marital", "education",
    "political", "occupation", "workplace", "nationality", "population_kind", "register_consistent", "inflow_reason",
    "permit_kind", "left_behind_kind", "register_address", "register_village_code", "household_no",
    "relation_to_head", "head_id_number", "head_name", "home_text", "home_village_code", "home_road", "home_door",
    "home_compound", "home_building", "home_unit", "home_floor", "home_room", "home_standard", "home_kind",
    "record_key", "area_code", "raw",
)  # fmt: skip
# What makes a statement different from the one before: everything said, nothing about the file it came in.
CONTENT = tuple(c for c in TEXT if c not in {"raw", "home_standard"})


def complete(frame: pl.DataFrame, observed_on: date) -> pl.DataFrame:
    """The frame with every canonical column, empty texts as null, and a date of observation in each row."""
    missing = [pl.lit(None, pl.String).alias(c) for c in TEXT if c not in frame.columns]
    if "birth" not in frame.columns:
        missing.append(pl.lit(None, pl.Date).alias("birth"))
    if "observed_on" not in frame.columns:
        missing.append(pl.lit(None, pl.Date).alias("observed_on"))
    frame = frame.with_columns(missing) if missing else frame
    return frame.with_columns(
        # A column that nobody fills is of no type.
        *[pl.when(pl.col(c).cast(pl.String) != "").then(pl.col(c).cast(pl.String)).alias(c) for c in TEXT],
        pl.col("birth", "observed_on").cast(pl.Date),
    ).with_columns(pl.col("observed_on").fill_null(observed_on))


def keyed(frame: pl.DataFrame) -> pl.DataFrame:
    """`row`, `match_key`, `id_hash`, `content_hash` (hex text) of a complete frame: all that matching needs."""
    return row_keys([frame]).rows.frame


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of all rows (see `keyed`), and the rows of identities that come more than once: `row`, `first`."""

    rows: Slices
    shared: pl.DataFrame


def row_keys(frames: Iterable[pl.DataFrame]) -> Keys:
    """The keys of complete frames, which are read twice where keys come again."""
    keys, again, shared = Slices("row"), Repeats(), Repeats()
    for frame in frames:
        texts = _texts(frame)
        again.add(texts["row"], texts.select("key"))
        numbered = texts.filter(pl.col("identity").is_not_null())
        shared.add(numbered["row"], numbered.select("identity"))
        keys.append(
            pl.DataFrame(
                {
                    "row": texts["row"],
                    "match_key": hexed(secrets.fingerprint_many("record", texts["key"].to_list())),
                    "id_hash": hexed(secrets.fingerprint_many("identity", texts["identity"].to_list())),
                    "content_hash": hexed(secrets.fingerprint_many("content", texts["content"].to_list())),
                },
                schema={"row": pl.Int64, "match_key": pl.String, "id_hash": pl.String, "content_hash": pl.String},
            )
        )
    # Two namesakes born on one day in one home, both without a number, are two records: count them.
    later = again.found().filter(pl.col("serial") > 0)
    return Keys(_counted(keys, frames, later) if later.height else keys, shared.found().select("row", "first"))


def _counted(keys: Slices, frames: Iterable[pl.DataFrame], later: pl.DataFrame) -> Slices:
    """The keys with a number behind those that earlier rows have too."""
    told = []
    for frame in frames:
        texts = _texts(frame.join(later.select("row"), on="row", how="semi", maintain_order="left"))
        plain = texts.join(later, on="row").select("row", pl.concat_str("key", pl.lit("#"), "serial"))
        own = hexed(secrets.fingerprint_many("record", plain["key"].to_list()))
        told.append(plain.select("row", own.alias("counted")))
    counted = pl.concat(told)

    def with_count(part: pl.DataFrame) -> pl.DataFrame:
        joined = part.join(counted, on="row", how="left", maintain_order="left")
        return joined.with_columns(pl.coalesce("counted", "match_key").alias("match_key")).drop("counted")

    return keys.map(with_count)


def _texts(frame: pl.DataFrame) -> pl.DataFrame:
    """`row` and what its keys are made of: `identity`, `key`, `content`."""
    identity = pl.when(pl.col("id_number").is_not_null()).then(
        pl.concat_str(pl.col("id_kind").fill_null("111"), pl.lit(":"), pl.col("id_number"))
    )
    unnamed = pl.concat_str(
        pl.lit("n:"), "name", pl.lit("|"), pl.col("birth").cast(pl.String).fill_null(""), pl.lit("|"),
        pl.coalesce("home_standard", "home_text", "area_code").fill_null(""),
    )  # fmt: skip
    return frame.select(
        "row",
        identity.alias("identity"),
        pl.when(pl.col("record_key").is_not_null())
        .then(pl.concat_str(pl.lit("k:"), "record_key"))
        .when(pl.col("id_number").is_not_null())
        .then(pl.concat_str(pl.lit("i:"), identity))
        .otherwise(unnamed)
        .alias("key"),
        pl.concat_str(
            [pl.col(c).fill_null("") for c in CONTENT] + [pl.col("birth").cast(pl.String).fill_null("")],
            separator="\u001f",
        ).alias("content"),
    )


class People:
    """Sets `person_id` of matched rows (a new one where nobody matched) and `fresh`: that the row makes its person.

    Rows of one file with one identity are one person even when the base knew none of them; the first makes it,
    whichever slice it is in.
    """

    def __init__(self, shared: pl.DataFrame) -> None:
        self._shared = shared
        self._made = pl.DataFrame(schema={"first": pl.Int64, "known": pl.String})

    def of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A slice with both columns; slices come in order."""
        new = pl.col("outcome") == "new"
        people = (
            frame.with_columns(pl.Series("made", uuid7_many(frame.height), pl.String))
            .join(self._shared, on="row", how="left", maintain_order="left")
            .join(self._made, on="first", how="left", maintain_order="left")
        )
        shared = pl.when(pl.col("first").is_not_null()).then(pl.col("made").first().over("first")).otherwise("made")
        people = people.with_columns(
            pl.when(new).then(pl.coalesce("known", shared)).otherwise(pl.col("person_id")).alias("person_id")
        ).with_columns(
            (new & pl.col("known").is_null() & (pl.int_range(pl.len()).over("person_id") == 0)).alias("fresh")
        )
        made = people.filter(pl.col("fresh") & pl.col("first").is_not_null())
        self._made = pl.concat([self._made, made.select("first", pl.col("person_id").alias("known"))])
        return people.drop("made", "first", "known")


def wide(frame: pl.DataFrame) -> pl.DataFrame:
    """All stored columns of complete and keyed rows: ciphertext, search hashes, order keys, ids, dwelling keys."""
    count = frame.height
    numbers, phones = frame["id_number"].to_list(), frame["phone"].to_list()
    names = keys_of(frame["name"].to_list())
    known = frame["name"].to_list()
    household = pl.coalesce(
        # Police numbers are unique; the ledgers of two villages both begin at 001.
        pl.concat_str(pl.lit("no:"), "household_no", pl.lit("@"), pl.col("area_code").str.slice(0, 12)),
        pl.concat_str(pl.lit("head:"), "head_id_number"),
    )
    states_home = (
        pl.col("home_text").is_not_null()
        | pl.col("register_address").is_null()
        | (pl.col("register_consistent") == "01")
    )
    with_keys = frame.with_columns(
        hexed(address_key(frame, prefix="home_").to_list()).alias("dwelling_key"),
        pl.when(states_home).then(pl.col("area_code")).alias("home_area"),
        pl.when(pl.col("register_village_code").is_not_null())
        .then(pl.col("register_village_code"))
        .when(pl.col("register_consistent") == "01")
        .then(pl.col("area_code"))
        .when((pl.col("population_kind") == "01") & pl.col("register_address").is_null())
        .then(pl.col("area_code"))
        .alias("register_area"),
        household.alias("household_plain"),
    )
    return with_keys.with_columns(
        pl.Series("id_sealed", hexed(secrets.encrypt_many(numbers)), pl.String),
        pl.Series("id_tail4", secrets.lookup_many("tail4", _tails(numbers, 4)), pl.Int64),
        pl.Series("id_tail6", secrets.lookup_many("tail6", _tails(numbers, 6)), pl.Int64),
        pl.Series("phone_sealed", hexed(secrets.encrypt_many(phones)), pl.String),
        pl.Series("phone_hash", secrets.lookup_many("phone", phones), pl.Int64),
        pl.Series("phone_tail4", secrets.lookup_many("phone4", _tails(phones, 4)), pl.Int64),
        pl.Series("name_key", [names[n] for n in known], pl.String),
        pl.Series("record_id", uuid7_many(count), pl.String),
        pl.Series("new_household_id", uuid7_many(count), pl.String),
        pl.Series("transfer_id", uuid7_many(count), pl.String),
        pl.Series("residence_id", uuid7_many(count), pl.String),
        pl.Series(
            "household_key",
            hexed(secrets.fingerprint_many("household", with_keys["household_plain"].to_list())),
            pl.String,
        ),
    )


def hexed(values: list[bytes | None]) -> pl.Series:
    """Bytes as PostgreSQL's hex text, for COPY."""
    return "\\x" + pl.Series("h", values, pl.Binary).bin.encode("hex")


def _tails(values: list[str | None], digits: int) -> list[str | None]:
    return [v[-digits:] if v is not None and len(v) >= digits else None for v in values]
