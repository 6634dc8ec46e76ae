"""How often each kind of trouble is put into the departmental spreadsheets, per source, and the truth kept of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import polars as pl


@dataclass(frozen=True)
class Rates:
    """Share of a file's rows with each trouble. A row gets at most one; notations are no errors and may join them."""

    id_checksum: float = 0.0010  #: last character wrong
    id_swapped: float = 0.0008  #: two neighbouring digits swapped
    id_short: float = 0.0006  #: a digit missing
    id_rounded: float = 0.0008  #: kept as a number, so Excel has zeroed the last digits
    id_missing: float = 0.0020
    id_old: float = 0.0020  #: the 15 digits of before 1999; right, and read as such
    sex_contradicts: float = 0.0006  #: sex against the identity number
    birth_contradicts: float = 0.0006  #: birth against the identity number
    date_impossible: float = 0.0005
    date_partial: float = 0.0010  #: year and month only
    phone_bad: float = 0.0040
    village_unknown: float = 0.0010
    name_missing: float = 0.0002
    duplicate: float = 0.0012  #: the same person twice in one file
    moved_home: float = 0.0060  #: still listed at a home that was left
    left_out: float = 0.0200  #: not in the file though it should be
    sex_label: float = 0.0200  #: 男性, M, 1 in place of 男
    name_spaced: float = 0.0100  #: "王  芳"
    vague_address: float = 0.0100  #: "村委会南边"


#: 公安: typed from the certificates, little goes wrong
POLICE = Rates(
    0.0002,
    0.0002,
    0.0001,
    0.0,
    0.0,
    0.0010,
    0.0002,
    0.0001,
    0.0001,
    0.0,
    0.0,
    0.0003,
    0.0,
    0.0002,
    0.0,
    0.0,
    0.0010,
    0.0,
    0.0,
)
#: 民政: filled in by villages in Excel
CIVIL_AFFAIRS = Rates(id_rounded=0.0030, date_partial=0.0100, left_out=0.0300)
#: 卫健: exported from another system as text; children often before they have a number
HEALTH = Rates(id_rounded=0.0, id_missing=0.0100, phone_bad=0.0060, left_out=0.0600)
#: share of children under 7 without a number in the health file
HEALTH_CHILD_WITHOUT_ID = 0.08
#: 社区台账: kept by hand
LEDGER = Rates(left_out=0.0300)

#: troubles that rows are drawn for one after the other, so that no row has two
_ONE_PER_ROW = (
    "id_checksum",
    "id_swapped",
    "id_short",
    "id_rounded",
    "id_missing",
    "sex_contradicts",
    "birth_contradicts",
    "date_impossible",
    "date_partial",
    "phone_bad",
    "village_unknown",
    "name_missing",
)
#: finding code of intake that each trouble should lead to; troubles not named lead to none of their own, or (a date
#: without its day) to one only where the identity number does not tell the rest
EXPECTED = {
    "id_checksum": "id.checksum",
    "id_swapped": "id.checksum",
    "id_short": "id.length",
    "id_rounded": "id.rounded",
    "id_missing": "id.missing",
    "id_old": "id.upgraded",
    "sex_contradicts": "sex.differs",
    "birth_contradicts": "birth.differs",
    "date_impossible": "date.impossible",
    "phone_bad": "phone.length",
    "village_unknown": "area.unknown",
    "name_missing": "name.missing",
}


@dataclass
class Truth:
    """What was put wrong in one file: data row (0-based until `rows_start` places it), column, kind."""

    file: str
    entries: list[tuple[int, str, str]] = field(default_factory=list)

    def note(self, rows: Iterable[int], column: str, kind: str) -> None:
        """Records a trouble of these data rows."""
        self.entries.extend((int(row), column, kind) for row in rows)

    def frame(self, rows_start: int) -> pl.DataFrame:
        """The entries with rows as numbered in the sheet, whose first data row is `rows_start`."""
        frame = pl.DataFrame(
            self.entries, schema={"row": pl.Int64, "column": pl.String, "kind": pl.String}, orient="row"
        )
        return frame.select(
            pl.lit(self.file).alias("file"),
            pl.col("row") + rows_start,
            "column",
            "kind",
            expects=pl.col("kind").replace_strict(EXPECTED, default=None, return_dtype=pl.String),
        ).sort("row", "column", maintain_order=True)


def choose(rng: np.random.Generator, rates: Rates, rows: int, open_to: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Rows for each one-per-row trouble; `open_to` limits a trouble to rows where it can occur (a mask)."""
    free = np.ones(rows, dtype=bool)
    chosen = {}
    for kind in _ONE_PER_ROW:
        possible = np.flatnonzero(free & open_to.get(kind, free)) if kind in open_to else np.array([], dtype=int)
        wanted = rng.binomial(rows, getattr(rates, kind))
        picked = np.sort(rng.permutation(possible)[:wanted])
        free[picked] = False
        chosen[kind] = picked
    return chosen


def wrong_identity(kind: str, number: str, rng: np.random.Generator) -> str | float:
    """A number with the trouble in it; a float where Excel holds it as a number."""
    if kind == "id_checksum":
        return number[:17] + ("0" if number[17] != "0" else "7")
    if kind == "id_short":
        at = int(rng.integers(7, 17))
        return number[:at] + number[at + 1 :]
    if kind == "id_swapped":
        # within the sequence digits: a swap in the birth date could make another date that still reads well
        pairs = [i for i in (14, 15) if number[i] != number[i + 1]]
        if not pairs:
            return number[:17] + ("1" if number[17] != "1" else "8")
        i = pairs[0]
        return number[:i] + number[i + 1] + number[i] + number[i + 2 :]
    if kind == "id_rounded":
        return float(int(number[:15]) * 1000)
    raise ValueError(kind)


def old_identity(number: str) -> str:
    """The 15-digit form of a number of somebody born in 19xx."""
    return number[:6] + number[8:17]


def other_birth(birth: date, rng: np.random.Generator) -> date:
    """A birth date that is not the person's: some weeks off, or the month of another year."""
    return birth + timedelta(days=int(rng.choice([-365, -31, -10, 10, 31, 365])))
