"""Codes of things as whole columns: the unified social credit code (GB 32100) and the component code (GB/T 47678.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

# 31 characters: no I, O, S, V, Z. The weight of place i is 3^(i-1) mod 31 (GB 32100-2015, 4.5).
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
LENGTH = 18
#: region of synthetic codes, in no edition of GB/T 2260 (as in synthetic identity numbers)
SYNTHETIC_REGION = "990302"
NONE_WORDS = r"^(无|没有|未知|不详|暂无|空|-+|/+|\.+|0+)$"
FULLWIDTH = {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)}
# First two characters (registration department, kind of organisation: GB 32100-2015 table 1, read from a secondary
# copy) to our kind of entity, where they decide it; 91 is any enterprise.
KIND_BY_PREFIX = {
    "11": "11", "12": "12", "13": "13", "51": "31", "52": "32", "53": "33", "92": "41", "93": "42",
}  # fmt: skip
COMPONENT = r"^(\d{6})(\d{5})(\d{6})$"


@dataclass(frozen=True, slots=True)
class Codes:
    """Per row: the code in canonical form, null where it is wrong, and the finding that says what is wrong."""

    code: pl.Series
    wrong: pl.Series


def read_credit_codes(values: pl.Series, *, demo: bool = False) -> Codes:
    """Check a column of unified social credit codes (GB 32100): 18 characters, check character MOD 31.

    Codes of the region 990302 are nobody's and pass in demo districts only. Words for "none" read as empty.
    """
    text = values.str.replace_many(FULLWIDTH).str.to_uppercase().str.replace_all(r"[\s'’\u{3000}-]", "")
    frame = pl.DataFrame({"t": text}).with_columns(
        t=pl.when((pl.col("t") == "") | pl.col("t").str.contains(NONE_WORDS)).then(None).otherwise("t")
    )
    places = [
        pl.col("t").str.slice(i, 1).replace_strict(list(ALPHABET), list(range(31)), default=0, return_dtype=pl.Int64)
        for i in range(LENGTH)
    ]
    total = pl.sum_horizontal([place * weight for place, weight in zip(places, WEIGHTS, strict=False)])
    wrong = (
        pl.when(pl.col("t").is_null())
        .then(None)
        .when(pl.col("t").str.contains(rf"[^{ALPHABET}]"))
        .then(pl.lit("credit.characters"))
        .when(pl.col("t").str.len_chars() != LENGTH)
        .then(pl.lit("credit.length"))
        .when((31 - total % 31) % 31 != places[17])
        .then(pl.lit("credit.checksum"))
        .when((pl.col("t").str.slice(2, 6) == SYNTHETIC_REGION) & (not demo))
        .then(pl.lit("credit.synthetic"))
    )
    out = frame.with_columns(wrong=wrong).select(code=pl.when(pl.col("wrong").is_null()).then("t"), wrong="wrong")
    return Codes(out["code"], out["wrong"])


def check_character(first17: str) -> str:
    """The 18th character of a unified social credit code. Raises ValueError for characters not in the alphabet."""
    total = sum(ALPHABET.index(c) * w for c, w in zip(first17, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def kinds_of(codes: pl.Series) -> pl.Series:
    """The kind of entity that a credit code itself tells; null for enterprises, which may be of several."""
    return codes.str.slice(0, 2).replace_strict(KIND_BY_PREFIX, default=None, return_dtype=pl.String)


def read_component_codes(values: pl.Series, *, county: str, classes: Iterable[str]) -> Codes:
    """Check a column of component codes: 6 digits county, 5 class, 6 serial, 17 in all (GB/T 47678.5, secondary).

    The standard has no check digit: the county must be ours, the class must be in the directory or a local one (minors
    counted downward from 99, as 运城 does: inferred), and the serial is not zero.
    """
    text = values.str.replace_many(FULLWIDTH).str.replace_all(r"[\s'’\u{3000}]", "")
    known = list(classes)
    frame = pl.DataFrame({"t": text}).with_columns(parts=pl.col("t").str.extract_groups(COMPONENT))
    group, serial = pl.col("parts").struct[1], pl.col("parts").struct[2]
    local = group.str.contains(r"^(0[1-5])9[0-9]{2}$|^99")
    wrong = (
        pl.when(pl.col("t").is_null() | (pl.col("t") == ""))
        .then(None)
        .when(pl.col("t").str.contains(r"\D"))
        .then(pl.lit("component.characters"))
        .when(pl.col("t").str.len_chars() != 17)
        .then(pl.lit("component.length"))
        .when(pl.col("parts").struct[0] != county)
        .then(pl.lit("component.county"))
        .when(~group.is_in(known) & ~local)
        .then(pl.lit("component.class"))
        .when(serial == "000000")
        .then(pl.lit("component.serial"))
    )
    out = frame.with_columns(wrong=wrong).select(
        code=pl.when(pl.col("wrong").is_null() & (pl.col("t") != "")).then("t"), wrong="wrong"
    )
    return Codes(out["code"], out["wrong"])


def keys(kind: str, frame: pl.DataFrame, source: str) -> pl.Series:
    """What makes a row the same thing whoever states it; null where nothing does.

    An entity: its credit code, else the source's own record. A component: its code. A key place: the source's own
    record, else its name and village, so that two departments without numbers of their own mean one place. A rented
    home: its dwelling, else as a place: who registers leases and who knocks at the door mean one home.
    """
    have = {name: pl.col(name) if name in frame.columns else pl.lit(None, pl.String) for name in _KEYED}
    own = pl.concat_str(pl.lit(f"{source}/"), have["record_key"])
    place = pl.concat_str(
        pl.lit("at:"), pl.col("area_code").str.slice(0, 12), pl.lit("/"), have["name"].str.replace_all(r"\s", "")
    )
    told = {
        "entity": pl.coalesce(have["credit_code"], own),
        "place": pl.coalesce(own, place),
        "component": have["component_code"],
        "rental": pl.coalesce(pl.lit("home:") + have["dwelling_key"], own, place),
    }[kind]
    return frame.select(told.alias("key")).to_series()


_KEYED = ("credit_code", "component_code", "record_key", "name", "dwelling_key")
