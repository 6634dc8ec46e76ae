"""Phone numbers as columns: mobiles, fixed lines with or without area code, several in one cell."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

MOBILE = r"^1[3-9]\d{9}$"
# Mobile numbers begin 13 to 19 (工信部 电信网编号计划); 100 followed by eight digits can never be given to anyone.
SYNTHETIC = r"^100\d{8}$"
FIXED = r"^0\d{2,3}[2-8]\d{6,7}$"
LOCAL = r"^[2-8]\d{6,7}$"
SERVICE = r"^(400|800)\d{7}$"
FULLWIDTH = {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)} | {"—": "-", "–": "-", "－": "-"}
SEPARATORS = r"[\s/、,，;；|和]+"
NONE_WORDS = r"^(无|没有|未知|不详|暂无|空|-+|/+|\.+|0+)$"


@dataclass(frozen=True, slots=True)
class Phones:
    """Per row: the number in plain digits (fixed lines as 0533-1234567 without the dash), and what is wrong or
    remarkable."""

    number: pl.Series
    wrong: pl.Series
    note: pl.Series


def read_phones(values: pl.Series, *, demo: bool = False) -> Phones:
    """Check a column of phone numbers. Words for "none" read as empty."""
    text = values.str.replace_many(FULLWIDTH).str.strip_chars(" \u3000'’.-")
    frame = pl.DataFrame({"t": text}).with_columns(
        t=pl.when((pl.col("t") == "") | pl.col("t").str.contains(NONE_WORDS)).then(None).otherwise("t")
    )
    # 138 0000 0000 is one number; 13800000000 13900000000 are two: try the whole first.
    whole = _plain(pl.col("t"))
    parts = pl.col("t").str.replace_all(SEPARATORS, "\x1f").str.strip_chars("\x1f").str.split("\x1f")
    first = _plain(parts.list.first())
    frame = frame.with_columns(whole=whole, first=first, parts=parts.list.len())
    frame = frame.with_columns(
        number=pl.when(_valid("whole", demo))
        .then("whole")
        .when((pl.col("parts") > 1) & _valid("first", demo))
        .then("first")
    )
    chosen = pl.when(pl.col("parts") > 1).then("first").otherwise("whole")
    wrong = (
        pl.when(pl.col("t").is_null() | pl.col("number").is_not_null())
        .then(None)
        .when(chosen.str.contains(SYNTHETIC))
        .then(pl.lit("phone.synthetic"))
        .when(chosen.str.contains(r"[^0-9]"))
        .then(pl.lit("phone.characters"))
        .when(chosen.str.contains(r"^1\d*$"))
        .then(pl.when(chosen.str.len_chars() == 11).then(pl.lit("phone.range")).otherwise(pl.lit("phone.length")))
        .otherwise(pl.lit("phone.form"))
    )
    several = (pl.col("parts") > 1) & pl.col("number").is_not_null() & (pl.col("number") != pl.col("whole"))
    out = frame.select(
        number="number",
        wrong=wrong,
        note=pl.when(several)
        .then(pl.lit("phone.several"))
        .when(pl.col("number").str.contains(LOCAL))
        .then(pl.lit("phone.no_area_code")),
    )
    return Phones(out["number"], out["wrong"], out["note"])


def _plain(text: pl.Expr) -> pl.Expr:
    """Digits without spaces, dashes, brackets, the country's +86 and extensions."""
    return (
        text.str.replace_all(r"[\s()-]", "")
        .str.replace(r"^(\+86|0086)", "")
        .str.replace(r"^86(1[3-9]\d{9})$", "$1")
        .str.replace(r"(转|[xX*#])\d{1,5}$", "")
        .str.replace(r"\.0$", "")
    )


def _valid(column: str, demo: bool) -> pl.Expr:
    forms = [MOBILE, FIXED, LOCAL, SERVICE] + ([SYNTHETIC] if demo else [])
    return pl.col(column).str.contains("|".join(f"(?:{form})" for form in forms)).fill_null(False)
