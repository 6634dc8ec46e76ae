"""The errors workbook of what cannot be marked in place: same sheets, same cells, marked, fit to be brought again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from intake_tables import HEADER, Table, person
from other_files import ods, xls, zip_of
from test_checking import context
from test_many_sheets import book, form

from linli.intake import workbook
from linli.intake.checking.table import check_table
from linli.intake.reading import read_table
from linli.intake.suggest import suggest, to_mapping
from linli.intake.workbook import write_errors

TITLED = [["某镇台账"], HEADER, person(1), person(2, phone="123"), ["合计", "2"]]


def marked(path: Path, language: str = "zh-CN") -> tuple[Path, Any]:
    table = read_table(path)
    checked = check_table(table, to_mapping(suggest(table, {})), context())
    target = path.with_name("errors.xlsx")
    write_errors(path, target, table, checked.findings, language=language, stamp="王主任")
    return target, openpyxl.load_workbook(target)


def commented(book: Any) -> set[tuple[str, str]]:
    return {
        (s.title, c.coordinate)
        for s in book
        for row in s
        for c in row
        if c.comment and c.fill.fgColor.rgb[-6:] == "FFC7CE"
    }


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_an_old_or_open_workbook_comes_back_as_xlsx_with_every_cell_in_place(tmp_path: Path, kind: str) -> None:
    path = (xls if kind == "xls" else ods)(tmp_path / f"a.{kind}", {"人员": TITLED})
    target, found = marked(path)
    assert found.sheetnames == ["人员", "问题清单"]
    cells = [[c.value for c in row if c.value is not None] for row in found["人员"].iter_rows()]
    assert cells == TITLED
    assert commented(found) == {("人员", "C4")}
    assert "不是 .xlsx" in found["问题清单"]["A1"].value
    found["人员"]["C4"] = "10070000002"
    found.save(target)
    again = read_table(target)
    assert check_table(again, to_mapping(suggest(again, {})), context()).bad.len() == 0


def test_merged_cells_stay_merged(tmp_path: Path) -> None:
    rows = [[*HEADER, "户号"], [*person(1), "H1"], [*person(2, phone="123"), None]]
    target, found = marked(xls(tmp_path / "a.xls", {"人员": rows}, merges=[(1, 2, 4, 4)]))
    assert [str(area) for area in found["人员"].merged_cells.ranges] == ["E2:E3"]
    assert read_table(target).frame["户号"].to_list() == ["H1", "H1"]


def test_every_sheet_of_ones_own_workbook_is_marked(tmp_path: Path) -> None:
    _, found = marked(book(tmp_path / "a.xlsx", {
        "说明": [["注意"]], "城里社区": [HEADER, person(1, phone="123")], "城一社区": [["台账"], HEADER, person(2, phone="123")],
    }))  # fmt: skip
    assert found.sheetnames == ["说明", "城里社区", "城一社区", "问题清单"]
    assert commented(found) == {("城里社区", "C2"), ("城一社区", "C3")}
    lines = [line for line in found["问题清单"].iter_rows(min_row=3, values_only=True) if line[6] == "phone.length"]
    assert [(line[0], line[8], line[9]) for line in lines] == [(2, "城里社区", "C2"), (3, "城一社区", "C3")]


def test_a_zip_comes_back_as_one_workbook_with_a_sheet_for_each(tmp_path: Path, xlsx: Table) -> None:
    one = xlsx([HEADER, person(1, phone="123")], name="1.xlsx")
    text = (",".join(HEADER) + "\n" + ",".join(person(2, phone="9"))).encode()
    target, found = marked(zip_of(tmp_path / "a.zip", {"镇/城里社区.xlsx": one, "城一社区.csv": text}), "en")
    assert found.sheetnames == ["城一社区", "城里社区 人员", "Findings"]
    assert commented(found) == {("城一社区", "C2"), ("城里社区 人员", "C2")}
    assert read_table(target).frame.height == 2


def test_a_form_comes_back_as_the_same_form(tmp_path: Path) -> None:
    _, found = marked(book(tmp_path / "a.xlsx", {"张三": form(1), "李四": form(2, phone="123")}))
    assert commented(found) == {("李四", "D2")}
    target, found = marked(ods(tmp_path / "a.ods", {"张三": form(1), "李四": form(2, phone="123")}))
    assert commented(found) == {("李四", "D2")}
    assert read_table(target).parts[0].form


def test_of_a_large_table_each_sheet_brings_its_rows_to_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "STYLED_CELLS", 4)
    path = book(
        tmp_path / "a.xlsx", {"城里社区": [HEADER, person(1), person(2, phone="1")], "城一社区": [HEADER, person(3)]}
    )
    _, found = marked(path)
    assert [[c.value for c in row] for row in found["城里社区"].iter_rows()] == [HEADER, person(2, phone="1")]
    assert found.sheetnames == ["城里社区", "问题清单"] and commented(found) == {("城里社区", "C2")}
    _, found = marked(book(tmp_path / "b.xlsx", {"张三": form(1), "李四": form(2, phone="123")}))
    assert found.sheetnames == ["李四", "问题清单"] and found["李四"]["B2"].comment is not None
