"""公安户籍: everybody registered in a town, one tidy sheet, in the order of household numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import xlsxwriter

from linli.project.demo.district import District
from linli.project.demo.notations import EDUCATION_LABELS, MARITAL_LABELS, NATION_LABELS, SEX_LABELS
from linli.project.demo.rates import POLICE, Rates, Truth
from linli.project.demo.sheets import SourceFile, labels, objects, repeat_rows, spoil, with_homes, write_rows

CODE, NAME = "police", "公安户籍"
OBSERVED_ON = date(2026, 10, 31)
HEADER = (
    "户号",
    "户主姓名",
    "与户主关系",
    "姓名",
    "曾用名",
    "性别",
    "民族",
    "出生日期",
    "公民身份号码",
    "文化程度",
    "婚姻状况",
    "户籍地址",
    "人户一致标识",
)
MAPPING = {
    "version": 1,
    "columns": {
        "户号": "household_no",
        "户主姓名": "head_name",
        "与户主关系": "relation_to_head",
        "姓名": "name",
        "曾用名": "former_name",
        "性别": "sex",
        "民族": "nation",
        "出生日期": "birth",
        "公民身份号码": "id_number",
        "文化程度": "education",
        "婚姻状况": "marital",
        "户籍地址": "register_address",
        "人户一致标识": "register_consistent",
    },
    "constants": {"population_kind": "户籍人口"},
}


def write(
    district: District, town: str, folder: Path, rates: Rates = POLICE
) -> tuple[SourceFile, pl.DataFrame, pl.DataFrame]:
    """Writes the town's register. Returns the file, its truth (`Truth.frame`) and the person behind every row."""
    rng = np.random.default_rng([district.seed, 31, int(town)])
    people = district.registered(town).sort("household_code", "relation", "birth", maintain_order=True)
    people = people.filter(pl.Series(rng.random(people.height) >= rates.left_out))
    order, again = repeat_rows(rng, people.height, rates.duplicate)
    people = with_homes(district, people[order])
    path = folder / f"{NAME}_{district.places.town(town).name}_{OBSERVED_ON:%Y%m}.xlsx"
    truth = Truth(path.name)
    cells = objects(people, "household_code", "head_name", "relation_text", "name", "former_name", "id_number")
    cells["sex"] = labels(people, "sex", SEX_LABELS)
    cells["birth"] = np.array(people["birth"].dt.strftime("%Y%m%d").to_list(), dtype=object)
    nation = labels(people, "nation", NATION_LABELS)
    cells["nation"] = np.array([n + "族" if n and i % 97 else n for i, n in enumerate(nation.tolist())], dtype=object)
    cells["education"] = labels(people, "education", EDUCATION_LABELS)
    cells["marital"] = labels(people, "marital", MARITAL_LABELS)
    cells["address"] = register_addresses(district, people)
    consistent = ~(people["inconsistent"] | people["away"])
    cells["consistent"] = np.where(consistent.to_numpy(), "人户一致", "人户不一致").astype(object)
    columns = {"id_number": "公民身份号码", "sex": "性别", "birth": "出生日期", "name": "姓名"}
    truth.note(again, "姓名", "duplicate")
    spoil(cells, people, rates, columns, rng, truth)
    body = [
        cells[c]
        for c in (
            "household_code",
            "head_name",
            "relation_text",
            "name",
            "former_name",
            "sex",
            "nation",
            "birth",
            "id_number",
            "education",
            "marital",
            "address",
            "consistent",
        )
    ]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("户籍人口")
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 11, 12)
        sheet.set_column(8, 8, 20)
        sheet.set_column(11, 11, 42)
        for column, title in enumerate(HEADER):
            sheet.write_string(0, column, title, bold)
        write_rows(sheet, 1, body, None)
    file = SourceFile(path, CODE, NAME, town, people.height, 2, MAPPING, town, OBSERVED_ON)
    return file, truth.frame(2), row_owners(path.name, people, 2)


def register_addresses(district: District, people: pl.DataFrame) -> np.ndarray:
    """Registered addresses as certificates have them: always from the province down; `people` has its homes."""
    places = district.places
    above = pl.DataFrame(
        {
            "register_village": [v.code for v in places.villages],
            "register_above": [
                f"{places.province}{places.city}{places.name}{places.town(v.town).name}{v.short}"
                for v in places.villages
            ],
        }
    )
    number = pl.col("register_door").cast(pl.String) + pl.lit("号")
    flat = pl.concat_str("compound", "building", pl.lit("号楼"), "unit", pl.lit("单元"), "room", pl.lit("室"))
    house = pl.concat_str(pl.col("road").fill_null(""), "door", pl.lit("号"))
    text = people.join(above, on="register_village", how="left", maintain_order="left").select(
        pl.when(pl.col("register_outside").is_not_null())
        .then("register_outside")
        .when(pl.col("register_door").is_not_null())
        .then(pl.col("register_above") + number)
        .otherwise(pl.col("register_above") + pl.coalesce(flat, house, pl.lit("")))
    )
    out = np.empty(people.height, dtype=object)
    out[:] = text.to_series().to_list()
    return out


def row_owners(file: str, people: pl.DataFrame, rows_start: int) -> pl.DataFrame:
    """Which generated person each sheet row tells of."""
    return people.select(
        file=pl.lit(file), row=pl.int_range(pl.len(), dtype=pl.Int64) + rows_start, person_no="person_no"
    )
