"""The month's report for print: A4 across, units, areas, and the definitions the figures were made by."""

from __future__ import annotations

from collections.abc import Sequence

from linli.kernel.actors import Actor

from . import pages, pdf
from .pages import CHIEF, Line
from .queries import MonthFigures

LEFT, RIGHT, TOP, BOTTOM = 36.0, pdf.A4[0] - 36.0, 44.0, pdf.A4[1] - 34.0
SIZE, SMALL, ROW = 8.0, 7.0, 15.0
NAME_WIDE, FILED_WIDE, INDEX_WIDE = 130.0, 44.0, 46.0
GREY, SHADE, LINE = (0.45, 0.45, 0.45), (0.93, 0.95, 0.94), (0.75, 0.78, 0.77)
#: Parts of the width that the columns of the definitions take.
PARTS = (0.11, 0.05, 0.24, 0.24, 0.08, 0.28)


class Paper:
    """A document with a running height and a footer on each page."""

    def __init__(self, heading: Sequence[str]) -> None:
        self.heading = heading
        self.made = pdf.Document(heading[0])
        self.y = 0.0
        self.turn()

    def turn(self) -> None:
        """Begin a page."""
        self.made.page()
        self.made.text(LEFT, TOP, self.heading[0], 14 if self.made.count == 1 else 9)
        foot = f"{self.heading[1]}    {self.made.count}"
        self.made.text(LEFT, pdf.A4[1] - 18, pdf.fitted(foot, SMALL, RIGHT - LEFT), SMALL, GREY)
        self.y = TOP + 14
        if self.made.count == 1:
            for text in self.heading[1:]:
                self.made.text(LEFT, self.y + 6, text, SIZE, GREY)
                self.y += 13
        self.y += 8

    def room(self, high: float) -> bool:
        """Whether so much still fits the page; else a new one begins."""
        if self.y + high <= BOTTOM:
            return True
        self.turn()
        return False


def document(actor: Actor, found: MonthFigures, language: str) -> bytes:
    """The file."""
    paper = Paper(pages.heading(actor, found, language))
    total = pages.totals(found, CHIEF, language)
    for title, figures in ((pages.UNITS, found.units), (pages.AREAS, found.areas)):
        _table(paper, title.say(language), [*pages.lines(figures, CHIEF), total], language)
    _definitions(paper, language)
    return paper.made.bytes()


def _table(paper: Paper, title: str, lines: Sequence[Line], language: str) -> None:
    head = pages.head(CHIEF, language)
    ratio_wide = (RIGHT - LEFT - NAME_WIDE - FILED_WIDE - 2 * INDEX_WIDE) / len(CHIEF)
    widths = [NAME_WIDE, FILED_WIDE, *[ratio_wide] * len(CHIEF), INDEX_WIDE, INDEX_WIDE]
    paper.room(5 * ROW)
    paper.made.text(LEFT, paper.y + 8, title, 10)
    paper.y += 16
    _head(paper, head, widths)
    for line in lines:
        if not paper.room(ROW):
            _head(paper, head, widths)
        cells = [line.name, str(line.filed), *(_share(each) for each in line.shares)]
        cells += ["" if line.index is None else f"{line.index:.2f}", line.grade]
        _row(paper, cells, widths)
    paper.y += 14


def _head(paper: Paper, head: Sequence[str], widths: Sequence[float]) -> None:
    lines = [pdf.wrapped(text, SMALL, wide - 6) for text, wide in zip(head, widths, strict=True)]
    high = max(map(len, lines)) * 9 + 6
    paper.made.shade(LEFT, paper.y, RIGHT - LEFT, high, SHADE)
    x = LEFT
    for parts, wide in zip(lines, widths, strict=True):
        for nth, text in enumerate(parts):
            paper.made.text(x + 3, paper.y + 10 + nth * 9, text, SMALL)
        x += wide
    paper.y += high


def _row(paper: Paper, cells: Sequence[str], widths: Sequence[float]) -> None:
    """Names to the left, numbers to the right."""
    x = LEFT
    for nth, (text, wide) in enumerate(zip(cells, widths, strict=True)):
        shown = pdf.fitted(text, SIZE, wide - 6)
        at = x + 3 if nth == 0 else x + wide - 6 - pdf.width(shown, SIZE)
        paper.made.text(at, paper.y + 10.5, shown, SIZE)
        x += wide
    paper.y += ROW
    paper.made.line(LEFT, paper.y, RIGHT, LINE)


def _definitions(paper: Paper, language: str) -> None:
    head, *rows = pages.definitions(language)
    widths = [(RIGHT - LEFT) * part for part in PARTS]
    paper.turn()
    paper.made.text(LEFT, paper.y + 8, pages.WHAT.say(language), 10)
    paper.y += 16
    _head(paper, head, widths)
    for row in rows:
        lines = [pdf.wrapped(text, SMALL, wide - 6) for text, wide in zip(row, widths, strict=True)]
        high = max(map(len, lines)) * 9 + 5
        if not paper.room(high):
            _head(paper, head, widths)
        x = LEFT
        for parts, wide in zip(lines, widths, strict=True):
            for nth, text in enumerate(parts):
                paper.made.text(x + 3, paper.y + 9 + nth * 9, text, SMALL)
            x += wide
        paper.y += high
        paper.made.line(LEFT, paper.y, RIGHT, LINE)


def _share(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.1f}%"
