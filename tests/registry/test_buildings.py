"""Compounds, buildings and homes over HTTP: made by a merge, looked into, stated, led, coded, taken out, undone."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any, ClassVar

import openpyxl
import pytest
import staff
from django.db import connection
from django.test.utils import CaptureQueriesContext
from people_frames import merge, number, row
from permissions import Door, PermissionSuite, Sample

from linli.kernel.scope import acting
from linli.places.models import Building, BuildingLeader, Compound, Dwelling, DwellingCode
from linli.registry.buildings.rules import home_state
from linli.registry.merge import undo_people

VIEW, PEOPLE, EDIT, EXPORT = "places.view", "registry.person.view", "places.home.edit", "registry.people.export"
PHONE = "19900001234"


def flat(
    line: int, name: str, room: str, *, unit: str = "1", building: str = "3", compound: str = "阳光花园",
    village: str = staff.VILLAGE, serial: int | None = None, **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """A row whose home is a flat."""
    home = {
        "home_text": f"{compound}{building}-{unit}-{room}", "home_compound": compound, "home_building": building,
        "home_unit": unit, "home_room": room, "home_door": None,
        "home_standard": f"某村{compound}{building}号楼{unit}单元{room}室",
    }  # fmt: skip
    return row(line, name, serial, village, **(home | more))


def house() -> Building:
    """Building 3 of 阳光花园: 101 owned, 102 rented, 301 without a phone or number, unit 2."""
    merge(
        [
            flat(2, "王建国", "101", serial=1, home_kind="01", phone=PHONE),
            flat(3, "李秀英", "102", serial=2, home_kind="02"),
            flat(4, "赵小明", "102", home_kind="02"),
            flat(5, "孙老三", "301"),
            flat(6, "周四", "201", unit="2", home_kind="04"),
        ]
    )
    with acting(staff.OPERATOR):
        return Building.objects.get()


def there() -> Building:
    """A building in the other town."""
    merge([flat(2, "钱多多", "101", serial=9, compound="月光花园", village=staff.OTHER_VILLAGE)])
    with acting(staff.OPERATOR):
        return Building.objects.get(village_code=staff.OTHER_VILLAGE)


def browser(*permissions: str, name: str = "keeper", area: str = staff.TOWN) -> Any:
    return staff.client(staff.staff(name, area=area, permissions=list(permissions)))


def send(who: Any, method: str, path: str, body: dict[str, Any] | None = None, expect: int = 200) -> Any:
    answer = who.generic(method, f"/api{path}", json.dumps(body or {}), content_type="application/json")
    assert answer.status_code == expect, answer.content
    return answer.json()


def cells(page: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f"{c['unit']}-{c['room']}": c for s in page["storeys"] for cell in s["cells"] for c in cell}


class TestBuildingDoors(PermissionSuite):
    seeded = True
    doors: ClassVar = [
        Door("GET", "/api/compounds", VIEW, finds=True),
        Door("GET", "/api/compounds/{compound}", VIEW, finds=True),
        Door("GET", "/api/compounds/{compound}/history", VIEW),
        Door("POST", "/api/compounds", EDIT, {"area_code": "{area}", "name": "新小区"}, foreign=(403,)),
        Door("PATCH", "/api/compounds/{compound}", EDIT, {"kind": "old"}, also=(VIEW,)),
        Door("POST", "/api/compounds/export", EXPORT, {"purpose": "季度核对"}, also=(VIEW,), logs="export"),
        Door("GET", "/api/buildings", VIEW, finds=True),
        Door("GET", "/api/buildings/{building}", VIEW, finds=True, logs="detail"),
        Door("GET", "/api/buildings/{building}/history", VIEW),
        Door("POST", "/api/buildings", EDIT, {"compound_id": "{compound}", "number": "9"}, also=(VIEW,)),
        Door("PATCH", "/api/buildings/{building}", EDIT, {"floors": 6}, also=(VIEW,)),
        Door("POST", "/api/buildings/export", EXPORT, {"purpose": "季度核对"}, also=(VIEW,), logs="export"),
        Door(
            "POST", "/api/buildings/{building}/leaders", EDIT, {"name": "王楼长", "since": "2026-01-01"}, also=(VIEW,)
        ),
        Door("POST", "/api/leaders/{leader}/end", EDIT, {"until": "2026-02-01"}, also=(VIEW,)),
        Door("POST", "/api/buildings/{building}/homes", EDIT, {"unit": "1", "room": "501"}, also=(VIEW,)),
        Door("POST", "/api/buildings/{building}/codes", EDIT, {}, also=(VIEW,)),
        Door("GET", "/api/buildings/{building}/codes", EDIT, logs="download"),
        Door("PATCH", "/api/dwellings/{dwelling}", EDIT, {"state": "empty"}, also=(VIEW,)),
        Door("POST", "/api/dwellings/{dwelling}/code", EDIT, {}, also=(VIEW,)),
        Door("GET", "/api/dwellings/{dwelling}/history", VIEW),
        Door("GET", "/api/home-codes/{code}", VIEW),
        Door("POST", "/api/dwellings/export", EXPORT, {"purpose": "季度核对"}, also=(PEOPLE,), logs="export"),
    ]

    def sample(self) -> Sample:
        names = []
        for building in (house(), there()):
            with acting(staff.OPERATOR):
                home = Dwelling.objects.filter(building_id=building.id).order_by("id").first()
                assert home is not None
                leader = BuildingLeader.objects.create(
                    area_code=building.area_code, building_id=building.id, name="前楼长", since=date(2025, 1, 1)
                )
                code = DwellingCode.objects.create(
                    dwelling_id=home.id, area_code=home.area_code, code=f"code-{home.village_code}",
                    made_at=building.created_at, made_by="x",
                )  # fmt: skip
            names.append(
                {
                    "building": str(building.id), "compound": str(building.compound_id), "dwelling": str(home.id),
                    "leader": str(leader.id), "code": code.code, "area": building.village_code,
                }
            )  # fmt: skip
        return Sample(*names, own_marks=["阳光花园"], foreign_marks=["月光花园", "钱多多"], secrets=[PHONE, number(1)])


def test_a_merge_makes_buildings_of_homes_and_the_same_file_again_makes_none(db: str) -> None:
    building = house()
    house()
    with acting(staff.OPERATOR):
        assert (building.name, building.village_code, Building.objects.count()) == ("阳光花园3号楼", staff.VILLAGE, 1)
        assert {d.building_id for d in Dwelling.objects.all()} == {building.id}
        assert sorted(Dwelling.objects.values_list("storey", flat=True)) == [1, 1, 2, 3]
    merge([flat(9, "新来的", "401", serial=30), flat(10, "别栋的", "101", serial=31, building="A")])
    with acting(staff.OPERATOR):
        assert sorted(Building.objects.values_list("name", flat=True)) == ["阳光花园3号楼", "阳光花园A座"]
        assert Dwelling.objects.filter(building_id=building.id).count() == 5


def test_buildings_of_one_number_are_apart_by_compound_road_or_village(db: str) -> None:
    plain = {"home_compound": None}
    merge(
        [
            flat(2, "甲", "101", serial=1), flat(3, "乙", "101", serial=2, compound="月光花园"),
            flat(4, "丙", "101", serial=3, **plain, home_road="文化路", home_door="5"),
            flat(5, "丁", "101", serial=4, **plain, home_road="文化路", home_door="7"),
            flat(6, "戊", "101", serial=5, **plain), row(7, "己", 6),
        ]
    )  # fmt: skip
    with acting(staff.OPERATOR):
        names = sorted(Building.objects.values_list("name", flat=True))
        assert len(names) == 5 and {"阳光花园3号楼", "月光花园3号楼", "文化路5号3号楼", "文化路7号3号楼"} < set(names)
        assert Dwelling.objects.filter(building_id=None).count() == 1


def test_undoing_an_import_takes_its_buildings_along_unless_work_rests_on_them(db: str) -> None:
    first, _ = merge([flat(2, "王建国", "101", serial=1)])
    second, _ = merge([flat(2, "李秀英", "101", serial=2, building="4")])
    keeper = browser(VIEW, EDIT)
    with acting(staff.OPERATOR):
        ours = Building.objects.get(number="4")
    send(keeper, "POST", f"/buildings/{ours.id}/leaders", {"name": "王楼长", "since": "2026-01-01"}, 201)
    for batch in (first, second):
        undo_people(batch, staff.OPERATOR, staff.DISTRICT)
    with acting(staff.OPERATOR):
        assert list(Building.objects.values_list("number", flat=True)) == ["4"]
        assert Dwelling.objects.count() == 0 and Compound.objects.count() == 1


def test_what_was_stated_by_hand_outlives_the_import_that_made_the_place(db: str) -> None:
    batch, _ = merge(
        [
            flat(2, "王建国", "101", serial=1),
            flat(3, "李秀英", "101", serial=2, building="4"),
            flat(4, "赵小明", "101", serial=3, compound="月光花园"),
            flat(5, "孙老三", "101", serial=4, compound="星光花园"),
        ]
    )
    keeper = browser(VIEW, EDIT)
    with acting(staff.OPERATOR):
        home = Dwelling.objects.get(building="3", standard__contains="阳光")
        four, moon = Building.objects.get(number="4"), Compound.objects.get(name="月光花园")
    send(keeper, "PATCH", f"/dwellings/{home.id}", {"note": "墙体开裂"})
    send(keeper, "PATCH", f"/buildings/{four.id}", {"floors": 6})
    send(keeper, "PATCH", f"/compounds/{moon.id}", {"aliases": ["月光小区"]})
    undo_people(batch, staff.OPERATOR, staff.DISTRICT)
    with acting(staff.OPERATOR):
        assert [(d.id, d.note) for d in Dwelling.objects.all()] == [(home.id, "墙体开裂")]
        assert sorted(Building.objects.values_list("id", flat=True)) == sorted([home.building_id, four.id])
        assert sorted(Compound.objects.values_list("name", flat=True)) == ["月光花园", "阳光花园"]


def test_a_place_out_of_sight_is_there_all_the_same(seeded_db: str) -> None:
    """Names are told apart by village, sight may end at a grid: somebody else's building there is no fault of ours."""
    building = house()
    with acting(staff.OPERATOR):
        Building.objects.create(
            area_code=f"{staff.VILLAGE}002", village_code=staff.VILLAGE, road="文化路", door="5", number="9",
            name="文化路5号9号楼", source="manual", created_at=building.created_at,
        )  # fmt: skip
        Compound.objects.create(
            area_code=f"{staff.VILLAGE}002", village_code=staff.VILLAGE, name="星光花园", source="manual",
            created_at=building.created_at,
        )  # fmt: skip
    area = f"{staff.VILLAGE}001"
    near = staff.client(staff.staff("near", area=area, unit_area=staff.VILLAGE, permissions=[VIEW, EDIT]))
    body = {"area_code": area, "road": "文化路", "door": "5", "number": "9"}
    assert send(near, "POST", "/buildings", body, 409)["code"] == "places.exists"
    body = {"area_code": area, "name": "星光花园"}
    assert send(near, "POST", "/compounds", body, 409)["code"] == "places.exists"


