"""Checking: each kind of doubt is found in the right cell, with the right code, and nothing else is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_tables import DISTRICT, OTHER_VILLAGE, TOWN, VILLAGE, Table, number
from stdnum.cn import ric

from linli.intake.checking.areas import Areas
from linli.intake.checking.codes import CodeList, word
from linli.intake.checking.context import CheckContext, CheckedTable
from linli.intake.checking.dates import read_dates
from linli.intake.checking.people import tidy_names
from linli.intake.checking.table import check_table
from linli.intake.findings import KINDS
from linli.intake.mapping import Mapping
from linli.intake.reading import read_table
from linli.intake.suggest import suggest, to_mapping
from linli.places.addresses import AddressParser, Gazetteer
from linli.registry.codes import shipped
from linli.registry.identity import read_identities
from linli.registry.phones import read_phones

TODAY = date(2026, 11, 22)
GAZETTEER = Gazetteer.packaged()
PARSER = AddressParser(GAZETTEER)
GRID = VILLAGE + "001"
REAL = "11010519491231002X"


def lists() -> dict[str, CodeList]:
    words: dict[str, dict[str, str]] = {}
    for item in shipped():
        own = words.setdefault(item.list, {})
        for written in (item.code, item.label_zh, item.label_en, *item.variants):
            own.setdefault(word(written), item.code)
    return {name: CodeList(name, own) for name, own in words.items()}


CODES = lists()


def context(**more: Any) -> CheckContext:
    known: dict[str, Any] = dict(  # noqa: C408 – reads as the call it stands for
        today=TODAY,
        observed_on=TODAY,
        default_area=DISTRICT,
        allowed=(DISTRICT,),
        areas=Areas(GAZETTEER, {GRID: "第一网格"}),
        parser=PARSER,
        codes=CODES,
        demo=True,
    )
    return CheckContext(**(known | more))


def check(xlsx: Table, rows: Sequence[Sequence[Any]], mapping: Mapping | None = None, **more: Any) -> CheckedTable:
    """Check a table under the mapping that is proposed for it."""
    table = read_table(xlsx(rows))
    found = mapping or to_mapping(suggest(table, {n: c.words for n, c in CODES.items()}))
    return check_table(table, found, context(**more))


def told(checked: CheckedTable) -> set[tuple[int, str, str]]:
    return set(checked.findings.select("row", "column", "code").iter_rows())


def one(xlsx: Table, column: str, value: Any, **more: Any) -> tuple[set[str], dict[str, Any]]:
    """The findings on one cell beside a faultless person, and the canonical row."""
    header = ["姓名", "公民身份号码", "所在社区", column]
    row = ["张三", number(1), "城里社区", value]
    if column in header[:3]:
        header, row = header[:3], [value if h == column else r for h, r in zip(header[:3], row, strict=False)]
    checked = check(xlsx, [header, row], **more)
    return {code for _, _, code in told(checked)}, checked.frame.row(0, named=True)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (number(1)[:-1] + ("1" if number(1)[-1] != "1" else "2"), "id.checksum"),
        (number(1)[:-1], "id.length"),
        (number(1) + "0", "id.length"),
        (number(1)[:-1] + "O", "id.characters"),
        ("37030219901301123" + "4", "id.birth"),
        ("370302203001011234", "id.birth"),
        ("990301198005170014", "id.region"),
        (370302199001011234, "id.rounded"),
        ("370302199001011000", "id.rounded"),
        ("E12345678", "id.kind_unknown"),
        (None, "id.missing"),
    ],
)
def test_a_wrong_number_is_named_for_what_is_wrong(xlsx: Table, value: Any, code: str) -> None:
    rows = [
        ["姓名", "公民身份号码", "所在社区"],
        ["张三", value, "城里社区"],
        ["李四", number(7), "城里社区"],
    ]
    checked = check(xlsx, rows)
    assert told(checked) == {(2, "公民身份号码", code)}
    assert checked.frame["id_number"].to_list() == [None, number(7)]


def test_values_in_findings_are_masked(xlsx: Table) -> None:
    wrong = number(1)[:-1] + ("1" if number(1)[-1] != "1" else "2")
    checked = check(xlsx, [["姓名", "公民身份号码", "联系电话", "所在社区"], ["张3", wrong, "13800", "城里社区"]])
    shown = dict(checked.findings.select("code", "value_masked").iter_rows())
    assert shown["id.checksum"] == f"990{'*' * 11}{wrong[-4:]}"
    assert "13800" not in str(shown) and shown["name.characters"] == "张*"


def test_old_numbers_are_widened_and_said(xlsx: Table) -> None:
    codes, row = one(xlsx, "公民身份号码", "110105491231002")
    assert codes == {"id.upgraded"} and row["id_number"] == REAL
    assert (row["birth"], row["sex"]) == (date(1949, 12, 31), "2")


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("普通护照", "E12345678", None),
        ("港澳居民来往内地通行证", "H12345678", None),
        ("台胞证", "12345678", None),
        ("港澳居民来往内地通行证", "12345678", "id.form"),
        ("外国人居留证", "USA123456789012", None),
        ("护照", REAL, "id.kind_differs"),
        ("没有这种", "E12345678", "code.unknown"),
    ],
)
def test_other_documents_by_their_kind(xlsx: Table, kind: str, value: str, code: str | None) -> None:
    rows = [["姓名", "证件类型", "证件号码", "所在社区"], ["张三", kind, value, "城里社区"]]
    codes = {c for _, _, c in told(check(xlsx, rows))}
    assert (code in codes) if code else codes == set()


def test_demo_numbers_only_in_demo_districts(xlsx: Table) -> None:
    rows = [["姓名", "公民身份号码", "联系电话", "所在社区"], ["张三", number(1), "10070000001", "城里社区"]]
    assert told(check(xlsx, rows)) == set()
    assert {c for _, _, c in told(check(xlsx, rows, demo=False))} == {"id.synthetic", "phone.synthetic"}


def test_birth_and_sex_are_filled_from_the_number_and_held_against_it(xlsx: Table) -> None:
    header = ["姓名", "身份证号", "出生日期", "性别", "所在社区"]
    rows = [
        ["张三", REAL, None, None, "城里社区"],
        ["李四", number(1), "1980-05-18", "男", "城里社区"],
        ["王五", number(2), "1980-05", "男", "城里社区"],
        ["赵六", number(3), "1980年5月", "未知", "城里社区"],
    ]
    checked = check(xlsx, [header, *rows])
    assert told(checked) == {(3, "出生日期", "birth.differs"), (4, "性别", "sex.differs")}
    assert checked.frame["birth"][0] == date(1949, 12, 31) and checked.frame["sex"][0] == "2"
    assert (checked.frame["birth"][3], checked.frame["sex"][3]) == (date(1980, 5, 17), "1")


@pytest.mark.parametrize(
    "written",
    ["2020-01-02", "2020/1/2", "2020.1.2", "20200102", "2020年1月2日", "43832", "2020-01-02 08:30:00",
     "２０２０－０１－０２", "二〇二〇年一月二日", "2020年01月02号", "2020-1-2T08:30"],
)  # fmt: skip
def test_the_notations_of_a_date(written: str) -> None:
    found = read_dates(pl.Series([written]), today=TODAY)
    assert (found.value[0], found.wrong[0]) == (date(2020, 1, 2), None)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2020-02-30", "date.impossible"), ("2020-13-01", "date.impossible"), ("2999-01-01", "date.future"),
        ("01/02/2020", "date.ambiguous"), ("农历正月初一", "date.lunar"), ("2020-01", "date.partial"),
        ("2020年", "date.partial"), ("去年", "date.form"), ("1/2/99", "date.ambiguous"),
    ],
)  # fmt: skip
def test_what_is_no_full_date_is_said_so(written: str, code: str) -> None:
    found = read_dates(pl.Series([written]), today=TODAY)
    assert (found.value[0], found.wrong[0]) == (None, code)


@settings(deadline=None)
@given(
    st.dates(date(1900, 3, 1), TODAY),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"]),
)
def test_every_date_is_read_back(day: date, form: str) -> None:
    assert read_dates(pl.Series([day.strftime(form)]), today=TODAY).value[0] == day
    serial = (day - date(1899, 12, 30)).days
    if serial >= 10_000:
        assert read_dates(pl.Series([str(serial)]), today=TODAY).value[0] == day


@pytest.mark.parametrize(
    ("written", "number", "code"),
    [
        ("13800000000", "13800000000", None), ("138 0000 0000", "13800000000", None),
        ("+86-138-0000-0000", "13800000000", None), ("0533-5180000", "05335180000", None),
        ("13800000000/13900000000", "13800000000", "phone.several"), ("5180000", "5180000", "phone.no_area_code"),
        ("1380000000", None, "phone.length"), ("12800000000", None, "phone.range"),
        ("1380000000a", None, "phone.characters"),
        ("999", None, "phone.form"), ("无", None, None), ("13800000000.0", "13800000000", None),
        ("１３８００００００００", "13800000000", None), ("0533-5180000转801", "05335180000", None),
    ],
)  # fmt: skip
def test_phones(written: str, number: str | None, code: str | None) -> None:
    found = read_phones(pl.Series([written]))
    assert (found.number[0], found.wrong[0] or found.note[0]) == (number, code)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("性别", "男性", "1"), ("性别", "1", "1"), ("性别", "2-女", "2"), ("性别", "女 ", "2"), ("民族", "汉", "01"),
        ("民族", "1", "01"), ("民族", "汉族(01)", "01"), ("与户主关系", "户主", "0"), ("与户主关系", "妻", "1"),
        ("政治面貌", "群众", "13"), ("民族", "不详", None),
    ],
)  # fmt: skip
def test_coded_values_by_code_label_or_habit(xlsx: Table, column: str, value: str, code: str | None) -> None:
    serial = 2 if code == "2" else 1
    name = {"性别": "sex", "民族": "nation", "与户主关系": "relation_to_head", "政治面貌": "political"}[column]
    checked = check(xlsx, [["姓名", "公民身份号码", "所在社区", column], ["张三", number(serial), "城里社区", value]])
    expected = code if code or name != "sex" else "1"
    assert (told(checked), checked.frame[name][0]) == (set(), expected)


def test_an_unknown_value_lists_what_there_is(xlsx: Table) -> None:
    codes, row = one(xlsx, "民族", "火星族")
    assert codes == {"code.unknown"} and row["nation"] is None


@pytest.mark.parametrize(
    ("written", "tidy"),
    [("张　三", "张三"), (" 欧 阳 娜 娜 ", "欧阳娜娜"), ("阿卜杜拉•买买提", "阿卜杜拉·买买提"), ("𠮷野", "𠮷野"),
     ("John  Smith", "John Smith"), ("阿卜杜拉 . 买买提", "阿卜杜拉·买买提")],
)  # fmt: skip
def test_names_are_tidied(written: str, tidy: str) -> None:
    assert tidy_names(pl.Series([written]))[0] == tidy


@pytest.mark.parametrize(
    ("written", "code"),
    [("𠮷·买买提", None), ("刘㛃", None), ("张3", "name.characters"), ("=cmd|'/c calc'!A0", "name.characters"),
     ("张?", "name.characters"), (None, "name.missing"), ("王", "name.short"), ("刘\ue863", "name.private_character")],
)  # fmt: skip
def test_what_a_name_may_hold(xlsx: Table, written: str | None, code: str | None) -> None:
    # openpyxl would make a formula of what begins with =; a text cell is what people have.
    rows = [
        ["姓名", "公民身份号码", "所在社区"],
        [written if written is None or written[0] != "=" else "@", number(1), "城里社区"],
    ]
    path = xlsx(rows)
    if written and written[0] == "=":
        from intake_tables import with_sheet_xml

        with_sheet_xml(
            path,
            lambda x: x.replace('<c r="A2" t="s"><v>3</v>', f'<c r="A2" t="inlineStr"><is><t>{written}</t></is>'),
        )
    table = read_table(path)
    checked = check_table(table, to_mapping(suggest(table, {})), context())
    assert {c for _, _, c in told(checked)} == ({code} if code else set())


def test_where_a_row_belongs_in_order_of_trust(xlsx: Table) -> None:
    header = ["姓名", "公民身份号码", "网格编码", "所属社区", "现住址"]
    rows = [
        ["张三", number(1), GRID, None, "城里社区1号楼"],
        ["李四", number(2), None, "城里社区", "3号楼2单元401"],
        ["王五", number(3), None, None, "城一社区3号楼2单元401"],
        ["赵六", number(4), None, "城里社区", "城一社区3号楼"],
        ["孙七", number(5), None, None, "聂村"],
        ["周八", number(6), None, "没有这个村", None],
        ["吴九", number(7), None, None, None],
        ["郑十", number(8), None, None, "山东省潍坊市青州市"],
    ]
    checked = check(xlsx, [header, *rows])
    assert checked.frame["area_code"].to_list() == [
        GRID, VILLAGE, "370302001002", VILLAGE, None, None, None, None
    ]  # fmt: skip
    codes = {(row, code) for row, _, code in told(checked)}
    assert {
        (5, "address.differs"),
        (6, "area.ambiguous"),
        (7, "area.unknown"),
        (8, "area.unresolved"),
        (9, "area.elsewhere"),
    } <= codes
    many = checked.findings.filter(pl.col("code") == "area.ambiguous")["params"][0]
    assert "昆仑镇聂村" in many and "罗村镇聂村" in many


def test_a_batch_of_one_village_needs_no_village_in_its_rows(xlsx: Table) -> None:
    rows = [
        ["姓名", "公民身份号码", "现住址"],
        ["张三", number(1), "3号楼2单元401"],
        ["李四", number(2), None],
    ]
    checked = check(xlsx, rows, default_area=VILLAGE, allowed=(VILLAGE,))
    assert told(checked) == set() and checked.frame["area_code"].to_list() == [VILLAGE, VILLAGE]


def test_rows_outside_what_the_uploader_may_bring(xlsx: Table) -> None:
    rows = [
        ["姓名", "公民身份号码", "所在社区"],
        ["张三", number(1), "城里社区"],
        ["李四", number(2), "双杨镇孟机村"],
    ]
    checked = check(xlsx, rows, allowed=(TOWN,))
    assert told(checked) == {(3, "所在社区", "area.outside")} and pl.concat(checked.clean)["row"].to_list() == [2]


def test_an_address_in_several_columns_is_joined(xlsx: Table) -> None:
    rows = [
        ["姓名", "公民身份号码", "所属镇街", "所属社区", "小区", "楼栋", "单元", "室"],
        ["张三", number(1), "般阳路街道", "城里社区", "阳光花园", "3", "2", "401"],
    ]
    row = check(xlsx, rows).frame.row(0, named=True)
    assert row["home_standard"] == "般阳路街道城里社区阳光花园3号楼2单元401室"
    assert (row["home_building"], row["home_unit"], row["home_room"]) == ("3", "2", "401")


def test_who_lives_where_registered_and_writes_no_home_has_the_registered_one(xlsx: Table) -> None:
    header = ["姓名", "公民身份号码", "户籍地址", "人户一致标识", "现住址"]
    address = "城里社区3号楼2单元401"
    checked = check(
        xlsx,
        [
            header,
            ["王一", number(1), address, "人户一致", None],
            ["王二", number(2), address, "人户分离", None],
            ["王三", number(3), address, "人户一致", "城一社区5号楼1单元101"],
        ],
    )
    homes = checked.frame.select("home_village_code", "home_building", "home_room", "area_code").rows()
    assert homes == [
        (VILLAGE, "3", "401", VILLAGE),
        (None, None, None, VILLAGE),
        (OTHER_VILLAGE, "5", "101", OTHER_VILLAGE),
    ]


def test_words_that_stand_for_no_home_or_for_the_registered_one(xlsx: Table) -> None:
    header = ["姓名", "公民身份号码", "户籍地址", "现住址"]
    address = "城里社区3号楼2单元401"
    checked = check(
        xlsx,
        [
            header,
            ["王一", number(1), address, "同户籍地"],
            ["王二", number(2), address, "无"],
            ["王三", number(3), address, "同上"],
        ],
    )
    homes = checked.frame.select("home_text", "home_building", "home_room", "area_code").rows()
    assert homes == [(address, "3", "401", VILLAGE), (None, None, None, VILLAGE), (None, None, None, VILLAGE)]


def test_positions_find_their_grid_and_bad_ones_are_told(xlsx: Table) -> None:
    def locate(lon: pl.Series, lat: pl.Series) -> pl.Series:
        return pl.select(pl.when(lon.is_between(117.9, 118.0)).then(pl.lit(GRID))).to_series()

    rows = [
        ["姓名", "公民身份号码", "经度", "纬度", "所属社区"],
        ["张三", number(1), "117.95", "36.64", "城里社区"],
        ["李四", number(2), "36.64", "117.95", "城里社区"],
        ["王五", number(3), "119.5", "36.64", "城里社区"],
    ]
    checked = check(xlsx, rows, locate=locate)
    assert {(r, c) for r, _, c in told(checked)} == {(3, "coordinate.invalid"), (4, "coordinate.outside")}
    assert checked.frame["area_code"].to_list() == [GRID, VILLAGE, VILLAGE]


def test_the_same_row_again_and_the_same_number_with_other_facts(xlsx: Table) -> None:
    header = ["姓名", "公民身份号码", "所在社区"]
    a, b = ["张三", number(1), "城里社区"], ["李四", number(2), "城里社区"]
    checked = check(xlsx, [header, a, b, a, ["李四儿", number(2), "城里社区"]])
    assert told(checked) == {(4, "", "row.duplicate"), (5, "公民身份号码", "id.duplicate")}
    assert pl.concat(checked.clean)["row"].to_list() == [2, 3] and checked.counts["bad_rows"] == 1


def test_splits_and_constants(xlsx: Table) -> None:
    mapping = Mapping(
        {"姓名/电话": ("name", "phone"), "身份": ("id_number",), "村": ("home_village",)},
        {"population_kind": "流动人口"},
    )
    rows = [
        ["姓名/电话", "身份", "村"],
        ["张三 13800000000", number(1), "城里社区"],
        ["李四（13900000000）", number(2), "城里社区"],
    ]
    checked = check(xlsx, rows, mapping)
    assert checked.frame.select("name", "phone", "population_kind").rows() == [
        ("张三", "13800000000", "02"), ("李四", "13900000000", "02")
    ]  # fmt: skip
    assert told(checked) == set()


def test_a_wrong_number_in_a_split_cell_is_judged_whole(xlsx: Table) -> None:
    mapping = Mapping({"姓名/电话": ("name", "phone"), "身份": ("id_number",), "村": ("home_village",)})
    rows = [
        ["姓名/电话", "身份", "村"],
        ["张三/138000000001", number(1), "城里社区"],
        ["李四/12345", number(2), "城里社区"],
    ]
    checked = check(xlsx, rows, mapping)
    assert told(checked) == {(2, "姓名/电话", "phone.length"), (3, "姓名/电话", "phone.length")}
    assert checked.frame["name"].to_list() == ["张三", "李四"] and checked.frame["phone"].null_count() == 2


def test_a_village_name_of_two_towns_is_the_one_of_the_town_it_was_brought_for(xlsx: Table) -> None:
    rows = [["姓名", "公民身份号码", "所属村居"], ["张三", number(1), "聂村"]]
    assert check(xlsx, rows, default_area="370302102").frame["area_code"].to_list() == ["370302102204"]
    assert {c for _, _, c in told(check(xlsx, rows))} == {"area.ambiguous"}


def test_cells_not_to_be_trusted(xlsx: Table) -> None:
    header = ["姓名", "公民身份号码", "工作单位", "所在社区"]
    rows = [
        ["=A1", number(1), "某厂", "城里社区"],
        ["李四", number(2), "#N/A", "城里社区"],
        ["王五", number(3), "长" * 3000, "城里社区"],
        ["赵六", number(4), "乱\ufffd码", "城里社区"],
    ]
    assert {(r, c) for r, _, c in told(check(xlsx, [header, *rows]))} == {
        (2, "cell.formula_uncomputed"), (2, "name.missing"), (3, "cell.error_value"), (4, "cell.too_long"),
        (5, "cell.garbled"),
    }  # fmt: skip


def test_a_column_of_formulas_alone_without_results_is_told_cell_by_cell(xlsx: Table) -> None:
    rows = [["姓名", "公民身份号码", "所在社区"], ["=A1", number(1), "城里社区"], ["=A2", number(2), "城里社区"]]
    assert {(r, c) for r, _, c in told(check(xlsx, rows))} == {
        (row, code) for row in (2, 3) for code in ("cell.formula_uncomputed", "name.missing")
    }


@settings(max_examples=200, deadline=None)
@given(st.dates(date(1900, 1, 1), TODAY), st.integers(1, 999), st.sampled_from(["110105", "370302", "650102"]))
def test_every_valid_number_passes_and_agrees_with_the_library(born: date, serial: int, county: str) -> None:
    value = number(serial, born, county)
    found = read_identities(pl.Series([value]), None, pl.Series([False]), today=TODAY)
    assert ric.calc_check_digit(value) == value[-1]
    assert (found.number[0], found.wrong[0]) == (value, None)
    assert (found.birth[0], found.sex[0]) == (born, "1" if int(value[16]) % 2 else "2")


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 16), st.integers(1, 9), st.integers(1, 999))
def test_a_single_wrong_digit_never_passes(place: int, shift: int, serial: int) -> None:
    good = number(serial)
    bad = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1 :]
    found = read_identities(pl.Series([bad]), None, pl.Series([False]), today=TODAY, demo=True)
    assert found.number[0] is None and found.wrong[0] is not None


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=24)), min_size=1, max_size=5))
def test_nothing_anyone_types_breaks_a_check(values: list[str | None]) -> None:
    column = pl.Series(values, dtype=pl.String)
    found = read_identities(column, None, pl.Series([False] * len(values)), today=TODAY)
    assert found.number.len() == read_phones(column).number.len() == len(values)
    assert read_dates(column, today=TODAY).value.len() == tidy_names(column).len() == len(values)


def test_every_finding_has_words_in_both_languages() -> None:
    for kind in KINDS.values():
        assert kind.severity in ("error", "warning")
        assert all([kind.reason.zh, kind.reason.en, kind.remedy.zh, kind.remedy.en]), kind.code
