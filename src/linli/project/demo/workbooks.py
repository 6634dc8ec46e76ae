"""The departmental spreadsheets of a district as they come in life, and the truth about what is wrong in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from linli.project.demo import civil_affairs, health, ledger, police
from linli.project.demo.district import District
from linli.project.demo.sheets import SourceFile

#: in the order a district would take them in: who is registered, who lives where, then who gets what
SOURCES = (police, ledger, civil_affairs, health)
TRUTH, OWNERS = "truth.csv", "rows.parquet"


def write_spreadsheets(district: District, out_dir: Path, towns: Sequence[str] | None = None) -> list[SourceFile]:
    """Writes the files of the given towns (all generated ones unless told) to `out_dir`, town by town.

    Beside them: `truth.csv` (file, sheet row, column, kind, finding code expected of intake) and `rows.parquet`
    (file, sheet row, person_no). The same district gives the same cells.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    files, truths, owners = [], [], []
    for town in district.towns if towns is None else towns:
        for source in SOURCES:
            file, truth, owner = source.write(district, town, out_dir)
            files.append(file)
            truths.append(truth)
            owners.append(owner)
    if files:
        pl.concat(truths).write_csv(out_dir / TRUTH)
        pl.concat(owners).write_parquet(out_dir / OWNERS)
    return files
