"""Looks on the spot: to whom they are given, what comes of them, and the list of what waits; and what a unit's end leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import staff
from case_world import World

from linli.access.models import Account
from linli.cases.engine import standing
from linli.cases.models import Case
from linli.kernel import clock, scope

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)  # 09:00 local


@pytest.fixture
def world(seeded_db: str) -> World:
    with clock.frozen(MONDAY):
        world = World.make()
        world.add("walker", "grid_worker", staff.TOWN, unit_area=staff.VILLAGE)
        world.add("far", "grid_worker", staff.OTHER_TOWN)
        return world


def waiting(world: World, who: str, query: str = "") -> list[str]:
    page = world.people[who].get(f"/api/cases/field-tasks?{query}").json()
    assert page["count"] == {"value": len(page["items"]), "exact": True}
    return [item["case_id"] for item in page["items"]]


def test_a_check_is_given_to_a_person_with_a_time_and_its_result_stays_with_it(world: World) -> None:
    with clock.frozen(MONDAY):
        case, loose = world.until("handed_back"), world.until("check_result")
        checkers = world.people["dispatcher"].get(f"/api/cases/{case}/checkers").json()
        walker = str(world.accounts["walker"].id)
        assert walker in {each["id"] for each in checkers}
        assert str(world.accounts["far"].id) not in {each["id"] for each in checkers}
        # A unit does not check its own result: its people are not offered and not taken; a report they may verify.
        own = str(world.add("own", "grid_worker", staff.TOWN) and world.accounts["own"].id)
        offered = {
            each: {one["id"] for one in world.people["acceptor"].get(f"/api/cases/{each}/checkers").json()}
            for each in (case, world.new())
        }
        assert [own in ids for ids in offered.values()] == [False, True]
        assert world.step("dispatcher", case, "ask_check", assignee_id=own).status_code == 422
        due = (MONDAY + timedelta(hours=4)).isoformat()
        page = world.do("dispatcher", case, "ask_check", assignee_id=walker, task_due=due, photo_wanted=True)
        (task,) = page["tasks"]
        assert (task["assignee_name"], task["photo_wanted"], task["state"], task["kind"]) == (
            "用户walker",
            True,
            "open",
            "check_result",
        )
        assert page["flow"][-1]["assignee"] == "用户walker"
        # By name it waits for one; without one for all who may; whoever may sees all of it.
        assert waiting(world, "walker") == [case, loose] and waiting(world, "grid_worker") == [loose]
        assert waiting(world, "grid_worker", "view=all") == [case, loose] and waiting(world, "far", "view=all") == []
        assert waiting(world, "walker", "kind=verify_report") == []
        first = world.people["walker"].get("/api/cases/field-tasks?limit=1").json()
        rest = world.people["walker"].get(f"/api/cases/field-tasks?limit=1&cursor={first['next']}").json()
        assert [p["items"][0]["case_id"] for p in (first, rest)] == [case, loose] and rest["next"] is None
        page = world.do("grid_worker", case, "pass_check", result="现场完好")
        (task,) = page["tasks"]
    assert (task["state"], task["done_by_name"], task["passed"], task["result"]) == (
        "done",
        "用户grid_worker".replace("_", "-"),
        True,
        "现场完好",
    )


def test_a_look_goes_to_another_and_only_to_who_may_take_it(world: World) -> None:
    with clock.frozen(MONDAY):
        case = world.new()
        for given, field in (
            ({"assignee_id": str(world.accounts["far"].id)}, "assignee_id"),
            ({"assignee_id": str(world.accounts["handler"].id)}, "assignee_id"),
            ({"task_due": (MONDAY - timedelta(hours=1)).isoformat()}, "task_due"),
        ):
            refused = world.step("acceptor", case, "ask_verify", **given)
            assert refused.status_code == 422 and [f["field"] for f in refused.json()["fields"]] == [field]
        world.do("acceptor", case, "ask_verify", assignee_id=str(world.accounts["walker"].id))
        page = world.do("acceptor", case, "give_verify", assignee_id=str(world.accounts["grid_worker"].id))
        assert [(task["state"], task["kind"]) for task in page["tasks"]] == [
            ("withdrawn", "verify_report"),
            ("open", "verify_report"),
        ]
        assert waiting(world, "walker") == [] and waiting(world, "grid_worker") == [case]
        page = world.do("grid_worker", case, "deny_report", result="现场没有发现")
    assert (page["tasks"][-1]["passed"], page["tasks"][-1]["result"]) == (False, "现场没有发现") and page[
        "state"
    ] == "to_file"


def test_a_reopened_case_keeps_what_its_first_round_came_to_and_goes_to_another_unless_there_is_a_reason(
    world: World,
) -> None:
    with clock.frozen(MONDAY):
        case = world.until("evaluated")
        before = world.look(case).json()
        page = world.do("acceptor", case, "reopen", reason="反映人不满意")
        told = page["flow"][-1]["round"]
        assert {name: told[name] for name in ("due_at", "closed_at", "result", "solved", "satisfied")} == {
            name: before[name] for name in ("due_at", "closed_at", "result", "solved", "satisfied")
        }
        assert told["unit_name"] == before["unit_name"]
        # How it stands is told of the new round alone; what came before is told apart.
        assert (page["result"], page["in_round"], before["in_round"], before["earlier_rounds"]) == ("", 2, 1, [])
        (earlier,) = page["earlier_rounds"]
        assert earlier == {**told, "serial": 1, "ended_at": page["flow"][-1]["at"], "ended_for": "反映人不满意"}
        assert [step["in_round"] for step in page["flow"]] == [1] * (len(page["flow"]) - 1) + [2]
        with scope.acting(staff.OPERATOR):  # reopened by an earlier version, which left the result where it was
            Case.objects.filter(id=case).update(result=before["result"])
        assert world.look(case).json()["result"] == ""
        again = world.step("dispatcher", case, "dispatch", unit_id=str(staff.units()[staff.TOWN]))
        assert again.status_code == 422 and {f["field"] for f in again.json()["fields"]} == {"unit_id", "reason"}
        assert world.hand_over(case, staff.OTHER_TOWN)["state"] == "to_take"


def test_cases_of_a_unit_that_is_no_more_go_back_to_dispatch_with_a_note(world: World, owner_sql: Any) -> None:
    with clock.frozen(MONDAY):
        handled, paused, kept = world.until("handling"), world.until("handling"), world.until("to_dispatch")
        world.do("handler", paused, "ask_reporter", reason="等反映人开门")
        world.hand_over(kept, staff.OTHER_TOWN)
        assert standing.return_from_gone_units() == 0
        with scope.acting(staff.OPERATOR):
            Account.objects.filter(unit_id=staff.units()[staff.TOWN]).update(active=False)
        assert standing.return_from_gone_units() == 2 and standing.return_from_gone_units() == 0
        for case in (handled, paused):
            page = world.look(case).json()
            last = page["flow"][-1]
            assert (page["state"], page["paused_at"], last["action"], last["by_program"]) == (
                "to_dispatch",
                None,
                "unit_gone",
                True,
            )
            assert last["reason"] and all(pause["until"] for pause in page["pauses"])
        assert world.look(kept).json()["state"] == "to_take"
        assert world.hand_over(handled, staff.OTHER_TOWN)["state"] == "to_take"
