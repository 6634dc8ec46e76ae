"""Reading: whatever shape a table comes in, rows keep their place and what cannot be trusted is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from intake_tables import Table, with_sheet_xml

from linli.intake.reading import ROW, read_table

TextFile = Callable[..., Path]


def rows_of(path: Path, **more: object) -> list[int]:
    return read_table(path, **more).frame[ROW].to_list()  # type: ignore[arg-type]


def names_of(path: Path) -> list[str]:
    return [c.name for c in read_table(path).columns]


def test_titles_above_the_header_and_empty_rows_do_not_shift_row_numbers(xlsx: Table) -> None:
    path = xlsx(
        [
            ["某镇人口台账"],
            [],
            ["填报单位：某村", None, "2026年1月"],
            ["姓  名", "身份证号"],
            ["张三", "1"],
            [],
            ["李四", "2"],
        ]
    )
    table = read_table(path)
    assert [c.name for c in table.columns] == ["姓名", "身份证号"]
    assert (table.header_first, table.frame[ROW].to_list()) == (4, [5, 7])


def test_a_merged_two_row_header_is_flattened(xlsx: Table) -> None:
    path = xlsx(
        [
            ["序号", "户主", None, "家庭成员", None],
            [None, "姓名", "身份证号", "姓名", "关系"],
            [1, "张三", "1", "张小三", "子"],
        ],
        merge=["A1:A2", "B1:C1", "D1:E1"],
    )
    assert names_of(path) == ["序号", "户主/姓名", "户主/身份证号", "家庭成员/姓名", "家庭成员/关系"]
    assert rows_of(path) == [3]


def test_a_two_row_header_without_merges_is_flattened_in_csv(text_file: TextFile) -> None:
    path = text_file("序号,家庭成员,,\n,姓名,身份证号,关系\n1,张三,2,子\n")
    assert names_of(path) == ["序号", "家庭成员/姓名", "家庭成员/身份证号", "家庭成员/关系"]


def test_totals_signatures_and_repeated_headers_are_left_out_and_told(xlsx: Table) -> None:
    header = ["序号", "姓名", "身份证号", "联系电话", "现住址"]
    body = [[i, f"张{'一二三四五'[i]}", str(i), "1", "某村"] for i in range(5)]
    path = xlsx([header, *body[:3], header, *body[3:], ["合计", None, "5"], ["制表人：王五", None, None, "2026年"]])
    table = read_table(path)
    assert table.frame[ROW].to_list() == [2, 3, 4, 6, 7]
    assert {(n.code, n.row) for n in table.notes} == {
        ("row.header_skipped", 5), ("row.total_skipped", 8), ("row.signature_skipped", 9)
    }  # fmt: skip


def test_a_person_named_like_a_total_stays(xlsx: Table) -> None:
    path = xlsx([["姓名", "身份证号"], ["单位", "1"], ["张合计", "2"], ["李四", "3"]])
    assert rows_of(path) == [2, 3, 4]


def test_leading_empty_columns_keep_their_letters(xlsx: Table) -> None:
    path = xlsx([[None, None, "姓名", "性别"], [None, None, "张三", "男"]])
    assert [(c.name, c.letters) for c in read_table(path).columns] == [("姓名", "C"), ("性别", "D")]


def test_an_empty_column_goes_and_an_unnamed_one_gets_its_letters(xlsx: Table) -> None:
    path = xlsx([["姓名", None, None, "性别"], ["张三", None, "说明", "男"]])
    table = read_table(path)
    assert [c.name for c in table.columns] == ["姓名", "列C", "性别"]
    assert "file.column_unnamed" in {n.code for n in table.notes}


def test_the_same_name_twice_is_told_apart(xlsx: Table) -> None:
    assert names_of(xlsx([["姓名", "电话", "电话"], ["张三", "1", "2"]])) == ["姓名", "电话", "电话(2)"]


def test_cells_merged_over_rows_hold_for_each_row(xlsx: Table) -> None:
    path = xlsx([["户号", "姓名"], ["H1", "张三"], [None, "李四"], [None, "王五"], ["H2", "赵六"]], merge=["A2:A4"])
    table = read_table(path)
    assert table.frame["户号"].to_list() == ["H1", "H1", "H1", "H2"]


def test_hidden_sheets_are_passed_over_unless_named(xlsx: Table) -> None:
    path = xlsx([["姓名"], ["张三"]], sheets={"旧数据": "hidden"})
    assert read_table(path).sheet == "人员"
    assert "file.hidden_skipped" in {n.code for n in read_table(path).notes}


def test_the_first_sheet_without_a_table_is_passed_over(xlsx: Table, tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "说明"
    book.active.append(["请按模板填写，不要改动列名。"])
    people = book.create_sheet("数据")
    people.append(["姓名", "性别"])
    people.append(["张三", "男"])
    book.save(tmp_path / "two.xlsx")
    assert read_table(tmp_path / "two.xlsx").sheet == "数据"


def test_numbers_longer_than_fifteen_digits_are_marked_and_others_not(xlsx: Table) -> None:
    path = xlsx(
        [
            ["姓名", "身份证号", "电话"],
            ["甲乙", 370302199001011234, 13800000000],
            ["丙丁", "370302199001011234", 0.1],
        ]
    )
    marks = read_table(path).marks
    assert marks.rounded.tolist() == [[2, 1]]


def test_a_number_in_scientific_notation_is_marked(xlsx: Table) -> None:
    path = xlsx([["姓名", "身份证号"], ["甲乙", 1.5]])
    with_sheet_xml(path, lambda xml: xml.replace("<v>1.5</v>", "<v>3.70302199001011E+17</v>"))
    assert read_table(path).marks.rounded.tolist() == [[2, 1]]


def test_formulas_without_a_result_and_error_cells_are_marked(xlsx: Table) -> None:
    path = xlsx([["姓名", "性别"], ["=A1", "男"], ["张三", "#N/A"]])
    marks = read_table(path).marks
    assert marks.uncomputed.tolist() == [[2, 0]]
    assert marks.failed.tolist() == [[3, 1]]


def test_cells_without_references_are_placed_by_counting(xlsx: Table) -> None:
    import re

    path = xlsx([["姓名", "身份证号"], ["甲乙", 370302199001011234]])
    with_sheet_xml(path, lambda xml: re.sub(r'(<c|<row) r="[A-Z0-9]+"', r"\1", xml))
    assert read_table(path).marks.rounded.tolist() == [[2, 1]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_delimited_text_in_the_usual_encodings(text_file: TextFile, encoding: str, delimiter: str) -> None:
    content = "\r\n".join(
        delimiter.join(r) for r in (["姓名", "地址"], ["张𠮷", "昆仑镇聂村"], ["阿卜杜拉·买买提", "x"])
    )
    table = read_table(text_file(content, "a.csv", encoding))
    assert table.frame["姓名"].to_list() == ["张𠮷", "阿卜杜拉·买买提"]
    assert table.frame[ROW].to_list() == [2, 3]


def test_lines_in_another_encoding_are_read_and_told(text_file: TextFile) -> None:
    content = "姓名,地址\n张三,昆仑镇\n李四,".encode() + "双杨镇".encode("gb18030") + "\n王五,岭子镇\n".encode()
    table = read_table(text_file(content))
    assert table.frame["地址"].to_list() == ["昆仑镇", "双杨镇", "岭子镇"]
    assert [n.row for n in table.notes if n.code == "file.mixed_encoding"] == [3]


def test_quoted_line_breaks_count_as_one_row_and_blank_lines_as_rows(text_file: TextFile) -> None:
    table = read_table(text_file('姓名,地址\n张三,"甲\n乙"\n\n李四,丙\n'))
    assert table.frame[ROW].to_list() == [2, 4]


@pytest.mark.parametrize("homes", [60_000, 3])
def test_a_stray_quotation_mark_does_not_swallow_what_follows(text_file: TextFile, homes: int) -> None:
    body = "".join(f"张三,第{i}户\n" for i in range(homes))
    table = read_table(text_file('姓名,地址\n"张三,甲\n' + body))
    assert table.frame.height == homes + 1
    assert table.frame["地址"].to_list()[-1] == f"第{homes - 1}户"


def test_a_last_line_without_a_line_break_is_whole(text_file: TextFile) -> None:
    table = read_table(text_file('姓名,地址\n张三,"甲\n乙"'))
    assert table.frame.select("姓名", "地址").rows() == [("张三", "甲\n乙")]


def test_a_wrong_extension_is_read_by_content_and_told(xlsx: Table) -> None:
    table = read_table(xlsx([["姓名"], ["张三"]], name="people.csv"))
    assert table.info.kind == "xlsx"
    assert "file.extension_differs" in {n.code for n in table.notes}
