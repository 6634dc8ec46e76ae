"""Figures that tile an outline: where they overlap, leave gaps or stand outside, and one exact tiling where they do not.

Pure. Hand-drawn edges never meet bit for bit, so everything is noded together and strips narrower than TOLERANCE_M go
to the neighbour; wider ones are trouble, and their place is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from ..cells import GRID_SIZE, Plane, area_m2

TOLERANCE_M: Final = 3.0
_M_PER_DEGREE: Final = 111_319.49
_LEAST_M2: Final = 100.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why boundaries cannot stand: a code (see `problems.WORDS`), the grids concerned, and the place."""

    code: str
    names: tuple[str, ...] = ()
    figure: BaseGeometry | None = None
    area_m2: float = 0.0


@dataclass(frozen=True, slots=True)
class Tiling:
    """The figures, noded together; or the troubles that stand against them."""

    figures: Mapping[str, Polygon | MultiPolygon]
    troubles: tuple[Trouble, ...] = ()


def flaw(name: str, figure: BaseGeometry) -> Trouble | None:
    """What is wrong with one figure by itself: empty, self-crossing, no area, not in degrees, not in China."""
    if figure.is_empty or figure.geom_type not in ("Polygon", "MultiPolygon"):
        return Trouble("empty", (name,))
    if not np.isfinite(shapely.get_coordinates(figure)).all():
        return Trouble("empty", (name,))
    west, south, east, north = figure.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        return Trouble("not_degrees", (name,))
    if not figure.is_valid:
        return Trouble("self_crossing", (name,), _where(figure))
    if area_m2(figure) < _LEAST_M2:
        return Trouble("too_small", (name,), figure, area_m2(figure))
    return None


def _where(figure: BaseGeometry) -> BaseGeometry:
    """The point at which a figure crosses itself, as GEOS tells it."""
    text = explain_validity(figure)
    numbers = text.rpartition("[")[2].rstrip("]").split()
    try:
        return shapely.Point(float(numbers[0]), float(numbers[1]))
    except (ValueError, IndexError):
        return shapely.Point(*shapely.get_coordinates(figure)[0])


def tile(figures: Mapping[str, BaseGeometry], outline: BaseGeometry | None = None) -> Tiling:
    """One exact tiling of `outline` (without one: of what the figures cover, holes filled), or the troubles."""
    flaws = [found for name, figure in figures.items() if (found := flaw(name, figure))]
    if flaws or not figures:
        return Tiling({}, tuple(flaws) or (Trouble("empty"),))
    names = list(figures)
    given = np.array([figures[name] for name in names], dtype=object)
    whole = shapely.set_precision(outline if outline is not None else _covered(given), GRID_SIZE)
    edges = [whole.boundary, *shapely.boundary(given)]
    network = shapely.unary_union(edges, grid_size=GRID_SIZE)
    faces = np.array(shapely.get_parts(shapely.polygonize(shapely.get_parts(network))))
    inner = shapely.point_on_surface(faces)
    shapely.prepare(given)
    owned = shapely.contains(given[:, None], inner[None, :])
    inside = shapely.contains(whole, inner)
    thin = np.array([width_m(face) < TOLERANCE_M for face in faces], dtype=bool)
    owners = owned.sum(axis=0)
    label = np.where((owners == 1) & inside, owned.argmax(axis=0), -1)
    wrong = ~thin & ((owners != 1) & inside | (owners > 0) & ~inside)
    troubles = _troubles(names, faces, owned, inside, wrong)
    bare = set(range(len(names))) - set(label.tolist())
    troubles += [Trouble("nothing_left", (names[i],), figures[names[i]]) for i in sorted(bare) if not troubles]
    if troubles:
        return Tiling({}, tuple(troubles))
    _give_away(faces, label, inside)
    joined = {name: _join(faces[label == i]) for i, name in enumerate(names)}
    return Tiling(joined)


def width_m(figure: BaseGeometry) -> float:
    """How wide a strip of the area and length of `figure` would be, in metres."""
    plane = Plane.of(figure)
    there = shapely.transform(figure, plane.to_metres)
    length = float(shapely.length(there))
    return 2 * float(there.area) / length if length else 0.0


def split(figure: BaseGeometry, line: LineString) -> list[Polygon]:
    """The parts a line cuts a figure into, largest first; one part when it does not cut it.

    Ends inside the figure are carried on, straight, to its edge: nobody clicks an edge exactly.
    """
    cut = _reaching(figure, line)
    network = shapely.unary_union([figure.boundary, cut], grid_size=GRID_SIZE)
    faces = np.array(shapely.get_parts(shapely.polygonize(shapely.get_parts(network))))
    kept = faces[shapely.contains(figure, shapely.point_on_surface(faces))]
    wide = [face for face in kept if width_m(face) >= TOLERANCE_M]
    return sorted(wide, key=lambda face: -face.area)


def connected(figures: Sequence[BaseGeometry]) -> bool:
    """Whether figures hang together by shared edges (a corner is not enough)."""
    loose, found = set(range(1, len(figures))), [0]
    while found:
        at = found.pop()
        near = [i for i in loose if _shared_m(figures[at], figures[i]) >= TOLERANCE_M]
        loose -= set(near)
        found += near
    return not loose


