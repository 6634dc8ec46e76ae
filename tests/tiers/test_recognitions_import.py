"""Past results from a table: every finding at once, nothing taken by halves, the same statement once, contradictions kept."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
import staff
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.scope import acting
from linli.tiers.models import Recognition
from linli.tiers.recognitions import rules
from linli.tiers.recognitions.rules import COLUMNS, Place, Statement

GONGSUN = "370302005013"
HEADINGS = [heading for _, heading, _, _ in COLUMNS]
LETTER = "川政办字〔2024〕27号"


def row(**cells: Any) -> list[Any]:
    """A row that holds, but for what is given otherwise; by heading."""
    usual: dict[str, Any] = {
        "范围": "社区", "区划代码": GONGSUN, "创建类型": "标杆型", "结果": "未达标准", "年度": 2023, "发布机关": "示例机关",
        "发布日期": "2024-05-01", "来源文件": "示例文件1号", "可靠程度": "官方文件",
    }  # fmt: skip
    found = usual | cells
    return [found.get(heading) for heading in HEADINGS]


def table(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for each in (HEADINGS, *rows):
        book.active.append(each)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def officer(seeded_db: str) -> Any:
    return staff.client(staff.staff("officer", "tier_officer", staff.DISTRICT))


def send(who: Any, what: str, content: bytes, status: int) -> Any:
    answer = who.post(f"/api/tiers/recognitions/{what}", {"file": SimpleUploadedFile("a.xlsx", content)})
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def kept() -> int:
    with acting(staff.OPERATOR):
        return int(Recognition.objects.count())


def test_the_form_is_read_back_and_holds_nothing_of_itself(officer: Any) -> None:
    answer = officer.get("/api/tiers/recognitions/template.xlsx")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert [cell.value for cell in book["认定结果"][1]] == HEADINGS
    book["认定结果"].append(row())
    filled = io.BytesIO()
    book.save(filled)
    assert send(officer, "check", answer.content, 200)["findings"][0]["code"] == "empty"
    assert send(officer, "check", filled.getvalue(), 200)["new"] == 1


def test_bad_rows_are_all_told_in_both_languages_and_nothing_is_taken(officer: Any) -> None:
    before = kept()
    content = table(
        row(),
        row(范围="省", 结果="好", 可靠程度="大概"),
        row(区划代码="370302999999"),
        row(区划代码=None, 名称="没有这个社区"),
        row(年度="去年", 发布日期="2099-01-01"),
        row(发布机关=None, 来源文件=None, 发布日期=None),
        row(范围="区", 区划代码=None, 名称="淄川区"),
        row(创建类型="黄金型", 数量=-1),
        row(年度=2023, 截止年度=2022),
    )
    found = send(officer, "check", content, 200)
    told = {(each["where"], each["code"]) for each in found["findings"] if each["severity"] == "error"}
    assert told >= {
        ("3", "choice"), ("4", "area"), ("5", "name"), ("6", "year"), ("6", "future"), ("7", "missing"), ("8", "number_missing"),
        ("9", "choice"), ("9", "number"), ("9", "number_of_one"), ("10", "years"),
    }  # fmt: skip
    assert sum(each["where"] == "7" for each in found["findings"]) == 3
    assert all(
        each["message"]["zh"] and each["message"]["en"] and "…" not in each["message"]["en"]
        for each in found["findings"]
    )
    refused = send(officer, "import", content, 422)
    assert refused["code"] == "tiers.recognitions_unsound" and len(refused["fields"]) == len(told) + 4
    assert kept() == before
    unread = send(officer, "check", b"no workbook", 200)["findings"][0]
    assert unread["code"] == "form" and "工作簿" in unread["message"]["zh"] and "Zip" not in str(unread["message"])


def test_a_table_is_taken_once_and_what_contradicts_stays_beside_what_was_there(officer: Any) -> None:
    before = kept()
    content = table(
        row(),
        row(),
        row(区划代码=None, 名称="公孙社区", 来源文件="示例文件2号", 发布日期=date(2024, 6, 1)),
        row(范围="区", 区划代码=None, 名称="淄川区", 创建类型="基础型", 结果="通过复核", 数量=8, 年度=2022),
        row(范围="区", 区划代码=None, 名称="淄川区", 创建类型="基础型", 结果="创建成功", 数量=9, 年度=2022, 截止年度=2024,
            发布机关="淄川区人民政府办公室", 发布日期="2024-07-31", 来源文件=f"{LETTER}（提案 20240076 答复）"),
    )  # fmt: skip
    found = send(officer, "check", content, 200)
    told = {(each["where"], each["code"]) for each in found["findings"]}
    # The shipped texts: 公孙社区 reached it in 2023; 7, not 8, in 2022; the last row is one of them.
    assert told == {("2", "contradicts"), ("3", "twice"), ("4", "contradicts"), ("5", "contradicts"), ("6", "known")}
    words = [each["message"] for each in found["findings"] if each["code"] == "contradicts"]
    assert not any(tier in each["zh"] for each in words for tier in ("basic", "growing", "model"))
    assert any("基础型 7：" in each["zh"] and "basic 7: " in each["en"] for each in words)
    assert kept() == before
    assert send(officer, "import", content, 201)["new"] == 3
    assert send(officer, "import", content, 201)["new"] == 0
    assert kept() == before + 3
    said = officer.get("/api/tiers/recognitions?limit=200").json()["items"]
    own = {
        (each["outcome"], each["source"])
        for each in said
        if each["area_code"] == GONGSUN and each["scope"] == "community"
    }
    assert len(own) == 3 and {outcome for outcome, _ in own} == {"reached", "missed"}


def test_only_who_decides_for_the_district_takes_results_in(officer: Any) -> None:
    town = staff.client(staff.staff("town", area=staff.TOWN, permissions=["tiers.application.accept"]))
    send(town, "import", table(row()), 403)


CELL = st.one_of(st.none(), st.text(max_size=20), st.integers(-(10**9), 10**12), st.floats(), st.dates(), st.booleans())


@given(st.lists(st.lists(CELL, max_size=15), max_size=6))
def test_whatever_stands_in_a_table_is_read_or_told(rows: list[list[Any]]) -> None:
    found, wrong = rules.read(
        [HEADINGS, *rows], [Place(GONGSUN, "公孙社区居委会", "公孙社区")], "370302", date(2026, 1, 1)
    )
    assert all(each.say("zh-CN") and each.say("en") for each in wrong)
    bad = {each.where for each in wrong if each.severity == "error"}
    assert not {str(each.row) for each in found} & bad


def statement(**given: Any) -> Statement:
    usual = {"scope": "community", "area_code": GONGSUN, "about": "", "tier": "model", "outcome": "reached", "count": None, "year": 2023,
             "until_year": None, "authority": "a", "said_on": None, "source": "s", "certainty": "official"}  # fmt: skip
    return Statement(**{**usual, **given})


@given(
    st.sampled_from(["reached", "missed", "rechecked"]),
    st.sampled_from(["basic", "growing", "model"]),
    st.sampled_from([2022, 2023]),
)
def test_contradicting_is_mutual_and_never_of_oneself(outcome: str, tier: str, year: int) -> None:
    one, other = statement(), statement(outcome=outcome, tier=tier, year=year, source="t")
    assert rules.contradict(one, other) == rules.contradict(other, one)
    assert not rules.contradict(one, one)
    if year == 2023 and tier == "model":
        assert rules.contradict(one, other) == (outcome == "missed")
