"""The sheets of one file, one after the other: all cells as text, and what text hides. Only one is in memory."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from linli.kernel.slices import Slices

from ..limits import Limits
from ..problems import DamagedFile, ProtectedFile, TooManyCells, TooManyColumns, TooManyRows, UnreadableFile
from .container import SheetInfo, WorkbookInfo
from .csv_file import read_csv
from .ods_file import read_ods
from .sheet_scan import SheetScan, drain, scan_sheet

SUFFIXES = {"xlsx": (".xlsx", ".xlsm"), "xls": (".xls",)}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as text: columns c0…, one row per row of the sheet from its first; blank cells are null.

    `merged` is whether merged ranges are known (`scan.merges`); `mixed_rows` and `stray_rows` as in
    `csv_file.CsvText`.
    """

    info: SheetInfo
    rows: Slices
    scan: SheetScan
    merged: bool = True
    mixed_rows: tuple[int, ...] = ()
    stray_rows: tuple[int, ...] = ()

    @property
    def frame(self) -> pl.DataFrame:
        """All rows at once."""
        return self.rows.frame


def sheets(
    path: Path, info: WorkbookInfo, limits: Limits, wanted: Callable[[SheetInfo], bool] = lambda sheet: True
) -> Iterator[Sheet]:
    """The wanted sheets of a file that `inspect` has judged, in its order. Raises kinds of UnreadableFile."""
    if info.kind == "csv":
        text = read_csv(path, limits, tabs=info.declared in ("tsv", "tab"))
        yield Sheet(info.sheets[0], text.rows, SheetScan(), False, text.mixed_rows, text.stray_rows)
    elif info.kind == "ods":
        by_name = {sheet.name: sheet for sheet in info.sheets}
        for found in read_ods(path, limits, lambda name, hidden: wanted(by_name[name])):
            if wanted(by_name[found.name]):
                yield Sheet(by_name[found.name], Slices.of(found.frame), found.scan)
    else:
        chosen = [sheet for sheet in info.sheets if wanted(sheet)]
        look = _scans_xls(path) if info.kind == "xls" else None
        load: Callable[[str], pl.DataFrame] | None = None
        for sheet in chosen:
            scan = look(sheet.name, limits) if look else _scan_xlsx(path, sheet, limits)
            load = load or _loader(path, info.kind)  # after the scan: it is what finds a file that lies
            yield Sheet(sheet, Slices.of(load(sheet.name)), scan)


def _scan_xlsx(path: Path, sheet: SheetInfo, limits: Limits) -> SheetScan:
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


def _scans_xls(path: Path) -> Callable[[str, Limits], SheetScan]:
    """Old .xls files have at most 65,536 × 256 cells; cells are looked at one by one for what text hides."""
    import python_calamine

    with _rust():
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))

    def scan(name: str, limits: Limits) -> SheetScan:
        with _rust():
            page = book.get_sheet_by_name(name)
            start, end = page.start or (0, 0), page.end or (-1, -1)
            if int(end[1]) >= limits.columns:
                raise TooManyColumns(columns=int(end[1]) + 1, limit=limits.columns)
            ranges = [(a[0] + 1, a[1], b[0] + 1, b[1]) for a, b in page.merged_cell_ranges or ()]
            long = [
                (r, c)
                for r, row in enumerate(page.to_python(skip_empty_area=False), 1)
                for c, value in enumerate(row)
                if isinstance(value, float) and abs(value) >= 1e15
            ]
        return SheetScan(
            last_row=int(end[0]) + 1,
            first_column=int(start[1]),
            last_column=int(end[1]),
            rounded=np.array(long, np.int64).reshape(-1, 2),
            merges=np.array(ranges, np.int64).reshape(-1, 4),
        )

    return scan


def _loader(path: Path, kind: str) -> Callable[[str], pl.DataFrame]:
    """Loads sheets by name: all cells as text, one frame row per sheet row from the first; blank cells null."""
    import fastexcel

    with _rust():
        # The reader goes by the ending of a path; under a wrong one it is given the content.
        source: Any = str(path) if path.suffix.lower() in SUFFIXES[kind] else path.read_bytes()
        book = fastexcel.read_excel(source)

    def load(name: str) -> pl.DataFrame:
        with _rust():
            loaded = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string", whitespace_as_null=True)
            if loaded.width == 0 or loaded.height == 0:
                return pl.DataFrame()
            frame = pl.DataFrame(loaded)
        return frame.rename(dict(zip(frame.columns, [f"c{i}" for i in range(frame.width)], strict=True)))

    return load


@contextmanager
def _rust() -> Iterator[None]:
    """A reader written in Rust panics (a BaseException) on some broken files; only real interrupts may pass."""
    try:
        yield
    except UnreadableFile:
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError | GeneratorExit):
            raise
        raise (ProtectedFile() if "assword" in str(error) else DamagedFile()) from error