def test_a_building_shows_storeys_units_residents_and_what_is_missing(db: str) -> None:
    building = house()
    page = send(browser(VIEW, PEOPLE), "GET", f"/buildings/{building.id}")
    assert [c["unit"] for c in page["columns"]] == ["1", "2"]
    assert [s["storey"] for s in page["storeys"]] == [3, 2, 1]
    found = cells(page)
    assert [r["name"] for r in found["1-102"]["residents"]] and len(found["1-102"]["residents"]) == 2
    assert {key: c["state"] for key, c in found.items()} == {
        "1-101": "occupied", "1-102": "rented", "1-301": "unclear", "2-201": "other",
    }  # fmt: skip
    assert (page["homes"], page["people"], page["gaps"], page["incomplete"]) == (4, 5, 5, 4)
    unit = send(browser(VIEW, PEOPLE, name="other"), "GET", f"/buildings/{building.id}?unit=2")
    assert [c["unit"] for c in unit["columns"]] == ["2"] and list(cells(unit)) == ["2-201"]
    send(browser(VIEW, name="third"), "GET", f"/buildings/{building.id}?unit=7", expect=404)


def test_the_page_of_a_building_is_what_its_schema_says(db: str) -> None:
    from linli.registry.buildings.schemas import BuildingPageOut

    building = house()
    merge([flat(30, "吴西户", "西户", serial=50)])
    keeper = browser(VIEW, PEOPLE, EDIT)
    send(keeper, "POST", f"/buildings/{building.id}/leaders", {"name": "王楼长", "since": "2026-01-01"}, 201)
    page = send(keeper, "GET", f"/buildings/{building.id}")
    assert page["loose"] and page["leaders"] and page["storeys"]
    assert BuildingPageOut.model_validate(page).model_dump(mode="json") == page


