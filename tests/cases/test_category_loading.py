"""Editions of the directory from files: the dry run, carrying it out, and what is wrong with bad files."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import staff
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from linli.access.models import ChangeLog
from linli.cases.categories import loading
from linli.cases.categories.editions import (
    CategoryFacts,
    CategoryRow,
    KnownCategory,
    plan_categories,
)
from linli.cases.categories.export import export
from linli.cases.categories.problems import DirectoryMoved, DirectoryUnreadable, NothingChanges
from linli.cases.categories.rules import CategoryKey
from linli.cases.commands import cases_app
from linli.cases.models import Category, FilingRule
from linli.kernel.errors import Forbidden, Invalid
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting

FROM = date(2027, 1, 1)
CITY = "某市事项目录2027"
WHY = "某政发〔2026〕1号"
CATEGORY_HEAD = ["标准", "类型", "大类名称", "编码", "名称", "办理流程", "替代分类", "接替分类"]
RULE_HEAD = ["标准", "类型", "编码", "立案条件", "结案条件", "时限值", "计时方式", "处置单位", "规则集"]
A, B = [CITY, "事项", "环境", "11001", "暴露垃圾", "", "", ""], [CITY, "事项", "环境", "11002", "积存渣土", "", "", ""]


@pytest.fixture(autouse=True)
def _acting(request: pytest.FixtureRequest) -> Iterator[None]:
    if "pure" in request.node.name:
        yield
        return
    request.getfixturevalue("db")
    with acting(staff.OPERATOR):
        yield


def table(folder: Path, head: list[str], *rows: list[Any]) -> Path:
    path = folder / "目录.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def load(folder: Path, *rows: list[Any], on: date = FROM) -> loading.DryRun:
    return loading.load(staff.OPERATOR, table(folder, CATEGORY_HEAD, *rows), "categories", on, WHY)


def load_rules(folder: Path, *rows: list[Any], on: date = FROM) -> loading.DryRun:
    return loading.load(staff.OPERATOR, table(folder, RULE_HEAD, *rows), "rules", on, WHY)


def what(told: loading.DryRun) -> list[tuple[str, str]]:
    return [(change.what, change.key.code) for change in told.changes]


def findings(told: loading.DryRun) -> list[tuple[int, str]]:
    return [(finding.row, finding.column) for finding in told.findings]


def category(code: str) -> Category:
    return Category.objects.get(standard_ref=CITY, code=code)


# --- categories -------------------------------------------------------------------------------------------------


def test_another_city_s_directory_is_added_beside_the_standard_s(tmp_path: Path) -> None:
    before = Category.objects.count()
    assert what(load(tmp_path, A, B)) == [("added", "11001"), ("added", "11002")]
    made = category("11001")
    assert (made.kind, made.major, made.certainty, made.valid_from, made.initials) == (
        "matter",
        "11",
        "local",
        FROM,
        "bllj",
    )
    assert Category.objects.count() == before + 2
    logged = ChangeLog.objects.get(action="cases.categories.load").detail
    assert (logged["added"], logged["reason"]) == (2, WHY)


def test_what_an_edition_does_not_name_any_more_is_closed_and_kept(tmp_path: Path) -> None:
    load(tmp_path, A, B)
    later = date(2028, 1, 1)
    assert what(load(tmp_path, B, on=later)) == [("closed", "11001")]
    gone = category("11001")
    assert (gone.valid_until, gone.superseded_by, gone.version) == (later, None, 2)
    assert category("11002").valid_until is None
    assert not Category.objects.filter(standard_ref="GB/T 47678.5-2026").exclude(valid_until=None).exists()


def test_a_category_names_what_it_replaces(tmp_path: Path) -> None:
    load(tmp_path, A, B)
    new = [CITY, "事项", "环境", "11003", "垃圾", "", "11001；11002", ""]
    told = load(tmp_path, new, on=date(2028, 1, 1))
    assert what(told) == [("added", "11003"), ("closed", "11001"), ("closed", "11002")]
    assert {category(code).superseded_by for code in ("11001", "11002")} == {category("11003")}


def test_a_category_of_another_standard_can_be_replaced(tmp_path: Path) -> None:
    load(tmp_path, [*A[:6], "GB/T 47678.5-2026|事项|06010", ""])
    old = Category.objects.get(standard_ref="GB/T 47678.5-2026", kind="matter", code="06010")
    assert (old.valid_until, old.superseded_by) == (FROM, category("11001"))
    assert Category.objects.get(standard_ref="GB/T 47678.5-2026", kind="component", code="01001").valid_until is None


def test_a_category_in_the_file_may_name_its_own_successor(tmp_path: Path) -> None:
    load(tmp_path, A, B)
    told = load(tmp_path, [*A[:7], "11002"], B, on=date(2028, 1, 1))
    assert what(told) == [("closed", "11001")]
    assert category("11001").superseded_by == category("11002")


def test_what_is_said_otherwise_is_changed_and_the_old_words_stay_in_the_history(tmp_path: Path) -> None:
    load(tmp_path, A, B)
    told = load(tmp_path, [*A[:4], "露天垃圾", "自行处置", "", ""], B)
    assert told.changes[0].details == (("name", "暴露垃圾", "露天垃圾"), ("procedure", "standard", "quick"))
    assert (category("11001").name, category("11001").initials) == ("露天垃圾", "ltlj")


def test_a_closed_category_that_is_named_again_holds_again_from_that_day(tmp_path: Path) -> None:
    load(tmp_path, A, B)
    load(tmp_path, B, on=date(2028, 1, 1))
    told = load(tmp_path, A, B, on=date(2029, 1, 1))
    assert what(told) == [("reopened", "11001")]
    assert (category("11001").valid_from, category("11001").valid_until) == (date(2029, 1, 1), None)


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    load(tmp_path, A, B)
    with pytest.raises(NothingChanges):
        load(tmp_path, A, B)


def test_a_dry_run_writes_nothing_and_its_stamp_is_asked_for(tmp_path: Path) -> None:
    path = table(tmp_path, CATEGORY_HEAD, A)
    told = loading.preview(staff.OPERATOR, path, "categories", FROM)
    assert what(told) == [("added", "11001")] and not Category.objects.filter(standard_ref=CITY).exists()
    path = table(tmp_path, CATEGORY_HEAD, A, B)
    with pytest.raises(DirectoryMoved):
        loading.load(staff.OPERATOR, path, "categories", FROM, WHY, stamp=told.stamp)
    assert not Category.objects.filter(standard_ref=CITY).exists()


def test_the_exported_directory_can_be_loaded_and_changes_nothing(tmp_path: Path) -> None:
    for name in ("categories", "rules"):
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(export(staff.OPERATOR, name, "zh-CN"))  # type: ignore[arg-type]
        told = loading.preview(staff.OPERATOR, path, name, FROM)  # type: ignore[arg-type]
        assert (told.findings, told.changes) == ((), ())
        assert told.same == (Category.objects.count() if name == "categories" else FilingRule.objects.count())


# --- bad files --------------------------------------------------------------------------------------------------


def test_missing_columns_are_named(tmp_path: Path) -> None:
    path = table(tmp_path, ["标准", "编码", "备注"], [CITY, "11001", "x"], [CITY, "11002", "y"])
    with pytest.raises(DirectoryUnreadable) as refused:
        loading.preview(staff.OPERATOR, path, "categories", FROM)
    assert refused.value.params["columns"] == "类型、分类名称"


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([A, B, A], [(4, "code")]),
        ([A, [*B[:7], "11009"]], [(3, "successor")]),
        ([A, [*B[:6], "11009", ""]], [(3, "replaces")]),
        ([A, [*B[:6], "11002", ""]], [(3, "replaces")]),
        ([A, [CITY, "东西", "环境", "11002", "渣土", "", "", ""]], [(3, "kind")]),
        ([A, [CITY, "事项", "环境", "1100A", "渣土", "", "", ""]], [(3, "code")]),
        ([A, [CITY, "事项", "环境", "11002", "", "", "", ""]], [(3, "name")]),
        ([A, [CITY, "事项", "环境", "11002", "渣土", "快办", "", ""]], [(3, "procedure")]),
    ],
    ids=["twice", "successor", "replaced", "itself", "kind", "code", "name", "procedure"],
)
def test_a_row_that_is_wrong_is_told_by_its_place_and_nothing_is_loaded(
    tmp_path: Path, rows: list[list[Any]], where: list[tuple[int, str]]
) -> None:
    path = table(tmp_path, CATEGORY_HEAD, *rows)
    told = loading.preview(staff.OPERATOR, path, "categories", FROM)
    assert findings(told) == where and told.changes == () and told.stamp == ""
    with pytest.raises(Invalid) as refused:
        loading.load(staff.OPERATOR, path, "categories", FROM, WHY)
    assert refused.value.fields[0].field == f"rows.{where[0][0]}.{where[0][1]}"
    assert not Category.objects.filter(standard_ref=CITY).exists()


def test_successors_in_a_circle_are_refused(tmp_path: Path) -> None:
    load(tmp_path, A, B)
    path = table(tmp_path, CATEGORY_HEAD, [*A[:7], "11002"], [*B[:7], "11001"])
    assert findings(loading.preview(staff.OPERATOR, path, "categories", FROM)) == [(2, "successor"), (3, "successor")]


def test_a_number_that_a_spreadsheet_made_of_a_code_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "目录.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, values in enumerate([CATEGORY_HEAD, [CITY, "事项", "环境", 1001, "垃圾", "", "", ""]]):
            sheet.write_row(row, 0, values)
    assert what(loading.preview(staff.OPERATOR, path, "categories", FROM)) == [("added", "01001")]


def test_a_formula_without_a_result_is_told(tmp_path: Path) -> None:
    path = tmp_path / "目录.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, values in enumerate([CATEGORY_HEAD, A, B]):
            sheet.write_row(row, 0, values)
        sheet.write_formula(2, 4, '=CONCATENATE("积存","渣土")', value="")
    assert (3, "name") in findings(loading.preview(staff.OPERATOR, path, "categories", FROM))


def test_only_who_keeps_the_directory_loads_it(tmp_path: Path) -> None:
    clerk = staff.actor(staff.staff("clerk", "town_clerk"))
    with pytest.raises(Forbidden):
        loading.preview(clerk, table(tmp_path, CATEGORY_HEAD, A), "categories", FROM)
    with pytest.raises(Invalid):
        loading.load(staff.OPERATOR, table(tmp_path, CATEGORY_HEAD, A), "categories", FROM, " ")


# --- rules ------------------------------------------------------------------------------------------------------

FIRST = [CITY, "事项", "11001", "路边堆放", "清除", 2, "小时", "环卫中心", "某市时限"]
SECOND = [CITY, "事项", "11001", "河边堆放", "清除", 1, "工作日", "水务局", "某市时限"]


def test_rules_are_added_changed_by_ending_and_ended(tmp_path: Path) -> None:
    load(tmp_path, A)
    assert what(load_rules(tmp_path, FIRST, SECOND)) == [("added", "11001"), ("added", "11001")]
    filed_by = FilingRule.objects.get(filing_condition="路边堆放")
    later = date(2028, 1, 1)
    told = load_rules(tmp_path, [*FIRST[:5], 4, *FIRST[6:]], on=later)
    assert what(told) == [("changed", "11001"), ("closed", "11001")]
    assert told.changes[0].details == (("limit_value", "2", "4"),)
    filed_by.refresh_from_db()
    assert (filed_by.limit_value, filed_by.valid_until) == (2, later)
    now = FilingRule.objects.get(filing_condition="路边堆放", valid_until=None)
    assert (now.limit_value, now.valid_from, now.unit_text) == (4, later, "环卫中心")
    assert FilingRule.objects.get(filing_condition="河边堆放").valid_until == later


def test_a_rule_corrected_on_its_first_day_leaves_the_first_one_without_a_day(tmp_path: Path) -> None:
    load(tmp_path, A)
    load_rules(tmp_path, FIRST)
    load_rules(tmp_path, [*FIRST[:5], 3, *FIRST[6:]])
    found = FilingRule.objects.filter(category=category("11001")).order_by("limit_value")
    assert [(r.limit_value, r.valid_from, r.valid_until) for r in found] == [(2, FROM, FROM), (3, FROM, None)]


def test_rules_of_other_sets_stay(tmp_path: Path) -> None:
    before = FilingRule.objects.filter(valid_until=None).count()
    load(tmp_path, A)
    load_rules(tmp_path, FIRST)
    assert FilingRule.objects.filter(valid_until=None).count() == before + 1


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ([*FIRST[:6], "阴历日", *FIRST[7:]], "clock"),
        ([*FIRST[:5], -2, *FIRST[6:]], "limit_value"),
        ([*FIRST[:5], 0, *FIRST[6:]], "limit_value"),
        ([*FIRST[:5], "两", *FIRST[6:]], "limit_value"),
        ([*FIRST[:5], 1.5, *FIRST[6:]], "limit_value"),
        ([*FIRST[:2], "11008", *FIRST[3:]], "code"),
        ([*FIRST[:8], ""], "rule_set"),
        ([*FIRST[:3], "长" * 301, *FIRST[4:]], "filing_condition"),
    ],
    ids=["clock", "negative", "zero", "word", "half", "category", "set", "long"],
)
def test_a_rule_that_is_wrong_is_told_by_its_place(tmp_path: Path, row: list[Any], column: str) -> None:
    load(tmp_path, A)
    told = loading.preview(staff.OPERATOR, table(tmp_path, RULE_HEAD, SECOND, row), "rules", FROM)
    assert findings(told) == [(3, column)]


def test_the_same_rule_twice_and_a_closed_category_are_told(tmp_path: Path) -> None:
    load(tmp_path, A, B)
    load(tmp_path, B)
    on_closed = table(tmp_path, RULE_HEAD, FIRST, FIRST)
    told = loading.preview(staff.OPERATOR, on_closed, "rules", FROM)
    assert findings(told) == [(2, "code"), (3, "filing_condition"), (3, "code")]


# --- the command line ---------------------------------------------------------------------------------------------


def test_the_command_line_tells_and_loads(tmp_path: Path) -> None:
    run = CliRunner().invoke
    path = str(table(tmp_path, CATEGORY_HEAD, A, B))
    told = run(cases_app, ["categories", "load", path, "--from", "2027-01-01", "--dry-run"])
    assert told.exit_code == 0 and "+ 11001 暴露垃圾" in told.output
    assert not Category.objects.filter(standard_ref=CITY).exists()
    assert run(cases_app, ["categories", "load", path]).exit_code == 1  # no reason
    done = run(cases_app, ["categories", "load", path, "--from", "2027-01-01", "--reason", WHY])
    assert done.exit_code == 0 and "新增 2" in done.output
    bad = run(cases_app, ["categories", "load", str(table(tmp_path, CATEGORY_HEAD, A, A))])
    assert bad.exit_code == 2
    rules = run(
        cases_app, ["rules", "load", str(table(tmp_path, RULE_HEAD, FIRST)), "--from", "2027-01-01", "--reason", WHY]
    )
    assert rules.exit_code == 0 and "「路边堆放」" in rules.output
    listed = run(cases_app, ["categories", "list", "06010"])
    assert "暴露垃圾" in listed.output


# --- pure ---------------------------------------------------------------------------------------------------------

keys = st.builds(
    CategoryKey, st.just("S"), st.sampled_from(["matter", "component"]), st.sampled_from(["01001", "01002", "01003"])
)
facts = st.builds(CategoryFacts, st.just("01"), st.just("大类"), st.sampled_from(["甲", "乙"]))
until = st.none() | st.just(date(2026, 1, 1)) | st.just(date(2028, 1, 1))


@given(
    st.dictionaries(keys, facts, max_size=6),
    st.dictionaries(keys, st.tuples(facts, until), max_size=6),
)
def test_pure_every_category_is_accounted_for_once(
    rows: dict[CategoryKey, CategoryFacts], known: dict[CategoryKey, tuple[CategoryFacts, date | None]]
) -> None:
    there = {key: KnownCategory(uuid7(), said, date(2000, 1, 1), end) for key, (said, end) in known.items()}
    listed = [CategoryRow(n, key, said) for n, (key, said) in enumerate(rows.items(), start=2)]
    plan = plan_categories(listed, there, FROM)
    assert not plan.findings
    spoken = [change.key for change in plan.changes]
    assert len(spoken) == len(set(spoken))
    kept = {change.key for change in plan.changes if change.what != "closed"}
    assert len(kept) + plan.same == len(rows)
    covered = {key.kind for key in rows}
    for key, category in there.items():
        open_then = category.valid_until is None or category.valid_until > FROM
        closed = any(change.key == key and change.what == "closed" for change in plan.changes)
        assert closed == (key not in rows and key.kind in covered and open_then)
