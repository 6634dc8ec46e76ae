"""True boundaries out of a GeoJSON file (RFC 7946) or a zipped shapefile: read, brought to WGS-84, checked, and what they change. Pure.

A file holds outlines of villages (`code` of 12 digits), grids (15 digits; or 12 digits of the village in `village_code`
for new ones), or both; the grids of a village are always the complete set. Villages and grids that were drawn by the
program (示意) make room for true ones; true ones never do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from linli.kernel.coordinates import Datum, to_wgs84

from .. import features
from ..cells import area_m2
from ..features import said
from ..shapefile import Unreadable
from . import rules, tiling
from .rules import GridState, Plan, Refused, Village
from .tiling import Trouble

MOST_FEATURES: Final = 5_000
MOST_VERTICES: Final = 2_000_000
# A .dbf cuts names of columns after ten bytes: five characters in GBK, three in UTF-8.
CODE: Final = (
    "code", "网格代码", "网格编码", "网格标识码", "区划代码", "grid_code", "网格代", "网格编", "网格标", "区划代",
)  # fmt: skip
VILLAGE: Final = (
    "village_code", "村居代码", "社区代码", "所属村居代码", "village_co", "所属村居代", "村居代", "社区代", "所属村",
)  # fmt: skip
NAME: Final = ("name", "网格名称", "名称", "grid_name", "网格名")
KIND: Final = ("kind", "网格类别", "类别", "网格类")
# Beyond this share of the ground outside the district a datum is doubted; half of it must speak for another one.
_DOUBT: Final = 0.02


@dataclass(frozen=True, slots=True)
class Boundary:
    """One feature: an outline (12 digits) or a grid; `code` of a grid without one is empty."""

    village: str
    code: str
    name: str
    kind: str
    figure: BaseGeometry

    @property
    def is_village(self) -> bool:
        return len(self.code) == 12

    @property
    def label(self) -> str:
        return self.name or self.code or self.village


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known already: villages with grids and outlines, which outlines are drawn (示意), the district's outline."""

    villages: Mapping[str, Village]
    drawn: frozenset[str]
    district: BaseGeometry | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The plans of all villages concerned, and outlines by code: (figure, drawn)."""

    plans: tuple[Plan, ...]
    outlines: Mapping[str, tuple[BaseGeometry, bool]]


def read(content: bytes, datum: Datum = Datum.WGS84) -> list[Boundary]:
    """The features of a file, in degrees of the datum they came in. Raises Unreadable."""
    found = [_told(f.properties, f.figure) for f in features.read(content, MOST_FEATURES, datum)]
    if sum(shapely.get_num_coordinates(b.figure) for b in found) > MOST_VERTICES:
        raise Unreadable("too_many")
    return found


def in_wgs84(boundaries: Sequence[Boundary], datum: Datum) -> list[Boundary]:
    """The same with coordinates of `datum` brought to WGS-84."""

    def convert(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_wgs84(points[:, 0], points[:, 1], datum))

    return [replace(b, figure=shapely.transform(b.figure, convert)) for b in boundaries]


def check(boundaries: Sequence[Boundary], datum: Datum, ground: Ground) -> list[Boundary]:
    """Boundaries in WGS-84. Raises Refused with what is wrong in single figures, codes, or the datum."""
    troubles = [t for b in boundaries if (t := tiling.flaw(b.label, b.figure))]
    codes = [b.code for b in boundaries if b.code]
    twice = sorted({c for c in codes if codes.count(c) > 1})
    troubles += [Trouble("code_twice", (code,)) for code in twice]
    troubles += [Trouble("unknown_village", (b.village,)) for b in boundaries if b.village not in ground.villages]
    troubles += [
        Trouble("bad_code", (b.code,))
        for b in boundaries
        if len(b.code) == 15 and _given_away(ground.villages.get(b.village), b.code)
    ]
    if troubles:
        raise Refused(*troubles)
    right = in_wgs84(boundaries, datum)
    if ground.district is not None:
        _check_datum(boundaries, right, datum, ground.district)
    return right


def outcome(boundaries: Sequence[Boundary], ground: Ground, source: str, drawn: bool = False) -> Outcome:
    """What checked boundaries change. Raises Refused. `drawn`: the file itself is only 示意."""
    outlines = _tiled({b.code: b for b in boundaries if b.is_village})
    grids = _tiled({f"{b.village} {i}": b for i, b in enumerate(boundaries) if not b.is_village})
    by_village: dict[str, dict[str, GridState]] = {}
    for i, b in enumerate(boundaries):
        if not b.is_village:
            key = _key(ground.villages[b.village], b, i)
            state = GridState(
                key, b.name, b.kind or rules.KINDS[0], grids[f"{b.village} {i}"], synthetic=drawn, source=source
            )
            by_village.setdefault(b.village, {})[key] = state
    for village, states in by_village.items():
        known = village in outlines or (ground.villages[village].outline is not None and village not in ground.drawn)
        if not known:
            outlines[village] = tiling.union(s.figure for s in states.values())
    plans: dict[str, Plan] = {}
    for code in by_village.keys() | outlines.keys():
        known_as = ground.villages[code]
        placed = replace(known_as, outline=outlines.get(code, known_as.outline))
        wanted = by_village.get(code) or _fitted(placed)
        if wanted:
            plans[code] = rules.settle(placed, wanted, nearest=True)
    fresh = {code: (figure, drawn) for code, figure in outlines.items()}
    _make_room(ground, outlines, plans, fresh)
    return Outcome(tuple(plans[c] for c in sorted(plans) if plans[c].anything), fresh)


def _told(properties: Mapping[str, Any], figure: BaseGeometry) -> Boundary:
    code, village = said(properties, CODE), said(properties, VILLAGE)
    if (not (code.isdigit() and len(code) in (12, 15)) and code) or (not code and not village):
        raise Unreadable("code")
    return Boundary(code[:12] or village, code, said(properties, NAME)[:50], said(properties, KIND), figure)


def _given_away(village: Village | None, code: str) -> bool:
    """Whether the serial belonged to a grid that ended, or is no serial."""
    if village is None:
        return False
    serial = int(code[12:])
    return serial == 0 or (serial in village.serials and code not in village.grids)


def _key(village: Village, boundary: Boundary, position: int) -> str:
    if boundary.code:
        return boundary.code
    same = [c for c, grid in village.grids.items() if boundary.name and grid.name == boundary.name]
    return same[0] if same else f"+{position}"


def _tiled(boundaries: Mapping[str, Boundary]) -> dict[str, BaseGeometry]:
    """Figures of one kind noded together, so that neighbours share their edge. Raises Refused for overlaps."""
    if not boundaries:
        return {}
    tiled = tiling.tile({key: b.figure for key, b in boundaries.items()})
    # Whether ground between them is bare is judged within each village: a file need not hold the whole district.
    troubles = [
        replace(t, names=tuple(boundaries[n].label for n in t.names)) for t in tiled.troubles if t.code != "gap"
    ]
    if troubles:
        raise Refused(*troubles)
    return dict(tiled.figures) or {key: b.figure for key, b in boundaries.items()}


def _fitted(village: Village) -> dict[str, GridState]:
    """The present grids for another outline: drawn ones are made to fit, true ones have to."""
    if village.outline is None or not all(grid.synthetic for grid in village.grids.values()):
        return dict(village.grids)
    fitted = tiling.refit({c: g.figure for c, g in village.grids.items()}, village.outline)
    if not fitted and village.grids:
        # Nothing of the drawing lies there: its first grid stands for all until true ones come.
        first = min(village.grids)
        return {first: replace(village.grids[first], figure=village.outline)}
    return {c: replace(village.grids[c], figure=figure) for c, figure in fitted.items()}


def _make_room(
    ground: Ground,
    outlines: Mapping[str, BaseGeometry],
    plans: dict[str, Plan],
    fresh: dict[str, tuple[BaseGeometry, bool]],
) -> None:
    """Villages beside the new ones: drawn ones are cut back, true ones must not be touched. Raises Refused."""
    if not outlines:
        return
    taken = tiling.union(outlines.values())
    shapely.prepare(taken)
    for code, village in ground.villages.items():
        if code in outlines or village.outline is None or not taken.intersects(village.outline):
            continue
        shared = tiling.difference(village.outline, tiling.difference(village.outline, taken))
        if shared.is_empty:
            continue
        if code not in ground.drawn:
            raise Refused(Trouble("overlaps_village", (village.name,), shared, area_m2(shared)))
        rest = tiling.difference(village.outline, taken)
        if rest.is_empty:
            raise Refused(Trouble("neighbour_covered", (village.name,), village.outline))
        smaller = replace(village, outline=rest)
        fresh[code] = (rest, True)
        if village.grids:
            plans[code] = rules.settle(smaller, _fitted(smaller), nearest=True)


def _check_datum(given: Sequence[Boundary], right: Sequence[Boundary], datum: Datum, district: BaseGeometry) -> None:
    """Raise Refused when most of it lies outside the district, or another datum fits it far better."""
    names = tuple(b.label for b in right[:3])
    misfit = _outside(right, district)
    others = {d: _outside(in_wgs84(given, d), district) for d in Datum if d not in (datum, Datum.CGCS2000)}
    best = min(others, key=lambda d: others[d])
    if misfit > _DOUBT and others[best] < misfit / 2:
        raise Refused(Trouble("datum", (*names, best.value.upper())))
    if misfit > 0.5:
        raise Refused(Trouble("elsewhere", names))


def _outside(boundaries: Sequence[Boundary], district: BaseGeometry) -> float:
    """The share of the ground that lies outside the district."""
    figures = np.array([b.figure for b in boundaries], dtype=object)
    whole = float(shapely.area(figures).sum())
    return float(shapely.area(shapely.difference(figures, district)).sum()) / whole if whole else 1.0
