"""Choosing from the directory: which rules hold on a day, and which limit counts where no condition is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from linli.cases.categories import rules
from linli.cases.categories.failures import FAILURE_MODES, UNKNOWN_FAULT, failure_mode
from linli.cases.categories.rules import CategoryKey

DAY = date(2026, 11, 26)


@dataclass(frozen=True)
class Held:
    """A rule as the pure decisions see one."""

    limit_value: int = 1
    clock: str = "work_day"
    filing_condition: str = "破损"
    target: str = "handle"
    certainty: str = "secondary"
    valid_from: date = rules.SINCE_EVER
    valid_until: date | None = None


days = st.dates(date(2000, 1, 1), date(2040, 1, 1))
held = st.builds(
    Held, limit_value=st.integers(1, 30), clock=st.sampled_from(rules.CLOCKS), filing_condition=st.sampled_from(["", "破损", "缺失"]),
    target=st.sampled_from(rules.TARGETS), certainty=st.sampled_from(rules.CERTAINTIES), valid_from=days,
    valid_until=st.none() | days,
)  # fmt: skip


def test_a_rule_holds_from_its_first_day_to_before_its_last() -> None:
    rule = Held(valid_from=DAY, valid_until=DAY + timedelta(days=2))
    around = [DAY + timedelta(days=n) for n in range(-1, 3)]
    assert [rules.holds(rule, day) for day in around] == [False, True, True, False]
    assert not rules.holds(Held(valid_from=DAY, valid_until=DAY), DAY)


@given(st.lists(held, max_size=8), days)
def test_what_is_in_force_holds_and_is_as_sure_as_anything_that_holds(found: list[Held], day: date) -> None:
    kept = rules.in_force(found, day)
    assert all(rules.holds(rule, day) for rule in kept)
    assert {rule.target for rule in kept} == {rule.target for rule in found if rules.holds(rule, day)}
    if any(r.certainty in ("official", "local") and r.target == "handle" and rules.holds(r, day) for r in found):
        assert {rule.certainty for rule in kept if rule.target == "handle"} <= {"official", "local"}


def test_a_limit_of_the_place_itself_sets_the_sample_aside_from_its_day_on() -> None:
    own = Held(5, certainty="local", valid_from=DAY)
    sample = Held(1, certainty="secondary")
    assert rules.in_force([sample, own], DAY) == [own]
    assert rules.in_force([sample, own], DAY - timedelta(days=1)) == [sample]


def test_an_own_limit_for_one_target_leaves_the_others() -> None:
    visit = Held(24, "urgent_hour", target="first_visit", certainty="inferred")
    own = Held(10, certainty="local")
    assert rules.in_force([visit, Held(15, certainty="inferred"), own], DAY) == [visit, own]


@given(st.lists(held, min_size=1, max_size=8))
def test_without_a_condition_the_shortest_or_the_general_rule_counts(found: list[Held]) -> None:
    choice = rules.without_condition(found)
    about = [rule for rule in found if rule.target == "handle"]
    if choice is None:
        assert not about
        return
    general = [rule for rule in about if not rule.filing_condition]
    assert rules.length(choice.rule) == min(map(rules.length, general or about))
    assert choice.assumed == (not general and len(about) > 1)


def test_clocks_are_compared_by_how_long_they_take_on_the_wall() -> None:
    by_length = [Held(2, "urgent_hour"), Held(4, "work_hour"), Held(1, "natural_day"), Held(1, "work_day"), Held(5)]
    assert all(rules.length(shorter) < rules.length(longer) for shorter, longer in pairwise(by_length))


def test_limits_are_told_in_words() -> None:
    assert rules.in_words(Held(2, "urgent_hour"), "zh-CN") == "2 紧急工作时"
    assert rules.in_words(Held(1, "work_day"), "en") == "1 working day"
    assert rules.in_words(Held(7, "natural_day"), "en") == "7 calendar days"


def test_a_component_out_of_order_borrows_the_components_rules() -> None:
    gb = "GB/T 47678.5-2026"
    assert rules.lender(CategoryKey(gb, "matter", "05009")) == CategoryKey(gb, "component", "05009")
    assert rules.lender(CategoryKey(gb, "matter", "06010")) is None
    assert rules.lender(CategoryKey(gb, "component", "01001")) is None


@given(st.sets(st.integers(1, 99)))
def test_the_next_local_minor_is_the_highest_free_one(taken: set[int]) -> None:
    code = rules.next_minor("06", [f"06{minor:03d}" for minor in taken])
    free = set(range(1, 100)) - taken
    assert code == (f"06{max(free):03d}" if free else None)


def test_faults_of_components_have_a_default_by_what_is_told() -> None:
    def told(name: str, words: str) -> tuple[str, int, str]:
        mode = failure_mode(name, words)
        return mode.code, mode.limit_value, mode.clock

    assert told("电力井盖", "井盖缺失，有安全隐患") == ("lid_hazard", 2, "urgent_hour")
    assert told("交通信号灯", "缺失一块面板") == ("damaged", 3, "work_day")
    assert told("旗杆", "倾斜") == ("fallen", 1, "work_day")
    assert told("快递柜", "外面贴满小广告") == ("dirty", 1, "work_day")
    assert failure_mode("邮筒", "看着不对劲") is UNKNOWN_FAULT
    assert all(mode.certainty == "inferred" for mode in FAILURE_MODES)
    assert len({mode.code for mode in FAILURE_MODES}) == len(FAILURE_MODES)
