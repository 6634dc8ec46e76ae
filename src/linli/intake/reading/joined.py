"""One table of a file with many sheets, or of many files: sheets with the same columns follow each other.

Columns are brought together by their name, and by the field a name stands for where a sheet calls it otherwise
(身份证号 here, 公民身份号码 there). What is not taken (notes, other tables, hidden sheets) is named.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np
import polars as pl

from linli.kernel import files
from linli.kernel.slices import Slices

from ..limits import MEGABYTE, Limits
from ..problems import (
    EmptyFile,
    HeaderMissing,
    NestedArchive,
    NoRows,
    NoTables,
    SheetMissing,
    SuspiciousFile,
    TooManyColumns,
    TooManyRows,
    UnreadableFile,
)
from .archive import Contents, contents, unpack
from .container import SheetInfo, WorkbookInfo, inspect
from .header import plain
from .sheet_scan import Places
from .sheets import Sheet, sheets
from .table import CELLS, ROW, CellMarks, Note, Part, RawColumn, RawTable, Skipped, assemble, honest, label_of

# The list of findings in an errors workbook that is brought again.
OWN_LISTS = frozenset({"问题清单", "Findings"})
SHEET_COLUMN = "工作表"
NAMED = 20
# Sheets belong together when at least this share of the narrower one's columns is in the other.
ALIKE = 0.5
Known = Callable[[str], bool]
FieldOf = Callable[[str], str]
# The area a sheet or file name tells of, written so that it is understood as an area column; None where it tells none.
Village = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class _Names:
    known: Known
    field_of: FieldOf


def read_table(
    path: Path,
    sheet: str | None = None,
    limits: Limits | None = None,
    *,
    filename: str | None = None,
    known: Known | None = None,
    chosen: Sequence[str] | None = None,
    village_of: Village | None = None,
) -> RawTable:
    """Read a file: the named sheet; else the `chosen` ones (by label); else every visible one with the same columns.

    Raises kinds of UnreadableFile; one that is about a file within an archive has its name as parameter `file`.
    """
    from ..suggest import field_named, is_known_header

    limits, names = limits or Limits(), _Names(known or is_known_header, field_named)
    info = inspect(path, limits, filename)
    ask = _Asked(sheet, frozenset(chosen) if chosen else None)
    skipped: list[Skipped] = []
    tables = _of_archive(path, info, limits, names, ask, skipped) if info.kind == "zip" else _of_file(
        path, info, "", limits, names, ask, skipped
    )  # fmt: skip
    joined = _join(info, tables, names, limits, skipped)
    if village_of is not None:
        joined = _with_villages(joined, village_of)
    return _told(joined, info, skipped)


@dataclass(slots=True)
class _Asked:
    """Which sheets were asked for; `seen` gathers what there is, to say it when the named one is missing."""

    sheet: str | None
    chosen: frozenset[str] | None

    def wants(self, file: str, sheet: SheetInfo, all_hidden: bool) -> bool:
        label = label_of(file, sheet.name)
        if self.sheet is not None:
            return self.sheet in (sheet.name, label, file)
        if self.chosen is not None:
            return label in self.chosen or file in self.chosen
        return (all_hidden or not sheet.hidden) and sheet.name not in OWN_LISTS


def _of_file(
    path: Path, info: WorkbookInfo, file: str, limits: Limits, names: _Names, ask: _Asked, skipped: list[Skipped]
) -> Iterator[RawTable]:
    """The tables of one file; sheets that hold none are noted in `skipped`. Raises SheetMissing, HeaderMissing."""
    hidden = all(s.hidden for s in info.sheets)
    wanted = {s.name for s in info.sheets if ask.wants(file, s, hidden)}
    if not wanted and not file:
        asked = ask.sheet or "、".join(sorted(ask.chosen or ()))
        raise SheetMissing(sheet=asked, sheets="、".join(s.name for s in info.sheets[:NAMED]))
    for unwanted in (s for s in info.sheets if s.name not in wanted):
        if unwanted.name not in OWN_LISTS:
            skipped.append(Skipped(label_of(file, unwanted.name), "hidden" if unwanted.hidden else "unasked"))
    for found in sheets(path, info, limits, lambda s: s.name in wanted):
        try:
            table = assemble(info, found, names.known, names.field_of)
        except (HeaderMissing, NoRows) as error:
            if len(wanted) == 1 and not file:
                raise
            why = "no_rows" if isinstance(error, NoRows) else "no_table"
            skipped.append(Skipped(label_of(file, _sheet_name(info, found.info)), why))
            continue
        yield replace(
            table, parts=tuple(replace(p, file=file, sheet=_sheet_name(info, found.info)) for p in table.parts)
        )


def raw_sheets(path: Path, table: RawTable, limits: Limits) -> Iterator[tuple[Part, Sheet]]:
    """The sheets that a table was made of once more, whole: with titles, totals and everything beside it."""
    by_place = {(part.file, part.sheet): part for part in table.parts}
    if table.info.kind != "zip":
        for found in sheets(path, table.info, limits, lambda s: ("", _sheet_name(table.info, s)) in by_place):
            yield by_place["", _sheet_name(table.info, found.info)], found
        return
    wanted = {part.file for part in table.parts}
    with zipfile.ZipFile(path) as archive, files.scratch() as folder:
        for number, member in enumerate(m for m in contents(path, limits).members if m.name in wanted):
            target = unpack(archive, member, folder, number)
            own = inspect(target, limits, member.name)
            for found in sheets(target, own, limits):
                part = by_place.get((member.name, _sheet_name(own, found.info)))
                if part is not None:
                    yield part, found
            target.unlink()


def _sheet_name(info: WorkbookInfo, sheet: SheetInfo) -> str:
    return "" if info.kind == "csv" else sheet.name


def _of_archive(
    path: Path, info: WorkbookInfo, limits: Limits, names: _Names, ask: _Asked, skipped: list[Skipped]
) -> Iterator[RawTable]:
    """The tables of an archive, each file unpacked, read and removed before the next."""
    held: Contents = contents(path, limits)
    skipped += [Skipped(name, "no_file") for name in held.others]
    unpacked = 0
    with zipfile.ZipFile(path) as archive, files.scratch() as folder:
        for number, member in enumerate(held.members):
            if ask.chosen is not None and not any(
                label == member.name or label.startswith(member.name + "/") for label in ask.chosen
            ):
                skipped.append(Skipped(member.name, "unasked"))
                continue
            target = unpack(archive, member, folder, number)
            try:
                own = inspect(target, limits, member.name)
                if own.kind == "zip":
                    raise NestedArchive()
                # Each workbook may be as large as one alone, but all of them together no larger.
                unpacked += own.unpacked or own.size
                if unpacked > limits.unpacked_mb * MEGABYTE:
                    raise SuspiciousFile(
                        size_mb=unpacked // MEGABYTE, limit_mb=limits.unpacked_mb, ratio=limits.unpack_ratio
                    )
                yield from _of_file(target, own, member.name, limits, names, ask, skipped)
            except EmptyFile:
                skipped.append(Skipped(member.name, "no_rows"))
            except UnreadableFile as error:
                error.params.setdefault("file", member.name)
                raise
            finally:
                target.unlink(missing_ok=True)


@dataclass(slots=True)
class _Joined:
    """The table so far. Column names are those of the sheet that brought them first."""

    columns: dict[str, RawColumn]
    rows: Slices
    notes: list[Note]
    parts: list[Part]
    marks: dict[str, list[Places]]
    cells: list[pl.DataFrame]
    next_start: int = 0


def _join(
    info: WorkbookInfo, tables: Iterator[RawTable], names: _Names, limits: Limits, skipped: list[Skipped]
) -> RawTable:
    first: RawTable | None = None
    joined: _Joined | None = None
    for table in tables:
        if first is None:
            first = table
            continue
        if joined is None:
            joined = _Joined({}, Slices(ROW), [], [], {k: [] for k in ("rounded", "uncomputed", "failed")}, [], 1)
            _add(joined, first, {c.name: c.name for c in first.columns}, limits)
        called = _called(joined.columns, table, names.field_of)
        shared = sum(name in joined.columns for name in called.values())
        if shared < ALIKE * min(len(joined.columns), len(table.columns)):
            skipped += [Skipped(part.label, "other_columns") for part in table.parts]
            continue
        _add(joined, table, called, limits)
    if first is None:
        raise _nothing(skipped, info)
    if joined is None or len(joined.parts) == 1:
        return replace(first, info=info)
    columns = tuple(joined.columns.values())
    marks = CellMarks(*(np.concatenate(joined.marks[kind]) for kind in ("rounded", "uncomputed", "failed")))
    return RawTable(
        info,
        first.sheet,
        first.header_first,
        first.header_last,
        columns,
        joined.rows,
        tuple(joined.notes),
        marks,
        tuple(joined.parts),
        pl.concat(joined.cells) if joined.cells else None,
    )


def _nothing(skipped: Sequence[Skipped], info: WorkbookInfo) -> UnreadableFile:
    reasons = {s.why for s in skipped}
    if "no_rows" in reasons and "no_table" not in reasons:
        return NoRows()
    return HeaderMissing() if "no_table" in reasons or info.kind != "zip" else NoTables()


def _called(columns: dict[str, RawColumn], table: RawTable, field_of: FieldOf) -> dict[str, str]:
    """What each column of a sheet is called in the joined table."""
    plainly = {plain(name): name for name in columns}
    own = {plain(c.name) for c in table.columns}
    fields: dict[str, str] = {}
    for name in columns:
        if field_of(name):
            fields.setdefault(field_of(name), name)
    called: dict[str, str] = {}
    taken: set[str] = set()
    for column in table.columns:
        match = plainly.get(plain(column.name))
        meant = fields.get(field_of(column.name)) if field_of(column.name) else None
        if match is None and meant is not None and plain(meant) not in own:
            match = meant
        final = match if match is not None and match not in taken else column.name
        serial = 2
        while final in taken:
            final, serial = f"{column.name}({serial})", serial + 1
        called[column.name] = final
        taken.add(final)
    return called


def _add(joined: _Joined, table: RawTable, called: dict[str, str], limits: Limits) -> None:
    start = joined.next_start
    if joined.rows.height + table.rows.height > limits.batch_rows:
        raise TooManyRows(rows=joined.rows.height + table.rows.height, limit=limits.batch_rows)
    own = []
    for column in table.columns:
        name = called[column.name]
        known = joined.columns.get(name)
        if known is None:
            joined.columns[name] = RawColumn(name, len(joined.columns), column.letters, column.filled)
        else:
            joined.columns[name] = replace(known, filled=known.filled + column.filled)
        own.append(replace(column, name=name))
    if len(joined.columns) > limits.columns:  # each sheet may bring some of its own, and every row has them all
        raise TooManyColumns(columns=len(joined.columns), limit=limits.columns)
    index = {c.index: joined.columns[called[c.name]].index for c in table.columns}
    for piece in table.rows:
        joined.rows.append(piece.rename(called).with_columns(pl.col(ROW) + start))
    joined.notes += [replace(n, row=n.row + start, column=called.get(n.column, n.column)) for n in table.notes]
    joined.parts += [replace(part, start=start, columns=tuple(own)) for part in table.parts]
    for kind in joined.marks:
        places: Places = getattr(table.marks, kind)
        kept = places[np.isin(places[:, 1], list(index))]
        moved = np.array([index[i] for i in kept[:, 1].tolist()], np.int64)
        joined.marks[kind].append(np.column_stack((kept[:, 0] + start, moved)).astype(np.int64).reshape(-1, 2))
    if table.cells is not None:
        joined.cells.append(
            table.cells.with_columns(pl.col(ROW) + start, pl.col("column").replace(called)).cast(CELLS)  # type: ignore[arg-type]
        )
    # One number is left for the sheet as a whole: what is said of it and of none of its rows.
    joined.next_start = start + max(table.rows.last()[ROW].item(), *(n.row for n in table.notes), 0) + 1


def _with_villages(table: RawTable, village_of: Village) -> RawTable:
    """A column with the area that the name of each sheet, or else of its file, tells of; for rows that say none."""
    if not table.several and len(table.info.sheets) < 2:
        return table
    found: dict[str, str | None] = {}
    for part in table.parts:
        tries = [part.sheet, *reversed(PurePosixPath(part.file).with_suffix("").parts)] if part.file else [part.sheet]
        found[part.label] = next((area for name in tries if name and (area := village_of(name))), None)
    if not any(found.values()):
        return table
    starts = pl.Series([part.start for part in table.parts])
    areas = pl.Series([found[part.label] for part in table.parts], dtype=pl.String)
    name = SHEET_COLUMN
    while table.column(name) is not None:
        name += "名"

    def with_area(piece: pl.DataFrame) -> pl.DataFrame:
        index = starts.search_sorted(piece[ROW], side="right") - 1
        return piece.with_columns(areas.gather(index).alias(name))

    rows = table.rows.map(with_area)
    filled = sum(piece[name].count() for piece in rows)
    column = RawColumn(name, max(c.index for c in table.columns) + 1, "", filled)
    unknown = [label for label, area in found.items() if area is None]
    notes = table.notes
    if unknown:
        listed = "、".join(unknown[:NAMED])
        notes += (Note("file.sheet_no_area", params={"sheets": listed, "count": len(unknown)}),)
    return replace(table, columns=(*table.columns, column), rows=rows, notes=notes)


def _told(table: RawTable, info: WorkbookInfo, skipped: list[Skipped]) -> RawTable:
    """The notes about the file as a whole."""
    notes = list(table.notes)
    for why, code in (
        ("hidden", "file.hidden_skipped"),
        ("no_table", "file.sheets_without_table"),
        ("no_rows", "file.sheets_without_rows"),
        ("other_columns", "file.sheets_differ"),
        ("no_file", "file.others_skipped"),
    ):
        labels = [s.label for s in skipped if s.why == why]
        if labels:
            notes.append(Note(code, params={"sheets": "、".join(labels[:NAMED]), "count": len(labels)}))
    if not honest(info):
        notes.append(Note("file.extension_differs", params={"declared": info.declared, "kind": info.kind}))
    if info.macros:
        notes.append(Note("file.macros_ignored"))
    return replace(table, notes=tuple(notes), skipped=tuple(skipped))
