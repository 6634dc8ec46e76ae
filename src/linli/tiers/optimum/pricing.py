"""The best choice of every block at given prices. A block is a group of neighbours that share, or a community by itself. Pure.

All rows of all parts of all communities are priced in one pass of arrays: the cheapest row of each part for each path, summed
over the parts for each start of the links, then the best path, then the best start of what the block shares.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .instance import Community, Instance
from .options import Choices, Floats, Ints, Maker, begun, paths
from .standing import Ladder


class Piece(NamedTuple):
    """What one member of a block does: the start of its links, its path, a row of each part."""

    conf: int
    path: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One whole choice of a block: what begins when, who holds which tier at the end of each year, and what it takes.

    `spent` in cents by class of money and year, `staff` by year, `income` cents of awards by year of coming, `raised` how many
    communities of each town rise, `old` how many of them are old compounds.
    """

    block: int
    starts: tuple[tuple[str, str, int], ...]
    paths: tuple[tuple[str, tuple[int, ...]], ...]
    points: float
    spent: tuple[int, ...]
    staff: tuple[int, ...]
    income: tuple[int, ...]
    raised: tuple[tuple[str, int], ...]
    old: int
    joint: int
    pieces: tuple[Piece, ...]

    @property
    def key(self) -> tuple[object, ...]:
        return (self.joint, self.pieces)


@dataclass(frozen=True, slots=True)
class Prices:
    """What one cent of a class and year, a day of staff, a cent of income, a raised community of a town or of an old compound
    is worth in points at the moment."""

    spent: Floats
    staff: Floats
    income: Floats
    town: dict[str, float]
    old: float
    raised: float


