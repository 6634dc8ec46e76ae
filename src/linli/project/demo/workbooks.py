"""The departmental spreadsheets of a district as they come in life, and the truth about what is wrong in them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

import polars as pl

from linli.project.demo import civil_affairs, health, ledger, police
from linli.project.demo.district import District, generate
from linli.project.demo.places import DistrictPlaces
from linli.project.demo.sheets import SourceFile

#: in the order a district would take them in: who is registered, who lives where, then who gets what
SOURCES = {source.CODE: source for source in (police, ledger, civil_affairs, health)}
TRUTH, OWNERS = "truth.csv", "rows.parquet"
Written = tuple[SourceFile, pl.DataFrame, pl.DataFrame]


def write_spreadsheets(
    district: District, out_dir: Path, towns: Sequence[str] | None = None, processes: int = 1
) -> list[SourceFile]:
    """Writes the files of the given towns (all generated ones unless told) to `out_dir`, town by town.

    Beside them: `truth.csv` (file, sheet row, column, kind, finding code expected of intake) and `rows.parquet`
    (file, sheet row, person_no). The same district gives the same cells. With `processes` above 1 the files are
    shared out; the caller's main module must then be importable.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    wanted = list(district.towns if towns is None else towns)
    written: list[Written] = []
    if processes > 1 and wanted:
        # fork is not safe beside the threads of Polars
        with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
            for town in wanted:
                part = district.part(town)
                written += pool.map(write_one, repeat(part), repeat(town), SOURCES, repeat(out_dir))
    else:
        written = [write_one(district, town, code, out_dir) for town in wanted for code in SOURCES]
    if written:
        pl.concat(truth for _, truth, _ in written).write_csv(out_dir / TRUTH)
        pl.concat(owners for _, _, owners in written).write_parquet(out_dir / OWNERS)
    return [file for file, _, _ in written]


def write_one(district: District, town: str, code: str, out_dir: Path) -> Written:
    """Writes the file of one source and town. Returns it with its truth and the person behind every row."""
    return SOURCES[code].write(district, town, out_dir)


def write_with_truth(district: District, town: str, code: str, out_dir: Path) -> SourceFile:
    """Writes the file of one source and town, and the truth about it into a folder `truth` beside it."""
    out_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    file, truth, _ = write_one(district, town, code, out_dir)
    (out_dir / "truth").mkdir(exist_ok=True)
    truth.write_csv(out_dir / "truth" / f"{file.path.stem}.csv")
    return file


def write_town_file(people: int, seed: int, places: DistrictPlaces, town: str, code: str, out_dir: Path) -> SourceFile:
    """Generates a town and writes the file of one source: for a process that is given nothing but numbers."""
    return write_with_truth(generate(people, seed, places, [town]), town, code, out_dir)
