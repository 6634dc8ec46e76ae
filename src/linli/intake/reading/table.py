"""The raw table of a file: text columns under flat header names, every row knowing its place in the user's sheets.

This makes it of one sheet; `joined` makes one of several.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from linli.kernel.slices import Slices

from ..problems import HeaderMissing, NoRows
from .container import WorkbookInfo, column_letters
from .form import Forms, looks_like_forms, read_forms
from .header import LOOK_AT, Header, Merge, find_header
from .sheet_scan import Places
from .sheets import Sheet

ROW = "#row"
TOTAL = re.compile(r"^(合计|总计|小计|共计|总数|总人数|合\s*计|汇总)([:：（(].*)?$")
SIGNATURE = r"^(制表|填表|填报|审核|负责人|经办|单位|说明|备注|注[:：]|联系|日期|签字|盖章|分管|主要负责)"


@dataclass(frozen=True, slots=True)
class RawColumn:
    """A column as found: its flat name, its index and letters in the sheet, whether it holds any value."""

    name: str
    index: int
    letters: str
    filled: int


@dataclass(frozen=True, slots=True)
class Note:
    """Something about the file as a whole that the user should know; becomes a finding of row 0 or of the row."""

    code: str
    row: int = 0
    column: str = ""
    params: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CellMarks:
    """Cells (sheet row, column index) that text alone does not tell of."""

    rounded: Places
    uncomputed: Places
    failed: Places


@dataclass(frozen=True, slots=True)
class Part:
    """A sheet within a table made of several. A row of the table is `start` + the row of the sheet.

    `file` is the name within an archive or folder, else empty. In a sheet of forms the rows of the table count forms.
    `columns`: the table's columns that this sheet has, by its own index and letters.
    """

    file: str
    sheet: str
    start: int
    columns: tuple[RawColumn, ...]
    header_last: int
    form: bool = False

    @property
    def label(self) -> str:
        """How the sheet is named to a user, and chosen by."""
        return label_of(self.file, self.sheet)


def label_of(file: str, sheet: str) -> str:
    """A sheet by its file (within an archive) and its name; the only sheet of a text file has none."""
    return f"{file}/{sheet}" if file and sheet else file or sheet


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as text. `rows` have ROW (i64, the row in the user's sheet) and a text column per RawColumn.

    `parts`: the sheets it is made of. Where there are several, or forms, ROW counts through them all (`Part.start`).
    `cells`: for sheets of forms, the cell of each value: ROW, column, sheet_row, index.
    """

    info: WorkbookInfo
    sheet: str
    header_first: int
    header_last: int
    columns: tuple[RawColumn, ...]
    rows: Slices
    notes: tuple[Note, ...]
    marks: CellMarks
    parts: tuple[Part, ...] = ()
    cells: pl.DataFrame | None = None
    skipped: tuple[Skipped, ...] = ()

    @property
    def frame(self) -> pl.DataFrame:
        """All rows at once."""
        return self.rows.frame

    def part(self, rows: pl.DataFrame) -> RawTable:
        """Some of the rows as a table by themselves."""
        return replace(self, rows=Slices.of(rows, ROW))

    def column(self, name: str) -> RawColumn | None:
        """The column of that flat name."""
        return next((c for c in self.columns if c.name == name), None)

    @property
    def several(self) -> bool:
        """Whether rows are counted through several sheets or forms, so that they need their place told."""
        return len(self.parts) > 1 or any(part.form or part.file for part in self.parts)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A sheet that was not taken, and why: hidden, unasked, no_table, no_rows, other_columns, no_file."""

    label: str
    why: str


CELLS = {ROW: pl.Int64, "column": pl.String, "sheet_row": pl.Int64, "index": pl.Int64}


def assemble(
    info: WorkbookInfo, found: Sheet, known: Callable[[str], bool], field_of: Callable[[str], str]
) -> RawTable:
    """Find the header, name the columns, drop what is not data, fill merged cells. Raises HeaderMissing, NoRows.

    `known` tells a name that heads a column, `field_of` the field that a name stands for ("" where none).
    """
    scan, sheet = found.scan, found.info.name
    if not found.rows.columns:
        raise HeaderMissing()
    offset = scan.first_column
    top = [list(row) for row in found.rows.head(LOOK_AT + 2).iter_rows()]
    notes = [Note("file.mixed_encoding", row) for row in found.mixed_rows[:1000]]
    notes += [Note("file.stray_mark", row) for row in found.stray_rows]
    if found.info.hidden:
        notes.append(Note("file.hidden_sheet", params={"sheet": sheet}))
    marks = CellMarks(scan.rounded, scan.uncomputed, scan.failed)
    if looks_like_forms(top, field_of) and (forms := read_forms(found.frame, field_of)) is not None:
        return _of_forms(info, sheet, forms, offset, notes, marks)
    local = None
    if found.merged:
        near = scan.merges[scan.merges[:, 0] <= LOOK_AT].tolist()
        local = [Merge(t - 1, a - offset, b - 1, z - offset) for t, a, b, z in near]
    header = find_header(top, known, local)
    if header is None:
        raise HeaderMissing()
    body = _body(found, header, notes)
    texts = [c for c in body.columns if c != ROW]
    counts = np.zeros(len(texts), np.int64)
    for piece in body:
        counts += np.array(piece.select(pl.col(texts).count()).row(0), np.int64) if texts else 0
    columns = _columns(header, offset, counts.tolist(), notes)
    names = [pl.col(f"c{c.index - offset}").alias(c.name) for c in columns]
    rows = _data(body, names, [c.name for c in columns], notes)
    if not rows.height:
        raise NoRows()
    part = Part("", sheet, 0, columns, header.last + 1)
    return RawTable(info, sheet, header.first + 1, header.last + 1, columns, rows, tuple(notes), marks, (part,))


def _body(found: Sheet, header: Header, notes: list[Note]) -> Slices:
    """The rows below the header that hold anything, numbered as in the sheet, merged cells filled."""
    scan, start = found.scan, header.last + 1
    rows, first = Slices(ROW), 0
    # Where cells are merged over rows, one may reach from slice to slice.
    below = (scan.merges[:, 0] > start) & (scan.merges[:, 2] > scan.merges[:, 0])
    for piece in [found.frame] if below.any() else found.rows:
        numbered = piece.with_row_index(ROW, offset=first + 1).with_columns(pl.col(ROW).cast(pl.Int64))
        body = numbered.slice(max(start - first, 0))
        first += piece.height
        filled, body = _fill_merged(body, scan.merges, scan.first_column, start)
        if filled:
            notes.append(Note("file.merged_filled", params={"cells": filled}))
        texts = [c for c in body.columns if c != ROW]
        rows.append(body.filter(pl.any_horizontal(pl.col(texts).is_not_null())))
    return rows


def _of_forms(
    info: WorkbookInfo, sheet: str, forms: Forms, offset: int, notes: list[Note], marks: CellMarks
) -> RawTable:
    """A row per form. Marks of cells move to the row and column that their value has in the table."""
    names = [name for name in forms.values.columns if name != "form"]
    cells = forms.cells.select(
        pl.col("form").alias(ROW),
        pl.col("label").alias("column"),
        pl.col("row").alias("sheet_row"),
        (pl.col("column") + offset).alias("index"),
    ).cast(CELLS)  # type: ignore[arg-type]
    first = cells.unique("column", keep="first", maintain_order=True)
    letters = {name: column_letters(index) for name, index in first.select("column", "index").iter_rows()}
    counts = forms.values.select(pl.col(names).count()).row(0)
    columns = tuple(
        RawColumn(name, place, letters[name], int(count))
        for place, (name, count) in enumerate(zip(names, counts, strict=True))
    )
    place_of = pl.DataFrame(
        {"column": names, "place": range(len(names))}, schema={"column": pl.String, "place": pl.Int64}
    )

    def moved(marked: Places) -> Places:
        at = pl.DataFrame({"sheet_row": marked[:, 0], "index": marked[:, 1]})
        hit = at.join(cells, on=["sheet_row", "index"]).join(place_of, on="column").select(ROW, "place")
        return hit.to_numpy().astype(np.int64).reshape(-1, 2)

    for row in forms.lists[:200]:
        notes.append(Note("form.list_skipped", params={"row": row}))
    notes.append(Note("file.forms_read", params={"count": forms.values.height}))
    frame = forms.values.rename({"form": ROW}).with_columns(pl.col(ROW).cast(pl.Int64))
    shifted = CellMarks(moved(marks.rounded), moved(marks.uncomputed), moved(marks.failed))
    part = Part("", sheet, 0, columns, 0, form=True)
    return RawTable(info, sheet, 1, 1, columns, Slices.of(frame, ROW), tuple(notes), shifted, (part,), cells)


def honest(info: WorkbookInfo) -> bool:
    """Whether the name's ending says what the file is."""
    groups = {
        "zip": {"zip"},
        "ods": {"ods", "ots"},
        "xlsx": {"xlsx", "xlsm", "xltx", "xltm"},
        "xls": {"xls", "et", "xlt"},
        "csv": {"csv", "txt", "tsv", "tab"},
    }
    return not info.declared or info.declared in groups[info.kind]


