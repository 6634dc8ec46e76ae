"""Changes of grids as pure decisions: tilings, refusals with their place, numbering, successors."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from linli.places.cells import area_m2
from linli.places.grids import rules, tiling
from linli.places.grids.rules import Close, Draw, GridState, Merge, Operation, Refused, Rename, Split, Village

V = "370302102201"
WEST, EAST = f"{V}001", f"{V}002"


def square(x: float, y: float, width: float = 0.01, height: float = 0.01) -> Polygon:
    return box(118 + x, 36.6 + y, 118 + x + width, 36.6 + y + height)


def village(outline: BaseGeometry | None = None) -> Village:
    """Two grids side by side, about 890 by 1110 metres each."""
    grids = {
        WEST: GridState(WEST, "甲", "基础", square(0, 0), synthetic=True),
        EAST: GridState(EAST, "乙", "基础", square(0.01, 0), synthetic=True),
    }
    return Village(V, "某村", grids, outline or square(0, 0, 0.02, 0.01), frozenset({1, 2}))


def line(*points: tuple[float, float]) -> LineString:
    return LineString([(118 + x, 36.6 + y) for x, y in points])


def refused(*operations: Operation, of: Village | None = None) -> tuple[tiling.Trouble, ...]:
    with pytest.raises(Refused) as caught:
        rules.plan(of or village(), operations)
    return caught.value.troubles


def tiles(plan: rules.Plan, outline: BaseGeometry) -> bool:
    """Whether the grids cover the outline once: together as large, and nothing twice."""
    figures = [grid.figure for grid in plan.after.values()]
    together = shapely.unary_union(figures)
    return (
        abs(sum(f.area for f in figures) - outline.area) < 1e-9 * outline.area + 1e-14
        and shapely.symmetric_difference(together, outline).area < 1e-9 * outline.area + 1e-14
    )


def test_a_cut_that_stops_short_of_the_edges_is_carried_on_to_them() -> None:
    plan = rules.plan(village(), [Split(WEST, line((0.002, 0.004), (0.007, 0.006)))])
    assert plan.ended == (WEST,)
    assert plan.added == (f"{V}003", f"{V}004")
    assert tiles(plan, square(0, 0, 0.02, 0.01))


def test_new_grids_are_numbered_north_to_south_and_west_to_east_after_every_number_ever_used() -> None:
    closed_before = Village(V, "某村", village().grids, village().outline, frozenset({1, 2, 7}))
    plan = rules.plan(closed_before, [Split(WEST, line((-0.001, 0.005), (0.011, 0.005)))])
    north, south = plan.after[f"{V}008"], plan.after[f"{V}009"]
    assert north.figure.centroid.y > south.figure.centroid.y
    plan = rules.plan(closed_before, [Split(WEST, line((0.005, -0.001), (0.005, 0.011)))])
    assert plan.after[f"{V}008"].figure.centroid.x < plan.after[f"{V}009"].figure.centroid.x
    assert plan.after[f"{V}008"].name == "某村第8网格"


def test_a_fresh_village_is_numbered_from_001() -> None:
    fresh = Village(V, "某村", {}, None)
    halves = [Draw(square(0.01, 0)), Draw(square(0, 0))]
    plan = rules.plan(fresh, halves)
    assert plan.after[f"{V}001"].figure.centroid.x < plan.after[f"{V}002"].figure.centroid.x


def test_the_larger_part_takes_what_has_no_place_unless_another_is_named() -> None:
    cut = [Split(WEST, line((0.003, -0.001), (0.003, 0.011)))]
    assert rules.plan(village(), cut).heirs == {WEST: (f"{V}004", f"{V}003")}
    # "+2" is the smaller part: parts come largest first.
    assert rules.plan(village(), cut, {WEST: "+2"}).heirs[WEST][0] == f"{V}003"
    with pytest.raises(Refused, match="no_such_heir"):
        rules.plan(village(), cut, {WEST: EAST})


def test_merged_grids_give_up_their_codes_and_everything_goes_to_the_new_one() -> None:
    plan = rules.plan(village(), [Merge((WEST, EAST), "合并网格")])
    assert plan.heirs == {WEST: (f"{V}003",), EAST: (f"{V}003",)}
    assert plan.after[f"{V}003"].name == "合并网格"
    assert plan.after[f"{V}003"].synthetic
    assert tiles(plan, square(0, 0, 0.02, 0.01))


def test_a_closed_grid_goes_to_the_neighbour_named() -> None:
    plan = rules.plan(village(), [Close(WEST, EAST)])
    assert (plan.ended, plan.redrawn, plan.heirs[WEST]) == ((WEST,), (EAST,), (EAST,))
    assert plan.after[EAST].name == "乙"


def test_a_new_name_moves_nothing_and_leaves_every_edge_as_it_was() -> None:
    plan = rules.plan(village(), [Rename(WEST, "丙")])
    assert (plan.renamed, plan.redrawn, dict(plan.heirs)) == ((WEST,), (), {})
    assert all(plan.after[c].figure is village_grid.figure for c, village_grid in plan.before.items())


def test_a_grid_of_its_own_is_carved_out_of_the_others() -> None:
    plan = rules.plan(village(), [Draw(square(0.005, 0.002, 0.01, 0.005), "商城", "专属", carve=True)])
    assert plan.redrawn == (WEST, EAST)
    assert plan.heirs[WEST] == (WEST, f"{V}003")
    assert plan.after[f"{V}003"].kind == "专属"
    assert tiles(plan, square(0, 0, 0.02, 0.01))


def test_hand_drawn_edges_a_metre_off_are_mended() -> None:
    metre = 0.00001
    halves = [
        Close(WEST),
        Draw(square(-metre, 0, 0.01 + metre, 0.005), "南"),
        Draw(square(0, 0.005 + metre, 0.01, 0.005), "北"),
    ]
    assert tiles(rules.plan(village(), halves), square(0, 0, 0.02, 0.01))


def test_a_gap_is_refused_with_its_place() -> None:
    (trouble,) = refused(Close(WEST))
    assert trouble.code == "gap"
    assert trouble.figure is not None
    assert trouble.figure.equals(square(0, 0))


def test_an_overlap_is_refused_with_both_names_and_its_place() -> None:
    troubles = refused(Draw(square(0.012, 0.002, 0.004, 0.004), "新格"))
    assert [(t.code, set(t.names)) for t in troubles] == [("overlap", {"乙", "新格"})]
    assert troubles[0].area_m2 == pytest.approx(area_m2(square(0.012, 0.002, 0.004, 0.004)), rel=1e-6)


def test_what_reaches_beyond_the_village_is_refused() -> None:
    assert "outside" in {t.code for t in refused(Draw(square(0.015, 0.002, 0.01, 0.005), "新格"))}


BOW = Polygon([(118, 36.6), (118.01, 36.61), (118.01, 36.6), (118, 36.61)])


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (Draw(BOW, "x"), "self_crossing"),
        (Draw(Polygon(), "x"), "empty"),
        (Draw(Polygon([(118, 36.6), (118.00001, 36.6), (118, 36.60001)]), "x"), "too_small"),
        (Draw(Polygon([(36.6, 118), (36.61, 118), (36.61, 118.01)]), "x"), "not_degrees"),
        (Draw(Polygon([(39512345, 4051234), (39512445, 4051234), (39512445, 4051334)]), "x"), "not_degrees"),
        (Draw(square(0, 0, 0.001, 0.001), "x", "其他"), "unknown_kind"),
        (Draw(square(-0.001, -0.001, 0.012, 0.02), "x", carve=True), "nothing_left"),
        (Split(WEST, line((1, 0), (1, 1))), "no_cut"),
        (Split(f"{V}009", line((0, 0), (1, 1))), "unknown_grid"),
        (Merge((WEST, WEST)), "one_grid"),
        (Rename(WEST, "乙"), "name_twice"),
    ],
)
def test_what_cannot_stand_is_refused(operation: Operation, code: str) -> None:
    troubles = refused(operation)
    assert [t.code for t in troubles] == [code]
    if code == "self_crossing":
        assert troubles[0].figure is not None
        assert troubles[0].figure.distance(shapely.Point(118.005, 36.605)) < 1e-6


def test_grids_that_touch_in_a_corner_are_no_neighbours() -> None:
    corner = Village(
        V,
        "某村",
        {
            WEST: GridState(WEST, "甲", "基础", square(0, 0)),
            EAST: GridState(EAST, "乙", "基础", square(0.01, 0.01)),
        },
        serials=frozenset({1, 2}),
    )
    assert [t.code for t in refused(Merge((WEST, EAST)), of=corner)] == ["not_neighbours"]


def test_the_last_grid_of_a_village_stays() -> None:
    assert [t.code for t in refused(Close(WEST), Close(EAST))] == ["no_grid_left"]


def test_a_thousandth_grid_is_refused() -> None:
    full = Village(V, "某村", village().grids, village().outline, frozenset(range(1, 999)))
    assert [t.code for t in refused(Split(WEST, line((0.005, 0), (0.005, 0.01))), of=full)] == ["too_many"]


def test_the_reverse_brings_back_what_ended_and_ends_what_was_made() -> None:
    plan = rules.plan(village(), [Split(WEST, line((0.003, -0.001), (0.003, 0.011)))])
    after = Village(V, "某村", plan.after, village().outline, frozenset({1, 2, 3, 4}))
    back = rules.back(after, {WEST: village().grids[WEST]}, plan.added)
    assert (back.added, back.ended) == ((WEST,), plan.added)
    assert back.heirs == {f"{V}003": (WEST,), f"{V}004": (WEST,)}


inner = st.tuples(st.floats(0.0005, 0.0095), st.floats(0.0005, 0.0095))


@settings(max_examples=60)
@given(st.lists(inner, min_size=2, max_size=4, unique=True))
def test_any_cut_leaves_a_tiling_or_is_refused(points: list[tuple[float, float]]) -> None:
    cut = line(*points)
    try:
        plan = rules.plan(village(), [Split(WEST, cut)])
    except Refused as refusal:
        assert {t.code for t in refusal.troubles} <= {"no_cut"}
        return
    assert tiles(plan, square(0, 0, 0.02, 0.01))
    assert set(plan.heirs) == {WEST}
    assert set(plan.heirs[WEST]) <= set(plan.added)
