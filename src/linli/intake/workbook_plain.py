"""Errors workbooks for what cannot be marked in place: the same sheets and cells written anew as .xlsx.

Of a table too large to hold as styled cells, only the rows to mend are written; they can be brought by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from .limits import installed
from .reading.joined import raw_sheets
from .reading.sheets import Sheet
from .reading.table import ROW, Part, RawTable
from .workbook import AUTHOR, COMMENTS, FILL, LIST, Mark, language_key, listing_of, marks

LONGEST_CELL = 32_767
LARGEST_MERGE = 10_000
NOTES = {
    "zh": "原文件不是 .xlsx，或有多个文件：本文件中的工作表和单元格与原文件相同，可在此改正后重新导入。",
    "en": "The original is no .xlsx, or several files: the sheets and cells here are the same; mend them and bring this.",
}
ONLY_BAD = {
    "zh": "表格较大，这里只列出需要改正的行，改好后可单独导入。",
    "en": "The table is large: only the rows to mend are here; they can be brought by themselves.",
}


class _Book:
    """A workbook of text cells; nothing in it is ever a live formula or link."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.text = book.add_format({"num_format": "@"})
        self.bold = book.add_format({"bold": True, "num_format": "@"})
        self.fills = {s: book.add_format({"bg_color": f"#{c}", "num_format": "@"}) for s, c in FILL.items()}
        self.comments = 0
        self._names: set[str] = {title.lower() for title in LIST.values()}

    def sheet(self, part: Part) -> Any:
        """A new sheet under the name of the user's: at most 31 characters and none of []:*?/\\ (Excel's rule)."""
        stem = PurePosixPath(part.file).stem
        wanted = part.sheet if not stem else stem if not part.sheet else f"{stem} {part.sheet}"
        clean = "".join(c for c in wanted if c not in "[]:*?/\\").strip("' ")[:31] or "csv"
        name, serial = clean, 2
        while name.lower() in self._names or name.lower() == "history":
            tail = f" {serial}"
            name, serial = clean[: 31 - len(tail)] + tail, serial + 1
        self._names.add(name.lower())
        return self.book.add_worksheet(name)

    def cell(self, sheet: Any, row: int, column: int, value: str | None, mark: Mark | None) -> None:
        """One cell, coloured and commented where it is marked."""
        shown = self.fills[mark.severity] if mark else self.text
        if value is not None:
            sheet.write_string(row, column, value[:LONGEST_CELL], shown)
        elif mark:
            sheet.write_blank(row, column, None, shown)
        if mark and self.comments < COMMENTS:
            sheet.write_comment(row, column, mark.comment, {"author": AUTHOR, "x_scale": 2, "y_scale": 1.5})
            self.comments += 1


