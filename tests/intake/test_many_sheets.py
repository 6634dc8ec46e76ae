"""Many sheets, files and forms as one batch: rows know their village, findings know their file, sheet and cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from intake_tables import DISTRICT, HEADER, OTHER_VILLAGE, VILLAGE, number, person
from other_files import ods, zip_of
from test_runs import OPERATOR, people

from linli.intake.models import Batch, Finding
from linli.intake.problems import TooManyColumns
from linli.intake.reading import ROW, read_table
from linli.intake.runner import Outcome, run_file
from linli.kernel.scope import acting
from linli.registry.models import District, SourceRecord

NO_ADDRESS = ["姓名", "公民身份号码", "联系电话"]


@pytest.fixture
def demo_district(seeded_db: str) -> None:
    with acting(OPERATOR):
        District.objects.update_or_create(code=DISTRICT, defaults={"demo": True})


def book(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    made.save(path)
    return path


def form(serial: int, **cells: str) -> list[list[Any]]:
    name, own, phone, address = person(serial, **cells)
    return [
        ["人口信息登记表"],
        ["姓名", name, "联系电话", phone],
        ["公民身份号码", own, "民族", "汉族"],
        ["现住址", address],
        ["家庭成员"],
        ["姓名", "与户主关系", "公民身份号码"],
        ["赵小", "子", number(990 + serial)],
    ]


def run(path: Path, **more: Any) -> Outcome:
    return run_file(OPERATOR, path, source="community", area=DISTRICT, **more)


def found(outcome: Outcome, code: str) -> list[tuple[Any, ...]]:
    with acting(OPERATOR):
        rows = Finding.objects.filter(batch_id=outcome.batch_id, code=code).order_by("number")
        return list(rows.values_list("file", "sheet", "sheet_row", "cell", "column"))


def test_all_sheets_with_the_same_columns_are_one_table_and_the_others_are_named(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {
        "说明": [["请按模板填写"]],
        "城里社区": [["台账"], HEADER, person(1), person(2)],
        "城一社区": [["姓名", "身份证号", "联系电话", "现住址"], person(3)],
        "房屋": [["房屋编号", "产权人类型", "建筑面积数"], ["1", "2", "3"]],
        "空表": [HEADER],
    })  # fmt: skip
    table = read_table(path)
    assert [(p.sheet, p.start) for p in table.parts] == [("城里社区", 1), ("城一社区", 6)]
    assert table.frame[ROW].to_list() == [4, 5, 8]
    assert table.frame["公民身份号码"].null_count() == 0
    assert {(s.label, s.why) for s in table.skipped} == {
        ("说明", "no_table"), ("房屋", "other_columns"), ("空表", "no_rows"),
    }  # fmt: skip
    assert read_table(path, "城一社区").frame.height == 1
    assert read_table(path, chosen=["城里社区"]).frame.height == 2


@pytest.mark.usefixtures("demo_district")
def test_a_sheet_is_named_after_the_village_of_its_people(tmp_path: Path) -> None:
    own = [person(1)[:3], person(2)[:3]]
    path = book(tmp_path / "a.xlsx", {
        "1.城里社区（2人）": [NO_ADDRESS, *own],
        "城一社区人员名单": [NO_ADDRESS, person(3)[:3]],
        "Sheet3": [NO_ADDRESS, person(4)[:3]],
    })  # fmt: skip
    outcome = run(path, commit=True, skip_bad=True)
    with acting(OPERATOR):
        areas = dict(SourceRecord.objects.values_list("row", "area_code"))
    assert list(areas.values()) == [VILLAGE, VILLAGE, OTHER_VILLAGE]
    assert found(outcome, "area.unresolved") == [(None, "Sheet3", 2, "A2", "姓名")]
    assert outcome.check_counts["by_code"]["file.sheet_no_area"] == 1


@pytest.mark.usefixtures("demo_district")
def test_what_a_row_says_of_its_home_comes_before_the_name_of_its_sheet(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {
        "城一社区": [HEADER, person(1), person(2, address="")],
        "城里社区": [HEADER, person(3)],
    })  # fmt: skip
    run(path, commit=True)
    with acting(OPERATOR):
        areas = list(SourceRecord.objects.order_by("row").values_list("area_code", flat=True))
    assert areas == [VILLAGE, OTHER_VILLAGE, VILLAGE]


@pytest.mark.usefixtures("demo_district")
def test_files_of_a_zip_are_one_batch_and_findings_say_file_sheet_and_cell(tmp_path: Path) -> None:
    bad = book(tmp_path / "b.xlsx", {"名单": [["台账"], HEADER, person(1), person(2, phone="123")]})
    path = zip_of(tmp_path / "a.zip", {
        "城里社区.csv": (",".join(HEADER) + "\n" + ",".join(person(3)) + "\n" + ",".join(person(1))).encode(),
        "镇/城一社区.xlsx": bad,
    })  # fmt: skip
    outcome = run(path)
    assert outcome.rows == 4
    assert found(outcome, "phone.length") == [("镇/城一社区.xlsx", "名单", 4, "C4", "联系电话")]
    assert found(outcome, "row.duplicate") == [("镇/城一社区.xlsx", "名单", 3, None, "")]
    with acting(OPERATOR):
        assert Finding.objects.get(batch_id=outcome.batch_id, code="row.duplicate").params["first"] == "城里社区.csv!3"
        parts = Batch.objects.get(id=outcome.batch_id).parts
    assert parts is not None and [(p["file"], p["sheet"]) for p in parts] == [
        ("城里社区.csv", ""), ("镇/城一社区.xlsx", "名单"),
    ]  # fmt: skip


@pytest.mark.usefixtures("demo_district")
def test_a_form_a_sheet_becomes_a_row_each_and_findings_point_to_the_cell(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"张三": form(1), "李四": form(2, phone="123"), "王五": form(3)})
    outcome = run(path, commit=True, skip_bad=True)
    assert (outcome.rows, people()) == (3, 2)
    assert found(outcome, "phone.length") == [(None, "李四", 2, "D2", "联系电话")]
    assert outcome.check_counts["by_code"]["form.list_skipped"] == 3


@pytest.mark.usefixtures("demo_district")
def test_forms_below_each_other_in_an_opendocument_sheet(tmp_path: Path) -> None:
    path = ods(tmp_path / "a.ods", {"登记表": [*form(1)[1:4], [], *form(2, id="370302199013011234")[1:4]]})
    outcome = run(path)
    assert outcome.rows == 2
    assert found(outcome, "id.birth") == [(None, "登记表", 6, "B6", "公民身份号码")]


def test_a_number_excel_has_rounded_is_marked_in_a_form_too(tmp_path: Path) -> None:
    rows = form(1)
    rows[2][1] = 370302199001011234
    table = read_table(book(tmp_path / "a.xlsx", {"张三": rows}))
    column = table.column("公民身份号码")
    assert column is not None and table.marks.rounded.tolist() == [[1, column.index]]


def test_forms_side_by_side(tmp_path: Path) -> None:
    side = [[*a, *[None] * (5 - len(a)), *b] for a, b in zip(form(1)[1:4], form(2)[1:4], strict=True)]
    table = read_table(book(tmp_path / "a.xlsx", {"表": side}))
    assert table.frame["姓名"].to_list() == [person(1)[0], person(2)[0]]
    assert table.frame["现住址"].null_count() == 0


def test_forms_that_have_nothing_in_common_are_none(tmp_path: Path) -> None:
    """A column for each label and a row for each form would be a square: a file of some megabytes would fill the memory."""
    rows = [
        line
        for i in range(400)
        for line in (["姓名", f"张{i}"], ["联系电话", "1"], ["公民身份号码", "2"], [chr(0x5000 + i) * 3, "某"])
    ]
    with pytest.raises(TooManyColumns):
        read_table(book(tmp_path / "a.xlsx", {"表": rows}))
    shared = [line for line in rows if line[1] != "某"]
    assert read_table(book(tmp_path / "b.xlsx", {"表": shared})).frame.height == 400


def test_tables_are_never_taken_for_forms(tmp_path: Path) -> None:
    for rows in (
        [["村居：城里社区", "填表日期：2026-01-01"], ["姓名", "联系电话"], ["张三", "1"], ["李四", "2"]],
        [["户主姓名", "张三", "户号", "1"], ["现住址", "城里"], ["姓名", "关系", "身份证号"], ["张三", "户主", "1"]],
        [HEADER, person(1)],
    ):
        table = read_table(book(tmp_path / "a.xlsx", {"表": rows}))
        assert not table.parts[0].form
