"""OpenDocument spreadsheets (.ods): one pass over the content, sheet by sheet, so that only one is in memory at a time.

Read by our own parser because repeats are the trap of this format: a cell written once may stand for a million. They
are counted before they are spelled out. Values are taken as the document states them (ODF 1.3 part 3, §19.385
office:value, §19.369 office:date-value), not as they are displayed.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np
import polars as pl

from ..limits import MEGABYTE, Limits
from ..problems import DamagedFile, TooManyCells, TooManyColumns, TooManyRows
from .sheet_scan import SheetScan

CONTENT = "content.xml"
CHUNK = MEGABYTE
BLOCK_ROWS = 20_000
# Attributes are read under their usual prefixes, which every program that writes the format uses.
REPEATED_ROWS, REPEATED_COLUMNS = "table:number-rows-repeated", "table:number-columns-repeated"
SPANNED_ROWS, SPANNED_COLUMNS = "table:number-rows-spanned", "table:number-columns-spanned"
BLANK = " \t\r\n\u3000\xa0\ufeff"
FAILED = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "Err:")
# A double holds every integer of 15 digits; a longer number has lost its end.
DIGITS_KEPT = 15


@dataclass(slots=True)
class OdsSheet:
    """One sheet: all cells as text (columns c0…, one row per sheet row from the first), and what text hides."""

    name: str
    hidden: bool
    frame: pl.DataFrame
    scan: SheetScan


def read_ods(path: Path, limits: Limits, wanted: Callable[[str, bool], bool] | None = None) -> Iterator[OdsSheet]:
    """The sheets of a document in order; of those not `wanted` (name, hidden) only the name. Raises DamagedFile,
    TooManyRows, TooManyColumns, TooManyCells."""
    reader = _Reader(limits, wanted)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        with zipfile.ZipFile(path) as archive, archive.open(CONTENT) as file:
            while block := file.read(CHUNK):
                parser.Parse(block, False)
                while reader.done:
                    yield reader.done.pop(0)
            parser.Parse(b"", True)
    except (zipfile.BadZipFile, zipfile.zlib.error, expat.ExpatError, EOFError, OSError, KeyError) as error:  # type: ignore[attr-defined]
        raise DamagedFile() from error
    yield from reader.done


def _no_doctype(*_: Any) -> None:
    """No honest document brings a document type; entity bombs do."""
    raise DamagedFile()


@dataclass(slots=True)
class _Cell:
    repeat: int
    spanned_rows: int
    spanned_columns: int
    formula: bool
    kind: str
    stated: str | None
    words: list[str] = field(default_factory=list)
    length: int = 0


class _Reader:
    """What expat's events become. `done` holds sheets that are complete and not yet taken."""

    def __init__(self, limits: Limits, wanted: Callable[[str, bool], bool] | None) -> None:
        self.limits, self.wanted = limits, wanted
        self.done: list[OdsSheet] = []
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._table: _Table | None = None
        self._depth = 0  # of tables: one drawn inside a cell is no row of the sheet
        self._cell: _Cell | None = None
        self._aside = 0  # inside a comment or a drawing

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag == "table:table":
            self._depth += 1
            if self._depth == 1:
                name = attributes.get("table:name", "")
                hidden = attributes.get("table:style-name", "") in self._hidden_styles
                taken = self.wanted is None or self.wanted(name, hidden)
                self._table = _Table(name, hidden, self.limits, taken)
        elif tag == "style:style":
            self._style = attributes.get("style:name", "")
        elif tag == "style:table-properties":
            if attributes.get("table:display") == "false":
                self._hidden_styles.add(self._style)
        elif self._table is None or self._depth != 1 or not self._table.taken:
            return
        elif tag in ("office:annotation", "draw:frame", "draw:custom-shape"):
            self._aside += 1
        elif self._aside:
            return
        elif tag == "table:table-row":
            self._table.open_row(_number(attributes.get(REPEATED_ROWS)))
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            kind = attributes.get("office:value-type", "")
            self._cell = _Cell(
                _number(attributes.get(REPEATED_COLUMNS)),
                _number(attributes.get(SPANNED_ROWS)),
                _number(attributes.get(SPANNED_COLUMNS)),
                "table:formula" in attributes,
                "error" if attributes.get("calcext:value-type") == "error" else kind,
                _stated(kind, attributes),
            )
        elif self._cell is not None:
            if tag == "text:p" and self._cell.words:
                self._cell.words.append("\n")
            elif tag == "text:s":
                self._cell.words.append(" " * min(_number(attributes.get("text:c")), 100))
            elif tag in ("text:tab", "text:line-break"):
                self._cell.words.append("\t" if tag == "text:tab" else "\n")

    def text(self, data: str) -> None:
        """Character data."""
        cell = self._cell
        # Of a cell that is too long in any case, the rest is not kept: it may be the whole file.
        if cell is not None and not self._aside and cell.length <= self.limits.cell_characters:
            cell.words.append(data)
            cell.length += len(data)

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "table:table":
            self._depth -= 1
            if self._depth == 0 and self._table is not None:
                self.done.append(self._table.finish())
                self._table = None
        elif self._table is None or self._depth != 1 or not self._table.taken:
            return
        elif tag in ("office:annotation", "draw:frame", "draw:custom-shape"):
            self._aside -= 1
        elif self._aside:
            return
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            if self._cell is not None:
                self._table.put(self._cell)
            self._cell = None
        elif tag == "table:table-row":
            self._table.close_row()


