"""Conditions on custom fields: the latest statement counts, each kind is compared as what it is, and who may not be told a
field chooses nobody by it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import staff
from intake_tables import DISTRICT, OTHER_VILLAGE, VILLAGE
from ledger_people import DAY, OPERATOR

from linli.intake.ledgers import custom_conditions, selecting
from linli.intake.ledgers.columns import bindable
from linli.intake.ledgers.condition_text import from_text, to_text
from linli.intake.ledgers.conditions import Test, from_json, to_json
from linli.intake.ledgers.problems import ConditionInvalid
from linli.intake.ledgers.rows import Wanted, pieces, total
from linli.kernel import clock
from linli.kernel.scope import acting
from linli.registry.custom.actions import FieldValue, declare_field, do_state_values, retire_field
from linli.registry.custom.models import CustomField
from linli.registry.custom.rules import FieldForm
from linli.registry.models import Person

ID = "019abcde-0000-7000-8000-0123456789ab"


def field(name: str, kind: str, unit: Any = None, **more: Any) -> CustomField:
    with acting(OPERATOR):
        return declare_field(OPERATOR, FieldForm(name, kind, "民政局", **more), unit)


def state(of: CustomField, on: date | None = None, **values: str | None) -> None:
    with acting(OPERATOR):
        people = dict(Person.objects.filter(name__in=values).values_list("name", "id"))
        do_state_values(OPERATOR, [FieldValue(people[name], of.id, value, on) for name, value in values.items()])


def chosen(text: str, area: str = DISTRICT, actor: Any = OPERATOR) -> set[str]:
    """The names of those who meet a condition, by the ledger; the count must agree."""
    name = bindable("people", "name")
    assert name is not None
    with acting(actor):
        wanted = Wanted("people", (name,), area, from_text(text), DAY)
        found = [v for piece in pieces(actor, wanted) for v in piece.values["name"]]
        assert total(actor, wanted) == len(found)
        assert selecting.count(actor, from_text(text), area, DAY) == len(found), text
    return set(found)


# --- as text and as JSON ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "test"),
    [
        (f"custom:{ID}>=60", Test(f"custom:{ID}", ">=", ("60",))),
        ('"住房面积">="12.5"', Test("custom:住房面积", ">=", ("12.5",))),
        ("“住房面积”＝60..80", Test("custom:住房面积", "between", ("60", "80"))),
        (f'custom:{ID.upper()}="2026-01-01".."2026-06-30"', Test(f"custom:{ID}", "between", ("2026-01-01", "2026-06-30"))),
        ('"等级（档）" in (一级, "甲、乙")', Test("custom:等级(档)", "=", ("一级", "甲、乙"))),
        ('"有无轮椅"!=是', Test("custom:有无轮椅", "!=", ("是",))),
    ],
)  # fmt: skip
def test_a_custom_field_is_named_by_its_id_or_by_its_name_in_quotes(text: str, test: Test) -> None:
    assert from_text(text) == test
    assert from_text(to_text(test)) == test and from_json(to_json(test)) == test
    assert to_text(from_text(f'sex=女 {text} or "甲"=1')).endswith('or "甲"=1')


@pytest.mark.parametrize(
    "text", ['"住房面积"', '"住房面积">=', '"住房面积">=(1, 2)', '""=1', "custom:=1", '"住房面积" 60岁以上']
)
def test_what_is_no_comparison_of_a_field_is_refused(text: str) -> None:
    with pytest.raises(ConditionInvalid):
        from_text(text)


# --- whom it chooses -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("people")
def test_the_latest_statement_of_each_person_is_compared_as_what_it_is() -> None:
    area, words = field("住房面积", "decimal"), field("特长", "text")
    level = field("帮扶等级", "choice", choices=("一级", "二级（重点）"))
    since, chair = field("入会日期", "date"), field("有无轮椅", "boolean")
    today = clock.today()
    state(words, 王一人="木工", 周百岁="9 级")
    state(area, today - timedelta(days=9), 王一人="200", 赵独户="30")
    state(area, today, 王一人="80.50", 周百岁="9")
    state(area, today - timedelta(days=30), 赵独户="500")
    state(level, 王一人="一级", 周百岁="二级（重点）")
    state(since, 王一人="2020-05-01", 赵独户="2026-05-01")
    state(chair, 王一人="是", 赵独户="否", 周百岁="是")
    state(chair, today, 周百岁=None)
    everybody = chosen("")
    for text, names in (
        ('"住房面积">=30', {"王一人", "赵独户"}), ('"住房面积">30', {"王一人"}), ('"住房面积"<30', {"周百岁"}),
        ('"住房面积"=9', {"周百岁"}), ('"住房面积"="80.5"', {"王一人"}), ('"住房面积"=9..30', {"周百岁", "赵独户"}),
        ('"住房面积">=200', set()), ('"住房面积" in (9, 30)', {"周百岁", "赵独户"}),
        ('"住房面积"!=9', everybody - {"周百岁"}), ('not "住房面积">=30', everybody - {"王一人", "赵独户"}),
        ('"特长"=木工', {"王一人"}), ('"帮扶等级"=("一级", "二级（重点）")', {"王一人", "周百岁"}),
        ('"入会日期">=2021-01-01', {"赵独户"}), ('"入会日期"=2020-01-01..2020-12-31', {"王一人"}),
        ('"有无轮椅"=是', {"王一人"}), ('"有无轮椅"=否', {"赵独户"}), ('"有无轮椅"=有 "住房面积">=30', {"王一人"}),
        (f"custom:{area.id}>=30 and lives_alone", {"王一人", "赵独户"}),
    ):  # fmt: skip
        assert chosen(text) == names, text
    assert chosen('"住房面积">=9', OTHER_VILLAGE) == {"周百岁"}
    with acting(OPERATOR):
        retire_field(OPERATOR, area.id)
    assert chosen(f"custom:{area.id}=9") == {"周百岁"}, "a condition kept by its id goes on"
    with pytest.raises(ConditionInvalid):
        chosen('"住房面积"=9')


@pytest.mark.usefixtures("people")
def test_households_and_figures_are_chosen_by_custom_fields_too() -> None:
    area = field("住房面积", "decimal")
    state(area, 李大娘="80")
    with acting(OPERATOR):
        for subject, rows in (("households", 1), ("people", 1)):
            assert total(OPERATOR, Wanted(subject, (), DISTRICT, from_text('"住房面积">=80'), DAY)) == rows
        people = bindable("areas", "people")
        assert people is not None
        wanted = Wanted("areas", (people,), DISTRICT, from_text('"住房面积">=80'), DAY)
        assert sum(sum(piece.values["people"]) for piece in pieces(OPERATOR, wanted)) == 1


@pytest.mark.usefixtures("people")
def test_a_count_over_custom_fields_shows_nobody_outside_of_the_actors_areas() -> None:
    area = field("住房面积", "decimal")
    state(area, 王一人="80", 周百岁="80")
    clerk = staff.actor(staff.staff("villager", "village_clerk", OTHER_VILLAGE, unit_area=DISTRICT))
    assert chosen('"住房面积"=80', DISTRICT, clerk) == {"周百岁"} and chosen('"住房面积"=80', VILLAGE, clerk) == set()


@pytest.mark.usefixtures("people")
def test_by_what_one_is_not_told_or_what_is_sealed_nobody_is_chosen() -> None:
    own = field("帮扶等级", "text", staff.units()[DISTRICT], owner_only=True)
    secret = field("银行卡号", "text", sensitive=True)
    state(own, 王一人="一级")
    state(secret, 王一人="6222000011112222")
    clerk = staff.actor(staff.staff("clerk", "village_clerk", VILLAGE, unit_area=staff.TOWN))
    officer = staff.actor(staff.staff("officer", permissions=["registry.person.view"], area=DISTRICT))
    assert chosen('"帮扶等级"=一级', DISTRICT, officer) == {"王一人"}
    for text in ('"帮扶等级"=一级', f"custom:{own.id}=一级", f'not "帮扶等级"=一级 or custom:{own.id}!=一级'):
        with pytest.raises(ConditionInvalid) as caught:
            chosen(text, VILLAGE, clerk)
        assert "不对您公开" in caught.value.params["why_zh"]
    for name in ("银行卡号", f"custom:{secret.id}"):
        with pytest.raises(ConditionInvalid) as caught:
            chosen(f"{name if name.startswith('custom') else chr(34) + name + chr(34)}=6222000011112222")
        assert "加密" in caught.value.params["why_zh"] and "6222" not in str(caught.value.params)


@pytest.mark.usefixtures("people")
def test_what_is_no_value_of_the_field_is_told_and_of_two_alike_neither_is_taken() -> None:
    area, level = field("住房面积", "decimal"), field("等级", "choice", choices=("一级", "二级"))
    field("住房面积", "text")
    for text, why in (
        (f"custom:{area.id}>=大", "应为数字"), ('"等级"=三级', "一级、二级"), ('"等级">=一级', "只能用"),
        ('"住房面积"=1', "有几个"), ('"没有这个"=1', "没有数据项"), (f"custom:{ID}=1", "没有数据项"),
    ):  # fmt: skip
        with pytest.raises(ConditionInvalid) as caught:
            chosen(text)
        assert why in caught.value.params["why_zh"], text
    with acting(OPERATOR):
        told = custom_conditions.in_words(
            OPERATOR, [f"custom:{level.id}=一级 and custom:{area.id}>=1", "lives_alone"], "zh"
        )
    assert told == [f'"等级"=一级 and custom:{area.id}>=1', "lives_alone"], "only a name of its own can be typed again"
