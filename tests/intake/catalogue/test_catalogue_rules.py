"""Whether a form may be asked for, what it asks, and what others ask too: as pure decisions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.intake.catalogue import rules
from linli.intake.catalogue.rules import FormFacts, Other
from linli.intake.ledgers.binding import Binding

TODAY = date(2026, 11, 26)
days = st.none() | st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1))
states = st.sampled_from(("proposed", "approved", "refused", "withdrawn"))
asks = st.lists(
    st.sampled_from([f"field{i}" for i in range(12)] + ["column:甲", "column:乙"]), unique=True, max_size=10
)


@given(states, days, days)
def test_a_form_is_in_use_exactly_while_it_is_approved_and_none_of_its_days_is_over(
    state: str, approved: date | None, valid: date | None
) -> None:
    found = rules.status(state, approved, valid, TODAY)
    running = all(day is None or day >= TODAY for day in (approved, valid))
    assert (found == "approved") == (state == "approved" and running)
    if state in ("refused", "withdrawn"):
        assert found == state, "a day changes nothing of what was decided against it"
    last = rules.last_day(approved, valid)
    if last is not None and state == "approved":
        assert rules.status(state, approved, valid, last) == "approved"
        assert rules.status(state, approved, valid, last + timedelta(days=1)) == "expired"


@pytest.mark.parametrize(
    ("change", "needed"),
    [
        ({"name": "另一名称"}, False), ({"note": "说明"}, False), ({"valid_until": date(2027, 1, 1)}, False),
        ({"valid_until": date(2028, 12, 31)}, True), ({"valid_until": None}, True), ({"cycle": "month"}, True),
        ({"issuer_name": "区残联"}, True), ({"legal_basis": "另一文件依据"}, True), ({"basis_number": "2号"}, True),
    ],
)  # fmt: skip
def test_an_approval_covers_no_other_issuer_basis_cycle_or_longer_time(change: dict[str, object], needed: bool) -> None:
    before = FormFacts("台账", "区民政局", "依据的文件", "year", valid_until=date(2027, 6, 1))
    after = FormFacts(**({n: getattr(before, n) for n in before.__dataclass_fields__} | change))  # type: ignore[arg-type]
    assert rules.needs_approval(before, after) is needed
    assert not rules.needs_approval(after, after)


def test_serials_and_constants_are_asked_of_nobody() -> None:
    binding = Binding(
        columns={"序号": "serial", "姓名": "name", "人名": "name", "标准": None, "面 积": None},
        constants={"标准": "100"},
    )
    asked = rules.asks_of(["序号", "姓名", "人名", "标准", "面 积"], binding)
    assert asked == ("name", "column:面积")
    assert rules.counts(asked) == rules.Counts(asked=2, held=1, new=1)


def test_a_version_asks_more_where_a_field_is_new_and_not_what_its_column_was_called() -> None:
    old, columns = Binding(columns={"姓名": "name", "住房/面积": None, "标准": None}, constants={"标准": "1"}), [
        "姓名", "住房/面积", "标准",
    ]  # fmt: skip
    called = {"custom:1": ("面积", "Area"), "id_number": ("证件号码", "Identity number"), "custom:2": ("标准", "")}
    for after, names, more in (
        (old, columns, False),
        (Binding(columns={"姓名": "name", "住房/面积": "custom:1"}), columns[:2], False),
        (Binding(columns={"姓名": "name", "住房/面积": "id_number"}), columns[:2], True),
        (Binding(columns={"姓名": "name", "住房/面积": "custom:3"}), columns[:2], True),
        (Binding(columns={"姓名": None, "住房/面积": None}), columns[:2], False),
        (Binding(columns={"姓名": "id_number"}), ["姓名"], True),
        (Binding(columns={"标准": None}), ["标准"], True),
        (Binding(columns={"标准": "custom:2"}), ["标准"], True),
        (Binding(columns={"姓名": "name"}), ["姓名"], False),
        (Binding(columns={"姓 名": "name", "住房/面积": None}), ["姓 名", "住房/面积"], False),
        (Binding(columns={"人名": "name"}), ["人名"], False),
        (Binding(columns={"姓名": "name", "电话": "phone"}), ["姓名", "电话"], True),
        (Binding(columns={"姓名": "name", "备注": None}), ["姓名", "备注"], True),
        (Binding("households", {"姓名": "name"}), ["姓名"], True),
    ):
        assert rules.asks_more(old, columns, after, names, called) is more, (after, names)


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        ("", "", False), ("", "age>=60", False), ("age>=60", "年龄>=60", False), ("age>=60", "", True),
        ("age>=60", "age>=50", True), ("age>=60", "age>=70", True),
    ],
)  # fmt: skip
def test_an_approval_is_for_those_a_condition_chose(before: str, after: str, more: bool) -> None:
    columns = {"姓名": "name"}
    old, new = Binding(columns=columns, where=before), Binding(columns=columns, where=after)
    assert rules.asks_more(old, ["姓名"], new, ["姓名"], {}) is more


@given(asks, st.lists(asks, max_size=5))
def test_what_is_shared_is_what_both_ask_and_the_most_comes_first(own: list[str], others: list[list[str]]) -> None:
    listed = [Other(i, f"表{i}", "局", "people", tuple(a)) for i, a in enumerate(others)]
    found = rules.overlaps("people", own, [*listed, Other(99, "户表", "局", "households", tuple(own))])
    assert {o.other.id: set(o.shared) for o in found} == {
        o.id: set(own) & set(o.asks) for o in listed if set(own) & set(o.asks)
    }
    assert [len(o.shared) for o in found] == sorted((len(o.shared) for o in found), reverse=True)
    for o in found:
        if o.alike:
            assert len(o.shared) >= rules.ALIKE * min(len(own), len(o.other.asks))


def test_the_sentence_says_it_in_both_languages() -> None:
    asked = tuple(f"f{i}" for i in range(11)) + ("column:面积",)
    shared = rules.overlaps("people", asked, [Other(1, "残联2024-03", "残联", "people", asked[:9])])
    assert (
        rules.sentence(rules.counts(asked), shared, "zh-CN")
        == "共 12 项：11 项底座已有，1 项新增；其中 9 项“残联2024-03”也在要。"
    )
    english = "12 fields: 11 already held, 1 new; 9 are also asked by 残联2024-03."
    assert rules.sentence(rules.counts(asked), shared, "en") == english
    assert rules.sentence(rules.counts(asked), (), "en") == "12 fields: 11 already held, 1 new."
