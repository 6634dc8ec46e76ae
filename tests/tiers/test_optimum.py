"""The best plan: as good as trying everything, never worse than the simple way, refused and explained in clear words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trying_everything import WEIGHTS, YUAN, brute_force, small

from linli.tiers.optimum import solving
from linli.tiers.optimum.instance import (
    Awards,
    Ban,
    Bound,
    Community,
    Effect,
    Fairness,
    Instance,
    Lock,
    Measure,
    Objective,
    Refused,
    Source,
)
from linli.tiers.optimum.paying import pay
from linli.tiers.optimum.result import Infeasible, Plan, Unfinished
from linli.tiers.optimum.solving import raised_budget, simple_plan, solve
from linli.tiers.optimum.whole import Whole


@settings(max_examples=60, deadline=None)
@given(small())
def test_a_plan_is_as_good_as_trying_everything_and_never_worse_than_the_simple_way(asked: Instance) -> None:
    best = brute_force(asked)
    try:
        plan: Plan | None = solve(asked)
    except Infeasible as none:
        plan = None
        assert none.groups
    assert (plan is None) == (best is None)
    simple = simple_plan(asked)
    if plan is None or best is None:
        assert simple is None
        return
    assert plan.points == pytest.approx(best, abs=1e-6)
    assert plan.gap <= 1e-6 and plan.bound >= plan.points
    if simple is not None:
        assert plan.points >= simple.points - 1e-9
    assert solve(asked) == plan


def question(**changes: object) -> Instance:
    """Two towns, two communities each, one work that brings a community to the first tier for 60 CNY."""
    communities = tuple(
        Community(f"c{i}", "east" if i < 2 else "west", 1000 * (i + 1), 0, i % 2 == 0, {"a": 5.0}) for i in range(4)
    )
    asked = Instance(
        2,
        communities,
        (Measure("fibre", 60 * YUAN, (Effect("a", "add", 5),), 0, 6, 10, theme="net"),),
        (Bound("B01", 1, "a", ">=", 10), Bound("G01", 2, "a", ">=", 20)),
        (Source("district", (120 * YUAN, 0)),),
    )
    return replace(asked, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("amounts", [(0, 0), (-1, 5)])
def test_a_budget_of_zero_or_below_is_refused_in_clear_words(amounts: tuple[int, int]) -> None:
    with pytest.raises(Refused) as refused:
        solve(question(sources=(Source("district", amounts),)))
    assert refused.value.code in ("budget_not_positive", "budget_negative")
    assert "预算" in refused.value.say("zh") or "不能为负" in refused.value.say("zh")
    assert refused.value.say("en")


def test_what_is_left_out_says_why() -> None:
    reasons = {o.community: o.reason.code for o in solve(question(bans=(Ban("c3"),))).outcomes if o.reason is not None}
    assert reasons["c3"] == "banned"
    assert sorted(reasons.values()) == ["banned", "budget"]
    assert set(reasons) - {"c3"} < {"c0", "c1", "c2"}


def test_a_gap_no_measure_closes_names_the_indicator_with_value_and_bound() -> None:
    asked = question(communities=(Community("c0", "east", 10, 1, values={"a": 12.0}),))
    reason = solve(asked).outcomes[0].reason
    assert reason is not None and reason.code == "unreachable"
    assert [(m.indicator, m.value, m.bound) for m in reason.missing] == [("G01", 12.0, 20.0)]


def test_a_value_nobody_knows_asks_for_declaring_it_first() -> None:
    reason = solve(question(communities=(Community("c0", "east", 10),))).outcomes[0].reason
    assert reason is not None and reason.code == "unknown" and "填报" in reason.text.zh


def test_a_work_counts_only_when_what_it_needs_is_done() -> None:
    base = Measure("base", 1, (), 0, 30)
    middle = Measure("middle", 1, (), 0, 6, needs=("base",))
    fibre = Measure("fibre", 60 * YUAN, (Effect("a", "add", 5),), 0, 6, needs=("middle",))
    late = question(measures=(base, middle, fibre), sources=(Source("district", (9_000 * YUAN, 0)),))
    assert _reasons(solve(late)) == dict.fromkeys(("c0", "c1", "c2", "c3"), "lead_time")
    there = tuple(replace(c, has=frozenset({"base"})) for c in late.communities)
    assert solve(replace(late, communities=there)).raised == 4
    passed = tuple(replace(c, has=frozenset({"middle"})) for c in late.communities)
    assert solve(replace(late, communities=passed)).raised == 4
    plan = solve(replace(late, years=3, sources=(Source("district", (9_000 * YUAN, 0, 0)),)))
    assert {w.ready for w in plan.works} == {2} and plan.outcomes[0].tiers == (0, 0, 1)


def test_works_that_end_too_late_and_staff_that_is_short_are_told_apart() -> None:
    late = question(measures=(Measure("fibre", 60 * YUAN, (Effect("a", "add", 5),), 0, 36, theme="net"),))
    assert {o.reason.code for o in solve(late).outcomes if o.reason} == {"lead_time"}
    busy = question(staff=(10, 0), sources=(Source("district", (9_000 * YUAN, 0)),))
    plan = solve(busy)
    assert plan.raised == 1 and {o.reason.code for o in plan.outcomes if o.reason} == {"capacity"}


def _reasons(plan: Plan) -> dict[str, str]:
    return {o.community: o.reason.code for o in plan.outcomes if o.reason is not None}


def test_the_budget_is_blamed_only_where_more_of_it_would_lift_more() -> None:
    rich = (Source("district", (9_000 * YUAN, 0)),)
    nobody = tuple(replace(c, people=0) if c.code == "c1" else c for c in question().communities)
    aim = Objective((0.0, 0.0, 0.0), people=1.0)
    assert _reasons(solve(question(communities=nobody, sources=rich, objective=aim))) == {"c1": "no_gain"}
    unfair = solve(question(sources=rich, fairness=Fairness(old_share=0.6)))
    assert unfair.raised == 3 and set(_reasons(unfair).values()) == {"fairness"}
    short = solve(question(sources=(Source("district", (150 * YUAN, 0)),)))
    assert set(_reasons(short).values()) == {"budget"}


def test_conditions_that_collide_are_named_and_no_others() -> None:
    asked = question(sources=(Source("district", (60 * YUAN, 0)),), fairness=Fairness(1), staff=(1000, 1000))
    with pytest.raises(Infeasible) as none:
        solve(asked)
    assert none.value.groups == ("budget", "town")


def test_no_plan_found_in_time_is_not_said_to_be_impossible(monkeypatch: pytest.MonkeyPatch) -> None:
    halves = question(locks=(Lock("c0", 1),))
    monkeypatch.setattr(solving, "greedy", lambda space, columns: None)
    monkeypatch.setattr(Whole, "solve", lambda self, **limits: (None, 0.0, "limit"))
    with pytest.raises(Unfinished):
        solve(halves)
    monkeypatch.setattr(Whole, "solve", lambda self, **limits: (None, 0.0, "infeasible"))
    with pytest.raises(Infeasible) as proved:
        solve(halves)
    assert proved.value.whole
    monkeypatch.setattr(solving, "MOST_LISTED", 0)
    with pytest.raises(Unfinished):
        solve(halves)


def test_the_best_is_only_claimed_where_everything_was_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    assert solve(question()).ended == "optimal"
    monkeypatch.setattr(solving, "MOST_LISTED", 0)
    assert solve(question()).ended == "gap"


def test_a_lock_against_a_ban_names_both_and_the_community() -> None:
    with pytest.raises(Infeasible) as none:
        solve(question(locks=(Lock("c1", 1),), bans=(Ban("c1"),)))
    assert none.value.groups == ("locks", "bans") and none.value.communities == ("c1",)


@pytest.mark.parametrize("ban", [Ban("c1", "fibre"), Ban(measure="fibre"), Ban("c1")])
@pytest.mark.parametrize("alone", [False, True])
def test_a_measure_that_is_locked_and_forbidden_is_told_and_not_dropped(ban: Ban, alone: bool) -> None:
    communities = question().communities[1:2] if alone else question().communities
    with pytest.raises(Infeasible) as none:
        solve(question(communities=communities, locks=(Lock("c1", measure="fibre"),), bans=(ban,)))
    assert none.value.groups == ("locks", "bans") and none.value.communities == ("c1",)


def test_a_recognised_community_whose_values_slipped_is_mended_unless_it_may_fall_back() -> None:
    slipped = Community("c9", "west", 1, 1, values={"a": 7.0})
    asked = question(communities=(slipped, *question().communities), sources=(Source("district", (60 * YUAN, 0)),))
    kept = {o.community: o.tiers[-1] for o in solve(asked).outcomes}
    assert kept["c9"] == 1 and sum(kept.values()) == 1
    aim = Objective(WEIGHTS, people=1.0)
    free = solve(replace(asked, fairness=Fairness(keep=False), objective=aim))
    assert {o.community: o.tiers[-1] for o in free.outcomes}["c9"] == 0


def test_a_community_nothing_can_keep_at_its_tier_is_told_and_stops_no_plan() -> None:
    lost = Community("c9", "west", 1, 2, values={"a": 12.0})
    top = Community("c8", "west", 1, 2, values={"a": 1.0})
    plan = solve(question(tiers=2, objective=Objective(WEIGHTS[:2]), communities=(lost, top, *question().communities)))
    ends = {o.community: o for o in plan.outcomes}
    assert plan.raised == 2 and ends["c9"].tiers[-1] == 1
    for code in ("c8", "c9"):
        reason = ends[code].reason
        assert reason is not None and reason.code == "falls_back" and "G01" in reason.text.en
    assert [m.bound for m in ends["c9"].reason.missing] == [20.0]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("sources", "code", "named"),
    [
        ((Source("a", (9, 0)), Source("a", (9, 0))), "twice", "a"),
        ((Source("a", (9, 0), themes=frozenset({"moon"})),), "unknown_theme", "moon"),
        ((Source("a", (9, 0), towns=frozenset({"north"})),), "unknown_town", "north"),
    ],
)
def test_sources_that_cannot_be_meant_are_refused_by_name(sources: tuple[Source, ...], code: str, named: str) -> None:
    with pytest.raises(Refused) as refused:
        solve(question(sources=sources))
    assert refused.value.code == code and named in refused.value.say("en") and named in refused.value.say("zh")


def test_earmarked_money_pays_only_what_it_is_for() -> None:
    other = Measure("meals", 1, (), theme="care")
    for theme, raised in (("net", 4), ("care", 2)):
        extra = Source("province", (120 * YUAN, 0), themes=frozenset({theme}))
        plan = solve(question(measures=(*question().measures, other), sources=(*question().sources, extra)))
        assert plan.raised == raised
        assert plan.paid.get(("province", 0), 0) == (120 * YUAN if raised == 4 else 0)


def test_money_that_does_not_carry_is_gone_after_its_year() -> None:
    asked = question(
        sources=(Source("a", (60 * YUAN, 0), carries=False), Source("b", (30 * YUAN, 30 * YUAN), carries=True))
    )
    assert solve(asked).raised == 2
    gone = replace(asked, sources=(asked.sources[0], replace(asked.sources[1], carries=False)))
    assert solve(gone).raised == 1


def test_an_award_pays_for_the_next_community_in_the_year_it_comes() -> None:
    asked = question(sources=(Source("district", (60 * YUAN, 0)),))
    assert solve(asked).raised == 1
    plan = solve(replace(asked, awards=Awards((60 * YUAN,))))
    assert plan.raised == 2 and plan.income == (0, 60 * YUAN)
    assert plan.paid["award", 1] == 60 * YUAN


def test_awards_are_not_collected_twice_by_climbing_in_steps() -> None:
    ready = (Community("c0", "east", 10, values={"a": 25.0}), *question().communities[1:])
    awards = Awards((60 * YUAN, 60 * YUAN), lag=0)
    plan = solve(question(communities=ready, sources=(Source("district", (1, 0)),), awards=awards))
    assert sum(o.award for o in plan.outcomes if o.community == "c0") == 60 * YUAN
    assert awards.due(0, (0, 1, 2)) == [0, 60 * YUAN, 0]
    assert Awards((10, 10, 100)).due(0, (1, 2, 3)) == [10, 0, 90] and Awards((10, 10, 100)).due(1, (1, 1, 2)) == [
        0,
        0,
        10,
    ]


def test_awards_after_the_plan_and_communities_without_work_are_told_apart() -> None:
    ready = Community("c9", "west", 10, values={"a": 12.0})
    plan = solve(question(communities=(*question().communities, ready), awards=Awards((7 * YUAN,), lag=1)))
    assert plan.award == sum(plan.income) == 3 * 7 * YUAN and plan.award_after == 0
    late = solve(question(communities=(*question().communities, ready), awards=Awards((7 * YUAN,), lag=2)))
    assert late.award == 0 and late.award_after == 3 * 7 * YUAN
    assert (plan.raised, plan.raised_without_work) == (3, 1)
    assert [o.community for o in plan.outcomes if o.raised and not o.worked] == ["c9"]


def test_neighbours_pay_once_for_what_they_share() -> None:
    shared = (Measure("fibre", 60 * YUAN, (Effect("a", "add", 5),), 0, 6, shareable=True),)
    near = tuple(replace(c, group="g") for c in question().communities)
    plan = solve(question(measures=shared, communities=near, sources=(Source("district", (60 * YUAN, 0)),)))
    assert plan.raised == 4 and len(plan.works) == 1 and len(plan.works[0].serves) == 4 and plan.cost == 60 * YUAN


def test_money_for_old_compounds_pays_what_neighbours_share_only_where_all_of_them_are_old() -> None:
    shared = (Measure("fibre", 60 * YUAN, (Effect("a", "add", 5),), 0, 6, shareable=True),)
    for olds, raised in (((True, False, True, False), 0), ((True, True, True, True), 4)):
        near = tuple(replace(c, group="g", old=o) for c, o in zip(question().communities, olds, strict=True))
        sources = (Source("old", (60 * YUAN, 0), old_only=True), Source("any", (1, 0)))
        assert solve(question(measures=shared, communities=near, sources=sources)).raised == raised


def test_more_money_never_makes_a_plan_worse_and_its_worth_is_told() -> None:
    less, more = solve(question()), solve(raised_budget(question(), 2))
    assert more.points > less.points
    assert (less.marginal["district", 0] or 0) > 0
    assert more.marginal["district", 0] == pytest.approx(0, abs=1e-6)


def test_what_more_money_is_worth_is_never_the_penalty_of_a_year_without_any() -> None:
    upkeep = (Measure("fibre", 60 * YUAN, (Effect("a", "add", 5),), 1, 6, theme="net"),)
    plan = solve(question(measures=upkeep, sources=(Source("a", (60 * YUAN, 0), carries=False),)))
    assert plan.raised == 0 and plan.marginal["a", 1] is None
    for worth in plan.marginal.values():
        assert worth is None or worth < 1e6


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.booleans()), min_size=1, max_size=3),
    st.lists(st.integers(0, 60), min_size=2, max_size=2),
)
def test_payments_never_exceed_a_source_and_cover_all_that_is_spent(
    sources: list[tuple[int, int, bool]], spent: list[int]
) -> None:
    all_of = [Source(f"s{i}", (a, b), carries) for i, (a, b, carries) in enumerate(sources)]
    anyone = frozenset(s.code for s in all_of)
    paid = pay(all_of, {}, [anyone], {(0, 0): spent[0], (0, 1): spent[1]})
    first = sum(s.amounts[0] for s in all_of)
    kept = sum(s.amounts[0] for s in all_of if s.carries)
    second = sum(s.amounts[1] for s in all_of)
    enough = spent[0] <= first and spent[1] <= second + min(kept, first - spent[0])
    if paid is None:
        assert not enough
        return
    assert enough
    for year in (0, 1):
        assert sum(v for (_, _, y), v in paid.items() if y == year) == spent[year]
    for source in all_of:
        assert paid.get((source.code, 0, 0), 0) <= source.amounts[0]
        mine = sum(v for (s, _, _), v in paid.items() if s == source.code)
        assert mine <= sum(source.amounts)
