"""The API of places: who may ask, what comes back, and how many queries it takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from ninja import NinjaAPI
from ninja.testing import TestClient

from linli.kernel.actors import ANONYMOUS, Actor, Grant
from linli.kernel.http import install
from linli.kernel.scope import acting
from linli.places.api import router
from linli.places.models import Grid

COUNT = 885
VIEW = frozenset({"places.view"})
CLERK = Actor("staff", "s1", "clerk", (Grant("370302114", VIEW),))
CHIEF = Actor("staff", "s2", "chief", (Grant("370302", VIEW),))
NOBODY = Actor("staff", "s3", "no role", ())


@pytest.fixture(scope="module")
def client() -> TestClient:
    api = install(NinjaAPI(urls_namespace="places-tests"))
    api.add_router("", router)
    return TestClient(api)


@pytest.fixture
def loaded(seeded_db: str) -> None:
    """The packaged district and its drawn grids."""


def ask(client: TestClient, actor: Actor, path: str, expect: int = 200) -> Any:
    with acting(actor):
        answer = client.get(path, actor=actor)
    assert answer.status_code == expect, answer.content
    return json.loads(answer.content) if answer.content else None


PATHS = (
    "/areas", "/areas?parent=370302", "/areas/370302", "/areas/search?q=x", "/map/towns.geojson",
    "/address/parse?text=x", "/locate?lon=118&lat=36.6",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_nobody_gets_in_without_signing_in(loaded: None, client: TestClient, path: str) -> None:
    assert ask(client, ANONYMOUS, path, 401)["code"] == "kernel.unauthenticated"


@pytest.mark.parametrize("path", PATHS)
def test_the_tree_is_for_all_staff_the_rest_needs_the_permission(loaded: None, client: TestClient, path: str) -> None:
    ask(client, NOBODY, path, 200 if path.startswith("/areas") else 403)
    ask(client, CLERK, path)


def test_the_tree_from_district_to_grid(loaded: None, client: TestClient) -> None:
    (district,) = ask(client, CLERK, "/areas")
    assert (district["code"], district["villages"], district["grids"]) == ("370302", 474, COUNT)
    towns = ask(client, CLERK, "/areas?parent=370302")
    assert len(towns) == 13
    assert sum(t["villages"] for t in towns) == 474
    assert sum(t["grids"] for t in towns) == COUNT
    villages = ask(client, CLERK, "/areas?parent=370302001")
    assert [v["short_name"] for v in villages][:2] == ["城里社区", "城一社区"]
    grids = ask(client, CLERK, "/areas?parent=370302001001")
    assert [g["code"] for g in grids] == [f"370302001001{n:03d}" for n in range(1, len(grids) + 1)]
    assert all(g["synthetic"] for g in grids)


def test_an_area_with_its_path_and_its_other_names(loaded: None, client: TestClient) -> None:
    detail = ask(client, CLERK, "/areas/370302004204")
    assert [a["short_name"] for a in detail["breadcrumb"]] == ["淄川区", "钟楼街道", "高家村"]
    assert detail["aliases"] == ["高家社区"]
    assert detail["children"]
    grid = ask(client, CLERK, "/areas/370302004204001")
    assert [a["level"] for a in grid["breadcrumb"]] == ["district", "town", "village", "grid"]
    for unknown in ("370302999", "37030", "abc"):
        assert ask(client, CLERK, f"/areas/{unknown}", 404)["code"] == "kernel.not_found"


@pytest.mark.parametrize(
    ("words", "first"),
    [("城里", "370302001001"), ("clsq", "370302001001"), ("chengli", "370302001001"), ("370302117", "370302117"),
     ("高家社区", "370302004204"), ("昆仑镇", "370302102")],
)  # fmt: skip
def test_areas_are_found_by_name_pinyin_alias_and_code(
    loaded: None, client: TestClient, words: str, first: str
) -> None:
    assert ask(client, CLERK, f"/areas/search?q={words}")[0]["code"] == first


def test_a_shared_name_is_found_with_the_town_it_lies_in(loaded: None, client: TestClient) -> None:
    found = ask(client, CLERK, "/areas/search?q=聂村")
    assert {a["path"] for a in found} == {"昆仑镇", "罗村镇"}
    assert ask(client, CLERK, "/areas/search?q=") == []
    assert ask(client, CLERK, "/areas/search?q=%25") == []


def test_outlines_are_for_the_district_and_grids_for_ones_own_areas(loaded: None, client: TestClient) -> None:
    layers = {
        name: ask(client, CLERK, f"/map/{name}.geojson")["features"] for name in ("district", "towns", "villages")
    }
    assert {name: len(f) for name, f in layers.items()} == {"district": 1, "towns": 13, "villages": 474}
    mine = ask(client, CLERK, "/map/grids.geojson")["features"]
    assert mine
    assert all(f["properties"]["code"].startswith("370302114") for f in mine)
    assert len(ask(client, CHIEF, "/map/grids.geojson")["features"]) == COUNT
    assert ask(client, CLERK, "/map/grids.geojson?area=370302001")["features"] == []
    one = ask(client, CLERK, "/map/villages.geojson?area=370302114")["features"]
    assert len(one) == 32
    up = ask(client, CLERK, "/map/towns.geojson?area=370302114201")["features"]
    assert [f["properties"]["code"] for f in up] == ["370302114"]
    feature = one[0]
    assert feature["geometry"]["type"] in ("Polygon", "MultiPolygon")
    assert feature["properties"]["synthetic"] is True
    ask(client, CLERK, "/map/secrets.geojson", 404)


def test_a_layer_already_held_is_not_sent_again(loaded: None, client: TestClient) -> None:
    with acting(CLERK):
        first = client.get("/map/towns.geojson", actor=CLERK)
        again = client.get("/map/towns.geojson", actor=CLERK, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_a_layer_comes_compressed_where_the_browser_takes_that(loaded: None, client: TestClient) -> None:
    import gzip

    with acting(CLERK):
        plain = client.get("/map/villages.geojson", actor=CLERK)
        packed = client.get("/map/villages.geojson", actor=CLERK, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.content) == plain.content
    assert packed.headers["ETag"] == plain.headers["ETag"] and packed.headers["Vary"] == "Accept-Encoding"


def test_outlines_are_asked_of_the_database_once_and_anew_after_a_change(loaded: None, client: TestClient) -> None:
    from linli.places.actions import raise_edition

    def asked() -> tuple[int, list[Any]]:
        with CaptureQueriesContext(connection) as captured:
            features = ask(client, CLERK, "/map/grids.geojson?area=370302114201")["features"]
        return len([q for q in captured.captured_queries if "places_" in q["sql"]]), features

    _, before = asked()
    assert asked() == (2, before)  # what the area goes by, and the edition
    with acting(CHIEF):
        Grid.objects.filter(code=before[0]["properties"]["code"]).update(name="新名网格")
        raise_edition()
    assert asked()[1][0]["properties"]["name"] == "新名网格"


def test_grids_are_simplified_for_a_district_and_exact_for_a_village(loaded: None, client: TestClient) -> None:
    from shapely import from_geojson, from_wkb, get_coordinates

    def corners(features: list[Any], code: str) -> int:
        (grid,) = (f for f in features if f["properties"]["code"] == code)
        return len(get_coordinates(from_geojson(json.dumps(grid["geometry"]))))

    exact = ask(client, CHIEF, "/map/grids.geojson?area=370302114201")["features"]
    whole = ask(client, CHIEF, "/map/grids.geojson")["features"]
    code = exact[0]["properties"]["code"]
    stored = Grid.objects.get(code=code)
    assert corners(exact, code) == len(get_coordinates(from_wkb(bytes(stored.geometry))))
    assert sum(corners(whole, f["properties"]["code"]) for f in exact) <= sum(
        corners(exact, f["properties"]["code"]) for f in exact
    )


def test_an_address_comes_back_in_parts_or_with_its_alternatives_named(loaded: None, client: TestClient) -> None:
    sure = ask(client, CLERK, "/address/parse?text=城里社区3-2-401")
    assert (sure["village_code"], sure["building"], sure["unit"], sure["room"]) == (
        "370302001001",
        "3",
        "2",
        "401",
    )
    open_ = ask(client, CLERK, "/address/parse?text=聂村12号")
    assert open_["village_code"] == ""
    assert [a["name"] for a in open_["alternatives"]] == ["昆仑镇聂村", "罗村镇聂村"]
    settled = ask(client, CLERK, "/address/parse?text=聂村12号&within=370302114")
    assert settled["village_code"] == "370302114206"


def test_a_position_comes_back_with_the_areas_it_lies_in(loaded: None, client: TestClient) -> None:
    with acting(CHIEF):
        grid = Grid.objects.order_by("code").first()
    assert grid is not None
    found = ask(client, CLERK, f"/locate?lon={grid.lon}&lat={grid.lat}")
    assert found["code"] == grid.code
    assert [len(a["code"]) for a in found["areas"]] == [6, 9, 12, 15]
    assert ask(client, CLERK, "/locate?lon=100&lat=30") == {
        "code": "",
        "areas": [],
        "lon": 100.0,
        "lat": 30.0,
    }


@pytest.mark.parametrize(
    "path",
    ["/locate?lon=500&lat=1", "/locate?lon=1&lat=1&datum=mars", "/areas?parent=37", "/locate?lon=nan&lat=1"],
)
def test_wrong_input_is_refused_with_the_field_named(loaded: None, client: TestClient, path: str) -> None:
    assert ask(client, CLERK, path, 422)["fields"]


def test_queries_do_not_grow_with_the_answer(loaded: None, client: TestClient) -> None:
    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            ask(client, CHIEF, path)
        return len(captured)

    assert count("/areas?parent=370302117") == count("/areas?parent=370302112") <= 8
    assert count("/map/grids.geojson") < count("/map/grids.geojson?area=370302114201") <= 8
    assert count("/areas/search?q=村&limit=100") == count("/areas/search?q=村&limit=2") <= 8
    assert count("/areas/370302117") <= 12