class Space:
    """All choices of all communities, ready to be priced."""

    def __init__(self, asked: Instance) -> None:
        self.asked = asked
        self.years = asked.years
        self.ladder = Ladder.of(asked)
        self.maker = Maker(asked, self.ladder)
        self.paths = paths(asked.tiers, asked.years)
        communities = sorted(asked.communities, key=lambda c: c.code)
        self.choices = [self.maker.choices(c) for c in communities]
        self.classes: list[frozenset[str]] = []
        self._class_of: dict[frozenset[str], int] = {}
        for community in communities:
            for theme in sorted({m.theme for m in asked.measures}):
                self._class(theme, community)
        self.dims = len(self.classes) * self.years + self.years
        self.worth = np.array([self._worth(c) for c in self.choices])
        self.incomes = np.array([self._income(c) for c in self.choices], dtype=np.int64)
        self.allowed = np.array([self._allowed(c) for c in self.choices])
        self.raises = np.array([self.paths[:, -1] > c.recognised for c in self.choices])
        self._blocks()
        self._stack()

    # --- what a path is worth ---

    def _worth(self, choice: Choices) -> Floats:
        aim, community = self.asked.objective, choice.community
        weights = np.array([0.0, *aim.tier_weights])
        shares = np.full(self.years, aim.early)
        shares[-1] = 1.0
        gain = weights[self.paths] - weights[choice.recognised]
        gain = gain + aim.people * community.people / 1000 * np.sign(self.paths - choice.recognised)
        return (gain @ shares) * (1 + (aim.old_bonus if community.old else 0.0))

    def _income(self, choice: Choices) -> Ints:
        found = np.zeros((len(self.paths), self.years), dtype=np.int64)
        awards = self.asked.awards
        for i, path in enumerate(self.paths.tolist()):
            for year, amount in enumerate(awards.due(choice.recognised, path)):
                if year + awards.lag < self.years:
                    found[i, year + awards.lag] += amount
        return found

    def _allowed(self, choice: Choices) -> NDArray[np.bool_]:
        code = choice.community.code
        good = (self.paths <= np.minimum(np.array(choice.reach), choice.ceiling)[None, :]).all(axis=1)
        if self.asked.fairness.keep:
            # What falls back whatever is done cannot be kept, and must not make every plan impossible.
            good &= self.paths[:, -1] >= min(choice.recognised, choice.reach[-1])
        for lock in self.asked.locks:
            if lock.community == code and lock.tier is not None:
                good &= self.paths[:, self.years - 1 if lock.year is None else lock.year] >= lock.tier
        for ban in self.asked.bans:
            if ban.community in (None, code) and ban.tier is not None and ban.measure is None:
                good &= (self.paths <= max(ban.tier - 1, choice.now, choice.recognised)).all(axis=1)
        return good

    # --- what works take ---

    def _class(self, theme: str, community: Community) -> int:
        """The class of money: which sources may pay."""
        payers = frozenset(s.code for s in self.asked.sources if s.pays(theme, community.town, community.old))
        awards = self.asked.awards
        if awards.amounts and awards.source not in {s.code for s in self.asked.sources}:
            payers |= {awards.source}
        if payers not in self._class_of:
            self._class_of[payers] = len(self.classes)
            self.classes.append(payers)
        return self._class_of[payers]

    def takes(self, code: str, community: Community, start: int, shared: bool) -> Ints:
        """What a measure takes in a community when it starts in a year: cents by class and year, then staff by year."""
        measure = self.maker.measures[code]
        units = 1 if shared else community.units.get(code, 1)
        price = community.prices.get(code, measure.unit_cost)
        money, staff = begun(measure, start, self.years, units, price)
        found = np.zeros(self.dims, dtype=np.int64)
        at = self._class(measure.theme, community) * self.years
        found[at : at + self.years] = money
        found[-self.years :] = staff
        return found

    # --- blocks and arrays ---

    def _blocks(self) -> None:
        """Neighbours that share something stand together."""
        groups: dict[str, list[int]] = {}
        for i, choice in enumerate(self.choices):
            name = "g" + choice.community.group if choice.shared else "c" + choice.community.code
            groups.setdefault(name, []).append(i)
        self.blocks = list(groups.values())
        self.block_of = {i: b for b, members in enumerate(self.blocks) for i in members}
        self.shared = [tuple(sorted({s for i in members for s in self.choices[i].shared})) for members in self.blocks]
        self.block_confs: list[Ints] = []
        for members, shared in zip(self.blocks, self.shared, strict=True):
            place = {code: k for k, code in enumerate(shared)}
            confs = np.array(list(itertools.product(range(self.years + 1), repeat=len(shared))), dtype=np.int64)
            confs = confs.reshape((self.years + 1) ** len(shared), len(shared))
            good = np.ones(len(confs), dtype=bool)
            for i in members:
                held = {tuple(row[: len(self.choices[i].shared)]) for row in self.choices[i].confs.tolist()}
                mine = confs[:, [place[s] for s in self.choices[i].shared]]
                good &= np.array([tuple(row) in held for row in mine.tolist()], dtype=bool)
            self.block_confs.append(confs[good])

    def _stack(self) -> None:
        """One long array each of rows, groups of rows, confs, projections and starts of blocks."""
        rows: list[Floats] = [np.zeros((1, self.dims))]
        fits: list[NDArray[np.bool_]] = [np.ones((1, len(self.paths)), dtype=bool)]
        group_at = [0]
        gather: list[int] = []
        conf_at: list[int] = []
        conf_of: list[int] = []
        conf_takes: list[Floats] = []
        self.row_of: list[tuple[int, int, int]] = [(-1, -1, -1)]
        self.conf_row: list[tuple[int, int]] = []
        proj_at: list[int] = []
        proj_index: list[dict[tuple[int, ...], int]] = []
        total, groups, filled = 1, 1, 0
        fit_of: dict[int, NDArray[np.bool_]] = {}
        for i, choice in enumerate(self.choices):
            links = (*choice.shared, *choice.hubs)
            taken = {
                code: np.array(
                    [self.takes(code, choice.community, s, False) for s in range(self.years + 1)], dtype=float
                )
                for code in {c for p in choice.parts for c in p.own} | set(choice.hubs)
            }
            tables: list[tuple[list[int], dict[tuple[int, ...], int]]] = []
            for p, part in enumerate(choice.parts):
                width = len(part.links)
                order = np.lexsort(part.starts[:, :width].T[::-1]) if width else np.arange(len(part.starts))
                starts = part.starts[order]
                cost = np.zeros((len(starts), self.dims))
                for k, code in enumerate(part.own):
                    cost += taken[code][starts[:, width + k]]
                if id(part) not in fit_of:
                    fit_of[id(part)] = np.asarray((part.levels[:, None, :] >= self.paths[None, :, :]).all(axis=2))
                rows.append(cost)
                fits.append(fit_of[id(part)][order])
                keys: dict[tuple[int, ...], int] = {}
                for r, key in enumerate(map(tuple, starts[:, :width].tolist())):
                    if key not in keys:
                        keys[key] = groups
                        group_at.append(total + r)
                        groups += 1
                self.row_of.extend((i, p, int(r)) for r in order)
                tables.append(([links.index(c) for c in part.links], keys))
                total += len(starts)
            # Shared ones come first, so confs of one projection stand together.
            projections: dict[tuple[int, ...], int] = {}
            for c, conf in enumerate(choice.confs.tolist()):
                mine = [keys.get(tuple(conf[k] for k in at), -1) for at, keys in tables]
                if -1 in mine:
                    continue
                key = tuple(conf[: len(choice.shared)])
                if key not in projections:
                    projections[key] = len(proj_at)
                    proj_at.append(len(conf_at))
                conf_at.append(filled)
                gather.extend([0, *mine])
                filled += 1 + len(mine)
                conf_of.append(i)
                self.conf_row.append((i, c))
                shares = np.zeros(self.dims)
                for k, code in enumerate(choice.hubs):
                    shares += taken[code][conf[len(choice.shared) + k]]
                conf_takes.append(shares)
            proj_index.append(projections)
        self.rows, self.fits = np.concatenate(rows), np.concatenate(fits)
        self.group_at, self.gather = np.array(group_at), np.array(gather, dtype=np.int64)
        self.conf_at, self.conf_of = np.array(conf_at, dtype=np.int64), np.array(conf_of, dtype=np.int64)
        self.conf_takes = np.array(conf_takes).reshape(len(conf_takes), self.dims)
        self.proj_at = np.array(proj_at, dtype=np.int64)
        self._join(proj_index)

    def _paying(self, code: str, members: list[int]) -> Community:
        """The community a shared work is paid as: money for old compounds pays only where all it serves are such."""
        served = [self.choices[i].community for i in members if code in self.choices[i].shared]
        return replace(served[0], old=all(community.old for community in served))

    def _join(self, proj_index: list[dict[tuple[int, ...], int]]) -> None:
        """Starts of what a block shares, each with the projections its members take there."""
        self.joint_members: list[list[int]] = []
        self.joint_conf: list[tuple[int, int]] = []
        takes: list[Floats] = []
        joint_at: list[int] = []
        for b, members in enumerate(self.blocks):
            place = {code: k for k, code in enumerate(self.shared[b])}
            payers = [self._paying(code, members) for code in self.shared[b]]
            joint_at.append(len(self.joint_conf))
            for c, conf in enumerate(self.block_confs[b].tolist()):
                mine = [proj_index[i].get(tuple(conf[place[s]] for s in self.choices[i].shared), -1) for i in members]
                if -1 in mine:
                    continue
                cost = np.zeros(self.dims)
                for k, code in enumerate(self.shared[b]):
                    cost += self.takes(code, payers[k], conf[k], True)
                takes.append(cost)
                self.joint_members.append(mine)
                self.joint_conf.append((b, c))
        self.joint_at = np.array(joint_at, dtype=np.int64)
        self.joint_end = np.array([*joint_at[1:], len(self.joint_conf)], dtype=np.int64)
        self.joint_takes = np.array(takes).reshape(len(takes), self.dims)
        flat = [p for mine in self.joint_members for p in mine]
        self.joint_flat = np.array(flat, dtype=np.int64)
        self.joint_flat_at = np.cumsum([0, *(len(m) for m in self.joint_members)])[:-1]

    def confs_of(self, projection: int) -> tuple[int, int]:
        """Where the confs of a projection stand."""
        last = projection + 1 == len(self.proj_at)
        return int(self.proj_at[projection]), len(self.conf_at) if last else int(self.proj_at[projection + 1])

    def empty_blocks(self) -> list[list[int]]:
        """Blocks that have no choice at all: what is locked, kept and forbidden there contradicts itself."""
        tried = self.price(self.free())
        return [members for b, members in enumerate(self.blocks) if not np.isfinite(tried.best[b])]

    def free(self) -> Prices:
        """Prices at which nothing costs anything."""
        return Prices(np.zeros(self.dims - self.years), np.zeros(self.years), np.zeros(self.years), {}, 0.0, 0.0)

    def price(self, at: Prices, worth: float = 1.0) -> Priced:
        """The best of everything at these prices; `worth` scales the points of paths (0: only the rows of the master count)."""
        thrift = self.asked.objective.thrift * worth / 1_000_000
        vector = np.concatenate([at.spent + thrift, at.staff])
        cost = self.rows @ vector
        cheapest = np.minimum.reduceat(np.where(self.fits, cost[:, None], np.inf), self.group_at, axis=0)
        total = np.add.reduceat(cheapest[self.gather], self.conf_at, axis=0) + (self.conf_takes @ vector)[:, None]
        town = np.array([at.town.get(c.community.town, 0.0) for c in self.choices])
        old = np.array([at.old if c.community.old else 0.0 for c in self.choices])
        gain = worth * self.worth + self.incomes @ at.income + self.raises * (town + old + at.raised)[:, None]
        gain = np.where(self.allowed, gain, -np.inf)
        net = gain[self.conf_of] - total
        by_projection = np.maximum.reduceat(net, self.proj_at, axis=0)
        best = by_projection.max(axis=1)
        joint = np.add.reduceat(best[self.joint_flat], self.joint_flat_at) - self.joint_takes @ vector
        padded = np.append(joint, -np.inf)  # a block without any choice may stand at the end
        tops = np.maximum.reduceat(padded, self.joint_at)
        tops = np.where(self.joint_end > self.joint_at, tops, -np.inf)
        return Priced(self, cost, net, by_projection, best, joint, tops)

    # --- columns ---

    def column(self, joint: int, chosen: Sequence[Piece]) -> Column:
        """The column of a block: for each member its conf, its path and a row of each part."""
        b, c = self.joint_conf[joint]
        spent = self.joint_takes[joint].copy()
        starts: list[tuple[str, str, int]] = []
        first = self.choices[self.blocks[b][0]].community
        for code, year in zip(self.shared[b], self.block_confs[b][c].tolist(), strict=True):
            if year < self.years:
                starts.append((first.code, code, year))
        raised: dict[str, int] = {}
        held, old, points, income = [], 0, 0.0, np.zeros(self.years, dtype=np.int64)
        for conf, path, picked in chosen:
            i, row = self.conf_row[conf]
            choice = self.choices[i]
            spent += self.conf_takes[conf]
            for code, year in zip(choice.hubs, choice.confs[row][len(choice.shared) :].tolist(), strict=True):
                if year < self.years:
                    starts.append((choice.community.code, code, year))
            for r in picked:
                _, p, at = self.row_of[r]
                part = choice.parts[p]
                spent += self.rows[r]
                for code, year in zip(part.own, part.starts[at][len(part.links) :].tolist(), strict=True):
                    if year < self.years:
                        starts.append((choice.community.code, code, year))
            held.append((choice.community.code, tuple(self.paths[path].tolist())))
            points += float(self.worth[i, path])
            income += self.incomes[i, path]
            if self.raises[i, path]:
                raised[choice.community.town] = raised.get(choice.community.town, 0) + 1
                old += choice.community.old
        money = tuple(round(x) for x in spent[: -self.years])
        points -= self.asked.objective.thrift * sum(money) / 1_000_000
        return Column(
            b,
            tuple(sorted(starts)),
            tuple(held),
            points,
            money,
            tuple(round(x) for x in spent[-self.years :]),
            tuple(int(x) for x in income),
            tuple(sorted(raised.items())),
            old,
            joint,
            tuple(chosen),
        )


