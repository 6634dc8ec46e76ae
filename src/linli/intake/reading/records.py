"""The records of delimited text, where quotation marks may be wrong.

A mark that opens a cell and is never closed would swallow the lines behind it. Such a record ends with its first line,
which is read by itself; reading goes on with the next line, so nothing else of the file is read otherwise than it was.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress

from ..limits import MEGABYTE

MARK = '"'
#: Line breaks within a cell that are never doubted: an address or a remark has some.
BREAKS = 5
#: Where a record goes on for more lines, or more letters behind its first line, a mark was left open.
RECORD_LINES = 1_000
RECORD_LETTERS = MEGABYTE
#: How many letters may be read once more. No honest file comes near; beyond, every line is a record.
LETTERS_AGAIN = 256 * MEGABYTE
STRAY_KEPT = 1_000
#: How many records in a row must have another number of cells for it to be the table's, once a mark was wrong.
SETTLED = 20
_BREAK = re.compile(r"\r\n|\r|\n")


class Records:
    """The records of lines, in order. Once read through: `stray` are the first records (from 1) with a wrong mark, `at`
    the records that the `wanted` lines (from 1, rising) belong to."""

    def __init__(self, lines: Iterator[str], delimiter: str, wanted: Sequence[int] = ()) -> None:
        self.stray: list[int] = []
        self.at: list[int] = []
        self._lines = lines
        self._delimiter = delimiter
        self._wanted = deque(wanted)
        self._again: deque[str] = deque()
        self._held: list[str] = []  # the lines of the record being read
        self._number = 0
        self._line = 0
        self._width = 0  # how many cells records have
        self._other, self._others = (0, 0), 0  # another number, the last record that had it, how many in a row
        self._spare = LETTERS_AGAIN
        blanks = " \t\xa0\u3000".replace(delimiter, "")
        self._blanks = re.compile(rf'"[{blanks}]+(?={re.escape(delimiter)}|[\r\n]|\Z)')

    def __iter__(self) -> Iterator[list[str]]:
        csv.field_size_limit(MEGABYTE // 4)
        held, wanted = self._held, self._wanted
        while self._spare > 0:
            try:
                for record in csv.reader(self._fed(), delimiter=self._delimiter, strict=True):
                    if len(held) > 1 and self._doubted(record):
                        break
                    self._number += 1
                    if wanted:
                        self._place(len(held))
                    held.clear()
                    if len(record) != self._width:
                        self._weigh(len(record))
                    yield record
                else:
                    return
            except csv.Error:
                if self._mended():
                    continue
            yield self._first_alone()
        for line in self._fed():
            held.clear()
            yield self._alone(line)

    def _fed(self) -> Iterator[str]:
        """The lines, each held until its record is whole. Raises csv.Error where that takes too many."""
        held, again, size = self._held, self._again, 0
        while again:
            held.append(again.popleft())
            yield held[-1]
        for line in self._lines:
            if held:
                size += len(line)
                if size > RECORD_LETTERS or len(held) >= RECORD_LINES:
                    held.append(line)
                    raise csv.Error("a quoted cell has no end")
            else:
                size = 0
            held.append(line)
            yield line

    def _weigh(self, width: int) -> None:
        """Take another number of cells for that of the table. Behind a wrong mark it may be that of the rest of a record
        over several lines, so there it takes many."""
        if not width:
            return
        number = self._number
        self._others = self._others + 1 if (width, number - 1) == self._other else 1
        self._other = width, number
        if not self.stray or self._others >= SETTLED:
            self._width = width

    def _doubted(self, record: list[str]) -> bool:
        """Whether a record over several lines is rather several of them: they have as many cells as the table, and it has
        not, or has a cell of many lines."""
        if self._width < 2:
            return False
        other = len(record) != self._width
        if other and self._cells_of_first() < self._width:  # what an open mark swallowed begins with a whole record
            return False
        # In two columns every line of prose with one comma is like a record.
        if not other and (
            self._width < 3 or len(self._held) <= BREAKS or max(len(_BREAK.findall(cell)) for cell in record) <= BREAKS
        ):
            return False
        apart = []
        with suppress(csv.Error):
            for rest in csv.reader(self._held[1:], delimiter=self._delimiter, strict=True):
                apart.append(len(rest))
        alike = apart.count(self._width)
        return alike == len(apart) > 0 if other else alike * 2 >= len(apart) > 0

    def _mended(self) -> bool:
        """Whether only blanks behind a closing mark were wrong; then the record is read again without them."""
        if not self._held:
            return False
        lines = [*self._held[:-1], self._blanks.sub(MARK, self._held[-1])]
        if lines[-1] == self._held[-1]:
            return False
        passed = 0

        def again() -> Iterator[str]:
            nonlocal passed
            for passed, line in enumerate(lines):  # noqa: B007 - told behind the loop
                yield line
            passed = len(lines)

        with suppress(csv.Error):
            deque(csv.reader(again(), delimiter=self._delimiter, strict=True), 0)
        if passed < len(lines):
            return False
        self._put_back(lines)
        self._spare += len(lines[-1])  # it is shorter now, so this ends
        return True

    def _cells_of_first(self) -> int:
        """How many cells the first line of the record has by itself, at most."""
        return self._held[0].rstrip("\r\n").count(self._delimiter) + 1

    def _noted(self, lines: int) -> None:
        """Count a record of so many lines in which a mark is wrong."""
        self._number += 1
        self._place(lines)
        if len(self.stray) < STRAY_KEPT:
            self.stray.append(self._number)

    def _first_alone(self) -> list[str]:
        first, *rest = self._held
        self._put_back(rest)
        return self._alone(first)

    def _put_back(self, lines: list[str]) -> None:
        self._spare -= sum(map(len, lines))
        self._again.extendleft(reversed(lines))
        self._held.clear()

    def _place(self, lines: int) -> None:
        """Note the wanted lines among the next ones, which make the current record."""
        self._line += lines
        while self._wanted and self._wanted[0] <= self._line:
            self._wanted.popleft()
            if self.at[-1:] != [self._number]:
                self.at.append(self._number)

    def _alone(self, line: str) -> list[str]:
        """A line as a record by itself, in the way that gives it as many cells as the table has."""
        if MARK in line:
            self._noted(1)
        else:
            self._number += 1
            self._place(1)
        text = line.rstrip("\r\n")
        pieces = text.split(self._delimiter)
        letters = [_bare(cell) for cell in pieces]
        try:
            closed = next(csv.reader([text], delimiter=self._delimiter), [])
        except csv.Error:
            return letters
        if len(closed) == self._width:
            return closed
        # Where cells are quoted, a split that leaves several pieces without their marks went through a cell.
        quoted = len(closed) > 1 and text.startswith(MARK)
        broken = sum(piece == bare for piece, bare in zip(pieces, letters, strict=True))
        return closed if quoted and (broken > 1 or len(letters) != self._width) else letters


def _bare(cell: str) -> str:
    """A cell without the marks around it; others are letters."""
    whole = len(cell) > 1 and cell.startswith(MARK) and cell.endswith(MARK)
    return cell[1:-1].replace(MARK * 2, MARK) if whole else cell
