"""Whom new rows of a merge are looked at with: people, and rows of the same file, that share a key with them.

Found in SQL, in the transaction and under the lock of the merge. Those in sight of whoever brings the rows are found as if
there were nobody else, and the others apart: how many share a key out of sight must not decide who is found in sight.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl
from django.db import connection

from linli.kernel import secrets
from linli.registry.matching import keys
from linli.registry.pinyin import keys_of

from . import prepare, stage
from .match import OUTCOMES, Outcomes

NEAR, FAR = "alike", "alike_far"
_ROWS = {"row": "integer", "numbered": "boolean", **dict.fromkeys(keys.KEYS, "bigint")}
_FOUND = {"row": pl.Int64, "person_id": pl.String}
_TWINS = {"row": pl.Int64, "other": pl.Int64}
# Those who share a key, unless more than `most` do; of those with a number only people without one.
_OF_BASE = """
SELECT k.row, f.person_id FROM stage_alike k CROSS JOIN LATERAL (
    SELECT m.person_id, count(*) OVER () AS sharing FROM (
        SELECT m.person_id FROM registry_match_key m WHERE m.{key} = k.{key}{free}{seen} LIMIT {most} + 1
    ) m
) f
WHERE {rows} AND k.{key} IS NOT NULL AND f.sharing <= {most}{left}
"""
_SEEN = "EXISTS (SELECT FROM registry_person_area a WHERE a.person_id = m.person_id AND a.area_code ^@ ANY(%(areas)s))"
_OF_FILE = """
SELECT least(u.row, o.row) AS row, greatest(u.row, o.row) AS other
FROM (
    SELECT {key} FROM stage_alike WHERE {key} IS NOT NULL GROUP BY {key}
    HAVING count(*) BETWEEN 2 AND {most} AND NOT bool_and(numbered)
) s JOIN stage_alike u USING ({key}) JOIN stage_alike o USING ({key})
WHERE NOT u.numbered AND u.row <> o.row
"""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs that share a key: `near` and `far` of rows with people in and out of sight (`row`, `person_id`), whose ids are
    in the temporary tables NEAR and FAR too, and `twins` of rows (`row`, `other`)."""

    near: pl.DataFrame
    far: pl.DataFrame
    twins: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Base:
    """Whether anybody is in the base, and anybody without a number."""

    any: bool
    unnumbered: bool

    @classmethod
    def now(cls) -> Base:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM registry_match_key), EXISTS (SELECT FROM registry_match_key WHERE NOT numbered)"
            )
            return cls(*(cursor.fetchone() or (False, False)))


class News:
    """The rows that are new so far, read again slice by slice."""

    def __init__(self, whole: Iterable[pl.DataFrame], known: prepare.Keys, outcomes: Outcomes) -> None:
        self._whole, self._known, self._outcomes = whole, known, outcomes

    def _slices(self) -> Iterable[pl.DataFrame]:
        for part in self._whole:
            if part.height:
                rows = self._outcomes.of(part)
                yield rows.filter(pl.col("outcome") == "new").drop(c for c in OUTCOMES if c != "row")

    def stage(self) -> None:
        """Enter their keys in the temporary table `stage_alike`."""
        stage.create("stage_alike", _ROWS)
        stage.fill_slices("stage_alike", _ROWS, map(_keyed, self._slices()))

    def facts(self, rows: pl.Series) -> pl.DataFrame:
        """`row`, `numbered`, and what is compared, of some of them."""
        wanted = pl.DataFrame({"row": rows})
        parts = [_stated(part.join(wanted, on="row", how="semi", maintain_order="left")) for part in self._slices()]
        return pl.concat(parts)


def _keyed(rows: pl.DataFrame) -> pl.DataFrame:
    names = keys_of(rows["name"].to_list())
    people = rows.select(
        "row",
        "birth",
        "area_code",
        pl.Series("name_key", [names[n] for n in rows["name"].to_list()], pl.String),
        pl.Series("phone_hash", secrets.lookup_many("phone", rows["phone"].to_list()), pl.Int64),
        pl.col("id_number").is_not_null().alias("numbered"),
    )
    return keys.keyed(people).select(list(_ROWS))


def _stated(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows in the fields of `facts`: the home as it will be stored."""
    here = (
        pl.col("home_text").is_not_null()
        | pl.col("register_address").is_null()
        | (pl.col("register_consistent") == "01")
    )
    home = pl.when(here).then("area_code")
    return rows.select(
        "row",
        "name",
        "sex",
        pl.col("birth").cast(pl.String),
        pl.lit(None, pl.String).alias("id_number"),
        "phone",
        home.str.slice(0, 9).alias("town"),
        home.str.slice(0, 12).alias("village"),
        pl.coalesce("home_standard", "home_text").alias("address"),
        "head_name",
    )


def candidates(base: Base, unnumbered: bool, areas: Sequence[str], everything: bool, elsewhere: bool) -> Candidates:
    """Pairs of the rows in `stage_alike`, which goes. `areas`: what is in sight; `everything`: that nobody is out of sight.
    `elsewhere`: whether those out of sight are looked for at all."""
    params = {"areas": list(areas)}
    near = _people(base, unnumbered, NEAR, "" if everything else f" AND {_SEEN}", "", params)
    out_of_sight = f" AND NOT {_SEEN.replace('m.person_id', 'f.person_id')}"
    nobody = everything or not elsewhere
    far = near.clear() if nobody else _people(base, unnumbered, FAR, "", out_of_sight, params)
    twins = pl.DataFrame(schema=_TWINS)
    if unnumbered:
        of_file = " UNION ".join(_OF_FILE.format(key=key, most=most) for key, most in keys.MOST.items())
        twins = stage.fetch(f"SELECT row, other FROM ({of_file}) t ORDER BY row, other", _TWINS)
    stage.run("DROP TABLE stage_alike")
    return Candidates(near, far, twins)


def _people(
    base: Base, unnumbered: bool, table: str, seen: str, left: str, params: dict[str, list[str]]
) -> pl.DataFrame:
    """Pairs of rows with people, kept in a temporary table. `seen` says who is there at all, `left` who of those found is
    wanted."""
    parts = []
    for key, most in keys.MOST.items():
        told = {"key": key, "most": most, "seen": seen, "left": left}
        if base.unnumbered:
            parts.append(_OF_BASE.format(rows="k.numbered", free=" AND NOT m.numbered", **told))
        if base.any and unnumbered:
            parts.append(_OF_BASE.format(rows="NOT k.numbered", free="", **told))
    stage.create(table, {"row": "integer", "person_id": "uuid"})
    if parts:
        stage.run(f"INSERT INTO {table} " + " UNION ".join(parts), params)
        stage.run(f"ANALYZE {table}")
    return stage.fetch(f"SELECT row, person_id FROM {table} ORDER BY row, person_id", _FOUND)
