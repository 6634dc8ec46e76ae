"""Positions: the fast answer is the exact one, and every position lies in exactly one grid."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely

from linli.kernel.coordinates import from_wgs84
from linli.places.gridding import Drawing, draw
from linli.places.locating import OUTSIDE, GridIndex
from linli.places.packages import packaged


@pytest.fixture(scope="module")
def drawing() -> Drawing:
    return draw(packaged(), 885, seed=42)


@pytest.fixture(scope="module")
def index(drawing: Drawing) -> GridIndex:
    return GridIndex([g.code for g in drawing.grids], [g.figure for g in drawing.grids])


def test_the_same_answer_as_trying_every_grid(drawing: Drawing, index: GridIndex) -> None:
    rng = np.random.default_rng(9)
    west, south, east, north = drawing.outlines["370302"].bounds
    lon, lat = rng.uniform(west - 0.02, east + 0.02, 4000), rng.uniform(south - 0.02, north + 0.02, 4000)
    points = shapely.points(lon, lat)
    brute = np.full(len(points), "", dtype="<U15")
    for grid in drawing.grids:
        brute[shapely.contains_properly(grid.figure, points)] = grid.code
    assert (index.locate(lon, lat) == brute).all()
    assert (brute != "").mean() > 0.3


def test_near_an_edge_the_answer_is_exact_too(drawing: Drawing, index: GridIndex) -> None:
    """Points a millimetre to either side of shared edges, where a raster alone would err."""
    wrong = 0
    for grid in drawing.grids[::10]:
        ring = np.array(grid.figure.exterior.coords)
        middle = (ring[:-1] + ring[1:]) / 2
        inward = middle + (np.array([grid.lon, grid.lat]) - middle) * 1e-6
        held = shapely.contains_properly(grid.figure, shapely.points(inward))
        wrong += int((index.locate(*inward[held].T) != grid.code).sum())
    assert wrong == 0


def test_a_position_on_an_edge_belongs_to_exactly_one_grid(drawing: Drawing, index: GridIndex) -> None:
    corners = np.unique(np.concatenate([np.array(g.figure.exterior.coords) for g in drawing.grids]), axis=0)
    found = index.locate(*corners.T)
    assert (found != "").all()
    figures = {g.code: g.figure for g in drawing.grids}
    for code, corner in list(zip(found, corners, strict=True))[::25]:
        touching = sorted(c for c, f in figures.items() if f.intersects(shapely.Point(corner)))
        assert touching[0] == code


def test_other_datums_come_to_the_same_grid(drawing: Drawing, index: GridIndex) -> None:
    lon, lat = np.array([g.lon for g in drawing.grids]), np.array([g.lat for g in drawing.grids])
    codes = [g.code for g in drawing.grids]
    for datum in ("wgs84", "cgcs2000", "gcj02", "bd09"):
        assert index.locate(*from_wgs84(lon, lat, datum), datum).tolist() == codes
    assert (index.locate(*from_wgs84(lon, lat, "gcj02"), "wgs84") != codes).mean() > 0.3  # the datum matters


def test_beyond_the_district_and_missing_positions_have_no_grid(index: GridIndex) -> None:
    lon, lat = [118.0, math.nan, 0.0, 117.0, 1e300, math.inf], [math.nan, 36.6, 0.0, 36.6, -1e300, 36.6]
    assert index.indices(lon, lat).tolist() == [OUTSIDE] * 6
    assert index.locate(118.0, 36.6).tolist()[0].startswith("370302")


def test_a_district_without_grids_has_no_answers() -> None:
    assert GridIndex([], []).locate([118.0], [36.6]).tolist() == [""]