def test_names_are_masked_for_those_who_may_not_see_people(db: str) -> None:
    building = house()
    text = str(send(browser(VIEW), "GET", f"/buildings/{building.id}"))
    assert "王**" in text and "王建国" not in text
    seen = cells(send(browser(VIEW, PEOPLE, name="clerk"), "GET", f"/buildings/{building.id}"))["1-101"]
    assert seen["residents"][0]["name"] == "王建国" and seen["residents"][0]["person_id"]
    hidden = cells(send(browser(VIEW, name="another"), "GET", f"/buildings/{building.id}"))["1-101"]["residents"]
    assert hidden == [{"person_id": None, "name": "王**", "household_id": None}]


@pytest.mark.parametrize(
    ("stated", "kinds", "state", "doubtful"),
    [
        (None, [], "nobody", False), (None, [None], "unclear", False), (None, ["01", "02"], "rented", False),
        (None, ["01", None], "occupied", False), (None, ["05"], "other", False), ("empty", ["01"], "empty", True),
        ("empty", [], "empty", False), ("occupied", ["02"], "occupied", True), ("rented", [], "rented", False),
    ],
)  # fmt: skip
def test_a_state_is_what_was_stated_else_what_residents_tell(
    stated: str | None, kinds: list[str | None], state: str, doubtful: bool
) -> None:
    found = home_state(stated, kinds)
    assert (found.state, found.stated, found.doubtful) == (state, stated is not None, doubtful)


