"""Drawn grids tile the district exactly, belong to one village each, and come out the same for the same seed."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from linli.places.gridding import Drawing, draw, reading_order
from linli.places.packages import DistrictPackage, Town, Village, packaged
from linli.places.partition import Due, share_cells
from linli.places.rules import share_out

COUNT = 885


@pytest.fixture(scope="module")
def drawing() -> Drawing:
    return draw(packaged(), COUNT, seed=42)


@pytest.fixture(scope="module")
def figures(drawing: Drawing) -> np.ndarray:
    return np.array([g.figure for g in drawing.grids], dtype=object)


def test_every_village_has_its_grids_numbered_from_one(drawing: Drawing) -> None:
    assert len(drawing.grids) == COUNT
    by_village: dict[str, list[str]] = {}
    for grid in drawing.grids:
        by_village.setdefault(grid.village_code, []).append(grid.code)
    assert set(by_village) == {v.code for v in packaged().villages}
    for village, codes in by_village.items():
        assert codes == [f"{village}{n:03d}" for n in range(1, len(codes) + 1)]


def test_grids_tile_the_boundary_without_gap_or_overlap(drawing: Drawing, figures: np.ndarray) -> None:
    boundary = shape(packaged().boundary)
    assert shapely.is_valid(figures).all()
    assert shapely.coverage_is_valid(figures)  # neighbours share their vertices bit for bit
    left, right = shapely.STRtree(figures).query(figures, predicate="intersects")
    ahead = left < right
    shared = shapely.area(shapely.intersection(figures[left[ahead]], figures[right[ahead]]))
    assert shared.max() == 0.0
    assert abs(shapely.area(figures).sum() - boundary.area) / boundary.area < 1e-6
    union = shapely.union_all(figures)
    assert union.symmetric_difference(boundary).area / boundary.area < 1e-6
    assert union.hausdorff_distance(boundary) < 1e-6  # 0.1 m


def test_outlines_add_up_and_hang_together(drawing: Drawing) -> None:
    pieces = Counter(len(code) for code, o in drawing.outlines.items() if o.geom_type != "Polygon")
    assert not pieces
    for size in (9, 12):
        parts = [o for code, o in drawing.outlines.items() if len(code) == size]
        assert shapely.coverage_is_valid(parts)
        assert abs(sum(p.area for p in parts) - drawing.outlines["370302"].area) < 1e-9


def test_the_same_seed_draws_the_same_and_another_seed_something_else(drawing: Drawing) -> None:
    again = draw(packaged(), COUNT, seed=42)
    assert [g.figure.wkb for g in again.grids] == [g.figure.wkb for g in drawing.grids]
    other = draw(packaged(), COUNT, seed=7)
    assert [g.figure.wkb for g in other.grids] != [g.figure.wkb for g in drawing.grids]


def test_the_point_of_a_grid_lies_in_it(drawing: Drawing) -> None:
    assert all(g.figure.contains(shapely.Point(g.lon, g.lat)) for g in drawing.grids)
    assert sum(g.area_m2 for g in drawing.grids) == pytest.approx(960e6, rel=0.01)  # 960 km², 山东年鉴 2016


def test_a_district_with_a_concave_boundary_and_no_hints_is_drawn_too() -> None:
    boundary = {"type": "Polygon", "coordinates": [[[0, 0], [0.3, 0], [0.3, 0.3], [0.2, 0.3], [0.2, 0.05],
                                                   [0.1, 0.05], [0.1, 0.3], [0, 0.3], [0, 0]]]}  # fmt: skip
    base = packaged()
    towns = (Town("370302001", "甲镇"), Town("370302002", "乙镇"))
    villages = tuple(Village(f"{t.code}{n:03d}", f"村{n}", f"村{n}") for t in towns for n in range(1, 8))
    drawing = draw(DistrictPackage(base.district, towns, villages, (), boundary), 60, 3)
    figures = np.array([g.figure for g in drawing.grids], dtype=object)
    assert len(figures) == 60
    assert shapely.coverage_is_valid(figures)
    assert abs(shapely.area(figures).sum() - shape(boundary).area) < 1e-9
    assert all(o.geom_type == "Polygon" for code, o in drawing.outlines.items() if len(code) == 9)


def test_too_few_grids_or_no_boundary_are_refused() -> None:
    package = packaged()
    with pytest.raises(ValueError, match="fewer grids"):
        draw(package, 473)
    with pytest.raises(ValueError, match="no boundary"):
        draw(DistrictPackage(package.district, package.towns, package.villages), 885)


@given(st.lists(st.floats(0.01, 1000), min_size=1, max_size=60), st.integers(0, 300))
def test_shares_add_up_and_nobody_goes_without(weights: list[float], extra: int) -> None:
    shares = share_out(weights, len(weights) + extra)
    assert shares.sum() == len(weights) + extra
    assert shares.min() >= 1
    for i in range(len(weights)):
        for j in range(len(weights)):
            if weights[i] > weights[j]:
                assert shares[i] >= shares[j] - 1


@given(st.integers(2, 9), st.integers(2, 9), st.randoms(use_true_random=False))
def test_cells_of_a_chequerboard_are_shared_exactly(rows: int, columns: int, rng) -> None:
    cells = list(range(rows * columns))
    centre = np.array([[c % columns, c // columns] for c in cells], dtype=float)
    near = [[n for n in cells if abs(centre[n] - centre[c]).sum() == 1] for c in cells]
    due, left = [], len(cells)
    while left:
        take = rng.randint(1, left)
        due.append(Due(f"{len(due):03d}", take))
        left -= take
    shared = share_cells(cells, due, centre, near)
    assert {code: len(group) for code, group in shared.items()} == {d.code: d.count for d in due}
    assert sorted(c for group in shared.values() for c in group) == cells


def test_numbers_run_from_west_to_east_and_north_to_south() -> None:
    centre = np.array([[0, 0], [100, 0], [0, 100], [100, 100]], dtype=float)
    assert reading_order([0, 1, 2, 3], centre) == [2, 3, 0, 1]