def union(figures: Iterable[BaseGeometry]) -> Polygon | MultiPolygon:
    """Figures as one, on the grid of coordinates all figures are kept on."""
    return shapely.normalize(shapely.unary_union(list(figures), grid_size=GRID_SIZE))


def difference(figure: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
    """What of `figure` is not `other`: areas only, strips left out."""
    rest = shapely.difference(figure, other, grid_size=GRID_SIZE)
    return union(p for p in shapely.get_parts(rest) if p.geom_type == "Polygon" and width_m(p) >= TOLERANCE_M)


def refit(figures: Mapping[str, BaseGeometry], outline: BaseGeometry) -> Mapping[str, BaseGeometry]:
    """Drawn figures made to tile another outline: cut to it, and what is bare given to the nearest."""
    cut = {name: _grounds(shapely.intersection(f, outline, grid_size=GRID_SIZE)) for name, f in figures.items()}
    cut = {name: figure for name, figure in cut.items() if not figure.is_empty and area_m2(figure) >= _LEAST_M2}
    if not cut:
        return {}
    names = list(cut)
    tree = shapely.STRtree([cut[name] for name in names])
    for part in shapely.get_parts(shapely.difference(outline, union(cut.values()), grid_size=GRID_SIZE)):
        if part.geom_type == "Polygon" and not part.is_empty:
            name = names[int(tree.nearest(part))]
            cut[name] = union([cut[name], part])
    return cut


def _grounds(figure: BaseGeometry) -> BaseGeometry:
    """The areas of a figure, without the lines and points along which it only touched another."""
    return union(part for part in shapely.get_parts(figure) if part.geom_type == "Polygon")


def _covered(figures: NDArray[np.object_]) -> BaseGeometry:
    parts = shapely.get_parts(shapely.unary_union(figures, grid_size=GRID_SIZE))
    return shapely.unary_union([Polygon(part.exterior) for part in parts])


def _shared_m(left: BaseGeometry, right: BaseGeometry) -> float:
    """Metres along which two figures touch, within half a metre."""
    if not left.intersects(right.buffer(1e-6)):
        return 0.0
    return float(shapely.length(left.boundary.intersection(right.buffer(5e-6)))) * _M_PER_DEGREE


def _troubles(
    names: Sequence[str],
    faces: NDArray[np.object_],
    owned: NDArray[np.bool_],
    inside: NDArray[np.bool_],
    wrong: NDArray[np.bool_],
) -> list[Trouble]:
    """Troubles of the faces that are wrong, those side by side and of one kind taken together."""
    grouped: dict[tuple[str, tuple[str, ...]], list[BaseGeometry]] = {}
    for index in np.flatnonzero(wrong):
        who = tuple(names[i] for i in np.flatnonzero(owned[:, index]).tolist())
        kind = "outside" if not inside[index] else "overlap" if who else "gap"
        grouped.setdefault((kind, who), []).append(faces[index])
    return [
        Trouble(kind, who, part, area_m2(part))
        for (kind, who), parts in grouped.items()
        for part in shapely.get_parts(shapely.unary_union(parts))
    ]


def _give_away(faces: NDArray[np.object_], label: NDArray[np.int64], inside: NDArray[np.bool_]) -> None:
    """Strips go to the neighbour with the longest shared edge."""
    tree = shapely.STRtree(faces)
    loose = [i for i in np.flatnonzero(label < 0) if inside[i]]
    while loose:
        left = []
        for index in loose:
            near = tree.query(faces[index], predicate="intersects")
            near = near[label[near] >= 0]
            shared = shapely.length(shapely.intersection(faces[near], faces[index]))
            if len(near) and shared.max() > 0:
                label[index] = label[near[int(np.argmax(shared))]]
            else:
                left.append(index)
        if len(left) == len(loose):
            return
        loose = left


def _join(faces: NDArray[np.object_]) -> Polygon | MultiPolygon:
    joined = shapely.coverage_union_all(faces)
    parts = shapely.get_parts(joined)
    return shapely.normalize(parts[0] if len(parts) == 1 else shapely.multipolygons(parts))


def _reaching(figure: BaseGeometry, line: LineString) -> BaseGeometry:
    points = list(line.coords)
    return LineString([_on(figure, points[1], points[0]), *points, _on(figure, points[-2], points[-1])])


def _on(figure: BaseGeometry, before: tuple[float, ...], end: tuple[float, ...]) -> tuple[float, ...]:
    """Where the line from `before` through `end` next meets the edge; `end` itself when it lies outside."""
    if not shapely.contains_xy(figure, *end[:2]):
        return end
    west, south, east, north = figure.bounds
    length = float(np.hypot(end[0] - before[0], end[1] - before[1]))
    if not length:
        return end
    along = ((end[0] - before[0]) / length, (end[1] - before[1]) / length)
    reach = east - west + north - south
    far = (end[0] + along[0] * reach, end[1] + along[1] * reach)
    met = shapely.get_coordinates(LineString([end, far]).intersection(figure.boundary))
    if not len(met):
        return end
    x, y = min(met.tolist(), key=lambda p: (p[0] - end[0]) ** 2 + (p[1] - end[1]) ** 2)
    # A hair further, so that rounding does not leave the cut short of the edge.
    return (x + along[0] * 2 * GRID_SIZE, y + along[1] * 2 * GRID_SIZE)
