"""Numbers, sessions, due days and letters of proposals: pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from linli.cases.proposals import rules
from linli.cases.proposals.rules import Facts

PUBLISHED = Facts(
    body="cppcc", district="淄川区", term=13, session=3, number="20240076", title="关于示例的建议", unit="示例办公室",
    text="　　第一段。\n\n 第二段。 ", document_number="示政办字〔2024〕27号", signed_post="主任", signed_name="示例人",
    answered_on=date(2024, 7, 31), contact_name="示例联系人", contact_phone="0533-0000000", names=("示例甲", "示例乙"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("20240076", ("20240076", 2024, 76)),
        (" 2024 0076 ", ("20240076", 2024, 76)),
        ("20240000", None),
        ("2024076", None),
        ("19990076", None),
        ("２０２４００７６", None),
        ("", None),
    ],
)
def test_a_number_is_a_year_and_a_serial(typed: str, read: object) -> None:
    assert rules.number_of(typed) == read


def test_sessions_are_named_as_the_public_page_names_them() -> None:
    assert rules.session_of("cppcc", "淄川区", 13, 3).zh == "政协第十三届淄川区委员会第三次会议"
    assert rules.session_of("congress", "淄川区", 20, 1).zh == "淄川区第二十届人民代表大会第一次会议"
    assert rules.session_of("cppcc", "Zichuan", 13, 3).en == "3rd session of the 13th CPPCC committee of Zichuan"
    assert [rules.chinese(n) for n in (1, 10, 11, 20, 35, 99)] == ["一", "十", "十一", "二十", "三十五", "九十九"]
    with pytest.raises(ValueError):
        rules.chinese(100)


@given(some.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_an_answer_is_due_three_months_on_and_never_on_a_day_that_is_not(assigned: date) -> None:
    due = rules.due_by(assigned)
    assert (due.year * 12 + due.month) - (assigned.year * 12 + assigned.month) == rules.MONTHS
    assert due.day == assigned.day or (due.day < assigned.day and (due + timedelta(days=1)).day == 1)


def test_a_letter_has_the_parts_of_the_published_one() -> None:
    said = rules.letter(PUBLISHED)
    assert said.lines() == (
        "示例办公室",
        "对区政协十三届三次会议第76号提案的答复",
        "示政办字〔2024〕27号　　签发人：主任 示例人",
        "示例甲、示例乙委员：",
        "您提出的“关于示例的建议”的提案收悉，现答复如下：",
        "第一段。",
        "第二段。",
        "感谢您对我们工作的关心和支持，希望继续予以监督和指导。",
        "示例办公室",
        "2024年7月31日",
        "（联系人：示例联系人　联系电话：0533-0000000）",
    )
    deputies = rules.letter(replace(PUBLISHED, body="congress"))
    assert deputies.title == "对区人大十三届三次会议第76号建议的答复"
    assert deputies.salutation.endswith("代表：")


def test_the_public_reads_no_signer_and_no_contact() -> None:
    text = "\n".join(rules.letter(replace(PUBLISHED, names=()), public=True).lines())
    assert "签发人：(略)" in text
    assert "（联系人：(略)　联系电话：(略)）" in text
    assert not any(hidden in text for hidden in ("示例人", "示例联系人", "0533", "主任"))


def test_a_draft_has_no_empty_brackets() -> None:
    bare = Facts("cppcc", "淄川区", 13, 3, "20240076", "示例", "示例办公室", "一段。")
    assert rules.letter(bare).lines() == (
        "示例办公室", "对区政协十三届三次会议第76号提案的答复", "委员：", "您提出的“示例”的提案收悉，现答复如下：", "一段。",
        "感谢您对我们工作的关心和支持，希望继续予以监督和指导。", "示例办公室",
    )  # fmt: skip


@given(some.lists(some.tuples(some.sampled_from(["甲", "乙", "丙"]), some.booleans()), min_size=1, max_size=5))
def test_names_without_consent_are_left_out_and_said_to_be(people: list[tuple[str, bool]]) -> None:
    names = rules.shown_names(people)
    agreed = [name for name, shown in people if shown]
    assert [name for name in names if name != rules.LEFT_OUT] == agreed
    assert (rules.LEFT_OUT in names) == (len(agreed) < len(people))


def test_in_time_is_up_to_the_day_itself() -> None:
    day = date(2026, 5, 1)
    assert rules.in_time(day, day)
    assert not rules.in_time(day + timedelta(days=1), day)
    assert rules.in_time(day, None)
