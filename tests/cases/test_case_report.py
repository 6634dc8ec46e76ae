"""Reporting: where a case lies, what is refused with which word, what becomes of who reported, numbers."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import staff
from case_world import World, village

from linli.kernel import clock
from linli.places.models import Grid, Region

JSON = {"content_type": "application/json"}


@pytest.fixture
def world(seeded_db: str) -> World:
    return World.make()


def grid() -> Any:
    """A grid of the own town."""
    return Grid.objects.filter(code__startswith=staff.TOWN, valid_to=None).order_by("code").first()


def test_a_click_tells_the_grid(world: World) -> None:
    here = grid()
    answer = world.report(area=None, lon=here.lon, lat=here.lat, place_text="路口")
    assert answer.status_code == 201 and answer.json()["area_code"] == here.code and not answer.json()["on_border"]
    told = world.people["grid_worker"].get(f"/api/cases/place?lon={here.lon}&lat={here.lat}").json()
    assert told == {"area_code": here.code, "area_name": here.name, "on_border": False}


def test_on_the_line_between_grids_the_lower_code_is_taken_and_said(world: World) -> None:
    import shapely

    figures = {
        g.code: shapely.from_wkb(bytes(g.geometry))
        for g in Grid.objects.filter(code__startswith=staff.TOWN, valid_to=None).order_by("code")
    }
    first, second, shared = next(
        (a, b, line)
        for a in figures
        for b in figures
        if a < b and not (line := figures[a].intersection(figures[b])).is_empty and line.length > 0.001
    )
    point = (
        shared.geoms[0].interpolate(0.5, normalized=True) if hasattr(shared, "geoms") else shared.interpolate(0.5, True)
    )
    told = [world.report(area=None, lon=point.x, lat=point.y).json() for _ in range(2)]
    assert all(each["on_border"] for each in told) and told[0]["area_code"] == told[1]["area_code"]
    assert told[0]["area_code"] in (first, second)
    page = world.look(told[0]["id"]).json()
    assert page["on_border"] is True


def test_an_address_tells_the_village_where_no_place_is_chosen(world: World) -> None:
    region = Region.objects.get(code=village())
    town = Region.objects.get(code=staff.TOWN)
    answer = world.report(area=None, place_text=f"淄川区{town.name}{region.short_name}1号")
    assert answer.status_code == 201 and answer.json()["area_code"] == region.code


@pytest.mark.parametrize(
    "given, field, code",
    [
        ({"area": None, "lon": 100.0, "lat": 20.0}, "lon", "cases.outside_district"),
        ({"area": None, "lon": 118.0}, "lon", "kernel.invalid"),
        ({"area": None}, "place_text", "kernel.invalid"),
        ({"area": staff.TOWN}, "area", "kernel.invalid"),
        ({"area": "370302102999"}, "area", "kernel.invalid"),
        ({"description": "  "}, "description", "kernel.invalid"),
        ({"source": "rumour"}, "source", "kernel.invalid"),
        ({"reporter_phone": "call me"}, "reporter_phone", "kernel.invalid"),
        ({"category_id": "00000000-0000-7000-8000-000000000000"}, "category_id", "kernel.invalid"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_the_field_named(
    world: World, given: dict[str, Any], field: str, code: str
) -> None:
    answer = world.report(**given)
    assert answer.status_code == 422, answer.content.decode()
    assert answer.json()["code"] == code and [f["field"] for f in answer.json()["fields"]] == [field]


def test_a_time_to_come_is_refused_and_an_earlier_one_kept(world: World) -> None:
    late = (clock.now() + timedelta(hours=1)).isoformat()
    assert world.report(occurred_at=late).json()["code"] == "cases.in_future"
    early = (clock.now() - timedelta(days=1)).replace(microsecond=0)
    case = world.new(occurred_at=early.isoformat())
    assert world.look(case).json()["occurred_at"] == early.isoformat()


def test_a_category_that_was_closed_or_is_restricted_is_refused(world: World, owner_sql: Any) -> None:
    category = world.category()
    owner_sql("UPDATE cases_category SET valid_until = current_date - 1 WHERE id = %s", [category.id])
    assert world.report(category_id=str(category.id)).json()["fields"][0]["code"] == "closed"
    owner_sql("UPDATE cases_category SET valid_until = NULL, restricted_to = 'discipline' WHERE id = %s", [category.id])
    assert world.report(category_id=str(category.id)).json()["fields"][0]["code"] == "restricted"


def test_nobody_reports_into_an_area_that_is_not_theirs(world: World) -> None:
    other = Region.objects.filter(level="village", parent_code=staff.OTHER_TOWN, valid_to=None).order_by("code").first()
    assert other is not None and world.report(area=other.code).status_code == 403


def test_who_reported_is_kept_sealed_shown_masked_and_told_for_a_purpose(world: World, owner_sql: Any) -> None:
    case = world.new(reporter_name="张三丰", reporter_phone="13900001234", source="resident")
    name, phone = owner_sql("SELECT reporter_name, reporter_phone FROM cases_case WHERE id = %s", [case])[0]
    assert "张三丰".encode() not in bytes(name) and b"13900001234" not in bytes(phone)
    page = world.look(case).json()
    assert (page["reporter_name"], page["reporter_phone"], page["may_reveal"]) == ("张**", "13******234", True)
    path = f"/api/cases/{case}/reveal"
    short = world.people["acceptor"].post(path, {"field": "phone", "purpose": "看"}, **JSON)
    assert short.status_code == 422
    told = world.people["acceptor"].post(path, {"field": "phone", "purpose": "回访反映人"}, **JSON)
    assert told.json() == {"value": "13900001234"}
    assert world.people["dispatcher"].post(path, {"field": "phone", "purpose": "回访反映人"}, **JSON).status_code == 403
    logged = owner_sql("SELECT subject_type, purpose FROM access_read_log WHERE kind = 'reveal' AND count = 1")
    assert [tuple(row) for row in logged] == [("case.reporter_phone", "回访反映人")]


def test_numbers_tell_county_and_day_and_never_meet(world: World) -> None:
    with clock.frozen(clock.now()):
        _numbers(world)


def _numbers(world: World) -> None:
    cases = [world.new() for _ in range(3)]
    numbers = [world.look(case).json()["number"] for case in cases]
    day = f"{clock.today():%Y%m%d}"
    assert all(re.fullmatch(rf"{staff.DISTRICT}\d{{8}}\d{{5}}", n) for n in numbers) and numbers == sorted(set(numbers))
    assert numbers[0].startswith(staff.DISTRICT + day)
    accept = world.people["acceptor"]

    def found(words: str) -> list[str]:
        return sorted(each["id"] for each in accept.get(f"/api/cases?q={words}").json()["items"])

    assert found(numbers[1]) == [cases[1]]
    assert found(numbers[1][6:]) == [cases[1]]
    assert found(str(int(numbers[1][-5:]))) == [cases[1]]
    assert found(numbers[1][:14]) == sorted(cases)
    assert found("井盖") == []


def test_a_report_that_fails_leaves_a_gap_and_no_case(world: World, owner_sql: Any) -> None:
    world.new()
    assert world.report(description="").status_code == 422
    world.new()
    assert owner_sql("SELECT count(*), max(last) FROM cases_case, cases_number_day")[0] == (2, 2)


def test_an_open_case_goes_with_its_village_and_a_finished_one_tells_what_was(world: World) -> None:
    from linli.kernel import area_columns, scope

    first, second = world.new(), world.new()
    world.do("acceptor", second, "refuse", reason="重复上报")
    other = Region.objects.filter(level="village", parent_code=staff.TOWN, valid_to=None).order_by("-code").first()
    assert other is not None
    moves = area_columns.Moves({village(): (other.code,)})
    with scope.acting(staff.OPERATOR):
        (told,) = (c for c in area_columns.effect(moves) if c.name == "cases")
        assert (told.count, told.open_work) == (1, True)
        assert area_columns.move(moves)["cases_case.area_code"] == 1
    assert [world.look(case).json()["area_code"] for case in (first, second)] == [other.code, village()]


@pytest.mark.parametrize("when", ["2026-11-26T10:00:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_without_its_zone_or_before_anybodys_memory_is_told(world: World, when: str) -> None:
    answer = world.report(occurred_at=when)
    assert answer.status_code == 422 and answer.json()["fields"][0]["field"] == "occurred_at"
