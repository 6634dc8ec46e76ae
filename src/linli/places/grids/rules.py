"""What changes of a village's grids come to: pure, from its grids and a list of operations to a plan or troubles.

Codes: 12 digits of the village and a serial from 001, from west to east and north to south (网格标识码, DB11 practice:
official for the order). A grid that ends never gives its code away; new grids take the next free serials in that order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from ..cells import Plane
from ..gridding import MOST_IN_A_VILLAGE, reading_order
from . import tiling
from .tiling import Trouble

KINDS: Final = ("基础", "专属")
_LEAST_HEIR: Final = 0.02  # of its area: less than that is a strip, not an heir


@dataclass(frozen=True, slots=True)
class GridState:
    """A grid as it stands or will stand. `code` of a new one is its key ("+1") until it is numbered."""

    code: str
    name: str
    kind: str
    figure: Polygon | MultiPolygon = field(compare=False)
    synthetic: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Draw:
    """A new grid. `carve`: it takes its ground from the grids that lie there; otherwise the ground must be free."""

    figure: BaseGeometry
    name: str = ""
    kind: str = KINDS[0]
    carve: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """A grid is cut along a line; its code ends, each part is a new grid (named in the order of `names`, largest first)."""

    grid: str
    line: LineString
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Merge:
    """Neighbouring grids become one; their codes end."""

    grids: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Rename:
    """A grid gets another name or kind; its code stays."""

    grid: str
    name: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Close:
    """A grid ends; its ground goes to the neighbour `into`, or stays bare for grids drawn in the same change."""

    grid: str
    into: str = ""


Operation = Draw | Split | Merge | Rename | Close


@dataclass(frozen=True, slots=True)
class Village:
    """What a change starts from. `serials`: every serial ever used; `outline` None where no boundary is known."""

    code: str
    name: str
    grids: Mapping[str, GridState]
    outline: BaseGeometry | None = None
    serials: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """The grids of one village before and after, and who takes over what: `heirs[old]`, the named successor first.

    `strips[old]` get too little of the ground to be heirs (nobody's rights or duties go there); what stands on it goes
    with it all the same.
    """

    village: str
    before: Mapping[str, GridState]
    after: Mapping[str, GridState]
    heirs: Mapping[str, tuple[str, ...]]
    strips: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def added(self) -> tuple[str, ...]:
        return tuple(sorted(self.after.keys() - self.before.keys()))

    @property
    def ended(self) -> tuple[str, ...]:
        return tuple(sorted(self.before.keys() - self.after.keys()))

    @property
    def redrawn(self) -> tuple[str, ...]:
        """Grids that keep their code and get another figure."""
        both = self.before.keys() & self.after.keys()
        return tuple(sorted(c for c in both if differs(self.before[c].figure, self.after[c].figure)))

    @property
    def renamed(self) -> tuple[str, ...]:
        both = self.before.keys() & self.after.keys()
        return tuple(sorted(c for c in both if _words(self.before[c]) != _words(self.after[c])))

    @property
    def anything(self) -> bool:
        return bool(self.added or self.ended or self.redrawn or self.renamed)


class Refused(Exception):
    """The operations do not come to a set of grids that can stand."""

    def __init__(self, *troubles: Trouble) -> None:
        super().__init__(", ".join(t.code for t in troubles))
        self.troubles = troubles


def plan(village: Village, operations: Sequence[Operation], successors: Mapping[str, str] | None = None) -> Plan:
    """Carry out operations one after the other. Raises Refused with every trouble that stands against the outcome.

    `successors` names, for an ended grid, which of its heirs takes the rows whose place is not known; without it the
    heir with most of its ground does.
    """
    state = dict(village.grids)
    made = 0
    for operation in operations:
        before = state.keys() | set()
        state = _apply(village, state, operation, made)
        made += len(state.keys() - before)
    return settle(village, state, successors or {})


def settle(
    village: Village,
    wanted: Mapping[str, GridState],
    successors: Mapping[str, str] | None = None,
    nearest: bool = False,
) -> Plan:
    """Check, tile and number the grids a village is to have. Raises Refused.

    `nearest`: a grid whose ground nothing takes over is followed by the nearest one (a drawing gives way to the truth).
    """
    if not wanted and village.grids:
        raise Refused(Trouble("no_grid_left"))
    moved = {c for c in wanted if c not in village.grids or differs(village.grids[c].figure, wanted[c].figure)}
    figures: Mapping[str, BaseGeometry] = {code: state.figure for code, state in wanted.items()}
    if moved or len(wanted) < len(village.grids):
        # Grids that only change their name are not noded anew: their edges stay as they were, bit for bit.
        named = {_say(state): state.figure for state in wanted.values()}
        if len(named) < len(wanted):
            raise Refused(Trouble("name_twice", tuple(_twice(s.name for s in wanted.values()))))
        tiled = tiling.tile(named, village.outline)
        if tiled.troubles:
            raise Refused(*tiled.troubles)
        figures = {code: tiled.figures[_say(state)] for code, state in wanted.items()}
    codes = number(village, {c: f for c, f in figures.items() if c.startswith("+")})
    after = {}
    for key, state in wanted.items():
        code = codes.get(key, key)
        kept = village.grids.get(code)
        figure = figures[key]
        if kept is not None and not differs(kept.figure, figure):
            figure = kept.figure
        after[code] = replace(
            state, code=code, figure=figure, name=state.name.strip() or f"{village.name}第{int(code[12:])}网格"
        )
    if twice := _twice(state.name for state in after.values()):
        raise Refused(Trouble("name_twice", tuple(twice)))
    named_heirs = {old: codes.get(new, new) for old, new in (successors or {}).items()}
    heirs = _heirs(village.grids, after, named_heirs, nearest)
    return Plan(village.code, dict(village.grids), after, heirs, _strips(village.grids, after, heirs))


def back(village: Village, earlier: Mapping[str, GridState], made: Iterable[str]) -> Plan:
    """The reverse of a change: `earlier` are the grids it changed or ended, `made` the codes it added."""
    after = {code: grid for code, grid in village.grids.items() if code not in set(made)} | dict(earlier)
    heirs = _heirs(village.grids, after, {})
    return Plan(village.code, dict(village.grids), after, heirs, _strips(village.grids, after, heirs))


def number(village: Village, new: Mapping[str, BaseGeometry]) -> dict[str, str]:
    """Codes of new grids: the next free serials, from west to east and north to south. Raises Refused beyond 999."""
    if not new:
        return {}
    keys = list(new)
    first = max(village.serials, default=0) + 1
    if first + len(keys) - 1 > MOST_IN_A_VILLAGE:
        raise Refused(Trouble("too_many"))
    centres = shapely.get_coordinates(shapely.centroid(np.array([new[k] for k in keys], dtype=object)))
    metres = Plane.of(shapely.multipoints(centres)).to_metres(centres)
    order = reading_order(range(len(keys)), metres)
    return {keys[index]: f"{village.code}{first + place:03d}" for place, index in enumerate(order)}


def differs(left: BaseGeometry, right: BaseGeometry) -> bool:
    """Whether two figures cover other ground; another order of vertices, or one more on an edge, is no difference."""
    return not left.equals(right) and _ground(shapely.symmetric_difference(left, right, grid_size=1e-8))


def _ground(figure: BaseGeometry) -> bool:
    """Whether there is ground to stand on: more than the lines and hairs that computed edges leave."""
    return any(tiling.width_m(part) > 0.02 for part in shapely.get_parts(figure) if part.geom_type == "Polygon")


def _apply(village: Village, state: dict[str, GridState], operation: Operation, made: int) -> dict[str, GridState]:
    after = dict(state)
    match operation:
        case Draw(figure, name, kind, carve):
            if found := tiling.flaw(name or f"+{made + 1}", figure):
                raise Refused(found)
            if village.outline is not None:
                figure = shapely.intersection(figure, village.outline, grid_size=1e-8) if carve else figure
            if figure.is_empty:
                raise Refused(Trouble("outside", (name,), operation.figure))
            if carve:
                for code, grid in state.items():
                    if grid.figure.intersects(figure):
                        rest = tiling.difference(grid.figure, figure)
                        if rest.is_empty:
                            raise Refused(Trouble("nothing_left", (grid.name,), grid.figure))
                        after[code] = replace(grid, figure=rest, synthetic=grid.synthetic)
            after[f"+{made + 1}"] = GridState(f"+{made + 1}", name, _kind(kind), tiling.union([figure]))
        case Split(code, line, names):
            grid = _one(state, code)
            if len(line.coords) < 2 or line.length == 0:
                raise Refused(Trouble("no_cut", (grid.name,)))
            parts = tiling.split(grid.figure, line)
            if len(parts) < 2:
                raise Refused(Trouble("no_cut", (grid.name,), line))
            del after[code]
            for i, part in enumerate(parts):
                key = f"+{made + 1 + i}"
                name = names[i] if i < len(names) else ""
                after[key] = replace(grid, code=key, name=name, figure=part)
        case Merge(codes, name):
            grids = [_one(state, code) for code in dict.fromkeys(codes)]
            if len(grids) < 2:
                raise Refused(Trouble("one_grid", tuple(g.name for g in grids)))
            if not tiling.connected([g.figure for g in grids]):
                raise Refused(Trouble("not_neighbours", tuple(g.name for g in grids)))
            for grid in grids:
                del after[grid.code]
            key = f"+{made + 1}"
            after[key] = _joined(grids, key, name)
        case Rename(code, name, kind):
            grid = _one(state, code)
            after[code] = replace(grid, name=name.strip() or grid.name, kind=_kind(kind) if kind else grid.kind)
        case Close(code, into):
            grid = _one(state, code)
            del after[code]
            if into:
                heir = _one(after, into)
                if not tiling.connected([grid.figure, heir.figure]):
                    raise Refused(Trouble("not_neighbours", (grid.name, heir.name)))
                after[into] = replace(_joined([heir, grid], into, heir.name), kind=heir.kind)
    return after


def _joined(grids: Sequence[GridState], code: str, name: str) -> GridState:
    sources = dict.fromkeys(g.source for g in grids if g.source)
    return GridState(
        code,
        name,
        grids[0].kind if len({g.kind for g in grids}) == 1 else KINDS[0],
        tiling.union(g.figure for g in grids),
        synthetic=any(g.synthetic for g in grids),
        source="; ".join(sources),
    )


def _one(state: Mapping[str, GridState], code: str) -> GridState:
    if code not in state:
        raise Refused(Trouble("unknown_grid", (code,)))
    return state[code]


def _kind(kind: str) -> str:
    if kind not in KINDS:
        raise Refused(Trouble("unknown_kind", (kind,)))
    return kind


def _heirs(
    before: Mapping[str, GridState],
    after: Mapping[str, GridState],
    named: Mapping[str, str],
    nearest: bool = False,
) -> dict[str, tuple[str, ...]]:
    """For each grid whose ground changes hands: who takes it over, most of it first, a named successor before all."""
    heirs = {}
    for old, grid in before.items():
        kept = after.get(old)
        if kept is not None and not differs(grid.figure, kept.figure):
            continue
        shares = {c: grid.figure.intersection(s.figure).area / grid.figure.area for c, s in after.items()}
        # A grid that stays keeps the rows of which no more is known.
        shares = {c: math.inf if c == old else share for c, share in shares.items() if share > _LEAST_HEIR or c == old}
        if not shares and nearest:
            shares = {min(after, key=lambda c: (grid.figure.distance(after[c].figure), c)): 1.0}
        if not shares:
            raise Refused(Trouble("no_heir", (grid.name,), grid.figure))
        if old in named:
            if named[old] not in shares:
                raise Refused(Trouble("no_such_heir", (grid.name,)))
            shares[named[old]] = math.inf
        heirs[old] = tuple(sorted(shares, key=lambda c: (-shares[c], c)))
    return heirs


def _strips(
    before: Mapping[str, GridState], after: Mapping[str, GridState], heirs: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """For each grid of `heirs`, who else gets ground of it."""
    found = {}
    for old, known in heirs.items():
        figure = before[old].figure
        others = sorted(after.keys() - set(known))
        if taking := [c for c in others if _ground(shapely.intersection(figure, after[c].figure, grid_size=1e-8))]:
            found[old] = tuple(taking)
    return found


def _say(state: GridState) -> str:
    return state.name.strip() or state.code


def _twice(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return sorted({name for name in names if name and (name in seen or seen.add(name))})  # type: ignore[func-returns-value]


def _words(state: GridState) -> tuple[object, ...]:
    return (state.name, state.kind, state.synthetic, state.source)
