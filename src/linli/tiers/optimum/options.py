"""Everything one community can do, small enough to look through: its measures fall into parts that do not touch each other. Pure.

Measures that others need, and those neighbours share, are *links*; with their start years fixed, the other measures fall into
*parts* by the metrics they move together. A row of a part is a start year for each of its measures (`years` is never) that
leaves out nothing without losing something. What a community can choose is a row of each part, a start year of each link and a
path: the tier it holds at the end of each year. Any such choice is one column of the plan; see docs/plans.md.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from linli.kernel.errors import Text

from .instance import Community, Effect, Instance, Measure, Refused
from .standing import Ladder, number

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: So many start years of a part, or of the links of a community, are looked through; more is refused.
MOST_ROWS = 70_000
MOST_LINKED = 4_096


@dataclass(frozen=True, slots=True)
class Part:
    """Metrics with the measures that move them. `links` and `own` are measures; `starts` has a column for each, links first;
    `levels` is the tier the metrics allow at the end of each year."""

    links: tuple[str, ...]
    own: tuple[str, ...]
    starts: Ints
    levels: Ints


@dataclass(frozen=True, slots=True)
class Choices:
    """What a community can do. `shared` and `hubs` are its links; `confs` their start years, shared ones first; `ceiling` is the
    tier that metrics no measure moves allow; `reach` the best tier at the end of each year, whatever it costs."""

    community: Community
    recognised: int
    now: int
    shared: tuple[str, ...]
    hubs: tuple[str, ...]
    confs: Ints
    parts: tuple[Part, ...]
    ceiling: int
    reach: tuple[int, ...]
    stuck: tuple[str, ...] = field(default=())


class Maker:
    """Makes the choices of communities; equal parts are worked out once."""

    def __init__(self, asked: Instance, ladder: Ladder) -> None:
        self.asked = asked
        self.ladder = ladder
        self.measures = {measure.code: measure for measure in asked.measures}
        self.banned_everywhere = {b.measure for b in asked.bans if b.community is None and b.measure}
        self.banned: dict[str, set[str]] = {}
        self.closed: set[str] = set()
        for ban in asked.bans:
            if ban.community and ban.measure:
                self.banned.setdefault(ban.community, set()).add(ban.measure)
            elif ban.community and ban.tier is None:
                self.closed.add(ban.community)
        self.locked: dict[str, dict[str, int]] = {}
        for lock in asked.locks:
            if lock.measure:
                year = asked.years - 1 if lock.year is None else lock.year
                held = self.locked.setdefault(lock.community, {})
                held[lock.measure] = min(year, held.get(lock.measure, year))
        self._behind: dict[tuple[str, frozenset[str]], tuple[str, ...]] = {}
        self._moves: dict[str, list[tuple[str, Effect]]] = {}
        for measure in sorted(asked.measures, key=lambda m: m.code):
            for effect in measure.effects:
                self._moves.setdefault(effect.metric, []).append((measure.code, effect))
        self._parts: dict[object, Part] = {}

    def behind(self, code: str, has: frozenset[str]) -> tuple[str, ...]:
        """All a measure rests on that is not there: what it needs, and what that needs."""
        found = self._behind.get((code, has))
        if found is None:
            held: dict[str, None] = {}
            waiting = [code]
            while waiting:
                for need in self.measures[waiting.pop()].needs:
                    if need not in held and need != code and need not in has:
                        held[need] = None
                        waiting.append(need)
            found = self._behind[code, has] = tuple(held)
        return found

    def slower(self, code: str, has: frozenset[str]) -> list[str]:
        """What a measure rests on that takes more year ends than it does: it may have to wait for these."""
        delay = self.measures[code].delay
        return [need for need in self.behind(code, has) if self.measures[need].delay > delay]

    def delay(self, code: str, has: frozenset[str]) -> int:
        """How many year ends pass before the one at which a measure counts, when all it rests on begins with it."""
        return max(self.measures[each].delay for each in (code, *self.behind(code, has)))

    def ready(self, code: str, has: frozenset[str], starts: Mapping[str, int]) -> int:
        """The year at whose end a measure counts: it and all it rests on are done."""
        return max(starts[each] + self.measures[each].delay for each in (code, *self.behind(code, has)))

    def allowed(self, community: Community) -> set[str]:
        """The measures it may have done: not there, not forbidden, nor in need of one that is."""
        if community.code in self.closed:
            return set()
        out = self.banned_everywhere | self.banned.get(community.code, set())
        left = {code for code in self.measures if code not in out and code not in community.has}
        while True:
            lost = {c for c in left if any(n not in left and n not in community.has for n in self.measures[c].needs)}
            if not lost:
                return left
            left -= lost

    def choices(self, community: Community) -> Choices:
        ladder, allowed = self.ladder, self.allowed(community)
        locks = {m: y for m, y in self.locked.get(community.code, {}).items() if m not in community.has}
        recognised = community.tier
        level = {m: ladder.level(m, number(community.values.get(m)), recognised) for m in ladder.asked}
        now = min(level.values(), default=ladder.tiers)
        best = {m: self.lifted(community, m, allowed, None) for m in ladder.asked}
        ceiling = min(best.values(), default=ladder.tiers)
        reach = tuple(
            min(
                (self.lifted(community, m, allowed, year) for m in ladder.asked),
                default=ladder.tiers,
            )
            for year in range(self.asked.years)
        )
        failing = [m for m in ladder.asked if level[m] < ceiling]
        useful = {
            code for code in allowed if any(e.metric in failing for e in self.measures[code].effects) or code in locks
        }
        waiting = list(useful)
        while waiting:
            for need in self.measures[waiting.pop()].needs:
                if need not in useful and need not in community.has:
                    useful.add(need)
                    waiting.append(need)
        needed = {need for code in useful for need in self.measures[code].needs} & useful
        shared = tuple(sorted(c for c in useful if self.measures[c].shareable and community.group))
        hubs = tuple(sorted(needed - set(shared)))
        confs = self._confs(community, (*shared, *hubs), locks)
        if not set(locks) <= allowed:
            confs = confs[:0]  # what is locked is forbidden: there is no choice, and the conditions collide
        return Choices(
            community,
            recognised,
            now,
            shared,
            hubs,
            confs,
            tuple(self._split(community, failing, useful, (*shared, *hubs), locks, ceiling)),
            min((level[m] for m in ladder.asked if m not in failing), default=ladder.tiers),
            reach,
            tuple(m for m in ladder.asked if best[m] <= max(now, recognised) and best[m] < ladder.tiers),
        )

    def lifted(self, community: Community, metric: str, allowed: Set[str], year: int | None) -> int:
        """The tier a metric allows with every allowed measure begun at once, at the end of a year (None: in the end)."""
        first = number(community.values.get(metric))
        value = self._all(community, metric, allowed, year)
        if first is None and value is not None:
            # What was accepted without a value stays accepted: a work never makes it worse.
            for tier in range(1, self.ladder.tiers + 1):
                if tier > community.tier and not self.ladder.meets(metric, tier, value, 0):
                    return tier - 1
            return self.ladder.tiers
        return self.ladder.level(metric, value, community.tier)

    def _all(self, community: Community, metric: str, allowed: Set[str], year: int | None) -> float | None:
        """The value of a metric with every allowed measure begun at once, at the end of a year (None: in the end)."""
        horizon = self.asked.years - 1 if year is None else year
        value = number(community.values.get(metric))
        level: float | None = None
        for code, effect in self._moves.get(metric, ()):
            if code not in allowed or (year is not None and self.delay(code, community.has) > horizon):
                continue
            if effect.kind == "set":
                level = effect.amount if level is None else self._better(metric, level, effect.amount)
            elif value is not None:
                value += effect.amount
        if value is None or level is None:
            return level if value is None else value
        return self._better(metric, value, level)

    def _better(self, metric: str, one: float, other: float) -> float:
        return max(one, other) if self.ladder.up[metric] else min(one, other)

    def _confs(self, community: Community, links: tuple[str, ...], locks: dict[str, int]) -> Ints:
        """Start years of the links: what they need is there, what is locked begins in time."""
        never = self.asked.years
        if (never + 1) ** len(links) > MOST_LINKED:
            raise _entangled(community, links)
        place = {code: i for i, code in enumerate(links)}
        rows = [
            row
            for row in itertools.product(range(never + 1), repeat=len(links))
            if all(row[place[c]] <= y for c, y in locks.items() if c in place)
            and all(
                row[i] == never or row[place[n]] <= row[i]
                for c, i in place.items()
                for n in self.measures[c].needs
                if n in place
            )
        ]
        return np.array(rows, dtype=np.int64).reshape(len(rows), len(links))

    def _split(
        self,
        community: Community,
        failing: list[str],
        useful: set[str],
        links: tuple[str, ...],
        locks: dict[str, int],
        ceiling: int,
    ) -> Iterable[Part]:
        """The parts of a community: own measures that move a metric together belong together."""
        own = sorted(useful - set(links))
        owner: dict[str, str] = {}

        def root(item: str) -> str:
            while owner.setdefault(item, item) != item:
                item = owner[item]
            return item

        for metric in failing:
            root("metric " + metric)
        for code in own:
            root("measure " + code)
            for effect in self.measures[code].effects:
                if effect.metric in failing:
                    owner[root("metric " + effect.metric)] = root("measure " + code)
        together: dict[str, tuple[list[str], list[str]]] = {}
        for metric in failing:
            together.setdefault(root("metric " + metric), ([], []))[0].append(metric)
        for code in own:
            together.setdefault(root("measure " + code), ([], []))[1].append(code)
        for metrics, members in together.values():
            needs = {n for code in members for n in self.measures[code].needs}
            moving = {c for c in links if any(e.metric in metrics for e in self.measures[c].effects)}
            waited = {n for code in {*moving, *members} for n in self.slower(code, community.has)}
            touched = tuple(code for code in links if code in needs | moving | waited)
            held = tuple(sorted((c, y) for c, y in locks.items() if c in members))
            values = tuple((m, number(community.values.get(m))) for m in metrics)
            key = (values, touched, tuple(members), held, community.tier, ceiling)
            part = self._parts.get(key)
            if part is None:
                part = self._part(community, metrics, touched, tuple(members), dict(held), ceiling)
                self._parts[key] = part
            yield part

    def _part(
        self,
        community: Community,
        metrics: list[str],
        links: tuple[str, ...],
        own: tuple[str, ...],
        locks: dict[str, int],
        ceiling: int,
    ) -> Part:
        never = self.asked.years
        codes = (*links, *own)
        years: list[list[int]] = []
        for code in codes:
            last = never if code in links else never - self.measures[code].delay
            some = list(range(never)) if code in links or code in locks else list(range(max(0, last)))
            years.append([y for y in some if y <= locks.get(code, never)] + ([] if code in locks else [never]))
        size = 1
        for some in years:
            size *= len(some)
        if size > MOST_ROWS:
            raise _entangled(community, codes)
        starts = np.array(list(itertools.product(*years)), dtype=np.int64).reshape(size, len(codes))
        place = {code: i for i, code in enumerate(codes)}
        good = np.ones(size, dtype=bool)
        for code in own:
            for need in self.measures[code].needs:
                if need in place:
                    good &= (starts[:, place[code]] == never) | (starts[:, place[need]] <= starts[:, place[code]])
        starts = starts[good]
        levels = self._levels(community, metrics, codes, starts, ceiling)
        keep = self._sparing(starts, levels, [place[c] for c in own if c not in locks])
        return Part(links, own, starts[keep], levels[keep])

    def _levels(
        self, community: Community, metrics: list[str], codes: tuple[str, ...], starts: Ints, ceiling: int
    ) -> Ints:
        never, ladder = self.asked.years, self.ladder
        levels = np.full((len(starts), never), ceiling, dtype=np.int64)
        ends = np.arange(never)[None, :]
        for metric in metrics:
            sign = 1.0 if ladder.up[metric] else -1.0
            first = number(community.values.get(metric))
            value = np.full((len(starts), never), -np.inf if first is None else sign * first)
            raised = np.full((len(starts), never), -np.inf)
            for i, code in enumerate(codes):
                measure = self.measures[code]
                ready = starts[:, i : i + 1] + measure.delay
                for need in self.slower(code, community.has):
                    ready = np.maximum(ready, starts[:, codes.index(need)][:, None] + self.measures[need].delay)
                there = (ready <= ends) & (starts[:, i : i + 1] < never)
                for effect in measure.effects:
                    if effect.metric != metric:
                        continue
                    if effect.kind == "set":
                        raised = np.where(there, np.maximum(raised, sign * effect.amount), raised)
                    else:
                        value = value + np.where(there, sign * effect.amount, 0.0)
            value = np.maximum(value, raised)
            met = np.ones((len(starts), never), dtype=bool)
            level = np.zeros((len(starts), never), dtype=np.int64)
            for tier in range(1, ladder.tiers + 1):
                bound = ladder.asked[metric][tier - 1]
                if bound is not None:
                    enough = value >= sign * bound - 1e-9
                    met &= enough | (first is None and tier <= community.tier)
                level += met
            levels = np.minimum(levels, level)
        return levels

    def _sparing(self, starts: Ints, levels: Ints, own: list[int]) -> NDArray[np.bool_]:
        """Rows in which no measure can be left out for nothing: cost, staff and upkeep are never below zero."""
        never = self.asked.years
        keep = np.ones(len(starts), dtype=bool)
        if not own or len(starts) < 2:
            return keep
        radix = (never + 1) ** np.arange(starts.shape[1], dtype=np.int64)
        keys = starts @ radix
        order = np.argsort(keys)
        for i in own:
            has = starts[:, i] < never
            without = keys + (never - starts[:, i]) * radix[i]
            at = np.searchsorted(keys[order], without)
            at = order[np.minimum(at, len(order) - 1)]
            found = has & (keys[at] == without)
            keep &= ~(found & (levels[at] == levels).all(axis=1))
        return keep


def _entangled(community: Community, codes: tuple[str, ...]) -> Refused:
    return Refused(
        "entangled",
        Text(
            "社区 {community} 有太多互相影响的措施({measures}),请减少前置或共享关系。",
            "Too many measures depend on each other in community {community} ({measures}): lessen what needs or shares what.",
        ),
        community=community.code,
        measures=", ".join(codes),
    )


def paths(tiers: int, years: int) -> Ints:
    """Every way to hold tiers over the years without falling back."""
    return np.array(list(itertools.combinations_with_replacement(range(tiers + 1), years)), dtype=np.int64)


def begun(measure: Measure, start: int, years: int, units: int, price: int) -> tuple[list[int], list[int]]:
    """What a measure costs (cents) and which staff it takes, by year, when it starts in a year of the plan."""
    money, staff = [0] * years, [0] * years
    if start < years:
        money[start] += price * units
        staff[start] += measure.staff
        for year in range(start + measure.delay + 1, years):
            money[year] += measure.running_cost * units
    return money, staff