@dataclass(frozen=True, slots=True)
class Priced:
    """What one pass of prices found. `best` by block."""

    space: Space
    cost: Floats
    net: Floats
    by_projection: Floats
    projections: Floats
    joint: Floats
    best: Floats

    def top(self, block: int) -> Column:
        """The best column of a block."""
        space = self.space
        lo, hi = int(space.joint_at[block]), int(space.joint_end[block])
        joint = lo + int(np.argmax(self.joint[lo:hi]))
        return space.column(joint, [self._member(p, None) for p in space.joint_members[joint]])

    def _member(self, projection: int, path: int | None) -> Piece:
        """The best conf of a projection (on a path), with the cheapest row of each part."""
        space = self.space
        lo, hi = space.confs_of(projection)
        if path is None:
            conf, path = divmod(int(np.argmax(self.net[lo:hi])), len(space.paths))
        else:
            conf = int(np.argmax(self.net[lo:hi, path]))
        conf += lo
        return Piece(conf, path, tuple(self._row(g, path) for g in self._groups(conf)))

    def _groups(self, conf: int) -> list[int]:
        space = self.space
        lo = int(space.conf_at[conf])
        hi = int(space.conf_at[conf + 1]) if conf + 1 < len(space.conf_at) else len(space.gather)
        return [int(g) for g in space.gather[lo + 1 : hi]]

    def _span(self, group: int) -> tuple[int, int]:
        space = self.space
        end = int(space.group_at[group + 1]) if group + 1 < len(space.group_at) else len(space.rows)
        return int(space.group_at[group]), end

    def _row(self, group: int, path: int) -> int:
        lo, hi = self._span(group)
        return lo + int(np.argmin(np.where(self.space.fits[lo:hi, path], self.cost[lo:hi], np.inf)))

    def within(self, lose: float, most: int) -> tuple[list[int], list[Piece]] | None:
        """Every start of what blocks share, and every piece of a member, that loses no more than `lose` against the best of
        its block; None where there are more than `most` pieces."""
        space = self.space
        joints: list[int] = []
        spare: dict[int, float] = {}
        for block in range(len(space.blocks)):
            for joint in range(int(space.joint_at[block]), int(space.joint_end[block])):
                left = lose - float(self.best[block] - self.joint[joint])
                if left >= 0:
                    joints.append(joint)
                    for projection in space.joint_members[joint]:
                        spare[projection] = max(left, spare.get(projection, 0.0))
        pieces: list[Piece] = []
        for projection, left in sorted(spare.items()):
            lo, hi = space.confs_of(projection)
            net = self.net[lo:hi]  # what is not finite is not allowed, however much may be lost
            for conf, path in np.argwhere(np.isfinite(net) & (self.projections[projection] - net <= left)).tolist():
                lost = float(self.projections[projection] - self.net[lo + conf, path])
                for rows, _ in self._rows(self._groups(lo + conf), path, left - lost):
                    pieces.append(Piece(lo + conf, path, tuple(rows)))
                    if len(pieces) > most:
                        return None
        return joints, pieces

    def best_pieces(self, lose: float) -> Iterator[Piece]:
        """The best piece of each member for each path, where it loses no more than `lose` against the best of the member."""
        for projection, top in enumerate(self.projections):
            net = self.by_projection[projection]
            for path in np.flatnonzero(np.isfinite(net) & (top - net <= lose)).tolist():
                yield self._member(projection, path)

    def _rows(self, groups: list[int], path: int, spare: float) -> Iterator[tuple[list[int], float]]:
        """Every choice of rows that loses no more than `spare` against the cheapest."""
        if not groups:
            yield [], 0.0
            return
        lo, hi = self._span(groups[0])
        costs = np.where(self.space.fits[lo:hi, path], self.cost[lo:hi], np.inf)
        least = costs.min()
        for r in np.flatnonzero(np.isfinite(costs) & (costs - least <= spare)):
            lost = float(costs[r] - least)
            for rest, gone in self._rows(groups[1:], path, spare - lost):
                yield [lo + int(r), *rest], lost + gone
