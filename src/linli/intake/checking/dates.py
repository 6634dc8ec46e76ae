"""Dates as people write them: seven notations, Excel's serial numbers and date cells; what is no full date is said so.

Read: 2020-01-02, 2020/1/2, 2020.1.2, 20200102, 2020年1月2日, 43832 (Excel serial), 2020-01-02 08:30[:00].
Half read: 2020-01, 2020年1月, 202001, 2020 (`date.partial`). Refused: 农历 dates, 01/02/2020, two-digit years.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

# Excel's day 1 is 1900-01-01 and it believes in 1900-02-29, so from March 1900 the origin is 1899-12-30.
SERIAL_ORIGIN = date(1899, 12, 30)
SERIAL = r"^[1-9]\d{4}(\.\d+)?$"
FULL = r"^(\d{4})\s*[-/.,年]\s*(\d{1,2})\s*[-/.,月]\s*(\d{1,2})\s*[日号]?(?:[T ]+\d{1,2}[:时].*)?$"
SOLID = r"^(\d{4})(\d{2})(\d{2})(?:\d{6})?(?:\.0)?$"
PARTIAL = r"^(\d{4})\s*(?:年|[-/.]\s*(\d{1,2})\s*[-/.]?|年\s*(\d{1,2})\s*月?份?|(0[1-9]|1[0-2]))?$"
LUNAR = r"农历|阴历|古历|闰|正月|腊月|冬月|初[一二三四五六七八九十]|廿"
AMBIGUOUS = r"^\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})$"
FULLWIDTH = {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)} | {"—": "-", "–": "-", "。": "."}
CHINESE = str.maketrans("〇零○一二三四五六七八九", "000123456789")
EARLIEST = 1850


@dataclass(frozen=True, slots=True)
class Dates:
    """Per row: the date (null where there is none), its year where only that or the month is known, and the code of
    what is wrong."""

    value: pl.Series
    partial: pl.Series
    wrong: pl.Series


def read_dates(values: pl.Series, *, today: date, may_be_future: bool = False) -> Dates:
    """Check a column of dates. A time of day is dropped; `partial` holds "YYYY" or "YYYY-MM"."""
    text = _chinese(values.str.replace_many(FULLWIDTH).str.strip_chars(" \u3000'’"))
    frame = pl.DataFrame({"t": text})
    full = pl.col("t").str.extract_groups(FULL)
    solid = pl.col("t").str.extract_groups(SOLID)
    half = pl.col("t").str.extract_groups(PARTIAL)
    serial = pl.when(pl.col("t").str.contains(SERIAL)).then(pl.col("t").str.extract(r"^(\d+)").cast(pl.Int64))
    frame = frame.with_columns(
        y=pl.coalesce(full.struct[0], solid.struct[0]).cast(pl.Int32),
        m=pl.coalesce(full.struct[1], solid.struct[1]).cast(pl.Int32),
        d=pl.coalesce(full.struct[2], solid.struct[2]).cast(pl.Int32),
        serial=serial,
        hy=half.struct[0],
        hm=pl.coalesce(half.struct[1], half.struct[2], half.struct[3]),
    )
    real = real_day(pl.col("y"), pl.col("m"), pl.col("d"))
    frame = frame.with_columns(
        value=pl.when(real)
        .then(pl.date(pl.when(real).then("y"), pl.when(real).then("m"), pl.when(real).then("d")))
        .when(pl.col("serial").is_between(60, 73_050))
        .then(pl.lit(SERIAL_ORIGIN) + pl.duration(days=pl.col("serial"))),
    )
    sensible_half = pl.col("hy").cast(pl.Int32).is_between(EARLIEST, today.year) & pl.col("hm").cast(
        pl.Int32
    ).is_between(1, 12).fill_null(True)
    unread = pl.col("value").is_null() & pl.col("t").is_not_null() & (pl.col("t") != "")
    future = pl.col("value") > pl.lit(today)
    wrong = (
        pl.when(pl.col("t").str.contains(LUNAR))
        .then(pl.lit("date.lunar"))
        .when(unread & sensible_half)
        .then(pl.lit("date.partial"))
        .when(unread & pl.col("t").str.contains(AMBIGUOUS))
        .then(pl.lit("date.ambiguous"))
        .when(unread & pl.col("y").is_not_null())
        .then(pl.lit("date.impossible"))
        .when(unread)
        .then(pl.lit("date.form"))
        .when(future & (not may_be_future))
        .then(pl.lit("date.future"))
    )
    out = frame.with_columns(wrong=wrong).select(
        value=pl.when(pl.col("wrong").is_null()).then("value"),
        partial=pl.when(pl.col("wrong") == "date.partial").then(
            pl.when(pl.col("hm").is_null())
            .then("hy")
            .otherwise(pl.concat_str("hy", pl.lit("-"), pl.col("hm").str.zfill(2)))
        ),
        wrong="wrong",
    )
    return Dates(out["value"], out["partial"], out["wrong"])


def real_day(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Whether year, month and day name a day there is."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = (
        pl.when(month.is_in([4, 6, 9, 11]))
        .then(30)
        .when(month == 2)
        .then(pl.when(leap).then(29).otherwise(28))
        .otherwise(31)
    )
    return (year >= EARLIEST) & month.is_between(1, 12) & (day >= 1) & (day <= longest)


def _chinese(text: pl.Series) -> pl.Series:
    """二〇二〇年一月二日 in digits; only the rows written so are touched."""
    written = text.str.contains(
        r"^[〇零○一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}[日号]$"
    )
    if not written.any():
        return text
    rows = written.fill_null(False)
    turned = [_digits(value) for value in text.filter(rows).unique().to_list()]
    plain = pl.Series(turned, dtype=pl.String)
    return text.clone().scatter(
        rows.arg_true(),
        text.filter(rows).replace_strict(text.filter(rows).unique(), plain, return_dtype=pl.String),
    )


def _digits(value: str) -> str:
    year, rest = value.split("年")
    month, day = rest.rstrip("日号").split("月")
    return f"{year.translate(CHINESE)}-{_small(month)}-{_small(day)}"


def _small(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return int(numeral.translate(CHINESE))
    return int(tens.translate(CHINESE) or 1) * 10 + int(ones.translate(CHINESE) or 0)
