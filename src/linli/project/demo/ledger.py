"""社区台账: what communities keep by hand, joined per town; three layouts, none of them tidy.

All have a title, a header of two merged rows, empty columns, a total at the end and a hidden sheet. Towns differ:
homes in separate columns with the grid's name; homes as free text with 姓名/电话 in one column and the grid's code;
homes as free text with single columns.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import xlsxwriter

from linli.project.demo.district import District
from linli.project.demo.notations import (
    DOCUMENT_LABELS,
    INFLOW_LABELS,
    KIND_LABELS,
    LEFT_BEHIND_LABELS,
    NATION_LABELS,
    POLITICAL_LABELS,
    SEX_LABELS,
    address_texts,
)
from linli.project.demo.police import register_addresses, row_owners
from linli.project.demo.rates import LEDGER, Rates, Truth
from linli.project.demo.sheets import (
    Cells,
    SourceFile,
    labels,
    objects,
    repeat_rows,
    spoil,
    with_homes,
    write_rows,
)

CODE, NAME = "community", "社区台账"
OBSERVED_ON = date(2026, 11, 1)
_ABOVE = (0.02, 0.04, 0.1, 0.42, 0.04, 0.22, 0.16)
#: (group, column, cells, field of intake) of each layout; a group of None is one cell over both header rows
Layout = tuple[tuple[str | None, str, str | None, str | list[str] | None], ...]
_BASIC: Layout = (
    ("基本信息", "性别", "sex", "sex"),
    ("基本信息", "民族", "nation", "nation"),
    ("基本信息", "证件类型", "document", "id_kind"),
    ("基本信息", "证件号码", "id_number", "id_number"),
)
_END: Layout = (
    (None, "户编号", "household_code", "household_no"),
    (None, "与户主关系", "relation_text", "relation_to_head"),
    ("人口属性", "人口类型", "kind", "population_kind"),
    ("人口属性", "政治面貌", "political", "political"),
    ("人口属性", "流入原因", "inflow", "inflow_reason"),
    ("人口属性", "留守类型", "left_behind", "left_behind_kind"),
    ("人口属性", "户籍地址", "register_address", "register_address"),
    (None, "", None, None),
    (None, "备注", "note", None),
)
_LAYOUTS: tuple[Layout, ...] = (
    (
        (None, "序号", "serial", None),
        (None, "村居", "village", "home_village"),
        (None, "网格名称", "grid_name", "grid"),
        ("基本信息", "姓  名", "name", "name"),
        *_BASIC,
        ("基本信息", "联系电话", "phone", "phone"),
        (None, "", None, None),
        ("现居住地", "小区", "compound", "home_compound"),
        ("现居住地", "楼栋", "building", "home_building"),
        ("现居住地", "单元", "unit", "home_unit"),
        ("现居住地", "室", "room", "home_room"),
        ("现居住地", "街巷", "road", "home_road"),
        ("现居住地", "门牌号", "door", "home_door"),
        *_END,
    ),
    (
        (None, "序号", "serial", None),
        (None, "社区（村）", "village", "home_village"),
        (None, "网格编码", "grid", "grid"),
        ("基本信息", "姓名/电话", "name_phone", ["name", "phone"]),
        *_BASIC,
        (None, "", None, None),
        (None, "现住址", "address", "home_text"),
        *_END,
    ),
    (
        (None, "序号", "serial", None),
        (None, "所属网格", "grid", "grid"),
        ("基本信息", "姓名", "name", "name"),
        *_BASIC,
        ("基本信息", "手机号码", "phone", "phone"),
        (None, "现居住地址", "address", "home_text"),
        (None, "", None, None),
        *_END,
    ),
)
_TITLE_ROWS = 1
_NONE = np.array(None, dtype=object)
FIRST_ROW = _TITLE_ROWS + 3


def write(
    district: District, town: str, folder: Path, rates: Rates = LEDGER
) -> tuple[SourceFile, pl.DataFrame, pl.DataFrame]:
    """Writes the town's ledger. Returns the file, its truth and the person behind every row."""
    rng = np.random.default_rng([district.seed, 34, int(town)])
    people = district.residents(town).sort("home_village", "dwelling_no", "household_no", "relation")
    people = people.filter(pl.Series(rng.random(people.height) >= rates.left_out))
    people, left = _with_homes_left(district, people, town, rates.moved_home, rng)
    path = folder / f"{NAME}_{district.places.town(town).name}_实有人口.xlsx"
    return write_table(district, town, people, path, rates, rng, left=left)


