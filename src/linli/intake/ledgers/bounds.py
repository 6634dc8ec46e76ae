"""How much a template would make of itself, measured part by part before anything lays it out.

A few hundred bytes can ask for billions of cells: one merged area over a whole sheet, a link over one, one sheet named a
thousand times. What a part holds is therefore counted as a stream, and the sum of the workbook is bounded.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from ..problems import DamagedFile, TooManyCells
from .problems import TemplateTooFull

# Of the workbook as a whole; of each sheet the larger of its cells and its rectangle counts.
MOST_CELLS = 500_000
MOST_MERGES, MOST_SHEETS = 10_000, 500
MOST_ELEMENTS = 2_000_000
# What all parts together may be read again by way of relations, in bytes.
MOST_RELATED = 96 * 1024 * 1024
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
BLOCK = 64 * 1024
# Elements whose `ref` is laid out cell by cell.
AREAS = frozenset({"mergeCell", "hyperlink", "comment", "table"})


@dataclass(slots=True)
class _Part:
    """What a part of the package would lay out. Names are taken without their prefix, whatever it stands for."""

    cells: int = 0
    rows: int = 0
    columns: int = 0
    merges: int = 0
    elements: int = 0
    shared: int = 0
    longest: int = 0
    related: list[str] = field(default_factory=list)
    _row: int = 0
    _column: int = 0
    _path: list[str] = field(default_factory=list)
    _text: int = 0

    @property
    def cost(self) -> int:
        # A shared formula is worked out anew for each cell that shares it.
        return max(self.cells + self.shared * (self.longest // 8), self.rows * self.columns)

    def begin(self, name: str, told: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self.elements += 1
        if self.elements > MOST_ELEMENTS or self.cells > MOST_CELLS:
            raise too_full()
        parent = self._path[-1] if self._path else ""
        self._path.append(local)
        if parent == "row":
            self._cell(told.get("r"))
        elif local == "row":
            self._begin_row(told.get("r"))
        elif local == "f":
            self.shared += told.get("t") == "shared"
            self._text = 0
        elif local == "Relationship" and told.get("TargetMode") != "External":
            self.related.append(told.get("Target", ""))
        elif local in AREAS and "ref" in told:
            self._area(told["ref"])
            self.merges += local == "mergeCell"

    def end(self, name: str) -> None:
        self._path.pop()

    def text(self, data: str) -> None:
        if self._path and self._path[-1] == "f":
            self._text += len(data)
            self.longest = max(self.longest, self._text)

    def doctype(self, *_: Any) -> None:
        raise DamagedFile()  # no honest workbook has one, entity bombs do

    def _begin_row(self, number: str | None) -> None:
        try:
            self._row = int(float(number)) if number is not None else self._row + 1
        except (ValueError, OverflowError):
            raise DamagedFile() from None
        self._column = 0

    def _cell(self, place: str | None) -> None:
        from openpyxl.utils.cell import coordinate_to_tuple

        row, self._column = self._row, self._column + 1
        if place:
            try:
                row, self._column = coordinate_to_tuple(place)
            except (ValueError, KeyError, TypeError):
                raise DamagedFile() from None
        self.cells += 1
        self._reach(row, self._column)

    def _area(self, ref: str) -> None:
        from openpyxl.utils.cell import range_boundaries

        try:
            left, top, right, bottom = range_boundaries(ref.rpartition("!")[2])
        except (ValueError, TypeError):
            raise DamagedFile() from None
        left, top, right, bottom = left or 1, top or 1, right or LAST_COLUMN, bottom or LAST_ROW
        self.cells += max(right - left + 1, 1) * max(bottom - top + 1, 1)
        self._reach(bottom, right)

    def _reach(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)
        if self.rows * self.columns > MOST_CELLS:
            raise TooManyCells(rows=self.rows, columns=self.columns)


def too_full() -> TemplateTooFull:
    """The problem, with the bounds."""
    return TemplateTooFull(cells=MOST_CELLS, merges=MOST_MERGES, sheets=MOST_SHEETS)


def check(path: Path) -> None:
    """Raises TemplateTooFull, TooManyCells or DamagedFile for a workbook that may not be laid out."""
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
            parts = {name: _measured(archive, name) for name in sizes}
        sheets = _sheets(path)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise DamagedFile() from error
    times = Counter(sheets)
    cells = sum(part.cost * max(times[name], 1) for name, part in parts.items())
    merges = sum(part.merges * max(times[name], 1) for name, part in parts.items())
    elements = sum(part.elements * max(times[name], 1) for name, part in parts.items())
    related = sum(sizes.get(_target(name, to), 0) for name, part in parts.items() for to in part.related)
    if (
        len(sheets) > MOST_SHEETS
        or cells > MOST_CELLS
        or merges > MOST_MERGES
        or elements > MOST_ELEMENTS
        or related > MOST_RELATED
    ):
        raise too_full()


def _measured(archive: zipfile.ZipFile, name: str) -> _Part:
    """A part as far as it is XML; what is none, or is cut short, lays nothing out beyond what was counted."""
    part, parser = _Part(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = part.begin, part.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = part.text, part.doctype
    parser.buffer_text = True
    with archive.open(name) as file:
        try:
            while block := file.read(BLOCK):
                parser.Parse(block, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, ValueError):
            pass
    return part


def _sheets(path: Path) -> list[str]:
    """The part of each sheet, as the library that will lay it out finds them."""
    from openpyxl.reader.excel import ExcelReader

    reader = ExcelReader(path, keep_links=False)
    try:
        reader.read_manifest()
        reader.read_workbook()
        return [str(relation.target) for _, relation in reader.parser.find_sheets()]
    except Exception as error:  # whatever a broken or strange workbook makes the reader raise
        raise DamagedFile() from error
    finally:
        reader.archive.close()


def _target(holder: str, target: str) -> str:
    """The part a relation leads to (ECMA-376 part 2, 9.3: relative to the folder of what holds it)."""
    if target.startswith("/"):
        return target[1:]
    return posixpath.normpath(posixpath.join(posixpath.dirname(posixpath.dirname(holder)), target))
