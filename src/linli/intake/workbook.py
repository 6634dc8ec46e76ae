"""The errors workbook: the user's own file with bad cells coloured and commented, ready to mend and bring again.

Nothing in it is ever a live formula: cells hold values only, and text that begins like a formula stays text.
"""

from __future__ import annotations

import json
import zipfile
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from .fields import BY_NAME
from .findings import KINDS, FindingKind
from .limits import MEGABYTE
from .reading.container import column_number
from .reading.places import PLACE, places
from .reading.table import ROW, Part, RawTable

AUTHOR = "Linli 邻里"
# Known to the reader as `joined.OWN_LISTS`, which passes over them.
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
PLACE_HEADINGS = {"zh": ("文件", "工作表", "单元格"), "en": ("File", "Sheet", "Cell")}
SEVERITIES = {"zh": {"error": "错误", "warning": "提醒"}, "en": {"error": "error", "warning": "warning"}}


@dataclass(frozen=True, slots=True)
class Mark:
    """One cell to colour: sheet row (from 1), column index (from 0), severity and what the comment says.

    `row` is the row of the table it belongs to, which in forms is not the row of the sheet.
    """

    row: int
    sheet_row: int
    column: int
    severity: str
    comment: str


def language_key(language: str) -> str:
    """The catalogue a language reads: en for English, else zh."""
    return "en" if language.startswith("en") else "zh"


def said(kind: FindingKind, language: str, params: str) -> tuple[str, str]:
    """Reason and remedy of one finding in words."""
    return kind.said(language, json.loads(params or "{}"))


def marks(table: RawTable, findings: pl.DataFrame, language: str) -> dict[Part, list[Mark]]:
    """The cells to mark in each sheet, several findings of one cell together; what concerns a whole row marks its
    first cell."""
    told = findings.filter(pl.col("row") > 0).select("row", "column", "code", "severity", "params")
    told = told.hstack(places(table, told))
    starts = [part.start for part in table.parts]
    first_cells: dict[int, tuple[int, int]] = {}
    if table.cells is not None:
        firsts = table.cells.unique(ROW, keep="first", maintain_order=True)
        first_cells = {row: (at, index) for row, _, at, index in firsts.iter_rows()}
    cells: dict[tuple[Part, int, int, int], tuple[str, list[str]]] = {}
    for row, code, severity, params, sheet_row, cell in told.select(
        "row", "code", "severity", "params", "sheet_row", "cell"
    ).iter_rows():
        part = table.parts[max(bisect_right(starts, row) - 1, 0)]
        if part.form and sheet_row is None:
            sheet_row, index = first_cells.get(row, (None, 0))
        elif cell is None:
            index = min(c.index for c in part.columns)
        else:
            index = column_number(cell.rstrip("0123456789")) - 1
        if sheet_row is None:
            continue  # about the sheet as a whole
        words = "".join(said(KINDS[code], language, params))
        known = cells.setdefault((part, row, sheet_row, index), (severity, []))
        known[1].append(words)
        if severity == "error":
            cells[part, row, sheet_row, index] = (severity, known[1])
    found: dict[Part, list[Mark]] = {}
    for (part, row, at, index), (severity, said_of) in sorted(cells.items(), key=lambda item: item[0][1:]):
        found.setdefault(part, []).append(Mark(row, at, index, severity, "\n".join(said_of)))
    return found


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
    cells = table.rows.height * len(table.columns)
    if (
        table.info.kind == "xlsx"
        and cells <= STYLED_CELLS
        and sum(s.rows * s.columns for s in table.info.sheets) <= (STYLED_CELLS * 5)
        and _sheet_bytes(path) <= STYLED_BYTES
    ):
        _mark_own(path, target, table, findings, language, stamp)
        return
    from .workbook_plain import copy_marked, rows_to_mend

    if cells > STYLED_CELLS:
        rows_to_mend(target, table, findings, language, stamp)
    else:
        copy_marked(path, target, table, findings, language, stamp)


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
    fills = {severity: PatternFill("solid", fgColor=colour) for severity, colour in FILL.items()}
    found, comments = marks(table, findings, language), 0
    for part in table.parts:
        sheet = book[part.sheet]
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment is not None and cell.comment.author == AUTHOR:
                    cell.comment, cell.fill = None, PatternFill()
        corners: dict[tuple[int, int], tuple[int, int]] = {}
        for area in sheet.merged_cells.ranges:
            if area.size["rows"] * area.size["columns"] <= 10_000:
                corners |= dict.fromkeys(_places(area), (area.min_row, area.min_col))
        for own in found.get(part, ()):
            place = (own.sheet_row, own.column + 1)
            cell = sheet.cell(*place)
            if isinstance(cell, MergedCell):
                cell = sheet.cell(*corners.get(place, place))
            cell.fill = fills[own.severity]
            if comments < COMMENTS and not isinstance(cell, MergedCell):
                cell.comment = Comment(own.comment, AUTHOR, width=320, height=20 + 22 * (1 + len(own.comment) // 20))
                comments += 1
    for title in LIST.values():
        if title in book.sheetnames:
            del book[title]
    listing = book.create_sheet(LIST[language_key(language)])
    for line in listing_of(table, findings, language, stamp):
        listing.append(line)
    for letters, width in zip("ABCDEFG", (8, 18, 8, 48, 48, 24, 22), strict=True):
        listing.column_dimensions[letters].width = width
    listing.freeze_panes = "A3"
    _neutralise(book)  # at the end: the list quotes headings and cells of the file
    first = next((part for part in table.parts if found.get(part)), table.parts[0])
    book.active = book.sheetnames.index(first.sheet)
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


def listing_of(
    table: RawTable, findings: pl.DataFrame, language: str, stamp: str, note: str = ""
) -> Iterable[tuple[int | str | None, ...]]:
    """The list of findings, errors first, under a line that says who took it out and when. Where there are several
    sheets, each line says which."""
    key = language_key(language)
    total = findings.height
    counted = f"{stamp}    {total}" if total <= LISTED else f"{stamp}    {LISTED} / {total}"
    yield (f"{counted}    {note}" if note else counted,)
    yield HEADINGS[key] + (PLACE_HEADINGS[key] if table.several else ())
    ordered = findings.sort("severity", "row", maintain_order=True).head(LISTED)
    placed = ordered.hstack(places(table, ordered))
    for row, column, field, code, severity, value, params, file, sheet, sheet_row, cell in placed.select(
        "row", "column", "field", "code", "severity", "value_masked", "params", *PLACE
    ).iter_rows():
        reason, remedy = said(KINDS[code], language, params)
        target = BY_NAME.get(field)
        where = column or ((target.zh if key == "zh" else target.en) if target else "")
        line = (where, SEVERITIES[key][severity], reason, remedy, value, code)
        yield (sheet_row, *line, file, sheet, cell) if table.several else (row or None, *line)
