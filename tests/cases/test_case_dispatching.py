"""Whom a case may be handed to: a unit of the areas for which one dispatches, and no other."""

from __future__ import annotations

import uuid

import pytest
import staff
from case_world import DAY, World, unit


@pytest.fixture
def world(seeded_db: str) -> World:
    return World.make()


def test_a_dispatcher_hands_a_case_to_units_of_their_own_area_only(world: World) -> None:
    world.add("town_dispatcher", "dispatcher", staff.TOWN)
    case, urgent = world.until("to_dispatch"), world.new(urgent=True)
    version = world.look(case).json()["version"]
    filing = {"category_id": str(world.category().id), **DAY}
    for wanted in (unit(staff.OTHER_TOWN), unit(staff.DISTRICT), uuid.uuid4()):
        refused = world.step("town_dispatcher", case, "dispatch", unit_id=str(wanted))
        assert refused.status_code == 422, refused.content
        assert [(f["field"], f["code"]) for f in refused.json()["fields"]] == [("unit_id", "unknown")]
        refused = world.step("town_dispatcher", urgent, "dispatch_first", unit_id=str(wanted), **filing)
        assert refused.status_code == 422 and "unit_id" in {f["field"] for f in refused.json()["fields"]}
    missing = world.step("town_dispatcher", case, "dispatch")
    assert [(f["field"], f["code"]) for f in missing.json()["fields"]] == [("unit_id", "required")]
    page = world.look(case).json()
    assert (page["state"], page["version"], page["unit_name"]) == ("to_dispatch", version, "")
    assert world.look(case, "neighbour").status_code == 404
    offered = world.people["town_dispatcher"].get("/api/cases/units").json()
    offered = {each["id"] for each in (offered["items"] if isinstance(offered, dict) else offered)}
    assert str(unit(staff.TOWN)) in offered and str(unit(staff.OTHER_TOWN)) not in offered
    assert world.do("town_dispatcher", case, "dispatch", unit_id=str(unit(staff.TOWN)))["state"] == "to_take"
