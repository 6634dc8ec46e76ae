"""Compounds and buildings out of map files: placed in their grids, matched by name, refused whole with the places."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
import shapely
import staff
from django.core.files.uploadedfile import SimpleUploadedFile
from permissions import Door, PermissionSuite, Sample
from shapely.geometry import Point, Polygon

from linli.kernel import scope
from linli.kernel.coordinates import Datum
from linli.places.models import Building, Compound

from .grid_world import OTHER, V, build, square
from .test_grid_boundaries import feature, features, moved
from .test_shapefiles import BOW, packed

HOMES = "places.home.edit"


@pytest.fixture
def keeper(db: str) -> Any:
    build()
    return staff.client(staff.staff("keeper", area=staff.DISTRICT, permissions=["places.view", HOMES]))


def send(
    browser: Any, what: str, content: bytes, expect: int = 201, preview: bool = False, datum: str = "wgs84"
) -> Any:
    path = f"/api/map-files/{what}" + ("/preview" if preview else "")
    answer = browser.post(path, {"file": SimpleUploadedFile("m.geojson", content), "datum": datum})
    assert answer.status_code == (200 if preview and expect == 201 else expect), answer.content.decode()
    return json.loads(answer.content)


def seen_by_all(model: Any) -> Any:
    """Every row there is, not only those of nobody's scope."""
    with scope.acting(staff.OPERATOR):
        return {row.name: row for row in model.objects.all()}


def inside(dx: float = 0.001) -> Point:
    return Point(square(0, 0, 0.002).centroid.x + dx, square(0, 0, 0.002).centroid.y)


def test_compounds_come_in_as_points_or_areas_and_a_second_time_nothing_changes(keeper: Any) -> None:
    area = square(0.004, 0, 0.002)
    content = features(feature(inside(), name="阳光花园", 别名="阳光小区、阳光"), feature(area, 小区名称="幸福里"))
    seen = send(keeper, "compounds", content, preview=True)
    assert (seen["added"], seen["added_names"], seen["troubles"]) == (2, ["阳光花园", "幸福里"], [])
    assert not seen_by_all(Compound)
    send(keeper, "compounds", content)
    sun = seen_by_all(Compound)["阳光花园"]
    assert (sun.village_code, sun.aliases, sun.source) == (V, ["阳光小区", "阳光"], Building.BY_HAND)
    assert sun.area_code.startswith(V) and len(sun.area_code) == 15
    happy = seen_by_all(Compound)["幸福里"]
    assert area.contains(Point(happy.lon, happy.lat))
    again = send(keeper, "compounds", content)
    assert (again["added"], again["changed"], again["same"]) == (0, 0, 2)


def test_what_is_known_by_its_name_or_an_alias_gets_its_position(keeper: Any) -> None:
    send(keeper, "compounds", features(feature(inside(), name="阳光花园", 别名="阳光小区")))
    with scope.acting(staff.OPERATOR):
        assert Compound.objects.update(source=Compound.FROM_INTAKE, lon=None, lat=None) == 1
    told = send(keeper, "compounds", features(feature(inside(), name="阳光小区")))
    assert (told["added"], told["changed"], told["changed_names"]) == (0, 1, ["阳光花园"])
    (row,) = seen_by_all(Compound).values()
    assert (round(row.lon, 6), row.source) == (round(inside().x, 6), Building.BY_HAND)


def test_buildings_of_a_compound_or_a_road_come_in_with_what_the_file_states(keeper: Any) -> None:
    send(keeper, "compounds", features(feature(inside(), name="阳光花园")))
    content = features(
        feature(inside(0.0005), 小区名称="阳光花园", 楼号="3号楼", 层数="6", 单元数=4, 建成年份=1998.0),
        feature(square(0.004, 0, 0.0005), number="A", 街路巷="淄城路", 门牌号="12号"),
    )
    assert send(keeper, "buildings", content)["added"] == 2
    three = seen_by_all(Building)["阳光花园3号楼"]
    assert (three.name, three.floors, three.units, three.built_year) == ("阳光花园3号楼", 6, 4, 1998)
    assert three.compound_id == seen_by_all(Compound)["阳光花园"].id
    assert "淄城路12号A座" in seen_by_all(Building)
    taller = content.replace(b'"6"', b'"7"')
    told = send(keeper, "buildings", taller)
    assert (told["added"], told["changed"], told["same"]) == (0, 1, 1)
    assert seen_by_all(Building)["阳光花园3号楼"].floors == 7


