"""Tables of cells on their way to a file: columns filled from people, troubles put in, written as xlsx or csv."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from linli.project.demo.district import District
from linli.project.demo.notations import SEX_LABELS, SEX_VARIANTS, spaced, stem, write_date
from linli.project.demo.rates import Rates, Truth, choose, old_identity, other_birth, wrong_identity

Cell = str | int | float | date | None
Cells = dict[str, np.ndarray]


@dataclass(frozen=True)
class SourceFile:
    """A spreadsheet that was written, and what intake needs beside it.

    `mapping` is a mapping document of intake; `default_area` the area of rows that tell none;
    `first_row` the sheet row (from 1) of the first person.
    """

    path: Path
    source_code: str
    source_name: str
    town_code: str
    rows: int
    first_row: int
    mapping: dict[str, Any]
    default_area: str
    observed_on: date


def with_homes(district: District, people: pl.DataFrame) -> pl.DataFrame:
    """People with the columns of their dwelling and the names of the places it lies in; order is kept."""
    places = district.places
    names = pl.DataFrame(
        {
            "home_village": [v.code for v in places.villages],
            "village_name": [v.short for v in places.villages],
            "village_official": [v.name for v in places.villages],
            "village_stem": [stem(v.short) for v in places.villages],
            "town_name": [places.town(v.town).name for v in places.villages],
        }
    )
    homes = district.dwellings.drop("village", "grid")
    return (
        people.join(names, on="home_village", how="left", maintain_order="left")
        .join(homes, on="dwelling_no", how="left", maintain_order="left")
        .with_columns(above_text=pl.lit(places.province + places.city + places.name), district_name=pl.lit(places.name))
    )


def objects(frame: pl.DataFrame, *columns: str) -> Cells:
    """Columns of a frame as arrays of cells that troubles can be written into."""
    out = {}
    for column in columns:
        array = np.empty(frame.height, dtype=object)
        array[:] = frame[column].to_list()
        out[column] = array
    return out


def labels(frame: pl.DataFrame, column: str, words: dict[str, str]) -> np.ndarray:
    """A coded column in words."""
    array = np.empty(frame.height, dtype=object)
    array[:] = frame[column].replace_strict(words, default=None, return_dtype=pl.String).to_list()
    return array


def spoil(
    cells: Cells,
    people: pl.DataFrame,
    rates: Rates,
    columns: dict[str, str],
    rng: np.random.Generator,
    truth: Truth,
) -> None:
    """Puts troubles and odd labels into `cells` in place and notes the troubles.

    `columns` names the file's header for each of id_number, sex, birth, phone, village, name that the file has;
    cells use those logical names.
    """
    rows = people.height
    citizen = (people["id_kind"] == "111").to_numpy() & np.array(
        [isinstance(v, str) for v in cells.get("id_number", [])] or [False] * rows
    )
    everyone = np.ones(rows, dtype=bool)
    open_to: dict[str, np.ndarray] = {}
    if "id_number" in columns:
        open_to |= dict.fromkeys(("id_checksum", "id_swapped", "id_short", "id_rounded", "id_missing"), citizen)
    if "sex" in columns:
        open_to["sex_contradicts"] = citizen
    if "birth" in columns:
        open_to |= {"birth_contradicts": citizen, "date_impossible": everyone, "date_partial": everyone}
    if "phone" in columns:
        open_to["phone_bad"] = np.array([isinstance(v, str) for v in cells["phone"]], dtype=bool)
    if "village" in columns:
        open_to["village_unknown"] = everyone
    if "name" in columns:
        open_to["name_missing"] = everyone
    for kind, picked in choose(rng, rates, rows, open_to).items():
        _put(kind, cells, people, picked, columns, rng, truth)
    _odd_notations(cells, people, rates, columns, rng, truth, citizen)


_UNKNOWN_VILLAGES = ("东王家屯村", "新立屯村", "南大洼村", "李家老寨村", "幸福里社区", "西北街村")


def _put(
    kind: str,
    cells: Cells,
    people: pl.DataFrame,
    picked: np.ndarray,
    columns: dict[str, str],
    rng: np.random.Generator,
    truth: Truth,
) -> None:
    """Writes one trouble into the picked rows."""
    field = {
        "sex_contradicts": "sex",
        "birth_contradicts": "birth",
        "date_impossible": "birth",
        "date_partial": "birth",
        "phone_bad": "phone",
        "village_unknown": "village",
        "name_missing": "name",
    }.get(kind, "id_number")
    if not len(picked):
        return
    births = people["birth"].gather(picked).to_list()
    for row, birth in zip(picked.tolist(), births, strict=True):
        value = cells[field][row]
        match kind:
            case "id_missing" | "name_missing":
                new: Cell = None
            case "sex_contradicts":
                new = "女" if value == "男" else "男"
            case "birth_contradicts":
                new = write_date(other_birth(birth, rng), "iso")
            case "date_impossible":
                new = write_date(birth, "impossible")
            case "date_partial":
                new = write_date(birth, "partial")
            case "phone_bad":
                new = value[:-1] if rng.random() < 0.6 else value + "3"
            case "village_unknown":
                new = str(rng.choice(_UNKNOWN_VILLAGES))
            case _:
                new = wrong_identity(kind, value, rng)
        cells[field][row] = new
    truth.note(picked, columns[field], kind)


def _odd_notations(
    cells: Cells,
    people: pl.DataFrame,
    rates: Rates,
    columns: dict[str, str],
    rng: np.random.Generator,
    truth: Truth,
    citizen: np.ndarray,
) -> None:
    """Right but unusual: old identity numbers, sex in other words, names spread with blanks."""
    rows = people.height
    if "id_number" in columns and rates.id_old:
        last_century = (people["birth"].dt.year() < 2000).to_numpy()
        intact = np.array([isinstance(v, str) and len(v) == 18 for v in cells["id_number"]], dtype=bool)
        touched = np.array(sorted({r for r, c, _ in truth.entries if c == columns["id_number"]}), dtype=int)
        intact[touched] = False
        picked = np.flatnonzero(citizen & last_century & intact & (rng.random(rows) < rates.id_old))
        for row in picked:
            cells["id_number"][row] = old_identity(cells["id_number"][row])
        truth.note(picked, columns["id_number"], "id_old")
    if "sex" in columns and rates.sex_label:
        codes = {label: code for code, label in SEX_LABELS.items()}
        for row in np.flatnonzero(rng.random(rows) < rates.sex_label):
            variants = SEX_VARIANTS[codes[cells["sex"][row]]]
            cells["sex"][row] = variants[rng.integers(len(variants))]
    if "name" in columns and rates.name_spaced:
        for row in np.flatnonzero(rng.random(rows) < rates.name_spaced):
            if cells["name"][row] and "·" not in cells["name"][row] and cells["name"][row].isascii() is False:
                cells["name"][row] = spaced(cells["name"][row])


def repeat_rows(rng: np.random.Generator, rows: int, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Row order in which a share of the rows comes a second time further down, and which positions those are."""
    twice = np.flatnonzero(rng.random(rows) < rate)
    after = np.minimum(twice + rng.integers(1, 400, len(twice)), rows - 1) if rows else twice
    order = np.concatenate([np.arange(rows), twice])
    place = np.concatenate([np.arange(rows) * 2, after * 2 + 1])
    by_place = np.argsort(place, kind="stable")
    return order[by_place], np.flatnonzero(by_place >= rows)


def write_csv(path: Path, header: Sequence[str], columns: Sequence[np.ndarray], encoding: str) -> None:
    """A delimited file with dates as ISO text, lines ended as on Windows."""
    with path.open("w", encoding=encoding, newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(header)
        writer.writerows(zip(*columns, strict=True))


def write_rows(sheet: Any, first: int, columns: Sequence[np.ndarray], date_format: Any) -> None:
    """Data rows of an xlsx sheet from row `first` (0-based), in order, as constant_memory asks for.

    The typed writers are called directly: `write()` would look at every cell three times and take the text
    of a long number for a number.
    """
    text, number, day = sheet.write_string, sheet.write_number, sheet.write_datetime
    for row, values in enumerate(zip(*(column.tolist() for column in columns), strict=True), start=first):
        for column, value in enumerate(values):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                text(row, column, value)
            elif isinstance(value, date):
                day(row, column, value, date_format)
            else:
                number(row, column, value)
