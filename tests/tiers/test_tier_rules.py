"""The rules of the ladder: verdicts, the tier that is reached, contradictions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.tiers import rules
from linli.tiers.rules import Bound, Indicator, Reading

VERDICTS = ("met", "missed", "unknown", "not_asked")
values = st.decimals(0, 100, places=2)
bounds = st.builds(Bound, st.sampled_from("abcde"), st.sampled_from(rules.OPERATORS), st.none() | values)
indicators = st.builds(
    Indicator, st.text("BGM0123", min_size=3, max_size=3), st.sampled_from(rules.TIERS), st.lists(bounds, min_size=1, max_size=4).map(tuple)
)  # fmt: skip
readings = st.dictionaries(st.sampled_from("abcde"), st.builds(Reading, st.none() | values, st.none() | values))


@given(st.lists(indicators, max_size=12), readings)
def test_a_tier_is_reached_when_it_and_every_one_below_lacks_nothing(
    given_: list[Indicator], read: dict[str, Reading]
) -> None:
    stood = rules.stand(given_, read)
    for tier in rules.TIERS:
        below = [each for each in given_ if rules.rank(each.tier) <= rules.rank(tier)]
        holds = all(rules.judge(each, read) in ("met", "not_asked") for each in below)
        assert holds == (rules.rank(stood.reached) >= rules.rank(tier))
    assert stood.met + stood.missed + stood.unknown == stood.of
    assert rules.rank(stood.next) == (rules.rank(stood.reached) + 1 if stood.reached != "model" else 0)


@given(st.lists(indicators, max_size=12), readings, st.sampled_from("abcde"))
def test_forgetting_a_value_never_lifts_anybody(given_: list[Indicator], read: dict[str, Reading], lost: str) -> None:
    less = {metric: reading for metric, reading in read.items() if metric != lost}
    assert rules.rank(rules.stand(given_, less).reached) <= rules.rank(rules.stand(given_, read).reached)


@given(bounds)
def test_what_is_not_known_is_never_met_and_never_missed(bound: Bound) -> None:
    assert rules.judge_bound(bound, None) in ("unknown", "not_asked")


@pytest.mark.parametrize(
    ("op", "bound", "value", "verdict"),
    [
        (">=", "70", "70", "met"), (">=", "70", "69.9999", "missed"), ("<=", "30", "30", "met"), ("<=", "30", "30.1", "missed"),
        ("==", "1", "1", "met"), ("==", "1", "0", "missed"), (">", "5", "5", "missed"), ("<", "5", "4", "met"),
        (">=", "0", "0", "not_asked"), (">=", None, "50", "not_asked"), ("<=", "0", "1", "missed"),
    ],
)  # fmt: skip
def test_bounds(op: rules.Operator, bound: str | None, value: str, verdict: str) -> None:
    made = Bound("m", op, Decimal(bound) if bound is not None else None)
    assert rules.judge_bound(made, Decimal(value)) == verdict


@given(st.integers(1, 999_999), st.integers(0, 100))
def test_a_share_just_below_its_bound_is_not_rounded_up_to_it(of: int, percent: int) -> None:
    most = -(-percent * of // 100) - 1  # the largest numerator whose share lies below
    if most >= 0:
        assert Fraction(most, of) * 100 < percent
        assert rules.from_share(most / of) < percent


def test_records_are_used_before_what_is_declared_and_agree_as_they_are_told() -> None:
    assert Reading(Decimal(70), Decimal(80)).used == "computed"
    assert Reading(Decimal(70), Decimal(80)).contradicts
    assert not Reading(Decimal("66.6667"), Decimal("66.7")).contradicts
    assert Reading(None, Decimal(3)).used == "declared"
    assert not Reading(None, Decimal(3)).contradicts
    assert Reading().used is None


def test_what_is_told_alike_contradicts_where_one_meets_the_bound_and_the_other_misses_it() -> None:
    reading = Reading(Decimal("69.96"), Decimal("70.0"))
    asked, other = Bound("a", ">=", Decimal(70)), Bound("a", ">=", Decimal(60))
    assert rules.contradicts(asked, reading) and not rules.contradicts(other, reading)
    both = [Indicator("B01", "basic", (asked,)), Indicator("B02", "basic", (other,))]
    assert rules.contradictions(both, {"a": reading, "b": Reading(Decimal(1), Decimal(2))}) == 2
    assert rules.contradictions(both[1:], {"a": reading}) == 0


@given(st.lists(indicators, max_size=12), readings)
def test_without_contradictions_the_declared_values_reach_the_same(
    given_: list[Indicator], read: dict[str, Reading]
) -> None:
    if not rules.contradictions(given_, read):
        declared = {m: Reading(None, r.declared if r.declared is not None else r.computed) for m, r in read.items()}
        assert rules.stand(given_, declared) == rules.stand(given_, read)
