"""Child cases: what they take over, who makes them, what their parent waits for; and cases found before anybody complained."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
import staff
from case_world import World, village
from permissions import Door, PermissionSuite, Sample
from test_case_doors import foreign_village, standing

from linli.cases.models import Case
from linli.cases.permissions import DISPATCH, VIEW
from linli.kernel import scope


@pytest.fixture
def world(seeded_db: str) -> World:
    return World.make()


def split(world: World, case: str, who: str = "dispatcher", description: str = "修复破损的路面") -> Any:
    body = {"description": description}
    return world.people[who].post(f"/api/cases/{case}/children", body, content_type="application/json")


def shown(world: World, case: str, who: str = "dispatcher") -> dict[str, Any]:
    return world.people[who].get(f"/api/cases/{case}/cooperation").json()


def test_a_child_has_its_own_unit_and_clock_and_its_parent_closes_after_it(world: World) -> None:
    parent = world.new(reporter_name="钱进来", reporter_phone="13987654321", place_text="小区东门", urgent=True)
    early = split(world, parent)
    assert early.status_code == 409 and early.json()["fields"][0]["code"] == "not_divisible"
    world.until("handling", parent)
    for who, status in (("handler", 403), ("grid_worker", 403), ("acceptor", 403), ("neighbour", 403)):
        assert split(world, parent, who).status_code == status, who
    assert split(world, parent, description=" ").status_code == 422
    made = split(world, parent)
    assert made.status_code == 201
    child = made.json()["id"]
    before, page = world.look(parent).json(), world.look(child).json()
    same = ("area_code", "place_text", "source", "urgent", "category", "limit_value", "clock", "occurred_at")
    assert {k: page[k] for k in same} == {k: before[k] for k in same}
    assert (page["state"], page["description"], page["unit_name"]) == ("to_dispatch", "修复破损的路面", "")
    assert page["clock_from"] > before["clock_from"] and page["due_at"] is not None
    # Neither name nor phone of the reporter came along, and nothing that would tell them twice.
    assert page["reporter_name"] is None and page["reporter_phone"] is None and before["reporter_name"]
    with scope.acting(staff.OPERATOR):
        assert Case.objects.get(id=child).reporter_name is None
    assert [s["action"] for s in page["flow"]] == ["report", "file"]
    assert before["flow"][-1]["label"] == "拆分子案件" and page["number"] in before["flow"][-1]["result"]
    # Each page names the other; a child is not divided again.
    assert (
        shown(world, child)["parent"] == {"id": parent, "number": before["number"]}
        and not shown(world, child)["may_split"]
    )
    again = split(world, child)
    assert again.status_code == 409 and again.json()["fields"][0]["code"] == "is_child"
    world.hand_over(child, staff.OTHER_TOWN)
    (told,) = shown(world, parent)["children"]
    assert (told["id"], told["state"], told["unit_name"], told["open"]) == (child, "to_take", "岭子镇", True)
    (masked,) = shown(world, parent, "handler")["children"]
    assert (masked["number"], masked["state"]) == (page["number"], None), (
        "the lead of the parent does not see another unit's case"
    )
    assert world.look(child, "handler").status_code == 404 and world.look(parent, "neighbour").status_code == 404
    assert shown(world, child, "neighbour")["parent"]["number"] == before["number"]
    # The parent comes as far as closing, and no further.
    world.until("to_close", parent)
    (closing,) = [a for a in world.look(parent).json()["actions"] if a["code"] == "close"]
    assert page["number"] in closing["refused"]
    refused = world.step("acceptor", parent, "close")
    assert refused.status_code == 422 and page["number"] in refused.json()["fields"][0]["message"]
    world.do("neighbour", child, "take")
    world.do("neighbour", child, "hand_back", result="已修复路面")
    world.do("dispatcher", child, "ask_check")
    world.do("grid_worker", child, "pass_check", result="完好")
    world.do("acceptor", child, "close")
    assert world.do("acceptor", parent, "close")["state"] == "closed"


def test_cases_found_before_anybody_complained_are_listed_and_counted(world: World) -> None:
    def ahead(value: str = "true") -> set[str]:
        answer = world.people["acceptor"].get(f"/api/cases?ahead={value}").json()
        assert answer["count"]["value"] == len(answer["items"])
        return {row["id"] for row in answer["items"]}

    found, joined = world.new(source="collector"), world.new(source="collector")
    complaint, refused = world.new(source="hotline"), world.new(source="collector")
    world.do("acceptor", refused, "refuse", reason="不属受理范围")
    assert ahead() == {found, joined} and ahead("false") == {complaint, refused}
    body = {"version": world.look(complaint).json()["version"], "main_id": joined, "reason": "同一处"}
    assert (
        world.people["acceptor"]
        .post(f"/api/cases/{complaint}/merge", body, content_type="application/json")
        .status_code
        == 204
    )
    assert ahead() == {found}, "somebody complained of the same matter"
    body = {"version": world.look(complaint).json()["version"], "reason": "不是同一处"}
    assert (
        world.people["acceptor"]
        .post(f"/api/cases/{complaint}/unmerge", body, content_type="application/json")
        .status_code
        == 204
    )
    assert ahead() == {found, joined}
    world.until("handling", found)
    part = split(world, found).json()["id"]
    assert ahead() == {found, joined}, "what was found once counts once"
    assert part in ahead("false")


class TestChildDoors(PermissionSuite):
    """A case with the own town's unit, and one with the foreign town's."""

    seeded = True
    doors: ClassVar = (Door("POST", "/api/cases/{case}/children", DISPATCH, {"description": "修复路面"}, also=(VIEW,)),)

    def sample(self) -> Sample:
        def case(area: str, unit_area: str) -> dict[str, str]:
            from linli.cases.models import Category

            made = standing(area, "塌陷", "handling", unit_area)
            with scope.acting(staff.OPERATOR):
                category = Category.objects.get(code="01001", kind="component")
                Case.objects.filter(id=made).update(category=category, limit_value=2, clock="work_day")
            return {"case": made}

        return Sample(own=case(village(), staff.TOWN), foreign=case(foreign_village(), staff.OTHER_TOWN))