def test_a_shapefile_in_gbk_is_read_as_well(keeper: Any) -> None:
    content = packed([(square(0.004, 0, 0.002), {"小区名称": "幸福里"})], stem="小区")
    assert send(keeper, "compounds", content, datum="cgcs2000")["added_names"] == ["幸福里"]


@pytest.mark.parametrize(
    ("what", "items", "code"),
    [
        ("compounds", [feature(inside())], "no_name"),
        ("compounds", [feature(Polygon(), name="空")], "empty"),
        ("compounds", [feature(BOW, name="结")], "self_crossing"),
        ("compounds", [feature(Point(36.6, 118.0), name="反")], "not_degrees"),
        ("compounds", [feature(Point(500_000, 4_050_000), name="平面")], "not_degrees"),
        ("compounds", [feature(Point(120, 30), name="杭州")], "off_grid"),
        ("compounds", [feature(inside(), name="同"), feature(inside(0.002), name="同")], "named_twice"),
        ("compounds", [feature(inside(), name="长" * 61)], "name_long"),
        ("buildings", [feature(inside(), 小区="没有", number="1")], "no_compound"),
        ("buildings", [feature(inside(), number="1", 层数="999")], "bad_figures"),
    ],
)
def test_a_file_with_a_fault_changes_nothing_and_says_where(keeper: Any, what: str, items: Any, code: str) -> None:
    good = feature(inside(0.0015), name="好的", number="9")
    content = features(good, *items)
    (trouble, *_) = send(keeper, what, content, preview=True)["troubles"]
    assert trouble["code"] == code
    assert trouble["place"] is not None or code in ("no_name", "empty", "not_degrees")
    assert send(keeper, what, content, expect=422)["code"] == "places.bad_boundaries"
    assert not seen_by_all(Compound) and not seen_by_all(Building)


def test_another_datum_than_the_one_named_is_noticed(keeper: Any) -> None:
    edge = [
        feature(Point(square(0, 0, 0.012).bounds[0] + 0.0004 + i * 1e-4, inside().y), name=f"{i}号院") for i in range(9)
    ]
    west = moved(features(*edge), Datum.GCJ02)
    seen = send(keeper, "compounds", west, preview=True, datum="gcj02")
    assert (seen["added"], seen["troubles"]) == (9, [])
    send(keeper, "compounds", west, datum="gcj02")
    row = seen_by_all(Compound)["0号院"]
    assert abs(row.lon - edge[0]["geometry"]["coordinates"][0]) < 1e-6
    shifted = json.loads(features(*edge))
    for item in shifted["features"]:  # as WGS-84 in the file, but called GCJ-02: half a kilometre out of the district
        item["geometry"]["coordinates"][0] = square(0, 0, 0.012).bounds[0] + 0.0004
    told = send(keeper, "compounds", json.dumps(shifted).encode(), preview=True, datum="gcj02")["troubles"]
    assert told[0]["code"] in ("datum", "off_grid")


def test_files_that_cannot_be_read_say_why(keeper: Any) -> None:
    for content, why in ((b"no json", "json"), (b'{"features": []}', "no_features"), (b"PK\x03\x04", "shapefile")):
        told = send(keeper, "compounds", content, expect=422)
        assert (told["code"], told["params"]["reason"]) == ("places.boundaries_unreadable", why)


class TestMapFileDoors(PermissionSuite):
    doors: ClassVar = [
        Door(
            "POST", f"/api/map-files/compounds{path}", HOMES, {"datum": "wgs84"},
            file=("m.geojson", features(feature(inside(), name="阳光花园"))), foreign=(403,),
        )
        for path in ("", "/preview")
    ]  # fmt: skip

    def sample(self) -> Sample:
        build()
        assert shapely.is_valid(square(0))
        return Sample({"village": V}, {"village": OTHER})
