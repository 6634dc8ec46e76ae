"""The raw table of one sheet: text columns under flat header names, with every row's number in the user's sheet."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from ..limits import Limits
from ..problems import (
    DamagedFile,
    HeaderMissing,
    NoRows,
    ProtectedFile,
    SheetMissing,
    TooManyCells,
    TooManyColumns,
    TooManyRows,
)
from .container import SheetInfo, WorkbookInfo, column_letters, inspect
from .csv_file import read_csv
from .header import LOOK_AT, Header, Merge, find_header, plain
from .sheet_scan import Places, SheetScan, drain, scan_sheet

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
class RawTable:
    """One sheet as text. `frame` has ROW (i64, the row in the user's sheet) and a text column per RawColumn."""

    info: WorkbookInfo
    sheet: str
    header_first: int
    header_last: int
    columns: tuple[RawColumn, ...]
    frame: pl.DataFrame
    notes: tuple[Note, ...]
    marks: CellMarks

    def column(self, name: str) -> RawColumn | None:
        """The column of that flat name."""
        return next((c for c in self.columns if c.name == name), None)


def read_table(
    path: Path,
    sheet: str | None = None,
    limits: Limits | None = None,
    *,
    filename: str | None = None,
    known: Callable[[str], bool] | None = None,
) -> RawTable:
    """Read one sheet (the first visible one with a header if none is named). Raises kinds of UnreadableFile."""
    if known is None:
        from ..suggest import is_known_header

        known = is_known_header
    limits = limits or Limits()
    info = inspect(path, limits, filename)
    if info.kind == "csv":
        return _read_csv(path, info, limits, known)
    wanted = _wanted(info, sheet)
    refused: HeaderMissing | NoRows | None = None
    for candidate in wanted:
        try:
            return _read_sheet(path, info, candidate, limits, known)
        except (HeaderMissing, NoRows) as error:
            refused = refused or error
    raise refused or HeaderMissing()


def _wanted(info: WorkbookInfo, sheet: str | None) -> list[SheetInfo]:
    """The sheets to try, in order: the named one; else the visible ones; hidden ones only where all are hidden."""
    if sheet is not None:
        named = [s for s in info.sheets if s.name == sheet]
        if not named:
            raise SheetMissing(sheet=sheet, sheets="、".join(s.name for s in info.sheets[:20]))
        return named
    return [s for s in info.sheets if not s.hidden] or list(info.sheets)


def _read_csv(path: Path, info: WorkbookInfo, limits: Limits, known: Callable[[str], bool]) -> RawTable:
    text = read_csv(path, limits)
    notes = [Note("file.mixed_encoding", row) for row in text.mixed_rows[:1000]]
    return _assemble(info, "csv", text.frame, 0, SheetScan(), None, notes, known)


def _read_sheet(
    path: Path, info: WorkbookInfo, sheet: SheetInfo, limits: Limits, known: Callable[[str], bool]
) -> RawTable:
    scan = _scan(path, info, sheet, limits)
    frame = _load(path, sheet.name)
    if info.kind == "xls" and frame.width > limits.columns:
        raise TooManyColumns(columns=frame.width, limit=limits.columns)
    notes = []
    if sheet.hidden:
        notes.append(Note("file.hidden_sheet", params={"sheet": sheet.name}))
    skipped = [s.name for s in info.sheets if s.hidden and s.name != sheet.name]
    if skipped:
        notes.append(Note("file.hidden_skipped", params={"sheets": "、".join(skipped[:20])}))
    merges = [Merge(t - 1, a, b - 1, z) for t, a, b, z in scan.merges[scan.merges[:, 0] <= LOOK_AT].tolist()]
    return _assemble(info, sheet.name, frame, scan.first_column, scan, merges, notes, known)


def _scan(path: Path, info: WorkbookInfo, sheet: SheetInfo, limits: Limits) -> SheetScan:
    if info.kind == "xls":
        return _scan_xls(path, sheet.name)
    try:
        with zipfile.ZipFile(path) as archive:
            for part in archive.namelist():
                if part in ("xl/sharedStrings.xml", "xl/styles.xml"):
                    drain(archive, part)
            scan = scan_sheet(archive, sheet.part)
    except zipfile.BadZipFile as error:
        raise DamagedFile() from error
    columns = scan.last_column + 1
    if scan.last_row > limits.rows:
        raise TooManyRows(rows=scan.last_row, limit=limits.rows)
    if columns > limits.columns:
        raise TooManyColumns(columns=columns, limit=limits.columns)
    if scan.last_row * columns > limits.cells:
        raise TooManyCells(rows=scan.last_row, columns=columns)
    return scan


def _scan_xls(path: Path, sheet: str) -> SheetScan:
    """Old .xls files have at most 65,536 × 256 cells; cells are looked at one by one for what text hides."""
    import python_calamine

    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            page = book.get_sheet_by_name(sheet)
            start = page.start or (0, 0)
            ranges = [(a[0] + 1, a[1], b[0] + 1, b[1]) for a, b in page.merged_cell_ranges or ()]
            long = [
                (r, c)
                for r, row in enumerate(page.to_python(skip_empty_area=False), 1)
                for c, value in enumerate(row)
                if isinstance(value, float) and abs(value) >= 1e15
            ]
    except Exception as error:
        raise DamagedFile() from error
    return SheetScan(
        first_column=int(start[1]),
        rounded=np.array(long, np.int64).reshape(-1, 2),
        merges=np.array(ranges, np.int64).reshape(-1, 4),
    )


def _load(path: Path, sheet: str) -> pl.DataFrame:
    """All cells as text, one frame row per sheet row from the first; blank cells null."""
    import fastexcel

    try:
        loaded = fastexcel.read_excel(str(path)).load_sheet(
            sheet, header_row=None, skip_rows=0, dtypes="string", whitespace_as_null=True
        )
        if loaded.width == 0 or loaded.height == 0:
            raise HeaderMissing()
        frame = pl.DataFrame(loaded)
    except HeaderMissing:
        raise
    except BaseException as error:
        # A reader written in Rust panics (a BaseException) on some broken files; only real interrupts may pass.
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise (ProtectedFile() if "assword" in str(error) else DamagedFile()) from error
    return frame.rename(dict(zip(frame.columns, [f"c{i}" for i in range(frame.width)], strict=True)))


def _assemble(
    info: WorkbookInfo,
    sheet: str,
    frame: pl.DataFrame,
    offset: int,
    scan: SheetScan,
    merges: Sequence[Merge] | None,
    notes: list[Note],
    known: Callable[[str], bool],
) -> RawTable:
    """Find the header, name the columns, drop what is not data, fill merged cells; `frame` columns are c0…"""
    if not frame.width:
        raise HeaderMissing()
    top = [list(row) for row in frame.head(LOOK_AT + 2).iter_rows()]
    local = [Merge(m.top, m.left - offset, m.bottom, m.right - offset) for m in merges] if merges is not None else None
    header = find_header(top, known, local)
    if header is None:
        raise HeaderMissing()
    body = frame.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64)).slice(header.last + 1)
    filled, body = _fill_merged(body, scan.merges, offset, header.last + 1)
    if filled:
        notes.append(Note("file.merged_filled", params={"cells": filled}))
    texts = [c for c in body.columns if c != ROW]
    body = body.filter(pl.any_horizontal(pl.col(texts).is_not_null()))
    counts = body.select(pl.col(texts).count()).row(0) if body.height else (0,) * len(texts)
    columns = _columns(header, offset, counts, notes)
    body = body.select(ROW, *(pl.col(f"c{c.index - offset}").alias(c.name) for c in columns))
    body = _drop_other_rows(body, columns, header, notes)
    if not body.height:
        raise NoRows()
    if info.declared and not _honest(info):
        notes.append(Note("file.extension_differs", params={"declared": info.declared, "kind": info.kind}))
    if info.macros:
        notes.append(Note("file.macros_ignored"))
    marks = CellMarks(scan.rounded, scan.uncomputed, scan.failed)
    return RawTable(info, sheet, header.first + 1, header.last + 1, columns, body, tuple(notes), marks)


