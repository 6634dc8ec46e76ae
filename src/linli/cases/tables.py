"""Texts from files for the commands of cases: csv in UTF-8 or GB18030, xlsx and other workbooks, parquet.

Row 0 is the first below the header, and every row counts; a wholly blank line of a csv is none, as elsewhere.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from linli.places.tables import TableUnreadable, read_table

from .problems import ColumnMissing, TableRefused

LARGEST_FILE = 500 << 20
LARGEST_CELL = 10_000_000
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def read_columns(path: Path, names: Sequence[str]) -> pl.DataFrame:
    """The named columns, each cell as text (empty for none). Raises TableRefused, ColumnMissing."""
    if path.stat().st_size > LARGEST_FILE:
        raise TableRefused(file=path.name, reason=f"超过 {LARGEST_FILE >> 20} MB / larger than that")
    kind = path.suffix.lower()
    try:
        frame = _parquet(path) if kind in (".parquet", ".pq") else read_table(path) if kind in WORKBOOKS else _csv(path)
    except TableUnreadable as problem:
        raise TableRefused(**problem.params) from None
    except TableRefused:
        raise
    except Exception as error:  # a damaged workbook or parquet file fails in many ways inside its reader
        raise TableRefused(file=path.name, reason=type(error).__name__) from None
    missing = next((name for name in names if name not in frame.columns), None)
    if missing is not None:
        raise ColumnMissing(column=missing, there="、".join(frame.columns[:30]))
    return frame.select(pl.col(list(dict.fromkeys(names))).cast(pl.String).fill_null(""))


def joined(frame: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """One text a row: the columns in their order, each on a line of its own, so that the first stands as the title."""
    texts = frame.select(pl.concat_str([pl.col(n).str.strip_chars() for n in names], separator="\n"))
    return [text.strip() for text in texts.to_series().to_list()]


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A csv in UTF-8, for programs, in which no cell is a formula for a spreadsheet."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([[_plain(cell) for cell in row] for row in rows])


def _plain(cell: object) -> object:
    risky = isinstance(cell, str) and cell.startswith(_RISKY) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if risky else cell


def _parquet(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path)


def _csv(path: Path) -> pl.DataFrame:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise TableRefused(file=path.name, reason="编码既不是 UTF-8 也不是 GB18030 / neither UTF-8 nor GB18030")
    if "\x00" in text:
        raise TableRefused(file=path.name, reason="不是文本文件 / not a text file")
    first = text.partition("\n")[0]
    csv.field_size_limit(LARGEST_CELL)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=first.count))
    try:
        lines = [row for row in rows if row]
    except csv.Error as error:
        raise TableRefused(file=path.name, reason=str(error)) from None
    if not lines:
        raise TableRefused(file=path.name, reason="文件是空的 / the file is empty")
    header, *body = lines
    columns = {}
    for at, name in enumerate(header):
        if name.strip() not in columns:  # of two columns of one name the first is meant
            columns[name.strip()] = pl.Series([row[at] if at < len(row) else "" for row in body], dtype=pl.String)
    return pl.DataFrame(columns)