@pytest.mark.parametrize("state", ["occupied", "rented", "empty", "other", "unclear", "nobody"])
def test_the_list_of_homes_filters_by_the_state_each_home_shows(db: str, state: str) -> None:
    building = house()
    keeper = browser(VIEW, EDIT, PEOPLE)
    send(keeper, "POST", f"/buildings/{building.id}/homes", {"unit": "1", "room": "201"}, 201)
    gap = send(keeper, "POST", f"/buildings/{building.id}/homes", {"unit": "1", "room": "302"}, 201)
    send(keeper, "PATCH", f"/dwellings/{gap['id']}", {"state": "empty"})
    every = send(keeper, "GET", "/dwellings")["items"]
    found = send(keeper, "GET", f"/dwellings?state={state}")
    assert {h["id"] for h in found["items"]} == {h["id"] for h in every if h["state"] == state}
    assert len(found["items"]) == found["count"]["value"] == 1
    assert len(send(keeper, "GET", f"/dwellings?building={building.id}")["items"]) == 6


def test_a_state_keeps_its_day_its_history_and_can_be_taken_back(db: str) -> None:
    house()
    keeper = browser(VIEW, EDIT, PEOPLE)
    with acting(staff.OPERATOR):
        home = Dwelling.objects.get(unit="2")
    path = f"/dwellings/{home.id}"
    send(keeper, "PATCH", path, {"state": "empty", "state_on": "2026-03-01", "kind": "flat", "floor_area": 89.5})
    shown = send(keeper, "GET", path)
    assert (shown["state"], shown["stated"], shown["doubtful"], shown["state_on"]) == (
        "empty",
        True,
        True,
        "2026-03-01",
    )
    send(keeper, "PATCH", path, {"state": None})
    assert send(keeper, "GET", path)["state"] == "other"
    events = send(keeper, "GET", f"{path}/history")["items"]
    assert [len(e["changes"]) for e in events] == [2, 4]
    assert {"field": "state", "old": "empty", "new": None} in events[0]["changes"]
    assert "用户keeper" in events[0]["actor_name"]
    assert send(keeper, "PATCH", path, {"state": "haunted"}, 422)["fields"][0]["field"] == "state"


def test_of_a_place_neither_its_time_elsewhere_nor_who_is_elsewhere_is_told(db: str) -> None:
    house()
    with acting(staff.OPERATOR):
        home = Dwelling.objects.get(unit="2")
    path = f"/dwellings/{home.id}"
    send(browser(VIEW, EDIT, PEOPLE, name="above", area=staff.DISTRICT), "PATCH", path, {"state": "empty"})
    with acting(staff.OPERATOR):
        row = Dwelling.objects.filter(id=home.id)
        row.update(area_code=staff.OTHER_VILLAGE)
        row.update(note="别处的话")
        row.update(area_code=home.area_code, note=None)
    events = send(browser(VIEW, EDIT, PEOPLE), "GET", f"{path}/history")["items"]
    assert {change["field"] for event in events for change in event["changes"]} == {"state", "state_on"}
    assert events[0]["actor_name"] == ""
    assert "别处的话" in str(send(browser(VIEW, name="all", area=staff.DISTRICT), "GET", f"{path}/history"))