def _columns(header: Header, offset: int, counts: Sequence[int], notes: list[Note]) -> tuple[RawColumn, ...]:
    """Named columns, unique; a column with neither name nor value is dropped, one with values only gets its letters."""
    columns: list[RawColumn] = []
    taken = {ROW}
    for local, count in enumerate(counts):
        name = header.names[local] if local < len(header.names) else None
        letters = column_letters(local + offset)
        if name is None and not count:
            continue
        if name is None:
            name = f"列{letters}"
            notes.append(Note("file.column_unnamed", column=name, params={"letters": letters}))
        unique, serial = name, 2
        while unique in taken:
            unique, serial = f"{name}({serial})", serial + 1
        taken.add(unique)
        columns.append(RawColumn(unique, local + offset, letters, int(count)))
    return tuple(columns)


def _fill_merged(body: pl.DataFrame, merges: Places, offset: int, header_rows: int) -> tuple[int, pl.DataFrame]:
    """Cells merged over several rows hold for each of them: one house number beside four residents."""
    ranges = merges[(merges[:, 0] > header_rows) & (merges[:, 2] > merges[:, 0])]
    ranges = ranges[ranges[:, 2] <= header_rows + body.height]
    if not len(ranges):
        return 0, body
    total, filled = 0, []
    for column in np.unique(ranges[:, 1]):
        name = f"c{int(column) - offset}"
        if name not in body.columns:
            continue
        own = ranges[ranges[:, 1] == column]
        lengths = own[:, 2] - own[:, 0] + 1
        first = np.repeat(own[:, 0] - header_rows - 1, lengths)
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        take = np.arange(body.height)
        take[first + within] = first
        filled.append(body[name].gather(pl.Series(take)))
        total += int((lengths - 1).sum())
    return total, body.with_columns(filled)


