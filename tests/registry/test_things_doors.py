"""Every operation on entities, key places, components and rented homes passes the suite all rooms' operations pass through."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import pytest
import staff
from permissions import Door, PermissionSuite, Sample
from thing_rows import FOREIGN_PHONE, OWN_PHONE, bring, credit, thing

from linli.kernel import clock
from linli.kernel.scope import acting
from linli.registry.models import Component, KeyPlace, LegalEntity, Rental
from linli.registry.things.kinds import KINDS, ThingKind

REVEAL, EXPORT, EDIT = "registry.thing.reveal", "registry.things.export", "registry.thing.edit"
MODELS: dict[str, Any] = {"entity": LegalEntity, "place": KeyPlace, "component": Component, "rental": Rental}


def sample_of(kind: ThingKind) -> Sample:
    """A thing in the own village and the like in a foreign one."""
    model = MODELS[kind.name]
    bring(kind, [thing(kind, 1, staff.VILLAGE, "本镇甲号"), thing(kind, 2, staff.OTHER_VILLAGE, "外镇乙号")])
    with acting(staff.OPERATOR):
        own, foreign = model.objects.get(key="test/1"), model.objects.get(key="test/2")
    return Sample(
        own={"thing": str(own.id)}, foreign={"thing": str(foreign.id)}, own_marks=["本镇甲号"],
        foreign_marks=["外镇乙号"], secrets=[OWN_PHONE, FOREIGN_PHONE] if "phone" in kind.by_name else [],
    )  # fmt: skip


def doors(kind: ThingKind) -> list[Door]:
    base, one = f"/api/{kind.path}", f"/api/{kind.path}/{{thing}}"
    found = [
        Door("GET", base, kind.view, logs="list", finds=True),
        Door("GET", base + "/map.geojson", kind.view, logs="list", finds=True),
        Door("POST", base + "/export", EXPORT, {"purpose": "季度核对"}, also=(kind.view,), logs="export"),
        Door("GET", one, kind.view, logs="detail", finds=True),
        Door("GET", one + "/history", kind.view, logs="detail"),
    ]
    change = {"changes": {"address": "新街1号"}, "reason": "实地核对", "version": 1}
    if kind.home:
        change["changes"] = {"tenants": "2"}
    found.append(Door("PATCH", one, EDIT, change, also=(kind.view,)))
    if kind.due:
        seen = {"inspected_on": "2026-01-02", "next_inspection_on": None, "version": 1}
        found.append(Door("POST", one + "/inspections", EDIT, seen, also=(kind.view,)))
    if "phone" in kind.by_name:
        body = {"purpose": "通知检查时间"}
        found.append(Door("POST", one + "/reveal", REVEAL, body, also=(kind.view,), reveals=True, logs="reveal"))
    return found


class TestEntityDoors(PermissionSuite):
    doors: ClassVar = doors(KINDS["entity"])

    def sample(self) -> Sample:
        return sample_of(KINDS["entity"])


class TestPlaceDoors(PermissionSuite):
    doors: ClassVar = doors(KINDS["place"])

    def sample(self) -> Sample:
        return sample_of(KINDS["place"])


class TestComponentDoors(PermissionSuite):
    doors: ClassVar = doors(KINDS["component"])

    def sample(self) -> Sample:
        return sample_of(KINDS["component"])


class TestRentalDoors(PermissionSuite):
    doors: ClassVar = doors(KINDS["rental"])

    def sample(self) -> Sample:
        return sample_of(KINDS["rental"])


# --- what the doors show ---------------------------------------------------------------------------------------


@pytest.fixture
def browser(db: str) -> Any:
    return staff.client(staff.staff("clerk", "town_clerk"))


def names(browser: Any, path: str) -> list[str]:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.content
    return [item["name"] for item in answer.json()["items"]]


def test_lists_are_paged_and_counted(browser: Any) -> None:
    kind = KINDS["entity"]
    bring(kind, [thing(kind, i, staff.VILLAGE, f"{chr(0x4E00 + i)}公司") for i in range(1, 8)])
    seen, cursor = [], ""
    for _ in range(4):
        page = browser.get(f"/api/entities?limit=2{cursor}").json()
        seen += [item["id"] for item in page["items"]]
        assert page["count"] == {"value": 7, "exact": True}
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen)) == 7 and page["next"] is None


def test_lists_are_narrowed(browser: Any) -> None:
    kind = KINDS["place"]
    today = clock.today()
    late, soon = date(2020, 1, 1), today.replace(year=today.year + 3)
    bring(
        kind,
        [
            thing(kind, 1, staff.VILLAGE, "城里小学", place_kind="10", attention="1", next_inspection_on=late),
            thing(kind, 2, staff.VILLAGE, "老王饭店", place_kind="24", attention="3", next_inspection_on=today),
            thing(kind, 3, staff.VILLAGE, "小张网吧", place_kind="27", attention="1", next_inspection_on=soon),
            thing(kind, 4, staff.VILLAGE, "无名仓库", place_kind="99", lon=None, lat=None),
        ],
    )
    for query, expected in {
        "group=2": {"老王饭店", "小张网吧"}, "group=24": {"老王饭店"}, "state=3": {"老王饭店"}, "q=网吧": {"小张网吧"},
        "due=overdue": {"城里小学"}, "due=soon": {"老王饭店"}, "due=later": {"小张网吧"}, "due=none": {"无名仓库"},
        "placed=false": {"无名仓库"}, f"q={credit(1)[:17]}": {"城里小学"}, f"area={staff.OTHER_TOWN}": set(),
    }.items():  # fmt: skip
        assert set(names(browser, f"/api/key-places?{query}")) == expected, query


def test_a_page_tells_each_fact_with_its_source(browser: Any) -> None:
    kind = KINDS["entity"]
    bring(kind, [thing(kind, 1, staff.VILLAGE, "甲公司", entity_kind="22", employees=5)])
    bring(kind, [thing(kind, 1, staff.VILLAGE, "甲有限公司", phone=None)], source="police")
    listed = browser.get("/api/entities").json()["items"][0]
    assert (listed["group_label"], listed["code"]) == ("非公有制企业", credit(1))
    page = browser.get(f"/api/entities/{listed['id']}").json()
    facts = {f["name"]: f for f in page["fields"]}
    assert facts["name"]["value"] == "甲有限公司" and facts["name"]["source"]["code"] == "police"
    assert facts["employees"]["source"]["code"] == "community" and facts["entity_kind"]["display"] == "非公有制企业"
    assert facts["phone"]["masked"] and facts["phone"]["value"] != OWN_PHONE
    assert [s["source_code"] for s in page["sources"]] == ["police", "community"]
    revealed = browser.post(
        f"/api/entities/{listed['id']}/reveal", {"purpose": "通知检查"}, content_type="application/json"
    )
    assert revealed.json() == {"value": OWN_PHONE}


def test_a_page_tells_what_has_to_do_with_it_as_far_as_it_may_be_seen(db: str) -> None:
    entity, place, component = KINDS["entity"], KINDS["place"], KINDS["component"]
    bring(entity, [thing(entity, 1, staff.VILLAGE, "甲公司")])
    bring(
        place,
        [thing(place, 1, staff.VILLAGE, "甲店"), thing(place, 3, staff.OTHER_VILLAGE, "外镇店", credit_code=credit(1))],
    )
    bring(component, [thing(component, 1, staff.VILLAGE, "路灯")])
    browser = staff.client(staff.staff("clerk", "town_clerk"))

    def related(path: str, who: Any = browser) -> list[tuple[str, str, str]]:
        thing_id = who.get(f"/api/{path}").json()["items"][0]["id"]
        return [(r["path"], r["name"], r["why"]) for r in who.get(f"/api/{path}/{thing_id}").json()["related"]]

    assert related("entities") == [("key-places", "甲店", "place")]
    assert related("key-places") == [("entities", "甲公司", "operator")]
    assert related("components") == [("entities", "甲公司", "department")]
    narrow = staff.client(staff.staff("narrow", permissions=["registry.entity.view"]))
    assert related("entities", narrow) == []


def test_history_tells_imports_from_their_undoing(browser: Any, db: str) -> None:
    kind = KINDS["entity"]
    bring(kind, [thing(kind, 1, staff.VILLAGE, "甲公司", employees=5)])
    bring(kind, [thing(kind, 1, staff.VILLAGE, "甲公司", employees=6)])
    thing_id = browser.get("/api/entities").json()["items"][0]["id"]
    events = browser.get(f"/api/entities/{thing_id}/history").json()["items"]
    assert [e["kind"] for e in events] == ["merged", "created"] and events[0]["batch_id"]
    assert [(c["field"], c["old"], c["new"]) for c in events[0]["changes"]] == [("employees", "5", "6")]


def test_the_map_gives_points_and_cells_when_there_are_too_many(browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = KINDS["component"]
    rows = [thing(kind, i, staff.VILLAGE, "路灯", lon=117.905 + (i % 2) * 0.03, lat=36.605) for i in range(1, 7)]
    bring(kind, rows)
    found = browser.get("/api/components/map.geojson").json()
    assert found["single"] and len(found["features"]) == 6
    from linli.registry.things import queries

    monkeypatch.setattr(queries, "MOST_POINTS", 5)
    cells = browser.get("/api/components/map.geojson").json()
    assert not cells["single"] and sorted(f["properties"]["count"] for f in cells["features"]) == [3, 3]


def test_an_export_carries_a_watermark_and_no_phone(browser: Any) -> None:
    import io

    import openpyxl

    kind = KINDS["entity"]
    bring(kind, [thing(kind, 1, staff.VILLAGE, "=甲公司")])
    answer = browser.post("/api/entities/export", {"purpose": "季度核对"}, content_type="application/json")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert "用户clerk" in str(rows[0][0]) and rows[2][0] == "'=甲公司"
    assert OWN_PHONE not in str(rows)
    assert browser.post("/api/entities/export", {"purpose": "x"}, content_type="application/json").status_code == 422
