"""Cells inside a boundary that tile it exactly: relaxed Voronoi cells, noded on a fixed grid of coordinates.

Neighbours share their vertices bit for bit, so no point lies in two cells or in none. Cells are drawn, not
surveyed: 示意.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

# Degrees to which all vertices are rounded: 1 mm, so that the cells add up to the boundary as given.
GRID_SIZE = 1e-8
_SAMPLES_PER_CELL = 60
_ROUNDS = 12
_M_PER_DEGREE = 111_319.49


@dataclass(frozen=True, slots=True)
class Centre:
    """A dense spot: cells around (lon, lat) are smaller, `strength` times as many to the area, within `radius_m`."""

    lon: float
    lat: float
    strength: float = 5.0
    radius_m: float = 4000.0


@dataclass(frozen=True, slots=True)
class Plane:
    """Degrees to metres around one latitude, true enough for shapes within a district."""

    lon: float
    lat: float

    @classmethod
    def of(cls, geometry: BaseGeometry) -> Plane:
        west, south, east, north = geometry.bounds
        return cls((west + east) / 2, (south + north) / 2)

    def to_metres(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        scale = np.array([_M_PER_DEGREE * np.cos(np.radians(self.lat)), _M_PER_DEGREE])
        return np.asarray((points - [self.lon, self.lat]) * scale, dtype=np.float64)

    def to_degrees(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        scale = np.array([_M_PER_DEGREE * np.cos(np.radians(self.lat)), _M_PER_DEGREE])
        return np.asarray(points / scale + [self.lon, self.lat], dtype=np.float64)


def area_m2(geometry: BaseGeometry) -> float:
    """The area of a small figure in WGS-84 degrees, in square metres (better than 0.5 %)."""
    plane = Plane.of(geometry)
    return float(geometry.area * _M_PER_DEGREE**2 * np.cos(np.radians(plane.lat)))


def make_cells(boundary: BaseGeometry, count: int, seed: int, centres: Sequence[Centre] = ()) -> list[Polygon]:
    """`count` polygons that tile `boundary` (WGS-84 degrees); the same arguments give the same cells.

    Raises ValueError when the boundary is too small for that many.
    """
    boundary = shapely.set_precision(boundary, GRID_SIZE)
    plane = Plane.of(boundary)
    seeds = _seeds(boundary, plane, count, seed, centres)
    lines = shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=_frame(boundary, plane), only_edges=True)
    edges = shapely.transform(lines, plane.to_degrees)
    network = shapely.unary_union([edges, boundary.boundary], grid_size=GRID_SIZE)
    faces = np.array(shapely.get_parts(shapely.polygonize(shapely.get_parts(network))))
    inner = shapely.point_on_surface(faces)
    shapely.prepare(boundary)
    kept = shapely.contains_properly(boundary, inner)
    faces, inner = faces[kept], inner[kept]
    owner = shapely.STRtree(shapely.points(seeds)).nearest(
        shapely.points(plane.to_metres(shapely.get_coordinates(inner)))
    )
    return _join_pieces(faces, owner, count)


def adjacency(cells: Sequence[BaseGeometry]) -> list[list[int]]:
    """For each cell the cells that share an edge with it (a corner is not enough)."""
    figures = np.array(cells, dtype=object)
    left, right = shapely.STRtree(figures).query(figures, predicate="intersects")
    ahead = left < right
    left, right = left[ahead], right[ahead]
    shared = shapely.length(shapely.intersection(figures[left], figures[right])) > 0
    neighbours: list[list[int]] = [[] for _ in cells]
    for a, b in zip(left[shared].tolist(), right[shared].tolist(), strict=True):
        neighbours[a].append(b)
        neighbours[b].append(a)
    return [sorted(n) for n in neighbours]


def _frame(boundary: BaseGeometry, plane: Plane) -> BaseGeometry:
    west, south, east, north = boundary.bounds
    corners = plane.to_metres(np.array([[west, south], [east, north]]))
    return shapely.box(*corners.ravel()).buffer(5000.0)


def _seeds(
    boundary: BaseGeometry, plane: Plane, count: int, seed: int, centres: Sequence[Centre]
) -> NDArray[np.float64]:
    """Seed points in metres, evened out by Lloyd's rounds over a fixed sample of the boundary's inside."""
    rng = np.random.default_rng(seed)
    inside = _sample(boundary, rng, count * _SAMPLES_PER_CELL)
    points = plane.to_metres(inside)
    weight = np.ones(len(points))
    for centre in centres:
        at = plane.to_metres(np.array([[centre.lon, centre.lat]]))
        distance = np.hypot(*(points - at).T)
        weight = np.maximum(weight, 1.0 + centre.strength * np.exp(-((distance / centre.radius_m) ** 2)))
    if len(points) < count:
        raise ValueError("the boundary is too small for so many cells")
    chosen = rng.choice(len(points), size=count, replace=False, p=weight / weight.sum())
    seeds = points[chosen]
    figures = shapely.points(points)
    for _ in range(_ROUNDS):
        owner = shapely.STRtree(shapely.points(seeds)).nearest(figures)
        mass = np.bincount(owner, weight, count)
        for axis in (0, 1):
            moved = np.bincount(owner, weight * points[:, axis], count) / np.maximum(mass, 1e-9)
            seeds[:, axis] = np.where(mass > 0, moved, seeds[:, axis])
    outside = ~shapely.contains_xy(boundary, plane.to_degrees(seeds))
    if outside.any():  # in a bay of the boundary: take the nearest sample that is inside
        nearest = shapely.STRtree(figures).nearest(shapely.points(seeds[outside]))
        seeds[outside] = points[nearest]
    return seeds


def _sample(boundary: BaseGeometry, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    west, south, east, north = boundary.bounds
    shapely.prepare(boundary)
    share = boundary.area / max((east - west) * (north - south), 1e-12)
    found: list[NDArray[np.float64]] = []
    have = 0
    while have < count:
        batch = rng.uniform((west, south), (east, north), size=(int((count - have) / share * 1.1) + 16, 2))
        batch = batch[shapely.contains_xy(boundary, batch)]
        found.append(batch)
        have += len(batch)
    return np.concatenate(found)[:count]


def _join_pieces(faces: NDArray[np.object_], owner: NDArray[np.intp], count: int) -> list[Polygon]:
    """One connected polygon per seed; pieces the boundary cut off go to the neighbour with the longest shared edge."""
    sizes = shapely.area(faces)
    label = np.full(len(faces), -1, dtype=np.int64)
    for index in np.argsort(-sizes, kind="stable"):
        if not (label == owner[index]).any():
            label[index] = owner[index]
    missing = set(range(count)) - set(label.tolist())
    if missing:
        raise ValueError("the boundary is too small or too narrow for so many cells")
    tree = shapely.STRtree(faces)
    loose = np.flatnonzero(label < 0)
    while len(loose):
        for index in loose:
            near = tree.query(faces[index], predicate="intersects")
            near = near[label[near] >= 0]
            shared = shapely.length(shapely.intersection(faces[near], faces[index]))
            if len(near) and shared.max() > 0:
                own = near[(label[near] == owner[index]) & (shared > 0)]
                label[index] = owner[index] if len(own) else label[near[int(np.argmax(shared))]]
        rest = np.flatnonzero(label < 0)
        if len(rest) == len(loose):
            raise ValueError("the boundary falls apart into separate pieces smaller than a cell")
        loose = rest
    return [_one(shapely.coverage_union_all(faces[label == i])) for i in range(count)]


def _one(geometry: BaseGeometry) -> Polygon:
    parts = shapely.get_parts(geometry)
    if len(parts) != 1:
        raise ValueError("a cell fell apart")
    return shapely.normalize(parts[0])


def outline(cells: Sequence[BaseGeometry]) -> Polygon | MultiPolygon:
    """The union of neighbouring cells, with exactly their vertices."""
    joined = shapely.coverage_union_all(np.array(cells, dtype=object))
    parts = shapely.get_parts(joined)
    return shapely.normalize(parts[0] if len(parts) == 1 else shapely.multipolygons(parts))
