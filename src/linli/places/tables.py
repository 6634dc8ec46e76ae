"""Small tables from files for the commands of places: csv in UTF-8 or GB18030, xlsx; every cell as text.

Unlike intake's reader it looks for no title rows: the first line is the header, and every further line counts.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import polars as pl

from linli.kernel.errors import Invalid, Text


class TableUnreadable(Invalid):
    """The file is no table we can read."""

    code = "places.table_unreadable"
    text = Text("无法读取表格 {file}：{reason}", "Cannot read the table {file}: {reason}")


def read_table(path: Path, sheet: str | None = None) -> pl.DataFrame:
    """All rows below the header, each cell as text (empty text for none). Raises TableUnreadable."""
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".ods"):
        return _sheet(path, sheet)
    return _csv(path)


def _csv(path: Path) -> pl.DataFrame:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise TableUnreadable(file=path.name, reason="编码既不是 UTF-8 也不是 GB18030 / neither UTF-8 nor GB18030")
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    # Not Polars' own reader: it leaves out empty lines, and here one line in is one line out.
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = next(rows, None)
    if header is None:
        raise TableUnreadable(file=path.name, reason="文件是空的 / the file is empty")
    width = len(header)
    cells = [(row + [""] * width)[:width] for row in rows]
    columns = list(zip(*cells, strict=True)) if cells else [()] * width
    names = _unique([h.strip() for h in header])
    return pl.DataFrame({n: pl.Series(n, c, dtype=pl.String) for n, c in zip(names, columns, strict=True)})


def _sheet(path: Path, sheet: str | None) -> pl.DataFrame:
    import fastexcel

    try:
        book = fastexcel.read_excel(path)
        loaded = book.load_sheet(sheet or 0, header_row=None, dtypes="string")
        frame = loaded.to_polars()
    except fastexcel.FastExcelError as error:
        raise TableUnreadable(file=path.name, reason=type(error).__name__) from None
    if not frame.height:
        raise TableUnreadable(file=path.name, reason="工作表是空的 / the sheet is empty")
    names = _unique([(str(v) if v is not None else "").strip() for v in frame.row(0)])
    body = frame.slice(1).select(pl.all().cast(pl.String).fill_null(""))
    return body.rename(dict(zip(body.columns, names, strict=True)))


def _unique(names: list[str]) -> list[str]:
    """Header names made distinct: an empty one by its number, a second one by a mark."""
    seen: Counter[str] = Counter()
    result = []
    for number, name in enumerate(names, start=1):
        name = name or f"列{number}"
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return result