def write_table(
    district: District,
    area: str,
    people: pl.DataFrame,
    path: Path,
    rates: Rates,
    rng: np.random.Generator,
    left: np.ndarray | None = None,
    layout_number: int | None = None,
) -> tuple[SourceFile, pl.DataFrame, pl.DataFrame]:
    """Writes these people as a ledger of an area (town or village), in the town's layout unless told otherwise.

    `left`: rows of `people` that tell of a home which was left.
    """
    town = area[:9]
    position = [t.code for t in district.places.towns].index(town) if layout_number is None else layout_number
    layout = _LAYOUTS[position % len(_LAYOUTS)]
    order, again = repeat_rows(rng, people.height, rates.duplicate)
    people = with_homes(district, people[order])
    truth = Truth(path.name)
    cells = _cells(district, people, rates, rng)
    headers = flat_headers(layout)
    columns = _columns(layout, headers)
    truth.note(again, columns["name"], "duplicate")
    if left is not None:
        first_time = ~np.isin(np.arange(len(order)), again)
        truth.note(np.flatnonzero(np.isin(order, left) & first_time), columns["name"], "moved_home")
    spoil(cells, people, rates, columns, rng, truth)
    cells["name_phone"] = np.array(
        [f"{n or ''}/{p}" if p else n for n, p in zip(cells["name"], cells["phone"], strict=True)],
        dtype=object,
    )
    _write_book(path, district.places.town(town).name, layout, cells, people.height)
    fields = {h: field for h, (_, _, logical, field) in zip(headers, layout, strict=True) if h and logical}
    mapping = {"version": 1, "columns": fields}
    file = SourceFile(path, CODE, NAME, town, people.height, FIRST_ROW, mapping, area, OBSERVED_ON)
    return file, truth.frame(FIRST_ROW), row_owners(path.name, people, FIRST_ROW)


def _columns(layout: Layout, headers: list[str]) -> dict[str, str]:
    """The header of each column that troubles are put into."""
    columns: dict[str, str] = {}
    for header, (_, _, logical, _) in zip(headers, layout, strict=True):
        if logical in ("id_number", "sex", "phone", "village", "name"):
            columns[logical] = header
        elif logical == "name_phone":
            columns |= {"name": header, "phone": header}
    return columns


def flat_headers(layout: Layout) -> list[str]:
    """Header names as intake flattens two rows: group/column, without the blanks that spread a word."""
    return ["/".join(filter(None, (group, column.replace(" ", "")))) for group, column, _, _ in layout]


def _with_homes_left(
    district: District, people: pl.DataFrame, town: str, rate: float, rng: np.random.Generator
) -> tuple[pl.DataFrame, np.ndarray]:
    """Adds people still listed at a home they left: of this town at another home, and those gone to another town."""
    moved = people.filter(pl.Series(rng.random(people.height) < rate))
    homes = district.dwellings.filter(pl.col("village").str.starts_with(town))
    gone = district.people.filter((pl.col("register_town") == town) & (pl.col("home_town") != town))
    gone = gone.filter(pl.Series(rng.random(gone.height) < 0.05))
    stale = pl.concat([moved, gone])
    if not stale.height or not homes.height:
        return people, np.array([], dtype=int)
    old = homes[rng.integers(0, homes.height, stale.height)]
    stale = stale.with_columns(dwelling_no=old["dwelling_no"], home_village=old["village"], home_grid=old["grid"])
    key = ("home_village", "dwelling_no", "household_no", "relation")
    both = pl.concat([people.with_columns(stale=pl.lit(False)), stale.with_columns(stale=pl.lit(True))]).sort(*key)
    return both.drop("stale"), np.flatnonzero(both["stale"].to_numpy())


