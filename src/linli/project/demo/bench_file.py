"""Large, clean tables of people for benchmarks: eight columns, a header row, nothing wrong in them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import polars as pl
import xlsxwriter

from linli.project.demo.district import District, generate
from linli.project.demo.notations import FROM_TOWN, NATION_LABELS, SEX_LABELS, address_texts
from linli.project.demo.places import DistrictPlaces, shipped
from linli.project.demo.sheets import labels, objects, with_homes, write_rows

PIECE = 500_000  # people whose cells are objects in memory at once
HEADER = ("姓名", "性别", "公民身份号码", "民族", "联系电话", "户号", "与户主关系", "现住址")


def write_bench_xlsx(path: Path, rows: int = 540_000, seed: int = 1, places: DistrictPlaces | None = None) -> int:
    """Writes an xlsx of `rows` people living in the district; returns the rows written.

    Numbers and phones are the demo's, so only a demo database takes the file in. Another seed gives other people
    of the same numbers: use one seed for rows that should match.
    """
    district, people = _people(rows, seed, places)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("人员")
        for column, title in enumerate(HEADER):
            sheet.write_string(0, column, title)
        write_rows(sheet, 1, _cells(district, people, seed, 0), None)
    return people.height


def write_bench_csv(path: Path, rows: int = 5_000_000, seed: int = 1, places: DistrictPlaces | None = None) -> int:
    """The same as a csv, which holds more rows than a sheet can; returns the rows written."""
    district, people = _people(rows, seed, places)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(HEADER)
        for number, piece in enumerate(people.iter_slices(PIECE)):
            table.writerows(zip(*_cells(district, piece, seed, number), strict=True))
    return people.height


def _people(rows: int, seed: int, places: DistrictPlaces | None) -> tuple[District, pl.DataFrame]:
    district = generate(rows, seed, places or shipped())
    return district, district.people.filter(pl.col("id_kind") == "111")


def _cells(district: District, people: pl.DataFrame, seed: int, piece: int) -> list[np.ndarray]:
    """The columns of HEADER."""
    people = with_homes(district, people)
    rng = np.random.default_rng([seed, 41, piece] if piece else [seed, 41])
    cells = objects(people, "name", "id_number", "phone", "household_code", "relation_text")
    above = [0.05, 0.15, 0.3, 0.3, 0.0, 0.0, 0.0]
    above[FROM_TOWN] += 0.2
    address = address_texts(people, rng, tuple(above), 0.0)
    return [
        cells["name"],
        labels(people, "sex", SEX_LABELS),
        cells["id_number"],
        labels(people, "nation", NATION_LABELS),
        cells["phone"],
        cells["household_code"],
        cells["relation_text"],
        np.array(address.to_list(), dtype=object),
    ]