def _data(body: Slices, named: Sequence[pl.Expr], names: Sequence[str], notes: list[Note]) -> Slices:
    """The named columns without totals, signatures at the end, and headers repeated on every printed page; each is
    noted."""
    looked, last_full = [], -1
    for piece in body:
        flags = _flags(piece.select(ROW, *named), names)
        full = flags.filter("full")[ROW]
        last_full = int(full[-1]) if full.len() else last_full
        looked.append(flags.filter(pl.any_horizontal("total", "signature", "header")).drop("full"))
    # Signatures are such only below the last full row: a person may well be named 单.
    other = pl.concat(looked).with_columns(pl.col("signature") & (pl.col(ROW) > last_full))
    other = other.filter(pl.any_horizontal("total", "signature", "header"))
    for kind in ("total", "signature", "header"):
        notes += [Note(f"row.{kind}_skipped", row=row) for row in other.filter(pl.col(kind))[ROW].head(200)]
    left_out = other[ROW].implode()
    return body.map(lambda piece: piece.select(ROW, *named).filter(~pl.col(ROW).is_in(left_out)))


def _flags(body: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """For each row whether it is full, and whether it looks like a total, a signature or a header."""
    first = pl.coalesce(pl.col(names)).str.replace_all(r"\s", "")
    count = pl.sum_horizontal(pl.col(n).is_not_null().cast(pl.Int32) for n in names)
    last_words = [name.split("/")[-1] for name in names]
    alike = pl.sum_horizontal(
        pl.col(n).str.replace_all(r"\s", "").is_in([n, w]).fill_null(False).cast(pl.Int32)
        for n, w in zip(names, last_words, strict=True)
    )
    return body.select(
        ROW,
        full=count * 2 > len(names),
        # `first` is the leftmost filled cell; a running number before it must not hide "合计".
        total=first.str.contains(TOTAL.pattern) | _second(names).str.contains(TOTAL.pattern),
        signature=(count * 2 <= len(names)) & first.str.contains(SIGNATURE),
        header=(alike >= 2) & (alike * 2 >= count),
    ).with_columns(pl.col("total", "signature", "header").fill_null(False))


def _second(names: Sequence[str]) -> pl.Expr:
    """The cell of the second column, where a first column of running numbers comes before 合计."""
    return (pl.col(names[1]) if len(names) > 1 else pl.lit(None, pl.String)).str.replace_all(r"\s", "")