def _honest(info: WorkbookInfo) -> bool:
    groups = {
        "xlsx": {"xlsx", "xlsm", "xltx", "xltm"},
        "xls": {"xls", "et", "xlt"},
        "csv": {"csv", "txt", "tsv"},
    }
    return info.declared in groups[info.kind]


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


def _drop_other_rows(
    body: pl.DataFrame, columns: Sequence[RawColumn], header: Header, notes: list[Note]
) -> pl.DataFrame:
    """Leave out totals, signatures at the end, and headers repeated on every printed page; each is noted."""
    names = [c.name for c in columns]
    first = pl.coalesce(pl.col(names)).str.replace_all(r"\s", "")
    count = pl.sum_horizontal(pl.col(n).is_not_null().cast(pl.Int32) for n in names)
    last_words = [name.split("/")[-1] for name in names]
    alike = pl.sum_horizontal(
        pl.col(n).str.replace_all(r"\s", "").is_in([n, w]).fill_null(False).cast(pl.Int32)
        for n, w in zip(names, last_words, strict=True)
    )
    looked = body.select(
        ROW,
        # `first` is the leftmost filled cell; a running number before it must not hide "合计".
        total=first.str.contains(TOTAL.pattern) | _second(names).str.contains(TOTAL.pattern),
        signature=(count * 2 <= len(names)) & first.str.contains(SIGNATURE),
        header=(alike >= 2) & (alike * 2 >= count),
    ).fill_null(False)
    # Signatures are such only below the last full row: a person may well be named 单.
    full = body.select((count * 2 > len(names)).alias("full"))["full"]
    last_full = int(full.arg_true()[-1]) if full.any() else -1
    looked = looked.with_row_index("place").with_columns(pl.col("signature") & (pl.col("place") > last_full))
    for kind in ("total", "signature", "header"):
        rows = looked.filter(pl.col(kind))[ROW]
        for row in rows.head(200):
            notes.append(Note(f"row.{kind}_skipped", row=row))
    keep = looked.select(~(pl.col("total") | pl.col("signature") | pl.col("header"))).to_series()
    return body.filter(keep)


def _second(names: Sequence[str]) -> pl.Expr:
    """The cell of the second column, where a first column of running numbers comes before 合计."""
    return (pl.col(names[1]) if len(names) > 1 else pl.lit(None, pl.String)).str.replace_all(r"\s", "")


__all__ = ["ROW", "CellMarks", "Note", "RawColumn", "RawTable", "plain", "read_table"]