def test_a_home_entered_by_hand_is_the_one_an_import_writes_later(db: str) -> None:
    building = house()
    keeper = browser(VIEW, EDIT)
    made = send(keeper, "POST", f"/buildings/{building.id}/homes", {"unit": "1", "room": "501"}, 201)
    assert (
        send(keeper, "POST", f"/buildings/{building.id}/homes", {"unit": "1", "room": "501"}, 409)["code"]
        == "places.exists"
    )
    merge([flat(20, "吴新来", "501", serial=40)])
    with acting(staff.OPERATOR):
        assert [str(d.id) for d in Dwelling.objects.filter(room="501")] == [made["id"]]
        assert Dwelling.objects.get(room="501").storey == 5


def test_a_building_entered_by_hand_is_the_one_an_import_writes_later(seeded_db: str) -> None:
    building = house()
    keeper = browser(VIEW, EDIT)
    made = send(
        keeper, "POST", "/buildings", {"compound_id": str(building.compound_id), "number": "9", "floors": 6}, 201
    )
    send(keeper, "POST", "/buildings", {"compound_id": str(building.compound_id), "number": "9"}, 409)
    merge([flat(20, "吴新来", "601", serial=40, building="9")])
    page = send(browser(VIEW, name="eye"), "GET", f"/buildings/{made['id']}")
    assert (page["name"], page["homes"], page["vouched"], len(page["storeys"])) == ("阳光花园9号楼", 1, True, 6)


def test_leaders_follow_each_other_by_date(db: str) -> None:
    building = house()
    keeper = browser(VIEW, EDIT)
    path = f"/buildings/{building.id}"
    send(keeper, "POST", f"{path}/leaders", {"name": "前任", "phone": "0533-5180001", "since": "2025-01-01"}, 201)
    send(keeper, "POST", f"{path}/leaders", {"name": "后任", "since": "2024-01-01"}, 422)
    send(keeper, "POST", f"{path}/leaders", {"name": "后任", "since": "2026-01-01"}, 201)
    send(keeper, "POST", f"{path}/leaders", {"name": "单元长", "since": "2026-01-01", "unit": "2"}, 201)
    send(keeper, "POST", f"{path}/leaders", {"name": "谁", "since": "2026-01-01", "unit": "99"}, 404)
    led = send(keeper, "GET", path)["leaders"]
    assert [(x["name"], x["unit"], x["since"], x["until"]) for x in led] == [
        ("后任", "", "2026-01-01", None), ("单元长", "2", "2026-01-01", None), ("前任", "", "2025-01-01", "2026-01-01"),
    ]  # fmt: skip
    assert send(keeper, "GET", "/buildings")["items"][0]["leader"] == "后任"
    assert send(keeper, "GET", "/buildings?leader=missing")["items"] == []
    send(keeper, "POST", f"/leaders/{led[0]['id']}/end", {"until": "2026-05-01"})
    assert (
        send(keeper, "POST", f"/leaders/{led[0]['id']}/end", {"until": "2026-05-02"}, 409)["code"]
        == "places.leader_ended"
    )
    assert len(send(keeper, "GET", "/buildings?leader=missing")["items"]) == 1


def test_codes_say_nothing_are_made_once_and_a_renewed_one_is_void(db: str) -> None:
    building = house()
    keeper = browser(VIEW, EDIT)
    path = f"/buildings/{building.id}/codes"
    assert send(keeper, "GET", path)["missing"] == 4
    assert [send(keeper, "POST", path)["count"] for _ in range(2)] == [4, 0]
    sheet = send(keeper, "GET", path)
    assert (len(sheet["lines"]), sheet["missing"]) == (4, 0)
    assert [(line["unit"], line["room"]) for line in sheet["lines"]] == [
        ("1", "101"),
        ("1", "102"),
        ("1", "301"),
        ("2", "201"),
    ]
    line = sheet["lines"][0]
    code = line["url"].rpartition("/q/")[2]
    assert len(code) >= 22 and line["dwelling_id"] not in line["url"] and line["path"].startswith("M")
    reader = browser(VIEW, name="reader")
    assert send(reader, "GET", f"/home-codes/{code}")["dwelling_id"] == line["dwelling_id"]
    send(browser(VIEW, name="far", area=staff.OTHER_TOWN), "GET", f"/home-codes/{code}", expect=404)
    send(keeper, "POST", f"/dwellings/{line['dwelling_id']}/code")
    send(reader, "GET", f"/home-codes/{code}", expect=404)


