"""民政: a town's list of elders and low-income families: titles above the header, "姓  名", totals and signatures."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import xlsxwriter

from linli.project.demo.district import District
from linli.project.demo.notations import FROM_TOWN, SEX_LABELS, address_texts, write_date
from linli.project.demo.police import row_owners
from linli.project.demo.rates import CIVIL_AFFAIRS, Rates, Truth
from linli.project.demo.sheets import SourceFile, labels, objects, repeat_rows, spoil, with_homes, write_rows

CODE, NAME = "civil", "民政"
OBSERVED_ON = date(2026, 9, 30)
#: elders from this age get the allowance; households on low income, of all
ELDER, LOW_INCOME = 80, 0.018
HEADER = (
    "序号",
    "姓  名",
    "性  别",
    "身份证号",
    "出生年月",
    "所属村居",
    "家庭住址",
    "人员类别",
    "补贴标准",
    "联系电话",
    "备注",
)
MAPPING = {
    "version": 1,
    "columns": {
        "姓  名": "name",
        "性  别": "sex",
        "身份证号": "id_number",
        "出生年月": "birth",
        "所属村居": "home_village",
        "家庭住址": "home_text",
        "联系电话": "phone",
        "人员类别": None,
        "补贴标准": None,
        "序号": None,
        "备注": None,
    },
}


def write(
    district: District, town: str, folder: Path, rates: Rates = CIVIL_AFFAIRS
) -> tuple[SourceFile, pl.DataFrame, pl.DataFrame]:
    """Writes the town's list. Returns the file, its truth and the person behind every row."""
    rng = np.random.default_rng([district.seed, 32, int(town)])
    people = (
        district.residents(town)
        .filter(pl.col("population_kind") == "01")
        .sort("home_village", "dwelling_no", "person_no")
    )
    people = people.filter(pl.Series(rng.random(people.height) >= rates.left_out))
    households = people["household_no"].unique(maintain_order=True)
    poor = households.filter(pl.Series(rng.random(households.len()) < LOW_INCOME))
    people = people.with_columns(poor=pl.col("household_no").is_in(poor.to_list()))
    people = people.filter((pl.col("age") >= ELDER) | pl.col("poor"))
    order, again = repeat_rows(rng, people.height, rates.duplicate)
    people = with_homes(district, people[order])
    town_name = district.places.town(town).name
    path = folder / f"{NAME}_{town_name}_高龄及低保人员花名册.xlsx"
    truth = Truth(path.name)
    cells = objects(people, "name", "id_number", "village_name")
    cells["village"] = cells["village_name"]
    cells["phone"] = objects(people, "contact")["contact"]
    cells["sex"] = labels(people, "sex", SEX_LABELS)
    styles = rng.choice(["chinese", "dot", "slash", "cell", "iso"], people.height, p=[0.5, 0.2, 0.12, 0.1, 0.08])
    cells["birth"] = _dates(people, styles)
    cells["address"] = np.array(
        address_texts(people, rng, _above(FROM_TOWN), rates.vague_address).to_list(), dtype=object
    )
    elder = (people["age"] >= ELDER).to_numpy()
    cells["kind"] = np.where(
        elder & people["poor"].to_numpy(), "高龄、低保", np.where(elder, "高龄老人", "低保对象")
    ).astype(object)
    cells["amount"] = np.where(elder, np.where(people["age"].to_numpy() >= 90, 200, 100), 812).astype(object)
    columns = {
        "id_number": "身份证号",
        "sex": "性  别",
        "birth": "出生年月",
        "phone": "联系电话",
        "village": "所属村居",
        "name": "姓  名",
    }
    truth.note(again, "姓  名", "duplicate")
    spoil(cells, people, rates, columns, rng, truth)
    serial = np.arange(1, people.height + 1).astype(object)
    note = np.full(people.height, None, dtype=object)
    body = [
        serial,
        *(cells[c] for c in ("name", "sex", "id_number", "birth", "village", "address", "kind", "amount", "phone")),
        note,
    ]
    _write_book(path, town_name, body)
    file = SourceFile(path, CODE, NAME, town, people.height, 4, MAPPING, town, OBSERVED_ON)
    return file, truth.frame(4), row_owners(path.name, people, 4)


def _above(usual: int) -> tuple[float, ...]:
    weights = [0.08, 0.08, 0.1, 0.35, 0.08, 0.1, 0.06]
    weights[usual] += 0.15
    return tuple(weights)


def _dates(people: pl.DataFrame, styles: np.ndarray) -> np.ndarray:
    out = np.empty(people.height, dtype=object)
    out[:] = [write_date(b, s) for b, s in zip(people["birth"].to_list(), styles.tolist(), strict=True)]
    return out


def _write_book(path: Path, town_name: str, body: list[np.ndarray]) -> None:
    rows = len(body[0])
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("花名册")
        title = book.add_format({"bold": True, "align": "center", "font_size": 16})
        head = book.add_format({"bold": True, "border": 1, "align": "center"})
        day = book.add_format({"num_format": "yyyy/m/d"})
        sheet.merge_range(0, 0, 0, len(HEADER) - 1, f"{town_name}高龄津贴及低保人员花名册", title)
        sheet.merge_range(1, 0, 1, 5, f"填报单位：{town_name}民政办公室（盖章）")
        sheet.merge_range(
            1,
            6,
            1,
            len(HEADER) - 1,
            f"填报日期：{OBSERVED_ON.year}年{OBSERVED_ON.month}月{OBSERVED_ON.day}日",
        )
        for column, words in enumerate(HEADER):
            sheet.write_string(2, column, words, head)
        sheet.set_column(3, 3, 20)
        sheet.set_column(6, 6, 34)
        write_rows(sheet, 3, body, day)
        sheet.write_string(3 + rows, 0, "合计")
        sheet.write_number(3 + rows, 1, rows)
        sheet.write_string(4 + rows, 0, "制表人：")
        sheet.write_string(4 + rows, 6, "审核人：")
