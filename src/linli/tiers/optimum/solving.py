"""The plan: the relaxation by columns, whole columns by HiGHS, what is proved about them, and why each community is left out. Pure.

How it works, and why this way, is told in docs/plans.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from linli.kernel.errors import Text

from . import colliding
from .generating import Generated, generate, seed
from .greedy import fair, fits, greedy
from .instance import Instance, check
from .master import Master, all_sources
from .options import Choices
from .paying import pay
from .pricing import Column, Prices, Space
from .result import Infeasible, Outcome, Plan, Reason, Unfinished, Work
from .standing import number
from .whole import Whole

#: A relaxation is solved to this relative distance of its bound.
CLOSE = 1e-5
#: Up to so many pieces, all that could be part of a better plan are listed and the plan is proved best.
MOST_LISTED = 6_000
#: Up to so many communities, they are looked for though the gap is small enough already.
FEW = 40
#: Branches HiGHS looks at; a count and no time, so that the same question has the same answer.
NODES = 3_000
#: Points below which a price or a gain counts as none.
NOTHING = 1e-9
WAN = 1_000_000  # cents in 10,000 CNY


def solve(asked: Instance, *, gap: float = 0.001, seconds: float = 60.0) -> Plan:
    """The best plan, to a relative `gap` where the columns allow. Raises `Refused`, `Infeasible` and `Unfinished`.

    `seconds` only guards: with it HiGHS ends a search that its count of branches did not end.
    """
    check(asked)
    space = Space(asked)
    empty = space.empty_blocks()
    if empty:
        codes = {space.choices[i].community.code for members in empty for i in members}
        raise Infeasible(colliding.alone(asked, codes), tuple(sorted(codes)))
    most = float(np.abs(np.where(space.allowed, space.worth, 0.0)).max(initial=1.0))
    master = Master(space, worth=1.0, penalty=1e3 * (most + 1.0))
    relaxed = generate(master, enough=CLOSE)
    if relaxed.solved.slack > 1e-6:
        groups = colliding.smallest(asked)
        if groups:
            raise Infeasible(groups)
    simple = greedy(space, list(master.columns))
    found, ended, bound = _whole(master, relaxed, simple, gap, seconds)
    if found is None:
        if ended != "infeasible":
            raise Unfinished()
        raise Infeasible(tuple(colliding.groups(asked)), whole=True)
    return _plan(master, relaxed, found, bound, ended, simple)


def simple_plan(asked: Instance) -> Plan | None:
    """The plan without a solver: most points for the money first. None where that finds none."""
    check(asked)
    space = Space(asked)
    if space.empty_blocks():
        return None
    master = Master(space, worth=1.0, penalty=1e6)
    seed(master)
    found = greedy(space, master.columns)
    if found is None:
        return None
    relaxed = Generated(master.relax(), float("inf"), 0)
    return _plan(master, relaxed, found, float("inf"), "greedy", found)


def _points(columns: Sequence[Column] | None) -> float:
    return float("-inf") if columns is None else sum(c.points for c in columns)


def _whole(
    master: Master, relaxed: Generated, simple: list[Column] | None, gap: float, seconds: float
) -> tuple[list[Column] | None, str, float]:
    """Whole columns: first of the pieces known, then of all that may be part of something better, or of the best of them.
    How it ended is "optimal" or "infeasible" only where all pieces were listed and this is proved."""
    space, bound = master.space, relaxed.bound
    small = len(space.choices) <= FEW
    target = bound - gap * abs(bound)
    pool = Whole(space)
    pool.take_columns(master.columns)
    priced = space.price(relaxed.solved.prices)
    found, _, ended = pool.solve(gap=gap / 4, target=target, seconds=seconds / 4, nodes=NODES)
    if found is not None and not (fits(space, found) and fair(space, found)):
        found = None
    if _points(simple) > _points(found):
        found = simple
    for last in (False, True):
        if found is not None and bound - _points(found) <= gap * abs(_points(found)) and not small:
            break
        # A plan better than the one found loses, over all blocks, no more than this against the best of each.
        lose = relaxed.solved.fixed + float(priced.best.sum()) - _points(found) + 1e-7
        listed = priced.within(lose, MOST_LISTED)
        if listed is not None:
            pool.take(*listed)
        elif not last:
            pool.take(range(len(space.joint_conf)), priced.best_pieces(lose))
        else:
            break
        again, limit, ended = pool.solve(
            gap=gap / 4 if listed is None else 1e-9,
            target=target if listed is None else float("inf"),
            seconds=seconds / 3,
            nodes=NODES,
        )
        if again is not None and _points(again) > _points(found) and fits(space, again) and fair(space, again):
            found = again
        if listed is not None:
            if ended == "optimal" and found is not None:
                bound = max(_points(found), min(bound, limit))
            if ended == "infeasible" and found is not None:
                ended = "gap"
            return found, ended, bound
    return found, "gap" if ended in ("optimal", "infeasible", "close enough") else ended, bound


def _plan(
    master: Master,
    relaxed: Generated,
    found: list[Column],
    bound: float,
    ended: str,
    simple: list[Column] | None,
) -> Plan:
    space = master.space
    asked, years = space.asked, space.years
    spent = {
        (k, y): sum(c.spent[k * years + y] for c in found) for k in range(len(space.classes)) for y in range(years)
    }
    income = tuple(sum(c.income[y] for c in found) for y in range(years))
    paid = pay(all_sources(asked), {(asked.awards.source, y): income[y] for y in range(years)}, space.classes, spent)
    if paid is None:
        raise AssertionError("a plan that its sources do not pay")
    by_source: dict[tuple[str, int], int] = {}
    for (source, _, year), amount in sorted(paid.items()):
        by_source[source, year] = by_source.get((source, year), 0) + amount
    points = sum(c.points for c in found)
    bound = max(bound, points)
    marginal = {at: master.telling(price) for at, price in relaxed.solved.source.items()}
    return Plan(
        points,
        bound,
        (bound - points) / max(1e-9, abs(points)) if bound - points > 1e-7 else 0.0,
        tuple(_works(space, found)),
        tuple(_outcomes(space, found, relaxed.solved.prices)),
        by_source,
        income,
        tuple(sum(c.staff[y] for c in found) for y in range(years)),
        {at: None if price is None else price * WAN for at, price in sorted(marginal.items())},
        ended,
        relaxed.rounds,
        len(master.columns),
        None if simple is None else _points(simple),
    )


def _works(space: Space, found: Sequence[Column]) -> list[Work]:
    by_code = {c.community.code: c.community for c in space.choices}
    works = []
    for column in found:
        shared = set(space.shared[column.block])
        begun: dict[str, dict[str, int]] = {}
        for code, measure, year in column.starts:
            for served in [c for c, _ in column.paths] if measure in shared else [code]:
                begun.setdefault(served, {})[measure] = year
        for code, measure, year in column.starts:
            community, what = by_code[code], space.maker.measures[measure]
            both = measure in shared
            units = 1 if both else community.units.get(measure, 1)
            serves = tuple(
                space.choices[i].community.code
                for i in space.blocks[column.block]
                if measure in space.choices[i].shared
            )
            works.append(
                Work(
                    code,
                    measure,
                    year,
                    space.maker.ready(measure, community.has, begun[code]),
                    community.prices.get(measure, what.unit_cost) * units,
                    what.running_cost * units,
                    serves if both else (code,),
                )
            )
    return sorted(works, key=lambda w: (w.community, w.year, w.measure))


def _outcomes(space: Space, found: Sequence[Column], prices: Prices) -> list[Outcome]:
    asked, years = space.asked, space.years
    held = {code: path for column in found for code, path in column.paths}
    cost: dict[str, int] = {}
    served: set[str] = set()
    for work in _works(space, found):
        served.update(work.serves)
        upkeep = max(0, years - 1 - work.year - space.maker.measures[work.measure].delay)
        cost[work.community] = cost.get(work.community, 0) + work.cost + work.running * upkeep
    cheapest = _least(space, replace_prices(space, 1.0, 0.0))
    money = _least(space, Prices(prices.spent, np.zeros(years), np.zeros(years), {}, 0.0, 0.0))
    staff = _least(space, Prices(np.zeros_like(prices.spent), prices.staff, np.zeros(years), {}, 0.0, 0.0))
    gains = _gains(space)
    outcomes = []
    for i, choice in enumerate(space.choices):
        community = choice.community
        path = held[community.code]
        reason = None
        if path[-1] <= choice.recognised:
            least = round(cheapest[i]) if np.isfinite(cheapest[i]) else None
            unfair = -prices.raised - (prices.old if community.old else 0.0)
            reason = why(space, choice, Scarce(least, float(money[i]), float(staff[i]), unfair, float(gains[i])))
        outcomes.append(
            Outcome(
                community.code,
                community.town,
                community.people,
                choice.recognised,
                choice.now,
                path,
                cost.get(community.code, 0),
                sum(asked.awards.due(choice.recognised, path)),
                reason,
                community.code in served,
            )
        )
    return outcomes


def replace_prices(space: Space, money: float, staff: float) -> Prices:
    """Flat prices, nothing else counts."""
    none = np.zeros(space.years)
    return Prices(np.full(space.dims - space.years, money), np.full(space.years, staff), none, {}, 0.0, 0.0)


def _least(space: Space, prices: Prices) -> np.ndarray:
    """The least that raising each community a tier takes at these prices, what neighbours share aside."""
    table = space.price(prices, 0.0).by_projection
    owner = space.conf_of[space.proj_at]
    found = np.full(len(space.choices), np.inf)
    np.minimum.at(found, owner, np.where(space.raises[owner], -table, np.inf).min(axis=1))
    return found


def _gains(space: Space) -> np.ndarray:
    """What raising each community adds to the points at most, where money and staff are no object."""
    table = space.price(space.free(), 1.0).by_projection
    owner = space.conf_of[space.proj_at]
    best = []
    for up in (space.raises, ~space.raises):
        found = np.full(len(space.choices), -np.inf)
        np.maximum.at(found, owner, np.where(up[owner], table, -np.inf).max(axis=1))
        best.append(found)
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(best[0]), best[0] - best[1], -np.inf)


@dataclass(frozen=True, slots=True)
class Scarce:
    """What raising a community would take: the least money in cents; money, staff and fairness at their prices in the relaxation;
    and what it would add to the points."""

    cheapest: int | None
    money: float
    staff: float
    unfair: float
    gain: float


def why(space: Space, choice: Choices, scarce: Scarce) -> Reason:
    """Why a community is not raised, in words."""
    cheapest = scarce.cheapest
    asked, community, ladder = space.asked, choice.community, space.ladder
    aim = choice.recognised + 1
    if choice.reach[-1] < choice.recognised:
        lost = tuple(ladder.missing(community, choice.recognised))
        names = "、".join(sorted({miss.indicator for miss in lost}))
        text = Text(
            f"在方案年限内无论如何都会退级:指标 {names} 未达标,可用的措施不能及时补足。",
            f"It falls back whatever is done: {names.replace('、', ', ')} is missed and no measure that may be used mends it "
            "within the years of the plan.",
        )
        return Reason("falls_back", text, lost)
    if choice.recognised >= asked.tiers:
        return Reason("top", Text("已是最高等级。", "It holds the highest tier."))
    banned = community.code in space.maker.closed or any(
        b.tier is not None and b.tier <= aim and b.measure is None and b.community in (None, community.code)
        for b in asked.bans
    )
    if banned:
        return Reason("banned", Text("方案设定中禁止提升。", "What was asked forbids raising it."))
    allowed = space.maker.allowed(community)
    stuck = []
    for miss in ladder.missing(community, aim):
        if space.maker.lifted(community, miss.metric, allowed, None) < aim:
            stuck.append(miss)
    if stuck:
        unknown = all(number(miss.value) is None for miss in stuck)
        names = "、".join(sorted({miss.indicator for miss in stuck}))
        if unknown:
            text = Text(
                f"指标 {names} 的数据未知,也没有措施能补上:先填报。",
                f"Values of {names.replace('、', ', ')} are not known and no measure makes them so: declare them first.",
            )
            return Reason("unknown", text, tuple(stuck))
        text = Text(
            f"指标 {names} 的差距没有可用措施能补足。",
            f"No measure that may be used closes the gap of {names.replace('、', ', ')}.",
        )
        return Reason("unreachable", text, tuple(stuck))
    if choice.reach[-1] < aim:
        text = Text("措施建成时间超出方案年限。", "The works it needs are not ready within the years of the plan.")
        return Reason("lead_time", text)
    if scarce.gain <= NOTHING:
        text = Text("提升它对所选目标没有增益。", "Raising it adds nothing to the aim that was chosen.")
        return Reason("no_gain", text, cheapest=cheapest)
    if scarce.staff > max(scarce.money, NOTHING):
        text = Text("实施人力不足以再做一个社区。", "The staff does not suffice for it beside those chosen.")
        return Reason("capacity", text, cheapest=cheapest)
    if scarce.unfair > max(scarce.money, NOTHING):
        text = Text(
            "老旧小区优先的比例限制了其他社区的提升数。",
            "The share that old compounds are to have limits how many others are raised.",
        )
        return Reason("fairness", text, cheapest=cheapest)
    if scarce.money > NOTHING:
        text = Text("预算用在了单位投入收效更高的社区。", "The budget lifts more in the communities chosen instead.")
        return Reason("budget", text, cheapest=cheapest)
    text = Text(
        "措施只能整项实施,它所需的放不进其余社区留下的资金、人力和年份。",
        "Works are done whole, and those it needs do not fit what the others leave of money, staff and years.",
    )
    return Reason("indivisible", text, cheapest=cheapest)


def raised_budget(asked: Instance, factor: float) -> Instance:
    """The same question with all amounts times `factor`, whole cents."""
    sources = tuple(replace(s, amounts=tuple(int(a * factor) for a in s.amounts)) for s in asked.sources)
    return replace(asked, sources=sources)
