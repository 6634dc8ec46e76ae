"""Things corrected by hand and inspected: provenance, versions, what later imports may change, history, undo."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import staff
from hypothesis import given
from hypothesis import strategies as st
from thing_rows import OWN_PHONE, bring, credit, thing

from linli.kernel import clock
from linli.kernel.scope import acting
from linli.registry.models import Component, District, KeyPlace, LegalEntity, ThingRecord
from linli.registry.problems import RestedUpon
from linli.registry.things import typed
from linli.registry.things.kinds import KINDS
from linli.registry.things.merge import undo_things

ENTITY, PLACE, COMPONENT = KINDS["entity"], KINDS["place"], KINDS["component"]
JSON = "application/json"


@pytest.fixture
def browser(db: str) -> Any:
    with acting(staff.OPERATOR):  # where phones that are nobody's pass
        District.objects.update_or_create(code=staff.DISTRICT, defaults={"demo": True})
    return staff.client(staff.staff("clerk", "town_clerk"))


def correct(browser: Any, path: str, changes: dict[str, Any], version: int = 1, reason: str = "实地核对") -> Any:
    body = {"changes": changes, "reason": reason, "version": version}
    return browser.patch(f"/api/{path}", body, content_type=JSON)


def inspect(browser: Any, path: str, on: date, following: date | None = None, version: int = 1, note: str = "") -> Any:
    body = {"inspected_on": on.isoformat(), "note": note, "version": version,
            "next_inspection_on": following.isoformat() if following else None}  # fmt: skip
    return browser.post(f"/api/{path}/inspections", body, content_type=JSON)


def the(model: Any) -> Any:
    with acting(staff.OPERATOR):
        return model.objects.get()


def facts(answer: Any) -> dict[str, dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    return {f["name"]: f for f in answer.json()["fields"]}


# --- corrections -----------------------------------------------------------------------------------------------


def test_a_correction_outweighs_every_source_and_says_who_and_why(browser: Any) -> None:
    bring(ENTITY, [thing(ENTITY, 1, staff.VILLAGE, "甲公司", employees=5)])
    path = f"entities/{the(LegalEntity).id}"
    told = facts(correct(browser, path, {"name": "甲有限公司", "employees": "7", "phone": "10070000009"}))
    assert (told["name"]["value"], told["employees"]["value"]) == ("甲有限公司", "7")
    assert told["name"]["source"]["code"] == "manual" and told["name"]["method"] == "declared"
    assert told["address"]["source"]["code"] == "community"
    bring(ENTITY, [thing(ENTITY, 1, staff.VILLAGE, "甲公司", employees=9)], source="market")
    one = the(LegalEntity)
    assert (one.name, one.employees) == ("甲有限公司", 7)
    listed = browser.get("/api/entities?q=甲有限").json()["items"]
    assert [item["id"] for item in listed] == [str(one.id)]
    revealed = browser.post(f"/api/{path}/reveal", {"purpose": "通知检查"}, content_type=JSON)
    assert revealed.json() == {"value": "10070000009"}
    events = browser.get(f"/api/{path}/history").json()["items"]
    assert [e["kind"] for e in events] == ["merged", "edited", "created"] and events[0]["changes"] == []
    edited = next(e for e in events if e["kind"] == "edited")
    assert edited["reason"] == "实地核对" and edited["actor_name"].startswith("用户clerk")
    assert {c["field"] for c in edited["changes"]} == {"name", "employees", "phone"}
    assert "10070000009" not in str(events)


def test_what_was_corrected_before_stays_and_what_is_emptied_stays_empty(browser: Any) -> None:
    bring(ENTITY, [thing(ENTITY, 1, staff.VILLAGE, "甲公司", employees=5)])
    path = f"entities/{the(LegalEntity).id}"
    correct(browser, path, {"employees": None, "phone": "10070000009"})
    told = facts(correct(browser, path, {"representative": "王小明"}, version=2))
    assert told["employees"]["value"] is None and told["representative"]["value"] == "王小明"
    bring(ENTITY, [thing(ENTITY, 1, staff.VILLAGE, "甲公司", employees=11)])
    assert the(LegalEntity).employees is None
    revealed = browser.post(f"/api/{path}/reveal", {"purpose": "通知检查"}, content_type=JSON)
    assert revealed.json() == {"value": "10070000009"}
    told = facts(correct(browser, path, {"phone": None}, version=the(LegalEntity).version))
    assert told["phone"]["value"] is None and OWN_PHONE not in str(told)


def test_a_position_is_corrected_and_told_in_the_history(browser: Any) -> None:
    bring(COMPONENT, [thing(COMPONENT, 1, staff.VILLAGE, "路灯")])
    path = f"components/{the(Component).id}"
    told = facts(correct(browser, path, {"position": "117.951000, 36.612000"}))
    assert told["position"]["value"] == "117.951000, 36.612000" and told["position"]["source"]["code"] == "manual"
    one = the(Component)
    assert (one.lon, one.lat) == (117.951, 36.612)
    change = browser.get(f"/api/{path}/history").json()["items"][0]["changes"]
    assert [(c["field"], c["new"]) for c in change] == [("position", "117.951000, 36.612000")]


def test_days_and_figures_are_kept_in_one_form_however_they_are_typed(browser: Any) -> None:
    bring(ENTITY, [thing(ENTITY, 1, staff.VILLAGE, "甲公司")])
    path = f"entities/{the(LegalEntity).id}"
    told = facts(correct(browser, path, {"established_on": "2024-W01-1", "employees": "٠٧"}))
    assert (told["established_on"]["value"], told["employees"]["value"]) == ("2024-01-01", "7")


def test_whoever_was_slower_learns_it_and_changes_nothing(browser: Any) -> None:
    bring(ENTITY, [thing(ENTITY, 1, staff.VILLAGE, "甲公司")])
    path = f"entities/{the(LegalEntity).id}"
    assert correct(browser, path, {"employees": "7"}).status_code == 200
    late = correct(browser, path, {"employees": "8"})
    assert (late.status_code, late.json()["code"]) == (409, "registry.changed_meanwhile")
    assert the(LegalEntity).employees == 7


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"employees": "很多"}, "employees"), ({"employees": "-1"}, "employees"), ({"name": None}, "name"),
        ({"name": ""}, "name"), ({"entity_kind": "火星"}, "entity_kind"), ({"phone": "9876"}, "phone"),
        ({"established_on": "2024-13-01"}, "established_on"), ({"established_on": "2999-01-01"}, "established_on"),
        ({"credit_code": credit(2)}, "credit_code"), ({"position": "36.6, 117.9"}, "position"),
        ({"nothing": "x"}, "nothing"), ({"representative": "王" * 501}, "representative"), ({"area_code": "1"}, "area_code"),
    ],
)  # fmt: skip
def test_each_wrong_correction_is_named_and_nothing_is_kept(browser: Any, changes: dict[str, Any], field: str) -> None:
    bring(ENTITY, [thing(ENTITY, 1, staff.VILLAGE, "甲公司")])
    answer = correct(browser, f"entities/{the(LegalEntity).id}", changes)
    assert answer.status_code == 422 and [f["field"] for f in answer.json()["fields"]] == [field]
    with acting(staff.OPERATOR):
        assert ThingRecord.objects.count() == 1 and LegalEntity.objects.get().version == 1


def test_a_correction_needs_a_reason_and_the_right(browser: Any, db: str) -> None:
    bring(ENTITY, [thing(ENTITY, 1, staff.VILLAGE, "甲公司")])
    path = f"entities/{the(LegalEntity).id}"
    assert correct(browser, path, {"employees": "7"}, reason=" ").json()["code"] == "registry.reason_missing"
    reader = staff.client(staff.staff("reader", permissions=["registry.entity.view"]))
    assert correct(reader, path, {"employees": "7"}).status_code == 403
    assert not reader.get(f"/api/{path}").json()["may"]["edit"]
    assert not any(f["editable"] for f in reader.get(f"/api/{path}").json()["fields"])
    editable = {f["name"] for f in browser.get(f"/api/{path}").json()["fields"] if f["editable"]}
    assert "name" in editable and "position" in editable and "credit_code" not in editable


def test_an_import_that_a_correction_rests_on_is_not_undone(browser: Any) -> None:
    bring(ENTITY, [thing(ENTITY, 1, staff.VILLAGE, "甲公司")])
    one = the(LegalEntity)
    correct(browser, f"entities/{one.id}", {"employees": "7"})
    with acting(staff.OPERATOR):
        batch = ThingRecord.objects.get(source_code="community").batch_id
    with pytest.raises(RestedUpon):
        undo_things(ENTITY, batch, staff.OPERATOR, staff.DISTRICT)
    # A later import is taken back, and the correction stays.
    bring(ENTITY, [thing(ENTITY, 1, staff.VILLAGE, "甲公司", employees=9, representative="李")], source="market")
    with acting(staff.OPERATOR):
        later = ThingRecord.objects.get(source_code="market").batch_id
    undo_things(ENTITY, later, staff.OPERATOR, staff.DISTRICT)
    assert (the(LegalEntity).employees, the(LegalEntity).representative) == (7, None)


# --- inspections -----------------------------------------------------------------------------------------------


def test_an_inspection_is_kept_with_the_day_of_the_next_one(browser: Any) -> None:
    long_ago = date(2020, 1, 1)
    bring(
        PLACE, [thing(PLACE, 1, staff.VILLAGE, "老王饭店", inspected_on=long_ago, next_inspection_on=date(2020, 7, 1))]
    )
    path, today = f"key-places/{the(KeyPlace).id}", clock.today()
    assert browser.get("/api/key-places?due=overdue").json()["count"]["value"] == 1
    told = facts(inspect(browser, path, today, today + timedelta(days=90), note="灭火器已更换"))
    assert told["inspected_on"]["value"] == today.isoformat() and told["inspected_on"]["source"]["code"] == "inspection"
    assert told["next_inspection_on"]["value"] == (today + timedelta(days=90)).isoformat()
    assert browser.get("/api/key-places?due=overdue").json()["count"]["value"] == 0
    event = browser.get(f"/api/{path}/history").json()["items"][0]
    assert (event["kind"], event["reason"]) == ("inspected", "灭火器已更换")
    # The same day again puts right what was typed, and no day planned means none.
    told = facts(inspect(browser, path, today, None, version=2))
    assert told["next_inspection_on"]["value"] is None


def test_whoever_inspected_last_is_believed_whatever_the_source(browser: Any) -> None:
    bring(PLACE, [thing(PLACE, 1, staff.VILLAGE, "老王饭店")])
    path, today = f"key-places/{the(KeyPlace).id}", clock.today()
    inspect(browser, path, today - timedelta(days=30), today + timedelta(days=60))
    earlier = {"inspected_on": today - timedelta(days=90), "next_inspection_on": today - timedelta(days=1)}
    bring(PLACE, [thing(PLACE, 1, staff.VILLAGE, "老王饭店", **earlier)], source="fire")
    assert the(KeyPlace).next_inspection_on == today + timedelta(days=60)
    later = {"inspected_on": today - timedelta(days=2), "next_inspection_on": today + timedelta(days=180)}
    bring(PLACE, [thing(PLACE, 1, staff.VILLAGE, "老王饭店", **later)], source="community")
    one = the(KeyPlace)
    assert (one.inspected_on, one.next_inspection_on) == (later["inspected_on"], later["next_inspection_on"])


def test_an_inspection_lies_after_the_last_one_and_not_ahead(browser: Any) -> None:
    today = clock.today()
    bring(PLACE, [thing(PLACE, 1, staff.VILLAGE, "老王饭店", inspected_on=today - timedelta(days=10))])
    path = f"key-places/{the(KeyPlace).id}"
    for on, following, field in (
        (today + timedelta(days=1), None, "inspected_on"), (today - timedelta(days=11), None, "inspected_on"),
        (today, today, "next_inspection_on"), (today, today + timedelta(days=3000), "next_inspection_on"),
    ):  # fmt: skip
        answer = inspect(browser, path, on, following)
        assert answer.status_code == 422 and [f["field"] for f in answer.json()["fields"]] == [field]
    assert the(KeyPlace).version == 1


def test_kinds_that_are_not_inspected_have_no_door_for_it(browser: Any) -> None:
    answer = inspect(browser, f"entities/{uuid.uuid4()}", date(2026, 1, 1))
    assert answer.status_code == 404


# --- typed facts -----------------------------------------------------------------------------------------------


@given(st.text(max_size=40))
def test_no_text_makes_a_position_outside_of_the_rectangle_or_an_error(text: str) -> None:
    found = typed.position_of(text)
    assert found is None or (typed.WEST <= found[0] <= typed.EAST and typed.SOUTH <= found[1] <= typed.NORTH)


@given(st.floats(typed.WEST, typed.EAST), st.floats(typed.SOUTH, typed.NORTH))
def test_a_position_that_is_shown_is_read_back(lon: float, lat: float) -> None:
    found = typed.position_of(f"{lon:.6f}, {lat:.6f}")
    assert found == (round(lon, 6), round(lat, 6))


@given(
    st.dates(),
    st.one_of(st.none(), st.dates()),
    st.one_of(st.none(), st.dates()),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_an_inspection_passes_only_in_order(on: date, following: date | None, before: date | None, today: date) -> None:
    passed = not typed.check_inspection(on, following, before, today)
    in_order = on <= today and (before is None or before <= on) and (following is None or on < following)
    assert not passed or in_order
