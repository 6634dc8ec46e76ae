"""A department's own workbook understood: where each sheet has its header, its model row and its footer, or that it
is a form for one person; what in it may not go out (macros, links, formulas that reach outside) is taken away.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..limits import MEGABYTE, installed
from ..problems import DamagedFile, WrongKind
from ..reading.container import WorkbookInfo, inspect
from ..reading.header import VALUE_LIKE, Header, Merge, find_header, plain
from ..reading.table import SIGNATURE, TOTAL
from . import bounds
from .problems import NoHeader, Note, NotWorkbook, TemplateTooLarge

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

LOOK_AT, WIDEST = 60, 400
LARGEST_MB = 24
# What is matched against patterns: a label, a name or an example is short, and longer text is none of them.
LONGEST_TEXT, LONGEST_FORMULA = 200, 8192
EXAMPLE = re.compile(r"^[（(]?\s*(示?例|样例|范例|填写示例|如[:：])")
NUMBERING = re.compile(r"^[（(]?(\d{1,2}|[甲乙丙丁戊]|[A-Z])[)）]?$")
FOOT = re.compile(SIGNATURE + r"|^(填报人|填表人|填表日期|填报日期|盖章|村（居）|领导|经手|审批|本表|此表|备案|★|※|\*)")
# Functions that reach outside of the workbook, or could; and the old way to start a program (DDE).
REACHING = re.compile(
    r"\[\d+\]|\[[^\[\]]*\.xl\w*\]|://|\b(WEBSERVICE|FILTERXML|HYPERLINK|IMPORTDATA|IMPORTXML|IMAGE|RTD|CALL|REGISTER(\.ID)?|EXEC|SQL\.REQUEST|CUBE\w+|"
    r"STOCKHISTORY|DDE|ENCODEURL)\s*\(|^[^'\"]*\|\s*'",
    re.I,
)
# Who fills it in and on which day: of the ledger as a whole, not of a person.
UNIT = re.compile(
    r"^(填报单位|填表单位|上报单位|报送单位|制表单位|村居名称|村居|单位名称|单位)([（(]?盖章[)）]?)?\s*[:：][\s_＿]*$"
)
DAY = re.compile(r"^(填报日期|填表日期|上报日期|制表日期|填报时间|填表时间|统计时间|截止日期)\s*[:：][\s_＿年月日]*$")
LABEL_END = re.compile(r"[:：][_＿\s]*$")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its index in the sheet from 1 and its flat name."""

    index: int
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a form takes a value: the cell (row and column from 1), and the words it keeps before the value."""

    name: str
    row: int
    column: int
    before: str = ""
    person: int = 0  # which of the people on the sheet, from 0


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet to fill. Rows count from 1; rows `body_first` to `body_last` are replaced (none where last < first).

    `model`: the row whose styles the rows get; `replaced`: how many of the body's rows held something. A form has
    `places` instead of columns, and `people` of them on a sheet.
    """

    sheet: str
    header_first: int = 0
    header_last: int = 0
    body_first: int = 0
    body_last: int = 0
    model: int = 0
    columns: tuple[Column, ...] = ()
    replaced: int = 0
    examples: dict[int, str] = field(default_factory=dict)  # column index -> what an example row had there
    places: tuple[Place, ...] = ()
    people: int = 0
    lists: tuple[int, ...] = ()

    @property
    def form(self) -> bool:
        """Whether it is a form for one person (or a few) and no table."""
        return bool(self.places)

    @property
    def names(self) -> tuple[str, ...]:
        """The flat names of what the sheet asks for, each once, in its order."""
        return tuple(dict.fromkeys(x.name for x in (self.places or self.columns)))


@dataclass(slots=True)
class Template:
    """A template that was opened: the workbook as openpyxl has it, its sheets to fill, and what was remarked."""

    book: Any
    layouts: tuple[Layout, ...]
    notes: list[Note]
    skipped: tuple[str, ...] = ()  # visible sheets without a header

    @property
    def names(self) -> tuple[str, ...]:
        """What all sheets ask for, each once."""
        return tuple(dict.fromkeys(name for layout in self.layouts for name in layout.names))


