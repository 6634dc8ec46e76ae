"""Plans by trying everything: small questions, and the points of their best plan without any of the optimiser's ways."""

from __future__ import annotations

import itertools

from hypothesis import strategies as st

from linli.tiers.optimum.instance import (
    Awards,
    Bound,
    Community,
    Effect,
    Fairness,
    Instance,
    Measure,
    Objective,
    Source,
)

YUAN = 100
WEIGHTS = (1.0, 2.0, 4.0)


def _ready(asked: Instance, starts: dict[str, int], code: str) -> int:
    """The last year in which it, or something it needs, is done."""
    measure = next(m for m in asked.measures if m.code == code)
    return max([starts[code] + measure.delay, *(_ready(asked, starts, need) for need in measure.needs)])


def _value(asked: Instance, community: Community, starts: dict[str, int], metric: str, year: int) -> float | None:
    found = community.values.get(metric)
    for measure in asked.measures:
        start = starts.get(measure.code, asked.years)
        if start < asked.years and _ready(asked, starts, measure.code) <= year:
            for effect in measure.effects:
                if effect.metric == metric and effect.kind == "add" and found is not None:
                    found += effect.amount
    for measure in asked.measures:
        start = starts.get(measure.code, asked.years)
        if start < asked.years and _ready(asked, starts, measure.code) <= year:
            for effect in measure.effects:
                if effect.metric == metric and effect.kind == "set":
                    found = effect.amount if found is None else max(found, effect.amount)
    return found


def _tier(asked: Instance, community: Community, starts: dict[str, int], year: int) -> int:
    for tier in range(1, asked.tiers + 1):
        for bound in asked.bounds:
            if bound.tier != tier or bound.value is None:
                continue
            value = _value(asked, community, starts, bound.metric, year)
            if community.values.get(bound.metric) is None and tier <= community.tier:
                continue
            if value is None or value < float(bound.value):
                return tier - 1
    return asked.tiers


def brute_force(asked: Instance) -> float | None:
    """Points of the best plan by trying every start of every measure and every path; None where no plan is allowed."""
    never, years = asked.years, asked.years
    shared = [m.code for m in asked.measures if m.shareable]
    best: float | None = None
    groups = sorted({c.group for c in asked.communities if c.group})
    at_once = {m.code: 0 for m in asked.measures}
    for common in itertools.product(range(never + 1), repeat=len(shared) * len(groups)):
        held = {g: dict(zip(shared, common[i * len(shared) :], strict=False)) for i, g in enumerate(groups)}
        options: list[list[tuple[float, int, list[int], list[int], list[int], int]]] = []
        for community in asked.communities:
            mine = []
            solo = [m for m in asked.measures if not (m.shareable and community.group)]
            for picked in itertools.product(range(never + 1), repeat=len(solo)):
                starts = {m.code: s for m, s in zip(solo, picked, strict=True)}
                starts.update(held.get(community.group, {}))
                if any(
                    starts[m.code] < never and any(starts[n] > starts[m.code] for n in m.needs) for m in asked.measures
                ):
                    continue
                reach = [_tier(asked, community, starts, year) for year in range(years)]
                floor = min(community.tier, _tier(asked, community, at_once, years - 1)) if asked.fairness.keep else 0
                money, staff = [0] * years, [0] * years
                for measure in solo:
                    start = starts[measure.code]
                    if start < never:
                        units = community.units.get(measure.code, 1)
                        money[start] += measure.unit_cost * units
                        staff[start] += measure.staff
                        for year in range(start + measure.delay + 1, years):
                            money[year] += measure.running_cost * units
                for path in itertools.product(*(range(r + 1) for r in reach)):
                    if list(path) != sorted(path) or path[-1] < floor:
                        continue
                    income, top, got = [0] * years, community.tier, 0
                    for year, tier in enumerate(path):
                        if tier > top:
                            top = tier
                            award = asked.awards.amounts[tier - 1] if asked.awards.amounts else 0
                            if year + asked.awards.lag < years and award > got:
                                income[year + asked.awards.lag] += award - got
                            got = max(got, award)
                    weights = (0.0, *asked.objective.tier_weights)
                    points = 0.0
                    for year, tier in enumerate(path):
                        share = 1.0 if year == years - 1 else asked.objective.early
                        points += share * (weights[tier] - weights[community.tier])
                        sign = (tier > community.tier) - (tier < community.tier)
                        points += share * asked.objective.people * community.people / 1000 * sign
                    points *= 1 + (asked.objective.old_bonus if community.old else 0)
                    mine.append((points, path[-1] > community.tier, money, staff, income, community.old))
            options.append(_undominated(mine))
        base_money, base_staff = [0] * years, [0] * years
        bad = False
        for group in groups:
            for measure in asked.measures:
                start = held[group].get(measure.code, never) if measure.shareable else never
                if start < never:
                    bad = bad or any(held[group].get(n, never) > start for n in measure.needs)
                    base_money[start] += measure.unit_cost
                    base_staff[start] += measure.staff
                    for year in range(start + measure.delay + 1, years):
                        base_money[year] += measure.running_cost
        if bad:
            continue
        for chosen in itertools.product(*options):
            raised = sum(c[1] for c in chosen)
            if asked.fairness.old_share and sum(c[1] for c in chosen if c[5]) < asked.fairness.old_share * raised:
                continue
            towns: dict[str, int] = {}
            below: dict[str, int] = {}
            for community, c in zip(asked.communities, chosen, strict=True):
                towns[community.town] = towns.get(community.town, 0) + c[1]
                below[community.town] = below.get(community.town, 0) + (community.tier < asked.tiers)
            if any(towns[t] < min(asked.fairness.per_town, below[t]) for t in towns):
                continue
            money = [base_money[y] + sum(c[2][y] for c in chosen) for y in range(years)]
            staff = [base_staff[y] + sum(c[3][y] for c in chosen) for y in range(years)]
            if asked.staff is not None and any(s > cap for s, cap in zip(staff, asked.staff, strict=True)):
                continue
            left, fine = 0, True
            for year in range(years):
                left += asked.sources[0].amounts[year] + sum(c[4][year] for c in chosen) - money[year]
                fine = fine and left >= 0
            if not fine:
                continue
            points = sum(c[0] for c in chosen) - asked.objective.thrift * sum(money) / 1_000_000
            best = points if best is None else max(best, points)
    return best


