"""One pass over a sheet's XML before it is loaded: how far it reaches, and the cells a table reader glosses over.

Reading cells as text forgets that a number had more digits than Excel keeps (15), that a formula was never computed,
and that a cell holds #N/A. This pass finds those cells, bounds the rectangle (a stray cell at XFD1048576 would make
the reader allocate 500 GB), and checks the part's CRC. NumPy over the bytes: about 6 s per gigabyte of XML.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..limits import MEGABYTE
from ..problems import DamagedFile
from .container import column_number

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Places = np.ndarray[Any, np.dtype[np.int64]]
CHUNK = 8 * MEGABYTE
LONGEST_ROW = 128 * MEGABYTE
PADDING = 64
# IEEE 754 doubles hold every integer of 15 digits; Excel cuts what is longer and fills up with zeros.
DIGITS_KEPT = 15
MERGE = re.compile(rb'mergeCell ref="\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)"')
KINDS = ("rounded", "uncomputed", "failed")


def _none(width: int) -> Places:
    return np.empty((0, width), np.int64)


@dataclass(slots=True)
class SheetScan:
    """What the pass found. Rows count from 1, columns from 0.

    `rounded`, `uncomputed`, `failed`: (row, column) of numbers too long to be exact, formulas without a stored
    value, and error values. `merges`: (first row, first column, last row, last column).
    """

    last_row: int = 0
    first_column: int = 0
    last_column: int = -1
    formulas: int = 0
    rounded: Places = field(default_factory=lambda: _none(2))
    uncomputed: Places = field(default_factory=lambda: _none(2))
    failed: Places = field(default_factory=lambda: _none(2))
    merges: Places = field(default_factory=lambda: _none(4))


def scan_sheet(archive: zipfile.ZipFile, part: str) -> SheetScan:
    """Scan one sheet part. Raises DamagedFile for a part that is cut or does not match its checksum."""
    collector = _Collector()
    try:
        with archive.open(part) as file:
            rest = b""
            while block := file.read(CHUNK):
                buffer = rest + block
                cut = max(buffer.rfind(b"<row"), buffer.rfind(b":row "))
                if cut <= 0:
                    if len(buffer) > LONGEST_ROW:
                        raise DamagedFile()
                    rest = buffer
                    continue
                collector.take(buffer[:cut])
                rest = buffer[cut:]
            collector.take(rest)
    except (zipfile.BadZipFile, zipfile.zlib.error, EOFError, OSError, KeyError) as error:  # type: ignore[attr-defined]
        raise DamagedFile() from error
    return collector.result()


def drain(archive: zipfile.ZipFile, part: str) -> None:
    """Read a part to its end, so that its checksum and true size are known before a reader trusts them."""
    try:
        with archive.open(part) as file:
            while file.read(CHUNK):
                pass
    except (zipfile.BadZipFile, zipfile.zlib.error, EOFError, OSError) as error:  # type: ignore[attr-defined]
        raise DamagedFile() from error


@dataclass(frozen=True, slots=True)
class _Cells:
    """Byte offset, row (from 1) and column (from 0) of every cell of a stretch, in order."""

    at: Places
    row: Places
    column: Places


class _Collector:
    def __init__(self) -> None:
        self.first, self.last, self.row, self.formulas = 1 << 30, -1, 0, 0
        self.found: dict[str, list[Places]] = {kind: [_none(2)] for kind in KINDS}
        self.merges: list[tuple[int, int, int, int]] = []

    def take(self, buffer: bytes) -> None:
        """Look at a stretch of XML that begins at a row (or the part's head) and ends before one."""
        if b"mergeCell " in buffer:
            for match in MERGE.finditer(buffer):
                left, right = column_number(match[1].decode()) - 1, column_number(match[3].decode()) - 1
                self.merges.append((int(match[2]), left, int(match[4]), right))
        end = buffer.find(b"</sheetData>")
        data = np.frombuffer((buffer if end < 0 else buffer[:end]) + b" " * PADDING, np.uint8)
        cells = _cells(data, self.row)
        if len(cells.at):
            self.first = min(self.first, int(cells.column.min()))
            self.last = max(self.last, int(cells.column.max()))
            self.row = max(self.row, int(cells.row.max()))
            self._formulas(data, cells)
            self._keep("failed", cells, _starts(data, b't="e"'))
            self._keep("rounded", cells, _long_numbers(data, buffer, cells))

    def _keep(self, kind: str, cells: _Cells, offsets: Places) -> None:
        """Note the cells that hold the given byte offsets."""
        if len(offsets):
            index = np.searchsorted(cells.at, offsets, side="right") - 1
            index = np.unique(index[index >= 0])
            self.found[kind].append(np.column_stack((cells.row[index], cells.column[index])))

    def _formulas(self, data: Bytes, cells: _Cells) -> None:
        formulas = _starts(data, b"f")
        formulas = formulas[_opens_tag(data, formulas)]
        if not len(formulas):
            return
        self.formulas += len(formulas)
        values = _starts(data, b"v>")
        values = values[_opens_tag(data, values) & (data[values + 2] != ord("<"))]
        following = np.append(cells.at, len(data))[np.searchsorted(cells.at, formulas, side="right")]
        place = np.searchsorted(values, formulas)
        value = np.append(values, len(data))[place]
        self._keep("uncomputed", cells, formulas[value >= following])

    def result(self) -> SheetScan:
        kept = {kind: np.concatenate(parts) for kind, parts in self.found.items()}
        merges = np.array(self.merges, np.int64) if self.merges else _none(4)
        first = 0 if self.last < 0 else self.first
        return SheetScan(self.row, first, self.last, self.formulas, merges=merges, **kept)


def _starts(data: Bytes, text: bytes) -> Places:
    """Offsets at which `text` begins."""
    at = np.flatnonzero(data[: len(data) - PADDING] == text[0])
    for step, letter in enumerate(text[1:], 1):
        at = at[data[at + step] == letter]
    return at


def _opens_tag(data: Bytes, at: Places) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether a one-letter tag name begins there: `<f>`, `<x:f ca="1">`, but not `<font>`."""
    before, after = data[np.maximum(at - 1, 0)], data[at + 1]
    opened = (before == ord("<")) | (before == ord(":"))
    flags: np.ndarray[Any, np.dtype[np.bool_]] = opened & (
        (after == ord(">")) | (after == ord(" ")) | (after == ord("/"))
    )
    return flags


def _cells(data: Bytes, rows_before: int) -> _Cells:
    """Cells by their r="B12" reference; by counting tags in the files whose writer leaves references out."""
    at = _starts(data, b'r="')
    at = at[(at > 0) & (data[np.maximum(at - 1, 0)] == ord(" "))] + 3
    first = data[at]
    at, first = at[(first >= 65) & (first <= 90)], first[(first >= 65) & (first <= 90)]
    if not len(at):
        return _cells_by_count(data, rows_before)
    column = first.astype(np.int64) - 64
    cursor = at + 1
    for _ in range(2):
        letter = data[cursor]
        more = (letter >= 65) & (letter <= 90)
        column = np.where(more, column * 26 + letter - 64, column)
        cursor = np.where(more, cursor + 1, cursor)
    row = np.zeros(len(at), np.int64)
    for _ in range(7):
        digit = data[cursor]
        more = (digit >= 48) & (digit <= 57)
        row = np.where(more, row * 10 + digit - 48, row)
        cursor = np.where(more, cursor + 1, cursor)
    return _Cells(at, row, column - 1)


def _cells_by_count(data: Bytes, rows_before: int) -> _Cells:
    tags = _starts(data, b"c")
    tags = tags[_opens_tag(data, tags)]
    rows = _starts(data, b"row")
    before = data[np.maximum(rows - 1, 0)]
    rows = rows[((before == ord("<")) | (before == ord(":"))) & (data[rows + 3] != ord("s"))]
    if not len(tags) or not len(rows):
        return _Cells(tags[:0], tags[:0], tags[:0])
    which = np.searchsorted(rows, tags, side="right")
    tags, which = tags[which > 0], which[which > 0]
    starts = np.searchsorted(tags, rows)
    return _Cells(tags, which + rows_before, np.arange(len(tags)) - starts[which - 1])


def _is_digit(letter: Bytes) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return (letter >= 48) & (letter <= 57)


def _long_numbers(data: Bytes, buffer: bytes, cells: _Cells) -> Places:
    """Offsets of stored numbers of more than 15 digits before the point: 370302199001011000, 3.70302199001011E+17."""
    values = _starts(data, b"v>")
    values = values[_opens_tag(data, values)] + 2
    plain = values + (data[values] == ord("-"))
    for step in range(DIGITS_KEPT + 1):
        plain = plain[_is_digit(data[plain + step])]
        if not len(plain):
            break
    powers = np.concatenate((_starts(data, b"E"), _starts(data, b"e")))
    powers = powers[(powers > 0) & _is_digit(data[np.maximum(powers - 1, 0)])]
    plus = powers + 1 + (data[powers + 1] == ord("+"))
    large = (data[plus] == ord("1")) & (data[plus + 1] >= ord("5")) & (data[plus + 1] <= ord("9"))
    large |= (data[plus] >= ord("2")) & (data[plus] <= ord("9")) & _is_digit(data[plus + 1])
    powers = powers[large]
    if len(powers):
        # Only inside <v>: text cells may hold "3.7E+17" as they please.
        opening = np.append(values, -1)[np.searchsorted(values, powers, side="right") - 1]
        near = (opening >= 0) & (powers - opening < 24)
        powers, opening = powers[near], opening[near]
        closed = np.fromiter((b"<" not in buffer[o:p] for o, p in zip(opening, powers, strict=True)), bool, len(powers))
        powers = powers[closed]
    hits = np.sort(np.concatenate((plain, powers)))
    if len(hits) and b't="str"' in buffer:
        cell = cells.at[np.maximum(np.searchsorted(cells.at, hits, side="right") - 1, 0)]
        text = np.fromiter((b't="str"' in buffer[c:h] for c, h in zip(cell, hits, strict=True)), bool, len(hits))
        hits = hits[~text]
    return hits