def open_template(path: Path, known: Callable[[str], bool], filename: str | None = None) -> Template:
    """Open a template. Raises kinds of UnreadableFile and LedgerProblem; `known` tells names of columns."""
    try:
        info = inspect(path, installed(), filename)
    except WrongKind as problem:  # which offers kinds of tables that are no templates
        raise NotWorkbook(found=problem.params["found"]) from None
    if info.kind != "xlsx":
        raise NotWorkbook(found=f".{info.kind}")
    _check_size(info)
    bounds.check(path)
    notes = _remarks(path, info)
    book, values = _load(path)
    layouts, skipped = [], []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        layout = understand(sheet, known)
        if layout is None:
            skipped.append(sheet.title)
        else:
            layouts.append(layout)
    if not layouts:
        raise NoHeader()
    for sheet in book.worksheets:
        if cut := _disarm(sheet, values[sheet.title]):
            notes.append(Note("intake.ledger.formula_left_out", {"sheet": sheet.title, "cells": cut}))
    _disarm_names(book)
    return Template(book, tuple(layouts), notes, tuple(skipped))


def _check_size(info: WorkbookInfo) -> None:
    """A template is read whole, with its styles: some hundred bytes a cell."""
    if info.unpacked > LARGEST_MB * MEGABYTE:
        raise TemplateTooLarge(size_mb=info.unpacked // MEGABYTE, limit_mb=LARGEST_MB)


def _remarks(path: Path, info: WorkbookInfo) -> list[Note]:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    notes = []
    if info.macros:
        notes.append(Note("intake.ledger.macros_left_out"))
    if any(name.startswith("xl/externalLinks/") for name in names):
        notes.append(Note("intake.ledger.links_left_out"))
    if any(re.match(r"xl/(media|charts|drawings/drawing|ctrlProps|diagrams)", name) for name in names):
        notes.append(Note("intake.ledger.drawings_left_out"))
    return notes


def _load(path: Path) -> tuple[Any, dict[str, Any]]:
    """The workbook with its formulas, and its sheets with the values these had."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, keep_vba=False, keep_links=False, rich_text=True)
        values = openpyxl.load_workbook(path, keep_vba=False, keep_links=False, data_only=True)
    except Exception as error:  # whatever a broken or strange workbook makes the reader raise
        raise DamagedFile() from error
    return book, {sheet.title: sheet for sheet in values.worksheets}


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = str(value).strip()[:LONGEST_TEXT]
    return text or None


def _rows(sheet: Worksheet, count: int = LOOK_AT) -> list[list[str | None]]:
    width = min(sheet.max_column, WIDEST)
    rows = sheet.iter_rows(1, min(sheet.max_row, count), 1, width, values_only=True)
    return [[_text(value) for value in row] for row in rows]


def understand(sheet: Worksheet, known: Callable[[str], bool]) -> Layout | None:
    """What a sheet is: a table with a header, or a form; None when it is neither."""
    rows = _rows(sheet)
    merges = [Merge(m.min_row - 1, m.min_col - 1, m.max_row - 1, m.max_col - 1) for m in sheet.merged_cells.ranges]
    form = _as_form(sheet, rows, merges, known)
    if form is not None:
        return form
    header = find_header(rows, known, merges)
    if header is None:
        return None
    header = _whole(rows, header, merges)
    if sum(1 for name in header.names if name) < 2:
        return None
    return _as_table(sheet, rows, header)


def _whole(rows: list[list[str | None]], header: Header, merges: Sequence[Merge]) -> Header:
    """The header with all its rows: those above that group its columns, those below that divide them."""
    first, last = header.first, header.last
    width = max((i + 1 for i, name in enumerate(header.names) if name), default=0)
    while first > 0 and _joined(rows, first - 1, merges, width):
        first -= 1
    while last + 1 < len(rows) and _joined(rows, last, merges, width) and _under(rows, last, merges):
        last += 1
    if (first, last) == (header.first, header.last):
        return header
    width = max(len(row) for row in rows[first : last + 1])
    return Header(first, last, tuple(_flat(rows, first, last, column, merges) for column in range(width)))


def _joined(rows: list[list[str | None]], row: int, merges: Sequence[Merge], width: int) -> bool:
    """Whether a row has cells merged over several columns, but none over (nearly) all, which would be a title."""
    spans = [m for m in merges if m.top == row and m.right > m.left]
    return bool(spans) and all(m.right - m.left + 1 < max(width - 1, 2) for m in spans) and len(_held(rows[row])) > 1


def _under(rows: list[list[str | None]], row: int, merges: Sequence[Merge]) -> bool:
    """Whether the row below holds names under the merged cells and nothing else."""
    spans = [m for m in merges if m.top <= row <= m.bottom and m.bottom == row and m.right > m.left]
    below = {i for i, cell in enumerate(rows[row + 1]) if cell}
    covered = {c for m in spans for c in range(m.left, m.right + 1)}
    return bool(below) and below <= covered and not any((rows[row + 1][i] or "").isdigit() for i in below)


def _held(row: Sequence[str | None]) -> list[str]:
    return [cell for cell in row if cell]


def _flat(rows: list[list[str | None]], first: int, last: int, column: int, merges: Sequence[Merge]) -> str | None:
    """The name of a column over all rows of the header, each part once, parted by a slash."""
    parts = []
    for row in range(first, last + 1):
        over = next((m for m in merges if m.top <= row <= m.bottom and m.left <= column <= m.right), None)
        at, of = (over.top, over.left) if over else (row, column)
        cell = rows[at][of] if of < len(rows[at]) else None
        if cell:
            parts.append(plain(cell))
    return "/".join(dict.fromkeys(parts)) or None


def _as_table(sheet: Worksheet, rows: list[list[str | None]], header: Header) -> Layout:
    last = header.last + 1
    while last < len(rows) and _is_numbering(rows[last]):
        last += 1
    first = last + 1
    end, filled = last, 0
    examples: dict[int, str] = {}
    blank_model, any_model = 0, 0
    for number, row in enumerate(sheet.iter_rows(first, sheet.max_row, 1, min(sheet.max_column, WIDEST)), first):
        texts = [_text(cell.value) for cell in row]
        if _is_foot(texts):
            break
        held = [t for t in texts if t]
        # A running number alone is no content; neither are formulas, which are the row's own.
        told = [t for t in held if not t.isdigit() and not t.startswith("=")]
        if told:
            filled += 1
            examples = examples or {i: t for i, t in enumerate(texts, 1) if t}
        elif not blank_model and any(cell.has_style for cell in row):
            blank_model = number
        if held or any(cell.has_style for cell in row) or not any_model:
            any_model = any_model or number
        end = number
    columns = _columns(header)
    model = blank_model or (any_model if end >= first else 0)
    return Layout(
        sheet.title, header.first + 1, last, first, end, model, columns, filled, examples
    )  # fmt: skip


def _columns(header: Header) -> tuple[Column, ...]:
    """Named columns; a name that comes again is told apart by a number, as when reading."""
    columns, taken = [], set()
    for index, name in enumerate(header.names, 1):
        if name is None:
            continue
        unique, serial = name, 2
        while unique in taken:
            unique, serial = f"{name}({serial})", serial + 1
        taken.add(unique)
        columns.append(Column(index, unique))
    return tuple(columns)


def _is_numbering(row: Sequence[str | None]) -> bool:
    """甲 乙 1 2 3 below the header: the numbers of the columns."""
    cells = [c for c in row if c]
    return len(cells) >= 3 and all(NUMBERING.match(c) for c in cells) and len(set(cells)) == len(cells)


def _is_foot(texts: Sequence[str | None]) -> bool:
    held = [re.sub(r"\s", "", t) for t in texts if t]
    if not held:
        return False
    if any(TOTAL.match(t) for t in held[:2]):
        return True
    if EXAMPLE.match(held[0]):
        return False
    # A line below the table says who filled it in, or how; it never fills the columns.
    return len(held) * 2 <= max(len(texts), 2) and bool(FOOT.search(held[0])) and not VALUE_LIKE.match(held[0])


# Forms


def _as_form(
    sheet: Worksheet, rows: list[list[str | None]], merges: Sequence[Merge], known: Callable[[str], bool]
) -> Layout | None:
    """Labels with room beside them, or after their colon, in two rows or more."""
    places: list[Place] = []
    lists: list[int] = []
    seen: dict[str, int] = {}
    for at, row in enumerate(rows):
        if lists:  # below a list inside the form come opinions and signatures
            break
        labels = [(i, cell) for i, cell in enumerate(row) if cell and _is_label(cell, known)]
        plainly = [i for i, cell in labels if not LABEL_END.search(cell)]
        if sum(_beside(at, i, merges) in plainly for i in plainly) >= 2:
            lists.append(at + 1)
            continue
        values = {_beside(at, i, merges) for i, cell in labels if not LABEL_END.search(cell)}
        for index, cell in labels:
            if index in values and not LABEL_END.search(cell):
                continue  # what stands beside a label is its value
            name = plain(LABEL_END.sub("", cell))
            place = _room(at, index, cell, row, merges)
            if place is not None:
                person = seen.get(name, 0)
                seen[name] = person + 1
                places.append(Place(name, place[0] + 1, place[1] + 1, place[2], person))
    if len({p.row for p in places}) < 2 or len({p.name for p in places}) < 3:
        return None
    # As many people as the first of the labels that comes most often.
    people = max(seen.values())
    kept = tuple(p for p in places if p.person < people)
    return Layout(sheet.title, 1, 0, 1, max(len(rows), 1), 1, places=kept, people=people, lists=tuple(lists))


def _is_label(cell: str, known: Callable[[str], bool]) -> bool:
    text = plain(LABEL_END.sub("", cell))
    return len(text) <= 16 and known(text) and not UNIT.match(cell) and not DAY.match(cell)


def _right_edge(row: int, column: int, merges: Sequence[Merge]) -> int:
    return next((m.right for m in merges if m.top <= row <= m.bottom and m.left <= column <= m.right), column)


def _beside(row: int, column: int, merges: Sequence[Merge]) -> int:
    return _right_edge(row, column, merges) + 1


def _room(
    row: int, column: int, cell: str, texts: Sequence[str | None], merges: Sequence[Merge]
) -> tuple[int, int, str] | None:
    """The cell a label's value goes to, and what stays before it; None when there is no room."""
    beside = _beside(row, column, merges)
    free = beside < len(texts) and (
        texts[beside] is None or (not LABEL_END.search(texts[beside] or "") and not LABEL_END.search(cell))
    )
    if LABEL_END.search(cell):
        return (row, beside, "") if beside < len(texts) and texts[beside] is None and _covered(
            row, beside, merges
        ) else (row, column, LABEL_END.sub("", cell) + "：")  # fmt: skip
    return (row, beside, "") if free or beside >= len(texts) else None


def _covered(row: int, column: int, merges: Sequence[Merge]) -> bool:
    """Whether a blank cell is room on purpose: merged from a corner that is itself."""
    return any(m.top == row and m.left == column for m in merges)


# What may not go out


def cells_of(sheet: Worksheet) -> list[Any]:
    """The cells a sheet really has; iterating over its rectangle would make all those between."""
    return list(sheet._cells.values())


def _reaches(formula: str) -> bool:
    """Whether a formula may reach outside. One longer than Excel takes (8,192 characters) is not looked into."""
    return len(formula) > LONGEST_FORMULA or REACHING.search(formula) is not None


def _disarm(sheet: Worksheet, values: Worksheet) -> int:
    """Formulas that reach outside become the values they had; links of cells go. Returns how many formulas."""
    cut = 0
    for cell in cells_of(sheet):
        if cell.data_type == "f":
            formula = cell.value if isinstance(cell.value, str) else str(getattr(cell.value, "text", ""))
            if _reaches(formula):
                cell.value = values.cell(cell.row, cell.column).value
                if isinstance(cell.value, str):
                    cell.data_type = "s"
                cut += 1
        if getattr(cell, "hyperlink", None) is not None:
            cell.hyperlink = None
    rules = sheet.data_validations
    reaching = [r for r in rules.dataValidation if _reaches(f"{r.formula1 or ''} {r.formula2 or ''}")]
    rules.dataValidation = [r for r in rules.dataValidation if r not in reaching]
    return cut + len(reaching)


def _disarm_names(book: Any) -> None:
    """Names that stand for something outside, or that run with the workbook, go."""
    for holder in (book, *book.worksheets):
        for name in list(holder.defined_names):
            text = str(getattr(holder.defined_names[name], "attr_text", "") or "")
            if _reaches(text) or name.lower().startswith("auto_"):
                del holder.defined_names[name]