def _undominated(options: list) -> list:  # type: ignore[type-arg]
    """Options that no other is at least as good as in everything."""
    kept: list = []  # type: ignore[type-arg]
    for one in sorted(options, key=lambda o: (-o[0], sum(o[2]), sum(o[3]), -sum(o[4]))):
        if not any(
            k[0] >= one[0]
            and k[1] == one[1]
            and all(a <= b for a, b in zip(k[2], one[2], strict=True))
            and all(a <= b for a, b in zip(k[3], one[3], strict=True))
            and all(a >= b for a, b in zip(k[4], one[4], strict=True))
            for k in kept
        ):
            kept.append(one)
    return kept


@st.composite
def small(draw: st.DrawFn) -> Instance:
    """Two or three communities, up to three measures, two years, one source: small enough to try everything."""
    metrics = ["a", "b"]
    bounds = []
    for metric in metrics:
        low = draw(st.integers(1, 4))
        bounds += [Bound(f"I{metric}", t, metric, ">=", low + 2 * (t - 1)) for t in (1, 2, 3) if draw(st.booleans())]
    measures = []
    for j in range(draw(st.integers(1, 3))):
        effects = tuple(
            Effect(m, draw(st.sampled_from(["add", "set"])), draw(st.integers(2, 9)))
            for m in draw(st.lists(st.sampled_from(metrics), min_size=1, max_size=2, unique=True))
        )
        measures.append(
            Measure(
                f"u{j}",
                draw(st.integers(0, 6)) * YUAN,
                effects,
                draw(st.integers(0, 2)) * YUAN,
                draw(st.sampled_from([6, 12, 18])),
                draw(st.integers(0, 3)),
                needs=(f"u{draw(st.integers(0, 1))}",)
                if j == 2 and draw(st.booleans())
                else ("u0",)
                if j == 1 and draw(st.booleans())
                else (),
                shareable=j == 0 and draw(st.booleans()),
            )
        )
    communities = tuple(
        Community(
            f"c{i}",
            f"t{draw(st.integers(0, 1))}",
            draw(st.integers(100, 900)),
            draw(st.integers(0, 2)),
            draw(st.booleans()),
            {m: draw(st.one_of(st.none(), st.integers(0, 8))) for m in metrics},
            {"u1": draw(st.integers(1, 2))},
            group="g" if draw(st.booleans()) else "",
        )
        for i in range(draw(st.integers(1, 3)) if len(measures) < 3 else 2)
    )
    return Instance(
        2,
        communities,
        tuple(measures),
        tuple(bounds),
        (Source("district", (draw(st.integers(1, 8)) * YUAN, draw(st.integers(0, 8)) * YUAN)),),
        staff=draw(st.one_of(st.none(), st.tuples(st.integers(0, 6), st.integers(0, 6)))),
        awards=Awards((1 * YUAN, 2 * YUAN, 5 * YUAN), source="district") if draw(st.booleans()) else Awards(),
        fairness=Fairness(draw(st.integers(0, 1)), draw(st.sampled_from([0.0, 0.5])), draw(st.booleans())),
        objective=Objective(WEIGHTS, draw(st.sampled_from([0.0, 1.0])), draw(st.sampled_from([0.0, 0.3])), 0.05, 1.0),
    )
