"""Mappings: proposals from names and contents, the JSON form, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_tables import Table, number

from linli.intake.fields import BY_NAME
from linli.intake.mapping import Mapping, fit, from_json
from linli.intake.problems import MappingInvalid
from linli.intake.reading import read_table
from linli.intake.suggest import Suggestion, suggest, to_mapping

LABELS = {
    "sex": frozenset({"男", "女", "1", "2"}),
    "relation_to_head": frozenset({"户主", "配偶", "子", "女"}),
}


def proposals(
    xlsx: Table, header: list[str], *columns: list[Any], past: Mapping | None = None
) -> dict[str, Suggestion]:
    rows = [list(row) for row in zip(*columns, strict=True)]
    return {s.column: s for s in suggest(read_table(xlsx([header, *rows])), LABELS, past)}


NAMES = ["张三", "李四", "王五", "赵六"] * 5
NUMBERS = [number(i) for i in range(1, 21)]
PHONES = [f"1380000{i:04d}" for i in range(20)]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("姓  名", "name"), ("*姓名", "name"), ("公民身份号码", "id_number"), ("身份证号（必填）", "id_number"),
        ("被访者姓名", "name"), ("与户主的关系", "relation_to_head"), ("家庭住址", "home_text"),
        ("户籍所在地", "register_address"),
        ("联系方式", "phone"), ("本人联系电话", "phone"), ("所属网格", "grid"), ("出生年月", "birth"), ("NAME", "name"),
        ("文化程度", "education"), ("更新时间", "observed_on"),
    ],
)  # fmt: skip
def test_names_departments_use(header: str, field: str) -> None:
    import polars as pl

    from linli.intake.suggest import _propose

    values = {"name": NAMES, "id_number": NUMBERS, "phone": PHONES, "relation_to_head": ["子"] * 20,
              "birth": ["1990-01-01"] * 20, "observed_on": ["2026-01-01"] * 20,
              }.get(field, ["昆仑镇聂村"] * 20)  # fmt: skip
    found = _propose(header, pl.Series(values), LABELS)
    assert found.fields == (field,) and found.confidence >= 0.5, found


@pytest.mark.parametrize("header", ["序号", "备注", "监护人身份证号", "银行卡号", "宗教信仰", "网格员电话", "年龄"])
def test_columns_nobody_needs_are_left_out(xlsx: Table, header: str) -> None:
    assert proposals(xlsx, ["姓名", header], NAMES, NUMBERS)[header].fields == ()


def test_contents_tell_where_the_name_does_not(xlsx: Table) -> None:
    found = proposals(
        xlsx,
        ["姓名", "甲", "乙", "丙", "丁"],
        NAMES,
        NUMBERS,
        PHONES,
        ["男", "女"] * 10,
        ["昆仑镇聂村3号"] * 20,
    )
    assert [found[c].fields for c in "甲乙丙丁"] == [("id_number",), ("phone",), ("sex",), ("home_text",)]
    assert all(0.5 <= found[c].confidence < 0.9 and found[c].reason == "content" for c in "甲乙丙丁")


def test_contents_overrule_a_misleading_name(xlsx: Table) -> None:
    assert proposals(xlsx, ["姓名", "联系电话"], NAMES, NUMBERS)["联系电话"].fields == ("id_number",)


def test_broken_numbers_are_still_the_column_of_numbers(xlsx: Table) -> None:
    broken = [n[:-1] + ("1" if n[-1] != "1" else "2") for n in NUMBERS]
    found = proposals(xlsx, ["姓名", "身份证号"], NAMES, broken)["身份证号"]
    assert found.fields == ("id_number",) and found.confidence >= 0.5


def test_two_columns_for_one_field_leave_the_surer_one(xlsx: Table) -> None:
    found = proposals(xlsx, ["姓名", "联系电话", "手机"], NAMES, PHONES, PHONES)
    assert (found["联系电话"].fields, found["手机"].fields) == (("phone",), ())
    assert "联系电话" in found["手机"].say("zh") and found["手机"].say("en")


def test_a_column_of_two_things_is_split(xlsx: Table) -> None:
    both = [f"{n} {p}" for n, p in zip(NAMES, PHONES, strict=True)]
    assert proposals(xlsx, ["姓名/电话", "村"], both, ["聂村"] * 20)["姓名/电话"].fields == ("name", "phone")


def test_a_column_of_two_things_under_a_group_is_split(xlsx: Table) -> None:
    both = [f"{n} {p}" for n, p in zip(NAMES, PHONES, strict=True)]
    path = xlsx(
        [["基本信息", None, "住址"], ["姓名/电话", "身份证号", "村"], *zip(both, NUMBERS, ["聂村"] * 20, strict=True)],
        merge=["A1:B1"],
    )
    found = {s.column: s.fields for s in suggest(read_table(path), LABELS)}
    assert found["基本信息/姓名/电话"] == ("name", "phone")


def test_groups_in_flat_headers(xlsx: Table) -> None:
    path = xlsx(
        [
            ["户主", None, "家庭成员", None],
            ["姓名", "身份证号", "姓名", "身份证号"],
            *zip(NAMES, NUMBERS, NAMES, NUMBERS, strict=True),
        ],
        merge=["A1:B1", "C1:D1"],
    )
    found = {s.column: s.fields for s in suggest(read_table(path), LABELS)}
    assert found == {
        "户主/姓名": ("head_name",), "户主/身份证号": ("head_id_number",),
        "家庭成员/姓名": ("name",), "家庭成员/身份证号": ("id_number",),
    }  # fmt: skip


def test_what_was_used_last_time_comes_first(xlsx: Table) -> None:
    past = Mapping({"甲": ("workplace",)})
    found = proposals(xlsx, ["姓名", "甲"], NAMES, PHONES, past=past)["甲"]
    assert (found.fields, found.confidence, found.reason) == (("workplace",), 1.0, "remembered")


fields = st.sampled_from(sorted(BY_NAME))
mappings = st.builds(
    Mapping,
    st.dictionaries(st.text(min_size=1, max_size=8), st.lists(fields, max_size=2).map(tuple), max_size=5),
    st.dictionaries(fields, st.text(min_size=1, max_size=5), max_size=3),
    st.sampled_from(["wgs84", "gcj02", "bd09"]),
)


@given(mappings)
def test_the_json_form_holds_everything(mapping: Mapping) -> None:
    assert from_json(mapping.to_json()) == mapping


@pytest.mark.parametrize(
    "document",
    [None, [], {"version": 2}, {"columns": []}, {"columns": {"姓名": 3}}, {"columns": {"姓名": "nobody"}},
     {"columns": {}, "constants": []}, {"columns": {}, "constants": {"nobody": "1"}}, {"columns": {}, "datum": "mars"}],
)  # fmt: skip
def test_what_is_not_in_the_documented_form(document: Any) -> None:
    with pytest.raises(MappingInvalid):
        from_json(document)


def test_spaces_in_headers_do_not_matter_and_the_file_order_holds() -> None:
    fitted = fit(from_json({"columns": {"姓 名": "name", "电话": "phone"}}), ["电话", "姓  名", "其他"])
    assert fitted.columns == {"电话": ("phone",), "姓  名": ("name",), "其他": ()}


@pytest.mark.parametrize(
    ("columns", "code"),
    [({"电话": "phone"}, "intake.mapping.required"), ({"姓名": "name", "电话": "name"}, "intake.mapping.twice"),
     ({"姓名": "name", "没有": "phone"}, "intake.mapping.unknown_column")],
)  # fmt: skip
def test_what_does_not_fit_is_named(columns: dict[str, str], code: str) -> None:
    with pytest.raises(MappingInvalid) as refused:
        fit(from_json({"columns": columns}), ["姓名", "电话"])
    assert [f.code for f in refused.value.fields] == [code]


def test_unsure_proposals_are_not_taken() -> None:
    sure, unsure = Suggestion("a", ("name",), 0.9, "name"), Suggestion("b", ("phone",), 0.3, "contradicted")
    assert to_mapping([sure, unsure]).columns == {"a": ("name",), "b": ()}
