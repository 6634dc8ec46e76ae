"""Small tables from files for the commands of places: csv in UTF-8, GB18030 or UTF-16, workbooks; every cell as text.

What a file is, its content says and not its name. Unlike intake's reader it looks for no title rows: the first line is
the header, and every further line counts.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import polars as pl

from linli.kernel.errors import Invalid, Text

#: Put behind the last line: where it does not come out as a row of its own, a quotation mark was left open.
END = "\x00end\x00"
#: How a workbook begins: a zip (xlsx, xlsm, ods), or an OLE file (xls, and anything with a password to open it).
WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class TableUnreadable(Invalid):
    """The file is no table we can read."""

    code = "places.table_unreadable"
    text = Text("无法读取表格 {file}：{reason}", "Cannot read the table {file}: {reason}")


def read_table(path: Path, sheet: str | None = None) -> pl.DataFrame:
    """All rows below the header, each cell as text (empty text for none). Raises TableUnreadable."""
    with path.open("rb") as file:
        begins = file.read(4)
    return _sheet(path, sheet) if begins in WORKBOOK else _csv(path)


def _csv(path: Path) -> pl.DataFrame:
    content = path.read_bytes()
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))  # what Excel saves as "Unicode text"
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise TableUnreadable(
            file=path.name,
            reason="既不是工作簿，也不是 UTF-8、UTF-16 或 GB18030 的文本 / neither a workbook nor text in UTF-8, UTF-16 or GB18030",
        )
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    # Not Polars' own reader: it leaves out empty lines, and here one line in is one line out.
    ended = text if not text or text.endswith(("\n", "\r")) else f"{text}\n"
    rows = csv.reader(io.StringIO(ended + END, newline=""), delimiter=delimiter)
    try:
        lines = list(rows)
    except csv.Error:  # a cell without an end, longer than any cell is
        lines = []
    if not lines or lines.pop() != [END]:
        raise TableUnreadable(
            file=path.name,
            reason="有引号没有成对，后面的行读不出来 / a quotation mark is not closed, so lines after it cannot be told apart",
        )
    if not lines:
        raise TableUnreadable(file=path.name, reason="文件是空的 / the file is empty")
    header = lines[0]
    width = len(header)
    cells = [(row + [""] * width)[:width] for row in lines[1:]]
    columns = list(zip(*cells, strict=True)) if cells else [()] * width
    names = _unique([h.strip() for h in header])
    return pl.DataFrame({n: pl.Series(n, c, dtype=pl.String) for n, c in zip(names, columns, strict=True)})


def _sheet(path: Path, sheet: str | None) -> pl.DataFrame:
    import fastexcel

    try:
        book = fastexcel.read_excel(path)
        if sheet and sheet not in book.sheet_names:
            there = "、".join(book.sheet_names)
            raise TableUnreadable(
                file=path.name, reason=f"没有工作表“{sheet}”，现有：{there} / no sheet “{sheet}”; there are: {there}"
            )
        loaded = book.load_sheet(sheet or 0, header_row=None, dtypes="string")
        frame = loaded.to_polars()
    except fastexcel.FastExcelError:
        raise TableUnreadable(
            file=path.name,
            reason="不是能读的工作簿：已损坏、不完整或设有打开密码 / no workbook that can be read: "
            "damaged, incomplete or protected by a password",
        ) from None
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