@contextmanager
def _book(
    target: Path, table: RawTable, findings: pl.DataFrame, language: str, stamp: str, note: str
) -> Iterator[_Book]:
    """The workbook; the list of findings closes it."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    book = _Book(xlsxwriter.Workbook(str(target), options))
    yield book
    listing = book.book.add_worksheet(LIST[language_key(language)])
    for number, line in enumerate(listing_of(table, findings, language, stamp, note)):
        for column, value in enumerate(line):
            if isinstance(value, int):
                listing.write_number(number, column, value)
            elif value is not None:
                listing.write_string(number, column, value[:LONGEST_CELL])
    book.book.close()


def copy_marked(path: Path, target: Path, table: RawTable, findings: pl.DataFrame, language: str, stamp: str) -> None:
    """Every sheet of the table with all its cells in place, merged as they were."""
    found = marks(table, findings, language)
    with _book(target, table, findings, language, stamp, NOTES[language_key(language)]) as book:
        for part, raw in raw_sheets(path, table, installed()):
            sheet = book.sheet(part)
            offset = raw.scan.first_column
            sheet.set_column(0, offset + raw.frame.width, 18, book.text)
            _merge(sheet, raw, book.text)  # before the cells, which it would blank
            corners = _corners(raw)
            at: dict[tuple[int, int], Mark] = {}
            for mark in found.get(part, ()):
                place = (mark.sheet_row - 1, mark.column)
                at.setdefault(corners.get(place, place), mark)
            for row, values in enumerate(raw.frame.iter_rows()):
                for column, value in enumerate(values, offset):
                    mark_here = at.pop((row, column), None)
                    if value is not None or mark_here is not None:
                        book.cell(sheet, row, column, value, mark_here)
            for (row, column), mark in at.items():  # beside what the sheet holds: a form's empty last cell
                book.cell(sheet, row, column, None, mark)


def _corners(raw: Sheet) -> dict[tuple[int, int], tuple[int, int]]:
    """The first cell of each merged range, for every cell in it."""
    corners: dict[tuple[int, int], tuple[int, int]] = {}
    for top, left, bottom, right in raw.scan.merges.tolist():
        if (bottom - top + 1) * (right - left + 1) <= LARGEST_MERGE:
            corners |= {
                (row - 1, column): (top - 1, left)
                for row in range(top, bottom + 1)
                for column in range(left, right + 1)
            }
    return corners


def _merge(sheet: Any, raw: Sheet, text: Any) -> None:
    """Merge what was merged, so that a house number beside four people stays one when the workbook is brought."""
    from xlsxwriter.exceptions import OverlappingRange

    for top, left, bottom, right in raw.scan.merges.tolist():
        if (bottom, right) != (top, left) and (bottom - top + 1) * (right - left + 1) <= LARGEST_MERGE:
            with suppress(OverlappingRange):  # a damaged file; the cells are there all the same
                sheet.merge_range(top - 1, left, bottom - 1, right, "", text)


def rows_to_mend(target: Path, table: RawTable, findings: pl.DataFrame, language: str, stamp: str) -> None:
    """A sheet for each that has errors: its column names, and the rows with errors."""
    found = marks(table, findings.filter(pl.col("severity") == "error"), language)
    with _book(target, table, findings, language, stamp, ONLY_BAD[language_key(language)]) as book:
        for part in table.parts:
            own = found.get(part, [])
            if not own:
                continue
            names = [column.name for column in part.columns]
            places = _places_of(table, part)
            at: dict[int, dict[str, Mark]] = {}
            for mark in own:
                name = places.get((mark.sheet_row, mark.column) if part.form else (0, mark.column), names[0])
                at.setdefault(mark.row, {})[name] = mark
            wanted = pl.DataFrame({ROW: sorted(at)}, schema={ROW: pl.Int64})
            sheet = book.sheet(part)
            sheet.set_column(0, len(names), 18, book.text)
            for column, name in enumerate(names):
                sheet.write_string(0, column, name, book.bold)
            for line, values in enumerate(_rows(table, wanted, names), 1):
                here = at[values[0]]
                for column, (name, value) in enumerate(zip(names, values[1:], strict=True)):
                    if value is not None or name in here:
                        book.cell(sheet, line, column, value, here.get(name))


def _rows(table: RawTable, wanted: pl.DataFrame, names: list[str]) -> Iterator[tuple[Any, ...]]:
    """Row and cells of the wanted rows, in order."""
    for piece in table.rows.within(wanted[ROW][0], wanted[ROW][-1]):
        yield from piece.join(wanted, on=ROW, how="semi", maintain_order="left").select(ROW, *names).iter_rows()


def _places_of(table: RawTable, part: Part) -> dict[tuple[int, int], str]:
    """Which column of the table a cell belongs to: by its index, in forms by its very place."""
    if not part.form or table.cells is None:
        return {(0, column.index): column.name for column in part.columns}
    after = min((p.start for p in table.parts if p.start > part.start), default=None)
    own = table.cells.filter(pl.col(ROW) > part.start)
    if after is not None:
        own = own.filter(pl.col(ROW) < after)
    return {(at, index): name for name, at, index in own.select("column", "sheet_row", "index").iter_rows()}
