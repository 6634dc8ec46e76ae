"""Eight departments' templates, and one with a sheet a village, filled and read back: every layout stands as it was."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import templates
from intake_tables import DISTRICT, OTHER_VILLAGE, TOWN, VILLAGE
from ledger_people import BORN, DAY, NUMBERS, OPERATOR, Ledger, column

from linli.intake.ledgers.fill import Order, bind, fill
from linli.intake.runner import run_file


def test_the_elders_ledger_keeps_title_widths_totals_and_the_examples_way_of_writing_dates(
    ledger: Ledger, tmp_path: Path
) -> None:
    path = templates.build("elder_allowance", tmp_path)
    filled, rows, book = ledger(path, where="80岁以上", area=DISTRICT)
    page = book["高龄津贴"]
    assert filled.rows == 4 and column(rows, 0, 5, 4) == [1, 2, 3, 4]
    assert sorted(column(rows, 1, 5, 4)) == ["周百岁", "李大娘", "李大爷", "王一人"]
    alone = next(row for row in rows if row[1] == "王一人")
    # Born 1940-05-02, on 2026-06-01; the example wrote 1940.05.
    assert alone[3:6] == ["1940.05", 86, NUMBERS["王一人"]] and "1号楼1单元101" in alone[7] and alone[9] is None
    assert rows[1][0].endswith("淄川区") and rows[1][7] == "填报日期：2026年6月1日"
    # The total and the signatures moved up to the rows, and the sum covers them.
    assert rows[8][0] == "合计" and rows[8][9] == "=SUM(J5:J8)" and rows[9][0].startswith("填表人")
    assert {str(m) for m in page.merged_cells.ranges} == {"A1:J1", "A9:I9", "A10:J10", "A11:J11"}
    assert page.print_area == "'高龄津贴'!$A$1:$J$11" and page.freeze_panes == "A5"
    assert page.column_dimensions["F"].width == 24 and page.row_dimensions[6].height == 24
    cell = page["F6"]
    assert (cell.number_format, cell.data_type, cell.font.name, bool(cell.font.i)) == ("@", "s", "仿宋", False)
    assert cell.border.left.style == "thin" and "例" not in column(rows, 0, 5, 4)
    assert {n.code for n in filled.notes} == {"intake.ledger.column_unbound", "intake.ledger.rows_replaced"}


def test_a_header_of_two_rows_over_numbered_columns_binds_the_group_and_keeps_its_drop_down(
    ledger: Ledger, tmp_path: Path
) -> None:
    filled, rows, book = ledger(templates.build("disabled", tmp_path), area=VILLAGE)
    assert filled.rows == 7 and rows[4] == list(range(1, 13)) and rows[12][0] == "审批意见："
    assert filled.binding.columns["申请人基本情况/姓名"] == "name"
    assert filled.binding.columns["监护人/姓名"] == "guardian_name"
    assert set(column(rows, 1, 6, 7)) == set(BORN) - {"周百岁"} and set(column(rows, 10, 6, 7)) == {"否"}
    (rule,) = book["残疾人两项补贴"].data_validations.dataValidation
    assert str(rule.sqref) == "H6:H12"


def test_lines_numbered_beforehand_are_as_many_as_there_are_people(ledger: Ledger, tmp_path: Path) -> None:
    filled, rows, _ = ledger(templates.build("floating", tmp_path), where="population_kind=流动人口")
    assert filled.rows == 1 and len(rows) == 2
    assert rows[1][:5] == [1, "钱来客", "男" if int(NUMBERS["钱来客"][16]) % 2 else "女", "汉族", NUMBERS["钱来客"]]
    assert "3号楼" in rows[1][6] and rows[1][7] is not None and rows[1][11] is None


def test_rented_homes_fill_merged_cells_beside_an_empty_column(ledger: Ledger, tmp_path: Path, xlsx: object) -> None:
    head = ["出租房屋地址", "房主姓名", "房主电话", "承租人", "承租人数", "租赁到期日期", "出租用途", "安全隐患"]
    homes = [[f"城里社区{n}号楼2单元401", "王房主", f"1007{n:07d}", "李租客", "3", "2027-12-31", "居住", "消防"]
             for n in (7, 8)]  # fmt: skip
    path = xlsx([head, *homes], name="rentals.xlsx")  # type: ignore[operator]
    assert run_file(OPERATOR, path, area=DISTRICT, source="community", commit=True).merged
    filled, rows, book = ledger(templates.build("rented", tmp_path))
    assert filled.binding.subject == "rentals" and filled.rows == 2
    page = book["出租房"]
    assert [row[1] for row in rows[4:6]] == [1, 2] and all("号楼2单元" in row[3] for row in rows[4:6])
    assert sorted(str(m) for m in page.merged_cells.ranges if m.min_row in (5, 6)) == ["D5:F5", "D6:F6"]
    # The column's own format shows days, so the cell holds a day and no text.
    assert page["K5"].value == datetime(2027, 12, 31) and page["K5"].number_format == "yyyy/m/d"
    assert rows[4][6] == "10070000007" and rows[6][1].startswith("制表")


def test_a_form_for_one_person_comes_once_for_each_on_a_page_of_its_own(ledger: Ledger, tmp_path: Path) -> None:
    filled, rows, book = ledger(templates.build("destitute", tmp_path), where="age>=85")
    page = book["特困供养"]
    assert filled.rows == 4 and len(rows) == 4 * 13
    names = [rows[13 * form + 2][1] for form in range(4)]
    assert sorted(names) == ["周百岁", "李大娘", "李大爷", "王一人"]
    alone = names.index("王一人") * 13
    assert rows[alone][0] == "特困人员救助供养审批表" and rows[alone + 4][1] == NUMBERS["王一人"]
    assert rows[alone + 3][1] == "1940-05" and rows[alone + 8][:3] == ["姓名", "性别", "与户主关系"]
    assert [b.id for b in page.row_breaks.brk] == [13, 26, 39]
    assert "B18:D18" in {str(m) for m in page.merged_cells.ranges}
    assert page.row_dimensions[16].height == 28
    assert "intake.ledger.list_not_filled" in {n.code for n in filled.notes}


def test_a_header_with_nothing_below_lends_its_borders_to_the_rows(ledger: Ledger, tmp_path: Path) -> None:
    filled, rows, book = ledger(templates.build("veterans", tmp_path), where="age>=90")
    assert filled.rows == 2 and sorted(column(rows, 1, 3, 2)) == ["周百岁", "李大爷"]
    page = book["退役军人"]
    assert page["B3"].border.left.style == "thin" and not page["B3"].font.b and rows[4][0].startswith("填表人")


def test_figures_of_villages_count_people_as_the_lists_do(ledger: Ledger, tmp_path: Path) -> None:
    filled, rows, _ = ledger(templates.build("village_figures", tmp_path), area=TOWN)
    assert filled.binding.subject == "areas"
    first, second = (next(row for row in rows if row[1] == name) for name in ("城里社区", "城一社区"))
    # Village, households, people, men, women, under 14, 60 and older, 80 and older, floating.
    men = sum(int(no[16]) % 2 for name, no in NUMBERS.items() if name != "周百岁")
    assert first[2:10] == [5, 7, men, 7 - men, 1, 4, 3, 1]
    assert second[2:10] == [1, 1, int(NUMBERS["周百岁"][16]) % 2, 1 - int(NUMBERS["周百岁"][16]) % 2, 0, 1, 1, 0]
    assert rows[-1][0] == "合计" and rows[-1][3] == f"=SUM(D4:D{3 + filled.rows})"


def test_the_departments_own_formula_stands_in_every_row_and_its_filter_covers_them(
    ledger: Ledger, tmp_path: Path
) -> None:
    filled, rows, book = ledger(templates.build("insurance", tmp_path), area=VILLAGE)
    assert filled.rows == 7 and column(rows, 7, 3, 7) == [f'=IF(G{n}="",0,G{n}*1)' for n in range(3, 10)]
    assert rows[9][7] == "=SUM(H3:H9)" and book["医保参保"].auto_filter.ref == "A2:I9"
    child = next(row for row in rows if row[2] == "孙小宝")
    assert child[:2] == ["H5", "孙爸爸"] and child[3] == "子"


def test_a_sheet_for_each_village_gets_the_people_of_that_village(ledger: Ledger, tmp_path: Path) -> None:
    path = templates.build("by_village", tmp_path, villages=["城里社区", "2.城一社区", "没有的村"])
    filled, _, book = ledger(path)
    assert filled.sheets == ("城里社区", "2.城一社区") and filled.rows == 8
    assert sorted(c.value for c in book["城里社区"]["B"][2:]) == sorted(set(BORN) - {"周百岁"})
    assert [c.value for c in book["2.城一社区"]["B"][2:]] == ["周百岁"]
    told = {(n.code, n.params.get("sheet")) for n in filled.notes}
    assert ("intake.ledger.sheet_not_filled", "没有的村") in told
    assert book["填表说明"]["A1"].value.startswith("请各村居") and book["没有的村"].max_row == 10
    # The same template for one village leaves the other sheets alone and says so.
    filled, _, book = ledger(path, area=OTHER_VILLAGE)
    assert filled.sheets == ("2.城一社区",) and filled.rows == 1


def test_a_household_a_row_tells_of_its_head(ledger: Ledger, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["序号", "户主姓名", "户主身份证号", "户主电话", "家庭人口数", "家庭住址"])
    path = tmp_path / "households.xlsx"
    book.save(path)
    filled, rows, _ = ledger(path, where="age<14")
    assert filled.binding.subject == "households" and filled.rows == 1
    assert rows[1][:5] == [1, "孙爸爸", NUMBERS["孙爸爸"], "10070000007", 2]


@pytest.mark.parametrize("name", sorted(templates.SINGLE))
def test_the_cover_note_tells_what_is_covered_and_a_hidden_sheet_where_each_row_is_from(
    ledger: Ledger, tmp_path: Path, name: str
) -> None:
    filled, _, book = ledger(templates.build(name, tmp_path), area=TOWN, empty=name == "rented")
    cover, sources = book["填报说明"], book["数据来源"]
    lines = list(cover.iter_rows(values_only=True))
    assert sources.sheet_state == "hidden" and book.sheetnames[0] == filled.sheets[0]
    assert ("条数", filled.rows) in {row[:2] for row in lines} and ("用途", "测试填报") in {row[:2] for row in lines}
    for told in filled.coverage.columns.values():
        assert (told.label, told.filled, told.blank) in {row[:3] for row in lines}
    assert sources.max_row == filled.rows + 1
    if filled.rows and filled.binding.subject == "people":
        row = [c.value for c in sources[2]]
        assert row[0] == filled.sheets[0] and row[2] == "公安户籍" and re.fullmatch(r"\d{4}-\d\d-\d\d", row[3])
        number = next(c for c in filled.coverage.columns.values() if c.name == "id_number")
        assert number.sources == {"公安户籍": filled.rows} and isinstance(number.last, date)


def test_what_stands_beside_the_cells_is_in_the_readers_language_and_the_form_keeps_its_own(
    ledger: Ledger, tmp_path: Path
) -> None:
    out = tmp_path / "en.xlsx"
    order = Order(TOWN, where="sex=2 and lives_alone", on=DAY, purpose="test", language="en-GB")
    filled = fill(OPERATOR, templates.build("disabled", tmp_path), out, order)
    book = openpyxl.load_workbook(out)
    page = book.worksheets[0]
    assert {page.cell(row, 3).value for row in range(6, 6 + filled.rows)} == {"女"}
    assert {page.cell(row, 11).value for row in range(6, 6 + filled.rows)} <= {"是", "否"}
    told = {row[0]: row for row in book["Cover note"].iter_rows(values_only=True)}
    assert told["Condition"][1] == "sex=Female and lives_alone" and "Tag: Minimum living allowance" in told
    assert not [text for row in told.values() for text in row if isinstance(text, str) and "，" in text]
    _, _, book = ledger(templates.build("village_figures", tmp_path), area=TOWN)
    assert {row[2] for row in book["数据来源"].iter_rows(min_row=2, values_only=True)} == {"按人口库统计"}


def test_a_binding_is_proposed_edited_and_given_back(ledger: Ledger, tmp_path: Path) -> None:
    from linli.intake.ledgers.binding import from_json

    path = templates.build("elder_allowance", tmp_path)
    document = bind(path).to_json()
    assert document["columns"]["出生年月"] == "birth" and document["columns"]["发放标准(元/月)"] is None
    document["columns"] |= {"户籍所在地": "home_village", "联系电话": None}
    document |= {"constants": {"发放标准（元/月）": "100"}, "where": "age>=90"}
    filled, rows, _ = ledger(path, binding=from_json(document))
    assert filled.rows == 2 and column(rows, 9, 5, 2) == ["100", "100"] and column(rows, 8, 5, 2) == [None, None]
    assert set(column(rows, 6, 5, 2)) == {"城里社区", "城一社区"}


def test_a_header_of_three_rows_with_parted_characters_is_bound_and_an_unknown_home_says_nothing_of_living_alone(
    ledger: Ledger, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["A1"], page["A2"] = "附件3", "单位（盖章）：          填报人：          填报日期：  年  月  日"
    for cells, text in {
        "A1:F1": None, "A2:F2": None, "A3:A5": "序\n号", "B3:D3": "基 本 情 况", "B4:B5": "姓  名", "C4:D4": "身份信息",
        "C5": "身 份 证 号 码", "D5": "出生\n年月", "E3:F4": "居住情况", "E5": "所在村（社区）", "F5": "是否\n独居",
    }.items():  # fmt: skip
        if text:
            page[cells.split(":")[0]] = text
        if ":" in cells:
            page.merge_cells(cells)
    page["A6"], page["A7"], page["C7"] = 1, "合计（人）", "=COUNTA(B6:B6)"
    page.column_dimensions["C"].width = 22.5
    path = tmp_path / "三层表头.xlsx"
    book.save(path)
    filled, rows, out = ledger(path)
    assert list(filled.binding.columns.values()) == [
        "serial",
        "name",
        "id_number",
        "birth",
        "home_village",
        "lives_alone",
    ]
    alone = {row[1]: row[5] for row in rows[5:13]}
    assert (alone["王一人"], alone["李大爷"], alone["周百岁"]) == ("是", "否", None)
    assert rows[13][:3] == ["合计（人）", None, "=COUNTA(B6:B13)"]
    kept = out[filled.sheets[0]]
    assert {str(m) for m in kept.merged_cells.ranges} >= {"A1:F1", "A3:A5", "B3:D3", "C4:D4", "E3:F4"}
    assert kept.column_dimensions["C"].width == 22.5
