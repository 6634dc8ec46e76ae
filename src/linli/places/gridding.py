"""Grids for a district that has none yet: drawn cells (示意), each in one village, coded as 网格标识码 asks.

Cells tile the boundary; towns, then villages, get connected groups of them in proportion to their people; the grids
of a village are numbered from west to east and north to south.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from .cells import Centre, Plane, adjacency, area_m2, make_cells, outline
from .packages import DistrictPackage
from .partition import Due, share_cells
from .rules import default_weight, share_out

MOST_IN_A_VILLAGE = 999


@dataclass(frozen=True, slots=True)
class DrawnGrid:
    """One drawn grid: 15-digit code, its village, name, figure in WGS-84 and a point inside it."""

    code: str
    village_code: str
    name: str
    figure: Polygon = field(compare=False)
    lon: float = 0.0
    lat: float = 0.0
    area_m2: float = 0.0


@dataclass(frozen=True, slots=True)
class Drawing:
    """The drawn grids in code order, and the outlines of villages, towns and district they add up to."""

    grids: tuple[DrawnGrid, ...]
    outlines: dict[str, Polygon | MultiPolygon]


def village_weights(package: DistrictPackage) -> dict[str, float]:
    """People of each village relative to the others: stated by the district, else assumed from its kind."""
    kinds = {t.code: t.kind for t in package.towns}
    return {v.code: v.weight or default_weight(kinds[v.town_code], v.kind) for v in package.villages}


def draw(package: DistrictPackage, count: int, seed: int = 42) -> Drawing:
    """Draw `count` grids over the district's boundary; the same arguments give the same drawing.

    Raises ValueError when the package has no boundary, or `count` does not suit its villages.
    """
    if package.boundary is None:
        raise ValueError("the district has no boundary to draw grids in")
    boundary = shape(package.boundary)
    weights = village_weights(package)
    codes = sorted(weights)
    shares = dict(zip(codes, share_out([weights[c] for c in codes], count).tolist(), strict=True))
    if max(shares.values()) > MOST_IN_A_VILLAGE:
        raise ValueError("more than 999 grids in one village")
    cells = make_cells(boundary, count, seed, _centres(package))
    plane = Plane.of(boundary)
    centre = plane.to_metres(shapely.get_coordinates(shapely.centroid(np.array(cells, dtype=object))))
    groups = _groups(package, shares, centre, adjacency(cells), plane)
    names = {v.code: v.short for v in package.villages}
    grids: list[DrawnGrid] = []
    outlines: dict[str, Polygon | MultiPolygon] = {}
    for village, members in sorted(groups.items()):
        for serial, index in enumerate(reading_order(members, centre), start=1):
            grids.append(_grid(village, serial, names[village], cells[index]))
        outlines[village] = outline([cells[i] for i in members])
    for town in package.towns:
        inside = [o for code, o in outlines.items() if len(code) == 12 and code.startswith(town.code)]
        if inside:
            outlines[town.code] = outline(inside)
    outlines[package.district.code] = outline([o for code, o in outlines.items() if len(code) == 9])
    return Drawing(tuple(grids), outlines)


def reading_order(members: Sequence[int], centre: NDArray[np.float64]) -> list[int]:
    """The members in rows from north to south, each row from west to east."""
    if len(members) < 2:
        return list(members)
    y = centre[list(members), 1]
    rows = max(round(len(members) ** 0.5), 1)
    height = max(float(np.ptp(y)) / rows, 1.0)
    top = float(y.max())
    return sorted(members, key=lambda i: (min(int((top - centre[i, 1]) / height), rows - 1), float(centre[i, 0]), i))


def _centres(package: DistrictPackage) -> list[Centre]:
    """Streets are built up densely, the seats of towns a little."""
    dense = {"街道": (5.0, 4000.0)}
    found = []
    for town in package.towns:
        if town.hint:
            strength, radius = dense.get(town.kind, (1.0, 2500.0))
            found.append(Centre(*town.hint, strength, radius))
    return found


def _groups(
    package: DistrictPackage,
    shares: dict[str, int],
    centre: NDArray[np.float64],
    neighbours: Sequence[Sequence[int]],
    plane: Plane,
) -> dict[str, list[int]]:
    """The cells of each village: first shared out to towns, then within each."""
    towns = []
    for town in sorted(package.towns, key=lambda t: t.code):
        number = sum(n for code, n in shares.items() if code.startswith(town.code))
        hint = None
        if town.hint:
            x, y = plane.to_metres(np.array([town.hint]))[0].tolist()
            hint = (x, y)
        if number:
            towns.append(Due(town.code, number, hint))
    groups: dict[str, list[int]] = {}
    for town_code, cells in share_cells(range(len(centre)), towns, centre, neighbours).items():
        villages = [Due(code, n) for code, n in sorted(shares.items()) if code.startswith(town_code)]
        groups |= share_cells(cells, villages, centre, neighbours)
    return groups


def _grid(village: str, serial: int, name: str, figure: BaseGeometry) -> DrawnGrid:
    inside = figure.representative_point()
    polygon = Polygon(figure)
    return DrawnGrid(
        f"{village}{serial:03d}",
        village,
        f"{name}第{serial}网格",
        polygon,
        inside.x,
        inside.y,
        area_m2(figure),
    )
