"""A form for one person as many times as there are people, one below the other, each on a page of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .template import Layout, cells_of
from .xlsx_rows import MOST_SHEET_ROWS, RISKY, SheetText

MOST_FORMS = 5_000
# Cells, merged areas and ruled areas of all forms of a sheet together.
MOST_REPEATED = 5_000_000
_AFTER_BREAKS = (
    "colBreaks|customProperties|cellWatches|ignoredErrors|smartTags|drawing|legacyDrawing|picture|oleObjects|controls|"
    "tableParts|extLst"
)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def most(sheet: Any, layout: Layout) -> int:
    """How many people a sheet of forms has room for: its rows, blank ones with a style included, are repeated whole."""
    height = max([layout.body_last, sheet.max_row, *sheet.row_dimensions])
    ruled = [*sheet.data_validations.dataValidation, *sheet.conditional_formatting]
    size = len(cells_of(sheet)) + len(sheet.merged_cells.ranges) + sum(len(rule.sqref.ranges) for rule in ruled)
    return min(MOST_FORMS, min(MOST_SHEET_ROWS // height, MOST_REPEATED // max(size, 1)) * layout.people)


def text_of(value: str) -> str:
    """A text as the content of an XML element, no formula for anybody."""
    told = f"'{value}" if value.startswith(RISKY) else value
    told = re.sub(r"_x([0-9A-Fa-f]{4})_", r"_x005F_x\1_", _ILLEGAL.sub("", told))
    return told.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@dataclass(slots=True)
class Repeated:
    """A sheet of forms: its rows again and again, values put where `layout.places` says."""

    text: SheetText
    layout: Layout
    people: Iterable[Mapping[str, str | None]]
    blocks: int = 0

    @property
    def height(self) -> int:
        """How many rows a form takes, the blank ones at its end included."""
        return max([self.layout.body_last, *self.text.rows])

    def row_of(self, person: int) -> int:
        """The first row of the form a person is in, counted from 0."""
        return person // self.layout.people * self.height + 1

    def xml(self) -> Iterator[str]:
        """The sheet from its first to its last letter."""
        yield re.sub(r"<dimension\b[^>]*/>", "", self.text.head) + "<sheetData>"
        block: list[Mapping[str, str | None]] = []
        for person in self.people:
            block.append(person)
            if len(block) == self.layout.people:
                yield self._block(block)
                block = []
        if block or not self.blocks:
            yield self._block(block)
        yield "</sheetData>" + self._tail()

    def _block(self, people: Sequence[Mapping[str, str | None]]) -> str:
        shift = self.blocks * self.height
        self.blocks += 1
        wanted: dict[tuple[int, str], str] = {}
        for place in self.layout.places:
            value = people[place.person].get(place.name) if place.person < len(people) else None
            if value is not None:
                wanted[place.row, letters(place.column)] = place.before + value
        return "".join(
            self._row(number, attributes, cells, shift, wanted)
            for number, (attributes, cells) in sorted(self._rows(wanted).items())
        )

    def _rows(self, wanted: Mapping[tuple[int, str], str]) -> dict[int, tuple[str, str]]:
        missing = {row for row, _ in wanted} - set(self.text.rows)
        return self.text.rows | {row: (f' r="{row}"', "") for row in missing}

    def _row(self, number: int, attributes: str, cells: str, shift: int, wanted: Mapping[tuple[int, str], str]) -> str:
        found: dict[str, str] = {}
        for cell in re.finditer(r"<c\b[^>]*?/>|<c\b.*?</c>", cells, re.S):
            place = re.search(r'\br="([A-Z]+)\d+"', cell[0])
            if place:
                found[place[1]] = cell[0]
        for (row, column), value in wanted.items():
            if row == number:
                style = re.search(r'\bs="(\d+)"', found.get(column, ""))
                told = f' s="{style[1]}"' if style else ""
                found[column] = (
                    f'<c r="{column}{row}"{told} t="inlineStr"><is><t xml:space="preserve">{text_of(value)}</t></is></c>'
                )
        made = "".join(found[c] for c in sorted(found, key=lambda c: (len(c), c)))
        to = number + shift
        made = re.sub(rf'(<c\b[^>]*?\br="[A-Z]+){number}"', rf'\g<1>{to}"', made)
        attributes = re.sub(r'\br="\d+"', f'r="{to}"', attributes)
        return f"<row{attributes}>{made}</row>"

    def _tail(self) -> str:
        """Merged cells and rules for every form, and a page for each."""
        shifts = [block * self.height for block in range(max(self.blocks, 1))]

        def moved(ref: str, shift: int) -> str:
            return re.sub(r"([A-Z]+)\$?(\d+)", lambda f: f"{f[1]}{int(f[2]) + shift}", ref.replace("$", ""))

        def merges(found: re.Match[str]) -> str:
            refs = re.findall(r'<mergeCell ref="([^"]+)"', found[0])
            listed = "".join(f'<mergeCell ref="{moved(ref, shift)}"/>' for shift in shifts for ref in refs)
            return f'<mergeCells count="{len(refs) * len(shifts)}">{listed}</mergeCells>'

        def several(found: re.Match[str]) -> str:
            refs = found[2].split()
            return f'{found[1]}"{" ".join(moved(ref, shift) for shift in shifts for ref in refs)}"'

        tail = re.sub(r"<mergeCells\b.*?</mergeCells>", merges, self.text.tail, flags=re.S)
        tail = re.sub(r'(\bsqref=)"([A-Z$0-9: ]+)"', several, tail)
        tail = re.sub(r"<rowBreaks\b.*?</rowBreaks>", "", tail, flags=re.S)
        if self.blocks < 2:
            return tail
        breaks = "".join(f'<brk id="{shift}" max="16383" man="1"/>' for shift in shifts[1:])
        listed = f'<rowBreaks count="{len(shifts) - 1}" manualBreakCount="{len(shifts) - 1}">{breaks}</rowBreaks>'
        # CT_Worksheet keeps an order: breaks come after the header and footer of pages, before drawings.
        after = re.search(rf"<({_AFTER_BREAKS})\b|</worksheet>", tail)
        place = after.start() if after else len(tail)
        return tail[:place] + listed + tail[place:]


def letters(index: int) -> str:
    """A for 1, AA for 27."""
    made = ""
    while index:
        index, rest = divmod(index - 1, 26)
        made = chr(65 + rest) + made
    return made


def told(value: Any) -> str | None:
    """A value as a form shows it."""
    return None if value is None else str(value)
