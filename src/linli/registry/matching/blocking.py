"""Which pairs are looked at: records that share a key. No key makes more pairs than a fixed number for each record.

A key that many records share is left aside (its rule has a `most`): whoever it would have brought together shares a
narrower key too. So the number of pairs grows with the number of records, at five million as at five thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

Rows = np.ndarray[Any, np.dtype[np.int32]]
Keys = np.ndarray[Any, np.dtype[np.uint64]]


@dataclass(frozen=True, slots=True)
class Rule:
    """Records are compared when these columns are the same, unless more than `most` records share them."""

    code: str
    columns: tuple[str, ...]
    most: int = 40


HAN = (
    Rule("number", ("number_code",)),
    Rule("number_head", ("number_head", "near_family_code"), 20),
    Rule("number_tail", ("number_tail", "near_family_code"), 20),
    Rule("birth_surname", ("birth", "near_family_code")),
    Rule("birth_given", ("birth", "given_code")),
    Rule("birth_letters", ("birth", "letters_code")),
    Rule("birth_village", ("birth", "village_code"), 25),
    Rule("phone", ("phone_code",)),
    Rule("dwelling", ("dwelling_code",)),
    Rule("door", ("door_code",), 25),
    Rule("name_village", ("near_code", "village_code"), 25),
    Rule("letters_village", ("letters_code", "village_code"), 25),
    Rule("name_year", ("near_code", "year"), 25),
    Rule("name_day", ("near_code", "month_day"), 25),
    Rule("name_town", ("near_code", "town_code"), 10),
    Rule("name", ("near_code",), 6),
)
LATIN = (
    Rule("number", ("number_code",)),
    Rule("birth", ("birth",), 30),
    Rule("birth_surname", ("birth", "family_code")),
    Rule("birth_given", ("birth", "given_code")),
    Rule("name", ("letters_code",), 40),
    Rule("surname_postcode", ("family_code", "postcode")),
    Rule("given_postcode", ("given_code", "postcode")),
    Rule("surname_suburb", ("family_code", "suburb_code")),
    Rule("given_suburb", ("given_code", "suburb_code")),
    Rule("surname_day", ("family_code", "month_day")),
    Rule("given_day", ("given_code", "month_day"), 25),
    Rule("phone", ("phone_code",)),
    Rule("street", ("street_code", "street_number")),
    Rule("dwelling", ("dwelling_code",)),
)
BY_SCRIPT = {"han": HAN, "latin": LATIN}


def keyed(frame: pl.DataFrame, rule: Rule) -> Keys:
    """A 64-bit key of each row; 0 where one of the columns is null."""
    key: Keys = np.zeros(frame.height, np.uint64)
    known = np.ones(frame.height, np.bool_)
    for column in rule.columns:
        values = frame[column]
        known &= values.is_not_null().to_numpy()
        if values.dtype == pl.String:
            values = values.hash()
        # As in splitmix64: an odd factor and a shift after each column, so that the order of columns counts.
        key = (key ^ values.fill_null(0).to_numpy().astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    return np.where(known, np.maximum(key, np.uint64(1)), np.uint64(0))


def with_parts(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that keys are made of and comparisons do not ask for."""
    number = pl.col("number")
    whole = number.str.len_chars() == 18
    return frame.with_columns(
        number_head=pl.when(whole).then(number.str.slice(0, 14)),
        number_tail=pl.when(whole).then(number.str.slice(10, 8)),
        month_day=pl.col("birth") % 10000,
    )


def candidates(frame: pl.DataFrame, rules: Sequence[Rule]) -> tuple[Rows, Rows]:
    """Pairs of positions (the smaller first) that share a key of any rule, each once, in order."""
    parts, count = with_parts(frame), frame.height
    found = [_pairs(keyed(parts, rule), rule.most, count) for rule in rules]
    codes = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
    return (codes // max(count, 1)).astype(np.int32), (codes % max(count, 1)).astype(np.int32)


def _pairs(keys: Keys, most: int, count: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Pairs with the same key, as first * count + second."""
    rows = np.flatnonzero(keys)
    order = rows[np.argsort(keys[rows], kind="stable")].astype(np.int64)
    ordered = keys[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.empty(0, np.int64)
    sizes = np.diff(np.r_[starts, len(ordered)])
    fit = np.repeat((sizes > 1) & (sizes <= most), sizes)
    order, ordered = order[fit], ordered[fit]
    found, step = [np.empty(0, np.int64)], 1
    at = np.arange(len(order) - 1) if len(order) else np.empty(0, np.int64)
    while len(at):
        at = at[at + step < len(order)]
        at = at[ordered[at] == ordered[at + step]]
        # A stable sort keeps positions rising within a key.
        found.append(order[at] * count + order[at + step])
        step += 1
    return np.concatenate(found)
