"""卫健: people of 65 and over and young children, exported as GB18030 text from the township hospital's system."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from linli.project.demo.district import District
from linli.project.demo.notations import SEX_LABELS, address_texts, write_date
from linli.project.demo.police import row_owners
from linli.project.demo.rates import HEALTH, HEALTH_CHILD_WITHOUT_ID, Rates, Truth
from linli.project.demo.sheets import SourceFile, labels, objects, repeat_rows, spoil, with_homes, write_csv

CODE, NAME = "health", "卫健"
OBSERVED_ON = date(2026, 8, 31)
ELDER, CHILD = 65, 6
HEADER = (
    "健康档案编号",
    "姓名",
    "性别",
    "出生日期",
    "身份证号",
    "联系方式",
    "现住址",
    "人群分类",
    "监护人姓名",
    "末次随访日期",
)
MAPPING = {
    "version": 1,
    "columns": {
        "健康档案编号": "record_key",
        "姓名": "name",
        "性别": "sex",
        "出生日期": "birth",
        "身份证号": "id_number",
        "联系方式": "phone",
        "现住址": "home_text",
        "人群分类": None,
        "监护人姓名": None,
        "末次随访日期": "observed_on",
    },
}
_ABOVE = (0.05, 0.12, 0.33, 0.28, 0.06, 0.1, 0.06)


def write(
    district: District, town: str, folder: Path, rates: Rates = HEALTH
) -> tuple[SourceFile, pl.DataFrame, pl.DataFrame]:
    """Writes the town's export. Returns the file, its truth and the person behind every row."""
    rng = np.random.default_rng([district.seed, 33, int(town)])
    people = district.residents(town).filter((pl.col("age") >= ELDER) | (pl.col("age") <= CHILD))
    people = people.filter(pl.col("id_kind") == "111").sort("person_no")
    people = people.filter(pl.Series(rng.random(people.height) >= rates.left_out))
    people = people[rng.permutation(people.height)]
    order, again = repeat_rows(rng, people.height, rates.duplicate)
    people = with_homes(district, people[order])
    path = folder / f"{NAME}_{district.places.town(town).name}_重点人群健康档案.csv"
    truth = Truth(path.name)
    cells = objects(people, "name", "id_number", "contact", "head_name")
    child = (people["age"] <= CHILD).to_numpy()
    cells["key"] = np.array([f"{town}{n % 10**9:09d}" for n in people["person_no"].to_list()], dtype=object)
    cells["phone"] = cells["contact"]
    cells["sex"] = labels(people, "sex", SEX_LABELS)
    styles = rng.choice(["iso", "time", "slash", "solid"], people.height, p=[0.82, 0.1, 0.05, 0.03])
    cells["birth"] = np.array(
        [write_date(b, s) for b, s in zip(people["birth"].to_list(), styles.tolist(), strict=True)],
        dtype=object,
    )
    cells["address"] = np.array(address_texts(people, rng, _ABOVE, rates.vague_address).to_list(), dtype=object)
    cells["group"] = np.where(child, "0-6岁儿童", "65岁及以上老年人").astype(object)
    cells["guardian"] = np.where(child, cells["head_name"], np.array(None, dtype=object))
    seen = np.datetime64(OBSERVED_ON) - rng.integers(0, 330, people.height).astype("timedelta64[D]")
    cells["seen"] = seen.astype(str).astype(object)
    cells["id_number"][child & (rng.random(people.height) < HEALTH_CHILD_WITHOUT_ID)] = None
    columns = {
        "id_number": "身份证号",
        "sex": "性别",
        "birth": "出生日期",
        "phone": "联系方式",
        "name": "姓名",
    }
    truth.note(again, "姓名", "duplicate")
    spoil(cells, people, rates, columns, rng, truth)
    body = [
        cells[c] for c in ("key", "name", "sex", "birth", "id_number", "phone", "address", "group", "guardian", "seen")
    ]
    write_csv(path, HEADER, body, "gb18030")
    file = SourceFile(path, CODE, NAME, town, people.height, 2, MAPPING, town, OBSERVED_ON)
    return file, truth.frame(2), row_owners(path.name, people, 2)
