"""Keeping the store of matching: a row of keyed hashes for each person, a pure function of the golden record.

It changes in the transaction that changes people: merges, corrections, joins, splits and undoing all come through here.
"""

from __future__ import annotations

import polars as pl

from linli.kernel.slices import Slices
from linli.registry.merge import stage

from .keys import KEYS, keyed

#: What keys are made of, of people: `person_id` beside it.
MADE_OF = ("name_key", "birth", "area_code", "phone_hash", "numbered")
_KEPT = ("person_id", "area_code", "numbered", *KEYS)
COLUMNS = {
    "person_id": "uuid",
    "area_code": 'text COLLATE "C"',
    "numbered": "boolean",
    **dict.fromkeys(KEYS, "bigint"),
}
_LISTED = ", ".join(_KEPT)
_PEOPLE = """
SELECT p.id AS person_id, p.name_key, p.birth, p.area_code, p.phone_hash, p.id_hash IS NOT NULL AS numbered
FROM {people} t JOIN registry_person p ON p.id = t.person_id
"""
_SCHEMA = {
    "person_id": pl.String, "name_key": pl.String, "birth": pl.String, "area_code": pl.String, "phone_hash": pl.Int64,
    "numbered": pl.String,
}  # fmt: skip


def kept(people: pl.DataFrame) -> pl.DataFrame:
    """The rows of the store for people given by `person_id` and MADE_OF. Touches no database."""
    return keyed(people).select(_KEPT)


def refresh(people: str) -> int:
    """Store anew the people in a temporary table, touching only rows that differ; returns how many did."""
    found: Slices = stage.fetch_slices(_PEOPLE.format(people=people), _SCHEMA)
    if not found.height:
        return 0
    stage.create("wanted_key", COLUMNS)
    stage.fill_slices("wanted_key", COLUMNS, map(kept, found), ("person_id",))
    values = [c for c in _KEPT if c != "person_id"]
    old, new = (", ".join(f"{of}.{c}" for c in values) for of in ("k", "EXCLUDED"))
    changed = stage.run(
        f"INSERT INTO registry_match_key AS k ({_LISTED}) SELECT {_LISTED} FROM wanted_key "
        f"ON CONFLICT (person_id) DO UPDATE SET {', '.join(f'{c} = EXCLUDED.{c}' for c in values)} "
        f"WHERE ({old}) IS DISTINCT FROM ({new})"
    )
    stage.run("DROP TABLE wanted_key")
    return changed


def forget(people: str) -> None:
    """Take the people in a temporary table out of the store."""
    stage.run(f"DELETE FROM registry_match_key k USING {people} g WHERE k.person_id = g.person_id")
