"""Routing by rules: the first that reaches a case counts, and what is told of a set of rules is so. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from linli.cases.categories.rules import CategoryKey, holds
from linli.cases.routing.drafts import Line, plan, wrong
from linli.cases.routing.findings import Known, findings
from linli.cases.routing.rules import Asked, Match, Matcher, Reach, Rule, Units

DAY = date(2026, 11, 26)
GB = "GB"
KEYS = [CategoryKey(GB, kind, code) for kind, code in product(("component", "matter"), ("01001", "01002", "02001"))]
TOWNS = ["370302102", "370302104"]
AREAS = ["370302102201001", "370302102202001", "370302104201001"]
UNITS = Units({"a": "甲局", "b": "乙局", "t": "昆仑镇"}, {TOWNS[0]: "t"})
KNOWN = Known(frozenset(KEYS), frozenset(KEYS), {*TOWNS, "370302", "370302102201"}, UNITS, TOWNS)

days = st.one_of(st.none(), st.integers(-3, 3).map(lambda n: DAY + timedelta(days=n)))
reaches = st.builds(
    Reach,
    standard_ref=st.sampled_from(["", GB, "another"]),
    kind=st.sampled_from(["", "component", "matter"]),
    code=st.sampled_from(["", "01", "02", "01001", "99"]),
    area=st.sampled_from(["", *TOWNS, "370302102201"]),
    ownership=st.sampled_from(["", "供水公司"]),
)
drawn = st.builds(
    Rule,
    id=st.just(""),
    version=st.just(1),
    position=st.just(0),
    reach=reaches,
    target=st.sampled_from(["unit", "town"]),
    unit_id=st.sampled_from(["a", "b", "gone"]),
    valid_from=days.map(lambda day: day or date.min),
    valid_until=days,
)
rule_sets = st.lists(drawn, max_size=8).map(
    lambda found: [replace(rule, id=str(at), position=at) for at, rule in enumerate(found, 1)]
)
cases = st.builds(
    Asked,
    category=st.sampled_from([None, *KEYS]),
    area=st.sampled_from(AREAS),
    owners=st.sampled_from([frozenset(), frozenset({"供水公司"})]),
)


def rule(at: int, unit: str = "a", **more: object) -> Rule:
    days = {name: more.pop(name) for name in ("valid_from", "valid_until") if name in more}
    target = more.pop("target", "unit")
    return Rule(str(at), 1, at, Reach(**more), target, unit if target == "unit" else "", **days)  # type: ignore[arg-type]


def simple(rules: list[Rule], asked: Asked, day: date) -> str:
    """The unit, found by going through the rules one after the other."""
    for each in sorted(rules, key=lambda r: r.position):
        reach, key = each.reach, asked.category
        about = (
            not (reach.standard_ref or reach.kind or reach.code)
            if key is None
            else reach.standard_ref in ("", key.standard_ref)
            and reach.kind in ("", key.kind)
            and key.code.startswith(reach.code)
        )
        if about and asked.area.startswith(reach.area) and (not reach.ownership or reach.ownership in asked.owners):
            unit = each.unit_id if each.target == "unit" else UNITS.of_area.get(asked.area[:9], "")
            if holds(each, day) and unit in UNITS.names:
                return unit
    return ""


@given(rule_sets, st.lists(cases, min_size=1, max_size=6))
def test_the_compiled_matcher_answers_as_going_through_the_rules_does(rules: list[Rule], asked: list[Asked]) -> None:
    matcher = Matcher(reversed(rules), UNITS)
    for each in asked:
        match = matcher.match(each, DAY)
        assert (match.unit_id if match else "") == simple(rules, each, DAY)


@given(rule_sets)
def test_a_rule_that_is_told_to_be_dead_routes_nothing_and_ending_it_changes_nothing(rules: list[Rule]) -> None:
    dead = {f.position for f in findings(rules, KNOWN, DAY) if f.code in ("shadowed", "category_closed", "no_category")}
    clash = {f.position for f in findings(rules, KNOWN, DAY) if f.code == "conflict"}
    whole = Matcher(
        [replace(r, unit_id="a" if r.unit_id == "gone" else r.unit_id) for r in rules], replace_towns(UNITS)
    )
    for key, area, owners, later in product([None, *KEYS], AREAS, ([], ["供水公司"]), range(5)):
        match = whole.match(Asked(key, area, frozenset(owners)), DAY + timedelta(days=later))
        assert match is None or match.rule.position not in dead - clash


def replace_towns(units: Units) -> Units:
    """Every town with a unit: that a rule has none is told by another finding."""
    return Units(units.names, dict.fromkeys(TOWNS, "t"))


def codes(*rules: Rule, known: Known = KNOWN) -> list[tuple[int, str]]:
    return [(f.position, f.code) for f in findings(rules, known, DAY)]


def test_two_rules_of_one_reach_and_two_units_are_a_conflict_and_of_one_unit_a_repetition() -> None:
    assert codes(rule(1, "a", code="01"), rule(2, "b", code="01")) == [(2, "conflict")]
    assert codes(rule(1, "a", code="01"), rule(2, "a", code="01")) == [(2, "shadowed")]
    # The same cases by another word: everything of major 01 there is, is of the standard.
    assert codes(rule(1, "a", code="01"), rule(2, "b", code="01", standard_ref=GB)) == [(2, "conflict")]
    ended = rule(1, "a", code="01", valid_until=DAY + timedelta(days=5))
    later = rule(2, "b", code="01", valid_from=DAY + timedelta(days=5))
    assert codes(ended, later) == []


def test_a_rule_is_dead_when_earlier_ones_have_all_of_its_categories_between_them() -> None:
    parts = (rule(1, code="01", kind="component"), rule(2, code="01", kind="matter"))
    assert codes(*parts, rule(3, "b", code="01")) == [(3, "shadowed")]
    assert codes(parts[0], rule(3, "b", code="01")) == []
    # Narrower in area, in owner or in days, an earlier rule leaves something over.
    for less in ({"area": TOWNS[0]}, {"ownership": "供水公司"}, {"valid_until": DAY + timedelta(days=9)}):
        assert codes(rule(1, code="01", **less), rule(2, "b", code="01001")) == []


def test_gone_units_closed_categories_and_ended_areas_are_told() -> None:
    closed = replace(KNOWN, held=frozenset(k for k in KEYS if k.code != "02001"))
    assert codes(rule(1, "gone", code="01")) == [(1, "no_unit")]
    assert codes(rule(1, code="02001"), known=closed) == [(1, "category_closed")]
    assert codes(rule(1, code="77")) == [(1, "no_category")]
    assert codes(rule(1, area="370302999")) == [(1, "area_ended")]
    assert codes(rule(1, target="town")) == [(1, "some_without_unit")]
    assert codes(rule(1, target="town", area=TOWNS[1])) == [(1, "no_unit")]


def test_a_rule_without_a_unit_is_passed_over_and_named() -> None:
    matcher = Matcher([rule(1, "gone", code="01"), rule(2, "a")], UNITS)
    match = matcher.match(Asked(KEYS[0], AREAS[0]), DAY)
    assert isinstance(match, Match)
    assert (match.unit_id, [r.position for r in match.passed]) == ("a", [1])


@given(rule_sets, st.randoms(use_true_random=False))
def test_a_plan_holds_what_was_wanted_and_keeps_versions_of_what_stays(rules: list[Rule], chance: object) -> None:
    there = {r.id: r for r in rules}
    lines = [
        Line(
            r.reach,
            r.target,
            r.unit_id if r.target == "unit" else "",
            r.basis,
            r.certainty,
            r.valid_from,
            r.valid_until,
            r.id,
        )
        for r in rules
    ]
    told = [r for r in rules if r.target == "town" and r.unit_id]
    chance.shuffle(lines)  # type: ignore[attr-defined]
    made = plan(lines[1:], there, [], DAY)
    assert [r.id for r in made.rules] == [line.id for line in lines[1:]]
    assert [r.position for r in made.rules] == list(range(1, len(made.rules) + 1))
    assert {r.id for r in made.changed} <= {r.id for r in told} and not made.added
    assert [r.id for r in made.ended] == [line.id for line in lines[:1]]
    assert all(r.version == there[r.id].version for r in made.moved)


def test_what_is_wrong_with_a_line_is_told_by_its_place_and_field() -> None:
    bad = [
        Line(
            Reach(code="0a", area="370399"),
            "unit",
            "gone",
            certainty="sure",
            valid_from=DAY,
            valid_until=date(2020, 1, 1),
        ),
        Line(Reach(kind="thing", ownership="名" * 101), "unit", "", id="x"),
    ]
    assert {p.field for p in wrong(bad, set(), UNITS, "370302", {"370302"})} == {
        "rules.0.code", "rules.0.area_code", "rules.0.unit_id", "rules.0.certainty", "rules.0.valid_until",
        "rules.1.kind", "rules.1.ownership", "rules.1.unit_id", "rules.1.id",
    }  # fmt: skip