def test_a_drawn_code_is_the_one_the_library_makes(db: str) -> None:
    import re

    import segno

    from linli.registry.buildings.codes import drawn

    url = "https://linli.example/q/AbCdEfGhIjKlMnOpQrStUv"
    size, path = drawn(url)
    dark = {
        (int(y), x)
        for start, y, length in re.findall(r"M(\d+) (\d+)h(\d+)", path)
        for x in range(int(start), int(start) + int(length))
    }
    matrix = segno.make(url, error="q", micro=False, boost_error=False).matrix
    assert size == len(matrix)
    assert dark == {(y, x) for y, line in enumerate(matrix) for x, module in enumerate(line) if module}


def test_the_kinds_and_states_places_know_are_the_ones_the_code_lists_say(db: str) -> None:
    from linli.places import rules
    from linli.registry.models import CodeItem

    for name, codes in [("compound_kind", rules.COMPOUND_KINDS), ("building_kind", rules.BUILDING_KINDS),
                        ("dwelling_kind", rules.HOME_KINDS), ("dwelling_state", rules.HOME_STATES)]:  # fmt: skip
        assert set(CodeItem.objects.filter(list=name).values_list("code", flat=True)) == set(codes), name


def test_a_compound_touched_by_hand_is_vouched_for(db: str) -> None:
    building = house()
    keeper = browser(VIEW, EDIT)
    path = f"/compounds/{building.compound_id}"
    assert send(keeper, "GET", "/compounds?vouched=false")["items"][0]["buildings"] == 1
    send(keeper, "PATCH", path, {"aliases": ["阳光小区", " 阳光小区 ", ""], "kind": "estate"})
    shown = send(keeper, "GET", path)
    assert (shown["vouched"], shown["aliases"], shown["kind"], shown["homes"]) == (True, ["阳光小区"], "estate", 4)
    assert [c["id"] for c in send(keeper, "GET", "/compounds?q=阳光小区")["items"]] == [shown["id"]]
    assert send(keeper, "GET", f"{path}/history")["items"]


def test_workbooks_hold_what_the_lists_show(db: str) -> None:
    house()
    there()
    taker = browser(VIEW, PEOPLE, EXPORT)
    for name, rows in (("compounds", 1), ("buildings", 1), ("dwellings", 4)):
        answer = taker.post(f"/api/{name}/export", {"purpose": "季度核对"}, content_type="application/json")
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert sheet.max_row - 2 == rows == len(send(taker, "GET", f"/{name}")["items"])
        text = str([c.value for line in sheet.iter_rows() for c in line])
        assert "王建国" not in text and "月光" not in text and "用户keeper" in text
        assert taker.post(f"/api/{name}/export", {"purpose": " "}, content_type="application/json").status_code == 422


def test_pages_of_buildings_follow_without_loss(db: str) -> None:
    merge([flat(i, f"人{i}", "101", serial=i, building=str(i)) for i in range(2, 60)])
    reader = browser(VIEW)
    seen, cursor = [], ""
    while cursor is not None:
        page = send(reader, "GET", f"/buildings?limit=25&cursor={cursor}")
        seen += [b["id"] for b in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 58 == page["count"]["value"]


def test_a_building_costs_the_same_queries_whatever_its_size(db: str) -> None:
    building = house()
    reader = browser(VIEW, PEOPLE)
    path = f"/api/buildings/{building.id}"

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert reader.get(path).status_code == 200
        return len(captured)

    asked()
    before = asked()
    merge([flat(i, f"人{i}", f"{i // 10}0{i % 10}", serial=i, unit=str(i % 4)) for i in range(100, 260)])
    assert asked() == before <= 8


def test_compounds_are_points_of_the_map_inferred_where_nobody_placed_them(seeded_db: str) -> None:
    building = house()
    there()
    keeper = browser(VIEW, EDIT)

    def points() -> list[dict[str, Any]]:
        return send(keeper, "GET", "/map/compounds.geojson")["features"]

    (point,) = points()
    assert point["properties"]["name"] == "阳光花园" and point["properties"]["inferred"] is True
    lon, lat = point["geometry"]["coordinates"]
    assert send(keeper, "GET", f"/locate?lon={lon}&lat={lat}")["code"].startswith(staff.VILLAGE)
    send(keeper, "PATCH", f"/compounds/{building.compound_id}", {"lon": 117.96, "lat": 36.65})
    (point,) = points()
    assert (point["properties"]["inferred"], point["geometry"]["coordinates"]) == (False, [117.96, 36.65])
    assert send(keeper, "GET", f"/map/compounds.geojson?area={staff.OTHER_TOWN}")["features"] == []
