"""The errors workbook: the user's own file with bad cells coloured and commented, ready to mend and bring again.

Nothing in it is ever a live formula: cells hold values only, and text that begins like a formula stays text.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from .fields import BY_NAME
from .findings import KINDS, FindingKind
from .limits import MEGABYTE
from .reading.table import ROW, RawTable

AUTHOR = "Linli 邻里"
LIST = {"zh": "问题清单", "en": "Findings"}
FILL = {"error": "FFC7CE", "warning": "FFEB9C"}
# openpyxl holds every cell as an object (about 50 times the file); beyond this only the rows to mend are written.
STYLED_CELLS = 400_000
# What sheets declare may be less than they hold; their parts cannot lie about their size.
STYLED_BYTES = 128 * MEGABYTE
COMMENTS = 20_000
LISTED = 100_000
HEADINGS = {
    "zh": ("行", "列", "级别", "问题", "怎么改", "值（已遮蔽）", "代码"),
    "en": ("Row", "Column", "Severity", "What is wrong", "What to do", "Value (masked)", "Code"),
}
SEVERITIES = {"zh": {"error": "错误", "warning": "提醒"}, "en": {"error": "error", "warning": "warning"}}


@dataclass(frozen=True, slots=True)
class Mark:
    """One cell to colour: sheet row (from 1), column index (from 0), severity and what the comment says."""

    row: int
    column: int
    severity: str
    comment: str


def language_key(language: str) -> str:
    """The catalogue a language reads: en for English, else zh."""
    return "en" if language.startswith("en") else "zh"


def said(kind: FindingKind, language: str, params: str) -> tuple[str, str]:
    """Reason and remedy of one finding in words."""
    return kind.said(language, json.loads(params or "{}"))


def marks(table: RawTable, findings: pl.DataFrame, language: str) -> list[Mark]:
    """The cells to mark, several findings of one cell together; what concerns a whole row marks its first cell."""
    index = {c.name: c.index for c in table.columns}
    first = table.columns[0].index
    cells: dict[tuple[int, int], tuple[str, list[str]]] = {}
    for row, column, code, severity, params in (
        findings.filter(pl.col("row") > 0).select("row", "column", "code", "severity", "params").iter_rows()
    ):
        place = (row, index.get(column, first))
        words = "".join(said(KINDS[code], language, params))
        known = cells.get(place)
        if known is None:
            cells[place] = (severity, [words])
        else:
            known[1].append(words)
            if severity == "error":
                cells[place] = (severity, known[1])
    return [Mark(r, c, severity, "\n".join(words)) for (r, c), (severity, words) in sorted(cells.items())]


def write_errors(
    path: Path,
    target: Path,
    table: RawTable,
    findings: pl.DataFrame,
    *,
    language: str = "zh-CN",
    stamp: str = "",
) -> None:
    """Write the workbook for the file at `path` to `target`. `stamp` (who and when) heads the list of findings."""
    cells = table.frame.height * len(table.columns)
    if (
        table.info.kind == "xlsx"
        and cells <= STYLED_CELLS
        and sum(s.rows * s.columns for s in table.info.sheets) <= (STYLED_CELLS * 5)
        and _sheet_bytes(path) <= STYLED_BYTES
    ):
        _mark_own(path, target, table, findings, language, stamp)
    else:
        _rewrite(target, table, findings, language, stamp, only_bad=cells > STYLED_CELLS)


def _sheet_bytes(path: Path) -> int:
    """How large all sheets of a workbook are, unpacked."""
    with zipfile.ZipFile(path) as archive:
        return sum(e.file_size for e in archive.infolist() if e.filename.startswith("xl/worksheets/"))


def _mark_own(path: Path, target: Path, table: RawTable, findings: pl.DataFrame, language: str, stamp: str) -> None:
    """The user's sheets, widths and styles kept; formulas become the values they showed."""
    from openpyxl import load_workbook
    from openpyxl.cell.cell import MergedCell
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    book = load_workbook(path, data_only=True, keep_vba=False, keep_links=False)
    sheet = book[table.sheet]
    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment, cell.fill = None, PatternFill()
    fills = {severity: PatternFill("solid", fgColor=colour) for severity, colour in FILL.items()}
    corners: dict[tuple[int, int], tuple[int, int]] = {}
    for area in sheet.merged_cells.ranges:
        if area.size["rows"] * area.size["columns"] <= 10_000:
            corners |= dict.fromkeys(_places(area), (area.min_row, area.min_col))
    for number, own in enumerate(marks(table, findings, language)):
        place = (own.row, own.column + 1)
        cell = sheet.cell(*place)
        if isinstance(cell, MergedCell):
            cell = sheet.cell(*corners.get(place, place))
        cell.fill = fills[own.severity]
        if number < COMMENTS and not isinstance(cell, MergedCell):
            cell.comment = Comment(own.comment, AUTHOR, width=320, height=20 + 22 * (1 + len(own.comment) // 20))
    for title in LIST.values():
        if title in book.sheetnames:
            del book[title]
    listing = book.create_sheet(LIST[language_key(language)])
    for line in _listing(findings, language, stamp):
        listing.append(line)
    for letters, width in zip("ABCDEFG", (8, 18, 8, 48, 48, 24, 22), strict=True):
        listing.column_dimensions[letters].width = width
    listing.freeze_panes = "A3"
    _neutralise(book)  # at the end: the list quotes headings and cells of the file
    book.active = book.sheetnames.index(table.sheet)
    book.save(target)


def _places(area: Any) -> Iterable[tuple[int, int]]:
    return ((r, c) for r in range(area.min_row, area.max_row + 1) for c in range(area.min_col, area.max_col + 1))


def _neutralise(book: Any) -> None:
    """What could run or phone home when opened: formula cells, links to other files, defined names."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" or (isinstance(cell.value, str) and cell.value[:1] in "=+-@\t\r"):
                    cell.data_type = "s"
                    cell.quotePrefix = True
                if cell.hyperlink is not None:
                    cell.hyperlink = None
    book.defined_names.clear()


def _rewrite(
    target: Path, table: RawTable, findings: pl.DataFrame, language: str, stamp: str, *, only_bad: bool
) -> None:
    """A plain workbook of the table; of a large one only the rows to mend, which can be brought by themselves."""
    import xlsxwriter

    found = marks(table, findings.filter(pl.col("severity") == "error") if only_bad else findings, language)
    frame = table.frame
    if only_bad:
        frame = frame.filter(pl.col(ROW).is_in(pl.Series([m.row for m in found], dtype=pl.Int64).unique().implode()))
    by_row: dict[int, list[Mark]] = {}
    for mark in found:
        by_row.setdefault(mark.row, []).append(mark)
    place = {c.index: position for position, c in enumerate(table.columns)}
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(target), options)
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
    fills = {s: book.add_format({"bg_color": f"#{colour}", "num_format": "@"}) for s, colour in FILL.items()}
    # Sheet names have at most 31 characters and none of []:*?/\.
    sheet = book.add_worksheet("".join(c for c in table.sheet if c not in "[]:*?/\\")[:31] or "Sheet1")
    listing = book.add_worksheet(LIST[language_key(language)])
    sheet.set_column(0, len(table.columns), 18, text)
    offset = 0 if only_bad else max(table.header_last - 1, 0)
    for column, raw in enumerate(table.columns):
        sheet.write_string(offset, column, raw.name, bold)
    comments = 0
    for number, values in enumerate(frame.iter_rows(), offset + 1):
        row = values[0]
        line = number if only_bad else row - 1
        at = {place[m.column]: m for m in by_row.get(row, ()) if m.column in place}
        for column, value in enumerate(values[1:]):
            here = at.get(column)
            shown = fills[here.severity] if here else text
            if value is not None:
                sheet.write_string(line, column, value[:32_767], shown)
            elif here:
                sheet.write_blank(line, column, None, shown)
            if here and comments < COMMENTS:
                sheet.write_comment(line, column, here.comment, {"author": AUTHOR, "x_scale": 2, "y_scale": 1.5})
                comments += 1
    for number, line in enumerate(_listing(findings, language, stamp)):
        for column, value in enumerate(line):
            if isinstance(value, int):
                listing.write_number(number, column, value)
            elif value is not None:
                listing.write_string(number, column, value)
    book.close()


def _listing(findings: pl.DataFrame, language: str, stamp: str) -> Iterable[tuple[int | str | None, ...]]:
    """The list of findings, errors first, under a line that says who took it out and when."""
    key = language_key(language)
    total = findings.height
    note = f"{stamp}    {total}" if total <= LISTED else f"{stamp}    {LISTED} / {total}"
    yield (note,)
    yield HEADINGS[key]
    ordered = findings.sort("severity", "row", maintain_order=True).head(LISTED)
    for row, column, field, code, severity, value, params in ordered.select(
        "row", "column", "field", "code", "severity", "value_masked", "params"
    ).iter_rows():
        reason, remedy = said(KINDS[code], language, params)
        target = BY_NAME.get(field)
        where = column or ((target.zh if key == "zh" else target.en) if target else "")
        yield (row or None, where, SEVERITIES[key][severity], reason, remedy, value, code)
