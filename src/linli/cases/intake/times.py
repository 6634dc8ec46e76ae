"""Moments as exports write them: a date with or without a time of day, Excel's serial numbers, limits in words.

Read: 2024-03-05 14:05[:09], 2024/3/5 14:05, 2024.3.5, 2024年3月5日14时05分, 20240305, 20240305140509, 45356.586, full-width digits.
Local time, as everywhere in these tables; stored as seconds since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from linli.intake.checking.dates import FULLWIDTH, SERIAL, SERIAL_ORIGIN, real_day

MOMENT = (
    r"^(\d{4})\s*[-/.,年]\s*(\d{1,2})\s*[-/.,月]\s*(\d{1,2})\s*[日号]?"
    r"(?:[T\s]*(\d{1,2})\s*[:时点]\s*(?:(\d{1,2})\s*分?)?(?:\s*:?\s*(\d{1,2})(?:\.\d+)?\s*秒?)?)?$"
)
SOLID = r"^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?$"
LIMIT = r"^(\d{1,4})\s*个?\s*(工作日|工作小时|工作时|小时|自然日|日|天)\s*(?:内|以内|之内)?(?:办结|办理|反馈|答复)?$"
CLOCKS = {
    "工作日": "work_day", "工作小时": "work_hour", "工作时": "work_hour", "小时": "urgent_hour", "自然日": "natural_day",
    "日": "natural_day", "天": "natural_day",
}  # fmt: skip
EAST = 8 * 3600
ORIGIN = (date(1970, 1, 1) - SERIAL_ORIGIN).days
DAY = 86_400
FIRST_YEAR = 1980


@dataclass(frozen=True, slots=True)
class Moments:
    """Per row: seconds since 1970 (null where there is none), and the code of what is wrong."""

    value: pl.Series
    wrong: pl.Series


@dataclass(frozen=True, slots=True)
class Limits:
    """Per row: how long something may take, and by which clock; null where no limit is written."""

    amount: pl.Series
    clock: pl.Series


def read_moments(values: pl.Series, *, latest: int | None, whole_days_end: bool = False) -> Moments:
    """Check a column of moments. `latest`: later ones lie in the future, which is wrong; None lets them.

    `whole_days_end`: a date without a time of day (or with midnight, which is how workbooks keep one) means the end
    of that day, as deadlines do; else its beginning.
    """
    text = _text(values)
    frame = pl.DataFrame({"t": text})
    spelt, solid = pl.col("t").str.extract_groups(MOMENT), pl.col("t").str.extract_groups(SOLID)
    parts = ("y", "m", "d", "hour", "minute", "second")
    frame = frame.with_columns(
        *(
            pl.coalesce(spelt.struct[nth], solid.struct[nth]).cast(pl.Int64, strict=False).alias(name)
            for nth, name in enumerate(parts)
        ),
        serial=pl.when(pl.col("t").str.contains(SERIAL)).then(pl.col("t").cast(pl.Float64, strict=False)),
    )
    real = real_day(pl.col("y"), pl.col("m"), pl.col("d")) & (pl.col("y") >= FIRST_YEAR)
    real &= pl.col("hour").fill_null(0).is_between(0, 23) & pl.col("minute").fill_null(0).is_between(0, 59)
    real &= pl.col("second").fill_null(0).is_between(0, 59)
    frame = frame.with_columns(real=real.fill_null(False))
    seconds = pl.col("hour").fill_null(0) * 3600 + pl.col("minute").fill_null(0) * 60 + pl.col("second").fill_null(0)
    if whole_days_end:
        seconds = pl.when(seconds == 0).then(DAY - 1).otherwise(seconds)
    y, m, d = (pl.when("real").then(name) for name in ("y", "m", "d"))
    spelt_at = pl.date(y, m, d).cast(pl.Int32).cast(pl.Int64) * DAY + seconds - EAST
    whole = pl.col("serial") == pl.col("serial").floor()
    tail = pl.when(whole & whole_days_end).then(DAY - 1).otherwise(0)
    serial_at = ((pl.col("serial") - ORIGIN) * DAY).round().cast(pl.Int64) + tail - EAST
    frame = frame.with_columns(at=pl.coalesce(spelt_at, serial_at))
    late = pl.lit(False) if latest is None else pl.col("at") > latest
    wrong = (
        pl.when(pl.col("t").is_null() | (pl.col("t") == ""))
        .then(None)
        .when(pl.col("at").is_null() & pl.col("y").is_not_null())
        .then(pl.lit("moment.impossible"))
        .when(pl.col("at").is_null())
        .then(pl.lit("moment.form"))
        .when(late)
        .then(pl.lit("moment.future"))
    )
    out = frame.with_columns(wrong=wrong).select(at=pl.when(pl.col("wrong").is_null()).then("at"), wrong="wrong")
    return Moments(out["at"], out["wrong"].cast(pl.String))


def read_limits(values: pl.Series) -> Limits:
    """Limits in words, such as 5个工作日 or 24小时."""
    parts = pl.DataFrame({"t": _text(values)}).select(pl.col("t").str.extract_groups(LIMIT).alias("g")).to_series()
    frame = pl.DataFrame({"amount": parts.struct.field("1"), "unit": parts.struct.field("2")})
    out = frame.select(
        pl.col("amount").cast(pl.Int64), pl.col("unit").replace_strict(CLOCKS, default=None, return_dtype=pl.String)
    )
    return Limits(out["amount"], out["unit"])


def _text(values: pl.Series) -> pl.Series:
    return values.str.replace_many(FULLWIDTH).str.strip_chars(" \u3000'’")
