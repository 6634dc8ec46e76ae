"""The picture of a building and the reading of storeys, as pure functions."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.places.buildings.rules import Spot, check_facts, natural, picture
from linli.places.rules import storey_of

TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("floor", "room", "storey"),
    [
        ("4", "", 4), ("", "401", 4), ("", "1203", 12), ("", "0302", 3), ("5", "401", 5), ("", "12", None),
        ("", "B101", -1), ("B2", "", -2), ("", "", None), ("", "西户", None), ("", "99901", None), ("0", "", None),
    ],
)  # fmt: skip
def test_a_storey_is_as_written_else_the_room_without_its_last_two_digits(
    floor: str, room: str, storey: int | None
) -> None:
    frame = pl.DataFrame({"floor": [floor], "room": [room]})
    assert frame.select(storey_of(pl.col("floor"), pl.col("room"))).item() == storey


def spot(unit: str, room: str, storey: int | None = None) -> Spot[str]:
    frame = pl.DataFrame({"floor": [""], "room": [room]})
    found = frame.select(storey_of(pl.col("floor"), pl.col("room"))).item()
    return Spot(unit, storey if storey is not None else found, room, f"{unit}-{room}")


def test_homes_stand_above_each_other_and_gaps_are_what_nobody_recorded() -> None:
    drawn = picture([spot("1", "101"), spot("1", "102"), spot("1", "301"), spot("2", "101")])
    assert [(c.unit, c.positions) for c in drawn.columns] == [("1", ("1", "2")), ("2", ("1",))] or [
        (c.unit, c.positions) for c in drawn.columns
    ] == [("1", ("01", "02")), ("2", ("01",))]
    assert [row.storey for row in drawn.rows] == [3, 2, 1]
    assert [row.cells for row in drawn.rows] == [
        (("1-301",), (), ()),
        ((), (), ()),
        (("1-101",), ("1-102",), ("2-101",)),
    ]
    assert drawn.gaps == 5


def test_stated_storeys_and_units_are_drawn_even_where_no_home_is_known() -> None:
    drawn = picture([spot("2", "101")], floors=2, units=3)
    assert [c.unit for c in drawn.columns] == ["1", "2", "3"]
    assert len(drawn.rows) == 2 and drawn.gaps == 5


def test_units_sort_as_people_count_and_homes_without_a_storey_are_kept_apart() -> None:
    drawn = picture([spot("10", "101"), spot("2", "101"), spot("甲", "101"), spot("2", "东户")])
    assert [c.unit for c in drawn.columns] == ["2", "10", "甲"]
    assert drawn.loose == ("2-东户",)
    assert picture([]).rows == () or picture([]).columns == ()


def test_a_basement_is_below_the_first_storey_and_there_is_no_storey_nought() -> None:
    drawn = picture([spot("1", "B101"), spot("1", "201")])
    assert [row.storey for row in drawn.rows] == [2, 1, -1]


HOMES = st.lists(
    st.tuples(st.sampled_from(["", "1", "2", "10"]), st.integers(-3, 40), st.integers(1, 12)), max_size=60, unique=True
)


@given(HOMES, st.one_of(st.none(), st.integers(1, 40)), st.one_of(st.none(), st.integers(1, 12)))
def test_every_home_is_drawn_exactly_once(
    homes: list[tuple[str, int, int]], floors: int | None, units: int | None
) -> None:
    spots = [
        Spot(unit, storey or None, f"{'B' if storey < 0 else ''}{abs(storey)}{room:02d}", (unit, storey, room))
        for unit, storey, room in homes
    ]
    drawn = picture(spots, floors, units)
    shown = [home for row in drawn.rows for cell in row.cells for home in cell]
    assert sorted([*shown, *drawn.loose]) == sorted(homes)
    assert all(row.storey != 0 for row in drawn.rows)
    assert len({len(row.cells) for row in drawn.rows}) <= 1


@given(st.lists(st.integers(0, 500)))
def test_numbers_sort_by_their_value(numbers: list[int]) -> None:
    assert sorted(map(str, numbers), key=natural) == [str(n) for n in sorted(numbers)]


@pytest.mark.parametrize(
    ("thing", "facts", "field"),
    [
        ("building", {"floors": 0}, "floors"), ("building", {"built_year": 1200}, "built_year"),
        ("building", {"kind": "castle"}, "kind"), ("compound", {"lon": 118.0, "lat": None}, "lon"),
        ("compound", {"lon": 36.6, "lat": 118.0}, "lon"), ("home", {"state": "haunted"}, "state"),
        ("home", {"state_on": date(2030, 1, 1)}, "state_on"), ("leader", {"phone": "abc"}, "phone"),
        ("home", {"note": "长" * 201}, "note"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_by_its_field(thing: str, facts: dict[str, object], field: str) -> None:
    assert field in {problem.field for problem in check_facts(thing, facts, TODAY)}


def test_what_can_be_passes() -> None:
    assert not check_facts("building", {"kind": "residential", "floors": 6, "lon": 118.0, "lat": 36.6}, TODAY)
    assert not check_facts("leader", {"name": "王", "phone": "0533-5181234", "since": TODAY}, TODAY, ("name",))
