"""True boundaries out of a file: read in their datum, refused with the place, taken in as one change that can be undone."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import shapely
import staff
from django.core.files.uploadedfile import SimpleUploadedFile
from shapely.geometry import Polygon, mapping

from linli.kernel import scope
from linli.kernel.coordinates import Datum, from_wgs84
from linli.places.models import Grid, RegionShape

from .grid_world import EAST, OTHER, WEST, V, build, people, square

SURVEY = "自然资源局 2026 勘界"
# The own village is a little wider than it was drawn, into the drawn neighbour in the east.
HALVES = ((WEST, square(0, 0, 0.012)), (EAST, square(0.012, 0, 0.012)))
WHOLE = square(0, 0, 0.024)


def feature(figure: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": mapping(figure)}


def features(*items: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": items}).encode()


def halves() -> bytes:
    return features(*(feature(figure, code=code, name=f"{code[-1]}网格") for code, figure in HALVES))


def moved(content: bytes, datum: Datum) -> bytes:
    """The same boundaries in the coordinates of another datum."""
    document = json.loads(content)
    for item in document["features"]:
        figure = shapely.transform(
            shapely.geometry.shape(item["geometry"]),
            lambda xy: np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], datum)),
        )
        item["geometry"] = mapping(figure)
    return json.dumps(document).encode()


@pytest.fixture
def editor(db: str) -> Any:
    return surveyor()


def surveyor() -> Any:
    """Who brings boundaries, in a district with two villages, grids and people."""
    build()
    people()
    RegionShape.objects.create(
        code=staff.DISTRICT, geometry=shapely.to_wkb(square(0, 0, 0.04)), lon=118, lat=36.6, synthetic=True
    )
    return staff.client(staff.staff("editor", area=staff.DISTRICT, permissions=["places.view", "places.edit"]))


def send(browser: Any, path: str, content: bytes, expect: int, datum: str = "wgs84", **more: str) -> Any:
    body = {"file": SimpleUploadedFile("b.geojson", content), "datum": datum, "source": SURVEY, **more}
    answer = browser.post(path, body)
    assert answer.status_code == expect, answer.content.decode()
    return json.loads(answer.content)


def bring(browser: Any, content: bytes, expect: int = 201, **more: str) -> Any:
    return send(browser, "/api/boundaries", content, expect, **more)


def outline(code: str) -> Any:
    return shapely.from_wkb(bytes(RegionShape.objects.get(code=code).geometry))


def same(left: Any, right: Any) -> bool:
    return bool(shapely.symmetric_difference(left, right).area < 1e-10)


def test_the_grids_of_a_village_keep_their_codes_get_their_source_and_are_no_longer_schematic(editor: Any) -> None:
    seen = send(editor, "/api/boundaries/preview", halves(), 200)
    assert (seen["troubles"], seen["ended"]) == ([], [])
    assert {e["old"] for e in seen["effect"] if e["name"] == "people"} == {WEST, EAST}
    bring(editor, halves())
    west = Grid.objects.get(code=WEST)
    assert (west.synthetic, west.source, west.name) == (False, SURVEY, "1网格")
    assert same(shapely.from_wkb(bytes(west.geometry)), HALVES[0][1])
    shape = RegionShape.objects.get(code=V)
    assert (shape.synthetic, shape.source) == (False, SURVEY)
    assert same(outline(V), WHOLE)


def test_a_drawn_neighbour_makes_room_so_that_nothing_lies_in_two_grids(editor: Any) -> None:
    bring(editor, halves())
    assert same(outline(OTHER), square(0.024, 0, 0.016))
    figures = [shapely.from_wkb(bytes(g.geometry)) for g in Grid.objects.filter(valid_to=None)]
    together = shapely.unary_union(figures)
    assert sum(f.area for f in figures) == pytest.approx(together.area, rel=1e-9)
    assert same(together, square(0, 0, 0.04))


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09, Datum.CGCS2000])
def test_boundaries_come_in_the_datum_that_is_named(editor: Any, datum: Datum) -> None:
    bring(editor, moved(halves(), datum), datum=datum.value)
    assert same(outline(V), WHOLE)


def test_a_wrong_datum_is_refused_and_the_right_one_named(editor: Any) -> None:
    refused = bring(editor, moved(halves(), Datum.BD09), expect=422, datum="wgs84")
    assert [t["code"] for t in refused["troubles"]] == ["datum"]
    assert "BD09" in refused["troubles"][0]["message"]
    assert RegionShape.objects.get(code=V).synthetic


def test_undoing_an_import_brings_back_outlines_and_grids(editor: Any) -> None:
    before = {s.code: (bytes(s.geometry), s.synthetic, s.source) for s in RegionShape.objects.all()}
    grids = {g.code: (bytes(g.geometry), g.synthetic, g.source, g.name) for g in Grid.objects.all()}
    change = bring(editor, halves())
    path = f"/api/grids/changes/{change['id']}/undo"
    answer = editor.post(path, "{}", content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert {s.code: (bytes(s.geometry), s.synthetic, s.source) for s in RegionShape.objects.all()} == before
    assert {g.code: (bytes(g.geometry), g.synthetic, g.source, g.name) for g in Grid.objects.all()} == grids


def test_an_outline_alone_has_the_drawn_grids_fitted_to_it(editor: Any) -> None:
    bring(editor, features(feature(WHOLE, code=V)))
    figures = [shapely.from_wkb(bytes(g.geometry)) for g in Grid.objects.filter(village_code=V, valid_to=None)]
    assert same(shapely.unary_union(figures), WHOLE)
    assert all(Grid.objects.filter(village_code=V).values_list("synthetic", flat=True))


def test_grids_without_a_code_are_known_by_their_name_or_numbered_anew(editor: Any, owner_sql: Any) -> None:
    thirds = [square(0.008 * i, 0, 0.008) for i in range(3)]
    bring(editor, features(
        feature(thirds[0], village_code=V, name="第1网格"),
        feature(thirds[1], village_code=V, name="中"),
        feature(thirds[2], village_code=V, name="东"),
    ))  # fmt: skip
    named = dict(Grid.objects.filter(village_code=V, valid_to=None).values_list("name", "code"))
    assert named == {"第1网格": WEST, "中": f"{V}003", "东": f"{V}004"}
    old = Grid.objects.get(code=EAST)
    assert old.valid_to is not None
    # Who lived in the second grid goes with most of its ground.
    assert owner_sql("SELECT area_code FROM registry_person WHERE name = '王十七'") == [(f"{V}003",)]


def test_true_boundaries_are_not_cut_by_later_ones(editor: Any) -> None:
    bring(editor, halves())
    refused = bring(editor, features(feature(square(0.02, 0, 0.02), code=OTHER)), expect=422)
    assert [t["code"] for t in refused["troubles"]] == ["overlaps_village"]
    assert refused["troubles"][0]["place"]["type"] == "Polygon"


BOW = Polygon([(118, 36.6), (118.01, 36.61), (118.01, 36.6), (118, 36.61)])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (features(feature(BOW, code=WEST)), "self_crossing"),
        (features(feature(Polygon(), code=WEST)), "empty"),
        (features(feature(square(0), code=WEST), feature(square(0.005), code=EAST)), "overlap"),
        (features(feature(WHOLE, code=V), feature(square(0), code=WEST)), "gap"),
        (features(feature(square(0), code=WEST), feature(square(0.01), code=WEST)), "code_twice"),
        (features(feature(square(0), code="370302999201001")), "unknown_village"),
        (features(feature(square(0), code=f"{V}000")), "bad_code"),
        (features(feature(square(3), code=WEST)), "elsewhere"),
        (features(feature(square(0, 0, 0.04), code=V)), "neighbour_covered"),
        (features(feature(shapely.geometry.box(36.6, 118, 36.61, 118.01), code=WEST)), "not_degrees"),
    ],
)
def test_what_cannot_stand_is_refused_and_nothing_is_written(editor: Any, content: bytes, code: str) -> None:
    seen = send(editor, "/api/boundaries/preview", content, 200)
    assert {t["code"] for t in seen["troubles"]} == {code}
    refused = bring(editor, content, expect=422)
    assert (refused["code"], {t["code"] for t in refused["troubles"]}) == ("places.bad_boundaries", {code})
    assert all(Grid.objects.values_list("synthetic", flat=True))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no json", "json"),
        (b"[]", "no_features"),
        (b'{"features": [1]}', "no_geometry"),
        (features({"type": "Feature", "properties": {"code": WEST}, "geometry": {"type": "Polygon"}}), "geometry"),
        (features({"type": "Feature", "properties": {"code": WEST},
                   "geometry": {"type": "Polygon", "coordinates": [[["a", "b"]]]}}), "geometry"),
        (features(feature(square(0), name="无代码")), "code"),
        (features(feature(square(0), code="12")), "code"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_geojson_of_boundaries_says_why(editor: Any, content: bytes, reason: str) -> None:
    refused = bring(editor, content, expect=422)
    assert (refused["code"], refused["params"]["reason"]) == ("places.boundaries_unreadable", reason)


def test_a_source_has_to_be_named_and_the_datum_known(editor: Any) -> None:
    assert bring(editor, halves(), expect=422, source=" ")["fields"][0]["field"] == "source"
    assert bring(editor, halves(), expect=422, datum="beijing54")["code"] == "kernel.invalid"


def test_a_town_changes_only_its_own_villages(db: str) -> None:
    build()
    browser = staff.client(staff.staff("town", area=staff.TOWN, permissions=["places.view", "places.edit"]))
    # Making room would cut a village of another town.
    bring(browser, halves(), expect=403)
    bring(browser, features(feature(square(0.02, 0, 0.02), code=OTHER)), expect=403)
    bring(browser, features(feature(square(0, 0, 0.02), code=V)))
    with scope.acting(staff.OPERATOR):
        assert RegionShape.objects.get(code=OTHER).synthetic
