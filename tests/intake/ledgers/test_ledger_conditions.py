"""Conditions: text, JSON and SQL say the same; what is not understood is refused with its place."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
import staff
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake_tables import DISTRICT, OTHER_VILLAGE, TOWN, VILLAGE
from ledger_people import BORN, DAY, NUMBERS, OPERATOR

from linli.intake.ledgers import binding, condition_text, condition_words, conditions, selecting
from linli.intake.ledgers.condition_text import from_text, to_text
from linli.intake.ledgers.conditions import All, Any_, Condition, Flag, Not, Test, from_json, to_json
from linli.intake.ledgers.problems import BindingInvalid, ConditionInvalid, TagsWithheld
from linli.intake.ledgers.rows import Wanted, pieces, total
from linli.kernel import clock
from linli.kernel.scope import acting
from linli.registry.models import CodeItem, Person
from linli.registry.ties import actions as ties

_numbers = st.integers(0, 200)
_words = st.sampled_from(["男", "汉族", "minimum_living", "02", "初婚 登记", "其他"])
_tests = st.one_of(
    st.builds(Test, st.sampled_from(conditions.NUMBERS), st.sampled_from([">=", "<=", ">", "<"]), st.tuples(_numbers)),
    st.builds(Test, st.sampled_from(conditions.NUMBERS), st.just("between"), st.tuples(_numbers, _numbers)),
    st.builds(
        Test, st.sampled_from(sorted(set(conditions.FIELDS) - {"age", "household_size", "area"})),
        st.sampled_from(["=", "!="]), st.lists(_words, min_size=1, max_size=3).map(tuple),
    ),
    st.builds(Test, st.just("area"), st.just("="), st.just((VILLAGE,))),
)  # fmt: skip
_leaves: st.SearchStrategy[Any] = st.one_of(_tests, st.builds(Flag, st.sampled_from(sorted(conditions.FLAGS))))
_trees = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Any_, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(_trees)
def test_json_and_text_lead_back_to_the_same_tree(tree: Condition) -> None:
    assert from_json(json.loads(json.dumps(to_json(tree)))) == tree
    assert to_text(from_text(to_text(tree))) == to_text(tree)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(_trees)
def test_what_is_read_in_words_leads_back_to_the_same_tree(tree: Condition) -> None:
    for language in ("zh", "en"):
        assert to_text(from_text(condition_words.words(tree, language, {}))) == to_text(tree)


@pytest.mark.usefixtures("people")
def test_a_condition_is_told_in_words_that_choose_the_same_people() -> None:
    line = "age>=60 and not has_phone and sex=1 and population_kind=(01, 02) and not tag=minimum_living and age=60..79"
    broken = "没有的条件??"
    with acting(OPERATOR):
        zh, same, empty = condition_words.in_words(OPERATOR, [line, broken, ""], "zh")
        (en,) = condition_words.in_words(OPERATOR, [line], "en-GB")
        assert selecting.understood(OPERATOR, from_text(zh)) == from_text(line)
        assert selecting.understood(OPERATOR, from_text(en)) == from_text(line)
        for field, lists in conditions.CODED.items():
            if field == "tag":
                continue
            for item in CodeItem.objects.filter(list=lists):
                test = Test(field, "=", (item.code,))
                said = condition_words.in_words(OPERATOR, [to_text(test)], "zh")[0]
                assert selecting.understood(OPERATOR, from_text(said)) == test, said
    assert (
        zh
        == "60岁以上 且 没有电话 且 性别=男 且 人口类型=(户籍人口、流动人口) 且 非 (标签=最低生活保障对象) 且 年龄=60..79"
    )
    assert (same, empty) == (broken, "") and "sex=Male" in en


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        from_json(to_json(from_text(text)))
    except ConditionInvalid as problem:
        assert 1 <= problem.params["at"] <= len(text) * 2 + 1


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("60岁以上独居", "age>=60 and lives_alone"),
        ("60周岁及以上，独居", "年龄≥60 且 独居"),
        ("14岁以下", "age<=14"),
        ("60-79岁", "age=60..79"),
        ("性别=女或民族=回族", "sex=女 or nation=回族"),
        ("没有电话且独居", "not has_phone and lives_alone"),
        ("非独居且有电话", "not lives_alone and has_phone"),
        ("population_kind in (流动人口, 境外人员)", "人口类型=（流动人口，境外人员）"),
        ("(age>=80 or lives_alone) sex=女", "(年龄>=80 或 独居) 且 性别=女"),
    ],
)
def test_people_write_conditions_in_several_ways(text: str, same: str) -> None:
    assert from_text(text) == from_text(same)


@pytest.mark.parametrize(
    ("text", "at"),
    [("age", 4), ("age>=x", 1), ("age>=60 and", 12), ("age>=60 ; drop table", 9), ("(age>=60", 9), ("身高>=170", 1),
     ("age>=900", 1), ("sex>男", 1), ("area=37", 1), ("age>=60)", 8), ("sex=", 5)],
)  # fmt: skip
def test_what_is_not_understood_is_told_with_its_place(text: str, at: int) -> None:
    with pytest.raises(ConditionInvalid) as caught:
        from_text(text)
    assert caught.value.params["at"] == at
    for language in ("zh", "en"):
        assert "…" not in caught.value.text.say(language, caught.value.params)


@pytest.mark.parametrize(
    "document",
    [None, [], {}, {"all": 1}, {"is": "rich"}, {"field": "age", "op": "~", "value": 1}, {"field": "id_number", "value": "1"},
     {"field": "sex", "op": "=", "value": {"a": 1}}, {"not": None}, {"field": "age", "op": ">", "value": [1, 2]}],
)  # fmt: skip
def test_json_that_is_no_condition_is_refused(document: Any) -> None:
    with pytest.raises(ConditionInvalid):
        from_json(document)


def test_a_condition_that_goes_too_deep_is_refused() -> None:
    document: Any = {"is": "lives_alone"}
    for _ in range(40):
        document = {"not": document}
    with pytest.raises(ConditionInvalid):
        from_json(document)
    with pytest.raises(ConditionInvalid):
        from_text("(" * 200 + "独居" + ")" * 200)


def chosen(text: str, area: str = DISTRICT) -> set[str]:
    """The names of those who meet a condition, by the ledger; the count must agree."""
    from linli.intake.ledgers.columns import bindable

    name = bindable("people", "name")
    assert name is not None
    with acting(OPERATOR):
        wanted = Wanted("people", (name,), area, from_text(text), DAY)
        found = [v for piece in pieces(OPERATOR, wanted) for v in piece.values["name"]]
        assert total(OPERATOR, wanted) == len(found)
        assert selecting.count(OPERATOR, from_text(text), area, DAY) == len(found)
    return set(found)


def _women() -> set[str]:
    return {name for name, no in NUMBERS.items() if not int(no[16]) % 2}


@pytest.mark.usefixtures("people")
def test_conditions_choose_whom_they_say() -> None:
    everybody = set(BORN)
    elders = {n for n, b in BORN.items() if b <= date(DAY.year - 60, DAY.month, DAY.day)}
    assert chosen("") == everybody
    # 赵独户 turns 66 the day after, and had turned 60 long ago; ages count on the day asked about.
    assert chosen("age>=60") == elders and chosen("not age>=60") == everybody - elders
    assert chosen("age=66") == set() and chosen("age=65") == {"赵独户"} and chosen("age=65..66") == {"赵独户"}
    assert chosen("age>100") == {"周百岁"} and chosen("age<8") == {"孙小宝"} and chosen("age<=7") == {"孙小宝"}
    # Two of one home are not alone; nobody is where no home is known.
    assert chosen("lives_alone") == {"王一人", "赵独户", "钱来客"}
    assert chosen("60岁以上独居") == {"王一人", "赵独户"}
    assert chosen("not has_home") == {"周百岁"} and chosen("not has_phone") == {"李大娘"}
    assert chosen("sex=女") == _women() and chosen("sex!=女") == everybody - _women()
    assert chosen("nation=回族 or population_kind=流动人口") == {"赵独户", "钱来客"}
    assert chosen("household_size=2") == {"李大爷", "李大娘", "孙爸爸", "孙小宝"}
    assert chosen("household_size>=2 not is_head") == {"李大娘", "孙小宝"}
    assert chosen(f"area={OTHER_VILLAGE}") == {"周百岁"} and chosen(f"area=({VILLAGE}, {OTHER_VILLAGE})") == everybody
    assert chosen("lives_alone", OTHER_VILLAGE) == set() and chosen("has_id", TOWN) == everybody
    with pytest.raises(ConditionInvalid):
        chosen("nation=没有这个族")


@pytest.mark.usefixtures("people")
def test_tags_choose_people_for_those_who_may_see_tags() -> None:
    with acting(OPERATOR):
        who = Person.objects.get(name="王一人")
        ties.give_tag(OPERATOR, who.id, "minimum_living", clock.today(), "民政认定")
    assert chosen("标签=低保") == {"王一人"} and chosen("tag=minimum_living and age<60") == set()
    actor = staff.actor(staff.staff("blind", area=DISTRICT, permissions=["registry.person.view"]))
    with acting(actor), pytest.raises(TagsWithheld):
        selecting.count(actor, from_text("标签=低保"))


@pytest.mark.usefixtures("people")
def test_a_count_shows_nobody_outside_of_the_actors_areas() -> None:
    clerk = staff.actor(staff.staff("villager", "village_clerk", OTHER_VILLAGE, unit_area=DISTRICT))
    with acting(clerk):
        assert selecting.count(clerk, from_text("")) == 1
        assert selecting.count(clerk, from_text(""), VILLAGE) == 0
        assert selecting.count(clerk, from_text("lives_alone"), DISTRICT, clock.today()) == 0


CONDITIONS = (
    "", "age>=60", "not age>=60", "age=65..66", "age=(7, 65)", "age<8", "age>100", "lives_alone", "not lives_alone",
    "has_phone", "not has_home", "sex=女", "sex!=女", "nation=回族 or population_kind=流动人口", "household_size=2",
    "household_size>=2 not is_head", "household_size=2..3", "household_size<2", f"area={OTHER_VILLAGE}", "marital=已婚",
    "not marital=已婚", "marital!=已婚", "(age>=80 or lives_alone) and not (sex=女 or has_phone)", "relation_to_head=配偶",
)  # fmt: skip


@pytest.mark.usefixtures("people")
def test_every_condition_counts_as_many_as_are_filled_for_whoever_asks() -> None:
    clerk = staff.actor(staff.staff("villager", "village_clerk", OTHER_VILLAGE, unit_area=DISTRICT))
    for actor in (OPERATOR, clerk):
        with acting(actor):
            for text in CONDITIONS:
                filled = total(actor, Wanted("people", (), DISTRICT, from_text(text), DAY))
                assert selecting.count(actor, from_text(text), DISTRICT, DAY) == filled, text


@pytest.mark.parametrize(
    "text",
    ["不" * 990, "非" * 61, "性别=" + "女" * 61, "( " * 990, "= " * 990, "not " * 250 + "lives_alone"],
)
def test_a_line_without_end_is_refused_with_its_reason(text: str) -> None:
    with pytest.raises(ConditionInvalid):
        from_text(text)


def test_no_more_is_read_of_a_line_than_a_condition_may_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []

    class Counted:
        @staticmethod
        def match(plain: str, place: int) -> re.Match[str] | None:
            read.append(place)
            return token.match(plain, place)

    token = condition_text._TOKEN
    monkeypatch.setattr(condition_text, "_TOKEN", Counted)
    with pytest.raises(ConditionInvalid):
        from_text("独居 " * 5000)
    assert len(read) <= conditions.MOST * 4 + 1
    with pytest.raises(BindingInvalid) as caught:
        binding.from_json({"where": "独居 " * 400})
    assert [f.field for f in caught.value.fields] == ["where"]
