"""The directory that comes with the program: what is in it, and that loading it again leaves what a district changed."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
import staff
from django.db import IntegrityError, connections, transaction

from linli.cases.categories import rules
from linli.cases.categories.shipped import load_shipped, rows
from linli.cases.models import Category, FilingRule
from linli.kernel.scope import acting

GB = "GB/T 47678.5-2026"


@pytest.fixture(autouse=True)
def _acting(db: str) -> object:
    with acting(staff.OPERATOR):
        yield


def test_the_standard_s_classes_and_the_local_tree_are_there() -> None:
    counts = Counter(Category.objects.values_list("standard_ref", "kind"))
    assert counts[GB, "component"] == 153
    assert counts[GB, "matter"] == 250
    local = Category.objects.filter(kind="local")
    assert Counter(local.values_list("major", flat=True)) == {
        "51": 13, "52": 13, "53": 6, "54": 15, "55": 6, "56": 5, "57": 5, "58": 5, "59": 11
    }  # fmt: skip
    assert set(local.values_list("certainty", flat=True)) == {"inferred"}
    assert set(Category.objects.filter(standard_ref=GB).values_list("certainty", flat=True)) == {"secondary"}


def test_one_code_names_a_component_and_a_matter() -> None:
    both = Category.objects.filter(standard_ref=GB, code="01001").order_by("kind")
    assert [(c.kind, c.name, c.initials) for c in both] == [
        ("component", "供水井盖", "gsjg"), ("matter", "供水井盖异常", "gsjgyc")
    ]  # fmt: skip


def test_all_519_rules_of_the_sample_are_there_and_say_that_they_are_a_copy() -> None:
    sample = FilingRule.objects.filter(rule_set="运城市样例")
    assert sample.count() == 519
    assert set(sample.values_list("certainty", flat=True)) == {"secondary"}
    assert Counter(sample.values_list("clock", flat=True)) == {
        "work_day": 412, "work_hour": 61, "urgent_hour": 42, "natural_day": 4
    }  # fmt: skip
    lid = Category.objects.get(standard_ref=GB, kind="component", code="01001")
    first = lid.rules.order_by("position").first()
    assert first is not None
    assert (first.filing_condition, first.limit_value, first.clock) == (
        "缺失、移位、开裂，存在安全隐患的", 2, "urgent_hour"
    )  # fmt: skip


def test_classes_of_the_sample_city_are_not_offered_here() -> None:
    own = Category.objects.filter(offered=False)
    assert own.count() == 37
    assert all(category.standard_ref.startswith("运城") for category in own)


def test_emergencies_readers_and_procedures_are_data() -> None:
    of = {c.code: c for c in Category.objects.filter(kind="local")}
    assert {code for code, c in of.items() if c.dispatch_first} == {"52003"} | {c for c in of if c.startswith("59")}
    assert (of["52003"].emergency_number, of["59005"].emergency_number) == ("119", "119")
    assert {code for code, c in of.items() if c.restricted_to} == {"58002"} | {c for c in of if c.startswith("53")}
    assert {of[code].procedure for code in of if code.startswith("51")} == {"mediation"}
    assert {of[code].procedure for code in of if code.startswith("52")} == {"hazard"}
    assert of["58003"].procedure == "proposal"


def test_a_dispute_has_a_first_visit_and_an_end() -> None:
    told = FilingRule.objects.filter(category__code="51001").order_by("position")
    assert [(r.target, r.filing_condition, r.limit_value, r.clock) for r in told] == [
        ("first_visit", "", 24, "urgent_hour"),
        ("handle", "", 15, "natural_day"),
        ("first_visit", "有暴力风险", 1, "urgent_hour"),
    ]


def test_loading_again_adds_nothing_and_leaves_changes() -> None:
    def state() -> tuple[object, ...]:
        return (
            sorted(Category.objects.values_list("id", "name", "valid_until")),
            FilingRule.objects.filter(valid_until=None).count(),
        )

    Category.objects.filter(code="51001").update(name="家事", valid_until=date(2026, 12, 1))
    FilingRule.objects.filter(category__code="51001").update(valid_until=date(2026, 12, 1))
    before = state()
    load_shipped("default")
    assert state() == before
    assert len(rows("categories")) == Category.objects.count()


def test_a_category_of_the_program_that_is_missing_is_added() -> None:
    FilingRule.objects.filter(category__code="54015").delete()
    Category.objects.filter(code="54015").delete()
    load_shipped("default")
    assert Category.objects.get(code="54015").name == "政策咨询"


@pytest.mark.parametrize(
    "changed",
    [{"kind": "thing"}, {"procedure": "x"}, {"certainty": "sure"}, {"valid_until": date(1999, 1, 1)}],
    ids=str,
)  # fmt: skip
def test_the_database_itself_refuses_a_category_that_makes_no_sense(changed: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Category.objects.filter(code="51001").update(**changed)


@pytest.mark.parametrize("changed", [{"limit_value": 0}, {"clock": "lunar"}, {"target": "x"}], ids=str)
def test_the_database_itself_refuses_a_rule_that_makes_no_sense(changed: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        FilingRule.objects.filter(category__code="51001", target="handle").update(**changed)


def test_what_is_replaced_stays_in_the_history() -> None:
    Category.objects.filter(code="51001").update(name="家事")
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT name, replaced_by FROM cases_category_history")
        assert cursor.fetchall() == [("婚恋家庭", staff.OPERATOR.id)]


def test_every_word_of_the_shipped_tables_is_known() -> None:
    for row in rows("categories"):
        assert row["kind"] in rules.KINDS
        assert row["procedure"] in rules.PROCEDURES
        assert row["restricted_to"] in rules.RESTRICTIONS
        assert row["certainty"] in rules.CERTAINTIES
    for row in rows("filing_rules"):
        assert row["clock"] in rules.CLOCKS and row["target"] in rules.TARGETS and int(row["limit_value"]) > 0