class _Table:
    """The rows of one sheet as they arrive."""

    def __init__(self, name: str, hidden: bool, limits: Limits, taken: bool) -> None:
        self.name, self.hidden, self.limits, self.taken = name, hidden, limits, taken
        self.row, self.width = 0, 0  # rows complete; columns used
        self._repeat, self._column = 1, 0
        self._cells: dict[int, str] = {}
        self._rows: list[list[str | None]] = []
        self._blocks: list[pl.DataFrame] = []
        self._marks: dict[str, list[tuple[int, int]]] = {"rounded": [], "uncomputed": [], "failed": []}
        self._merges: list[tuple[int, int, int, int]] = []

    def open_row(self, repeat: int) -> None:
        self._repeat, self._column, self._cells = repeat, 0, {}

    def put(self, cell: _Cell) -> None:
        """Take one cell, which may stand for several."""
        place, row = self._column, self.row + 1
        self._column += cell.repeat
        value = _value(cell)
        if cell.spanned_rows > 1 or cell.spanned_columns > 1:
            self._merges.append((row, place, row + cell.spanned_rows - 1, place + cell.spanned_columns - 1))
        if value is None:
            if cell.formula:
                self._marks["uncomputed"].append((row, place))
            return
        if place + cell.repeat > self.limits.columns:
            raise TooManyColumns(columns=place + cell.repeat, limit=self.limits.columns)
        for column in range(place, place + cell.repeat):
            self._cells[column] = value
            if cell.kind == "float" and _inexact(cell.stated or ""):
                self._marks["rounded"].append((row, column))
            if cell.kind == "error" or (cell.formula and value.startswith(FAILED)):
                self._marks["failed"].append((row, column))

    def close_row(self) -> None:
        """The row is complete. Blank rows only move the count: a sheet may end in a million of them."""
        if not self._cells:
            self.row += self._repeat
            return
        last = self.row + self._repeat
        self.width = max(self.width, max(self._cells) + 1)
        if last > self.limits.rows:
            raise TooManyRows(rows=last, limit=self.limits.rows)
        if last * self.width > self.limits.cells:
            raise TooManyCells(rows=last, columns=self.width)
        values = [self._cells.get(column) for column in range(max(self._cells) + 1)]
        missing = self.row - self._held()
        self._rows += [[]] * missing + [values] * self._repeat
        self.row = last
        if len(self._rows) >= BLOCK_ROWS:
            self._pack()

    def _held(self) -> int:
        return sum(block.height for block in self._blocks) + len(self._rows)

    def _pack(self) -> None:
        columns = [pl.Series(f"c{i}", list(v), pl.String) for i, v in enumerate(zip_longest(*self._rows))]
        height = pl.DataFrame({"#": pl.repeat(None, len(self._rows), dtype=pl.String, eager=True)})
        self._blocks.append(height.hstack(columns))
        self._rows = []

    def finish(self) -> OdsSheet:
        """The sheet, once its last row is in."""
        if self._rows:
            self._pack()
        frame = pl.concat(self._blocks, how="diagonal").drop("#") if self._blocks else pl.DataFrame()
        frame = frame.select([f"c{i}" for i in range(frame.width)])
        marks = {kind: np.array(found, np.int64).reshape(-1, 2) for kind, found in self._marks.items()}
        merges = np.array(self._merges, np.int64).reshape(-1, 4)
        scan = SheetScan(frame.height, 0, self.width - 1, 0, merges=merges, **marks)
        return OdsSheet(self.name, self.hidden, frame, scan)


def _number(text: str | None) -> int:
    """A count of repeats or spans; what is no number counts once."""
    return max(int(text), 1) if text and text.isascii() and text.isdigit() and len(text) < 9 else 1


def _stated(kind: str, attributes: dict[str, str]) -> str | None:
    if kind in ("float", "percentage", "currency"):
        return attributes.get("office:value")
    if kind == "date":
        return attributes.get("office:date-value")
    if kind == "boolean":
        return attributes.get("office:boolean-value", "").upper() or None
    return attributes.get("office:string-value")


def _value(cell: _Cell) -> str | None:
    """The cell as text: numbers in full digits, dates as 2026-01-31, everything else as written."""
    if cell.kind in ("float", "percentage", "currency") and cell.stated:
        text = _digits(cell.stated)
    elif cell.kind == "date" and cell.stated:
        text = cell.stated.replace("T", " ").removesuffix(" 00:00:00")
    elif cell.kind == "boolean" and cell.stated:
        text = cell.stated
    else:
        text = "".join(cell.words) or (cell.stated or "")
    return text.strip(BLANK) or None


def _digits(stated: str) -> str:
    try:
        number = Decimal(stated)
    except InvalidOperation:
        return stated
    # Spelled out, 1e-999999999 would be a gigabyte.
    if not number.is_finite() or not -30 < number.adjusted() < 30:
        return "0" if number == 0 else stated
    return f"{number:f}" if number != number.to_integral_value() else str(int(number))


def _inexact(stated: str) -> bool:
    try:
        number = Decimal(stated)
    except InvalidOperation:
        return False
    return number.is_finite() and number != 0 and number.adjusted() >= DIGITS_KEPT