def _cells(district: District, people: pl.DataFrame, rates: Rates, rng: np.random.Generator) -> Cells:
    grids = {g.code: g.name for group in district.places.grids.values() for g in group}
    cells = objects(
        people,
        "household_code",
        "relation_text",
        "name",
        "phone",
        "id_number",
        "compound",
        "road",
        "home_grid",
        "village_name",
    )
    cells["village"], cells["grid"] = cells.pop("village_name"), cells.pop("home_grid")
    cells["grid_name"] = np.array([grids.get(code) for code in cells["grid"].tolist()], dtype=object)
    cells["sex"] = labels(people, "sex", SEX_LABELS)
    cells["nation"] = labels(people, "nation", NATION_LABELS)
    cells["document"] = labels(people, "id_kind", DOCUMENT_LABELS)
    cells["kind"] = labels(people, "population_kind", KIND_LABELS)
    cells["political"] = labels(people, "political", POLITICAL_LABELS)
    cells["inflow"] = labels(people, "inflow_reason", INFLOW_LABELS)
    cells["left_behind"] = labels(people, "left_behind_kind", LEFT_BEHIND_LABELS)
    outside = (people["population_kind"] == "02").to_numpy()
    cells["register_address"] = np.where(outside, register_addresses(district, people), _NONE)
    cells["address"] = np.array(address_texts(people, rng, _ABOVE, rates.vague_address).to_list(), dtype=object)
    cells["serial"] = np.arange(1, people.height + 1).astype(object)
    cells["note"] = np.where(rng.random(people.height) < 0.01, "待核实", _NONE)
    for part, ending in (("building", "号楼"), ("unit", "单元"), ("room", ""), ("door", "号")):
        cells[part] = _parts(people[part], ending, rng)
    return cells


def _parts(values: pl.Series, ending: str, rng: np.random.Generator) -> np.ndarray:
    """Numbers of a home, written as numbers, as text or with their measure word, as hands differ."""
    style = rng.random(values.len())
    out = np.empty(values.len(), dtype=object)
    out[:] = [
        None if v is None else v if s < 0.5 else str(v) if s < 0.6 or not ending else f"{v}{ending}"
        for v, s in zip(values.to_list(), style.tolist(), strict=True)
    ]
    return out


def _write_book(path: Path, town_name: str, layout: Layout, cells: Cells, rows: int) -> None:
    empty = np.full(rows, None, dtype=object)
    body = [empty if logical is None else cells[logical] for _, _, logical, _ in layout]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("实有人口")
        hidden = book.add_worksheet("字典")
        hidden.hide()
        for row, words in enumerate(("户籍人口", "流动人口", "境外人员", "留守老人", "留守儿童")):
            hidden.write_string(row, 0, words)
        book.add_worksheet("Sheet3")
        _write_header(book, sheet, f"{town_name}村（居）实有人口台账", layout)
        write_rows(sheet, FIRST_ROW - 1, body, None)
        sheet.write_string(FIRST_ROW - 1 + rows, 0, "合计")
        sheet.write_string(FIRST_ROW - 1 + rows, 3, f"{rows}人")


def _write_header(book: Any, sheet: Any, title: str, layout: Layout) -> None:
    head = book.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter"})
    sheet.merge_range(
        0, 0, 0, len(layout) - 1, title, book.add_format({"bold": True, "align": "center", "font_size": 16})
    )
    column = 0
    while column < len(layout):
        group = layout[column][0]
        width = 1
        while group and column + width < len(layout) and layout[column + width][0] == group:
            width += 1
        if group is None:
            if layout[column][1]:
                sheet.merge_range(_TITLE_ROWS, column, _TITLE_ROWS + 1, column, layout[column][1], head)
        else:
            if width > 1:
                sheet.merge_range(_TITLE_ROWS, column, _TITLE_ROWS, column + width - 1, group, head)
            else:
                sheet.write_string(_TITLE_ROWS, column, group, head)
            for i in range(column, column + width):
                sheet.write_string(_TITLE_ROWS + 1, i, layout[i][1], head)
        column += width
