"""A case from report to rating, and what turns aside: returns, pauses, an urgent one, two at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import staff
from case_world import DAY, World, unit

from linli.kernel import clock


@pytest.fixture
def world(seeded_db: str) -> World:
    return World.make()


def test_a_case_goes_from_report_to_rating(world: World) -> None:
    case = world.until("evaluated")
    page = world.look(case).json()
    steps = [step["action"] for step in page["flow"]]
    assert steps == ["report", "file", "dispatch", "take", "hand_back", "ask_check", "pass_check", "close", "rate"]
    assert [step["version"] for step in page["flow"]] == list(range(1, 10))
    assert page["stage"] == "evaluation" and page["satisfied"] is True and page["unit_name"] == staff.NAMES[staff.TOWN]
    assert page["light"] == "green"


def test_a_filing_rule_is_kept_and_gives_the_limit(world: World) -> None:
    rule = world.rule()
    page = world.do("acceptor", world.new(), "file", category_id=str(rule.category_id), rule_id=str(rule.id))
    assert page["rule"]["id"] == str(rule.id) and page["rule"]["certainty"] == rule.certainty
    assert (page["limit_value"], page["clock"]) == (rule.limit_value, rule.clock)


def test_the_clock_runs_over_working_hours_and_its_light_turns(world: World) -> None:
    monday = datetime(2026, 11, 23, 1, tzinfo=UTC)  # 09:00 local
    with clock.frozen(monday):
        world = World.make_again(world)
        case = world.new()
        page = world.file(case)
    assert page["due_at"] == "2026-11-25T01:00:00+00:00"  # two days of eight working hours
    for later, light in (
        (monday, "green"),
        (monday + timedelta(hours=32), "amber"),
        (monday + timedelta(hours=50), "red"),
    ):
        with clock.frozen(later):
            world = World.make_again(world)
            assert world.look(case).json()["light"] == light
            found = world.people["acceptor"].get(f"/api/cases?light={light}").json()["items"]
            assert [each["id"] for each in found] == [case]


def test_a_return_needs_a_reason_and_leads_into_the_receivers_own_step(world: World) -> None:
    case = world.until("to_take")
    assert world.step("handler", case, "return_to_dispatcher").json()["fields"][0]["field"] == "reason"
    assert world.do("handler", case, "return_to_dispatcher", reason="不属于本单位")["state"] == "to_dispatch"
    # The unit goes on seeing what it returned, and cannot do what comes next.
    assert world.look(case, "handler").status_code == 200
    assert world.step("handler", case, "take").status_code == 409
    # To the same unit again only with a reason; to another at once.
    again = world.step("dispatcher", case, "dispatch", unit_id=str(unit(staff.TOWN)))
    assert {f["field"] for f in again.json()["fields"]} == {"unit_id", "reason"}
    world.hand_over(case, staff.OTHER_TOWN)
    assert world.look(case, "handler").status_code == 404
    assert world.look(case, "neighbour").status_code == 200


def test_a_failed_check_gives_the_unit_back_the_time_its_result_lay_with_others(world: World) -> None:
    start = datetime(2026, 11, 23, 1, tzinfo=UTC)
    with clock.frozen(start):
        world = World.make_again(world)
        case = world.until("check_result")
        due = world.look(case).json()["due_at"]
    with clock.frozen(start + timedelta(days=1)):
        world = World.make_again(world)
        page = world.do("grid_worker", case, "fail_check", reason="仍有破损")
    assert due == "2026-11-25T01:00:00+00:00" and page["due_at"] == "2026-11-26T01:00:00+00:00"
    assert page["reworks"] == 1 and page["state"] == "handling" and page["handed_back_at"] is None
    assert [pause["kind"] for pause in page["pauses"]] == ["feedback"]


def test_the_clock_stands_while_the_reporter_is_waited_for(world: World) -> None:
    start = datetime(2026, 11, 23, 1, tzinfo=UTC)
    with clock.frozen(start):
        world = World.make_again(world)
        case = world.until("handling")
        page = world.do("handler", case, "ask_reporter", reason="等反映人开门")
        assert page["paused_at"] == "2026-11-23T01:00:00+00:00"
    with clock.frozen(start + timedelta(days=4)):
        world = World.make_again(world)
        assert world.look(case).json()["light"] == "green"
        page = world.do("handler", case, "resume", reason="已联系上")
    assert page["paused_at"] is None and page["due_at"] == "2026-12-01T01:00:00+00:00"


def test_a_case_is_put_on_account_once_and_to_a_day_within_a_year(world: World) -> None:
    case = world.until("handling")
    today = clock.today()
    for day in (today, today + timedelta(days=400)):
        refused = world.step("dispatcher", case, "suspend", until=day.isoformat(), reason="等待施工窗口")
        assert [f["field"] for f in refused.json()["fields"]] == ["until"]
    until = (today + timedelta(days=30)).isoformat()
    assert world.do("dispatcher", case, "suspend", until=until, reason="等待施工窗口")["state"] == "suspended"
    world.do("handler", case, "resume", reason="提前开工")
    again = world.step("dispatcher", case, "suspend", until=until, reason="再次等待")
    assert again.status_code == 409 and again.json()["fields"][0]["code"] == "suspended_before"


def test_an_urgent_case_goes_first_and_cannot_close_before_it_is_filed(world: World) -> None:
    calm = world.new()
    refused = world.step("dispatcher", calm, "dispatch_first", unit_id=str(unit(staff.TOWN)), **DAY)
    assert refused.status_code == 409 and refused.json()["fields"][0]["code"] == "not_urgent"
    case = world.new(urgent=True)
    page = world.do(
        "dispatcher", case, "dispatch_first", unit_id=str(unit(staff.TOWN)), category_id=str(world.category().id), **DAY
    )
    assert page["state"] == "to_take" and page["filed_at"] is None and page["clock_from"] is not None
    world.until("to_close", case)
    told = {action["code"]: action["refused"] for action in world.look(case).json()["actions"]}
    assert "补办立案" in told["close"] and told["file_afterwards"] is None
    assert world.step("acceptor", case, "close").json()["fields"][0]["code"] == "not_filed"
    started = page["clock_from"]
    assert world.do("acceptor", case, "file_afterwards", **DAY)["clock_from"] == started
    assert world.do("acceptor", case, "close")["state"] == "closed"


def test_of_two_dispatchers_one_wins_and_the_other_is_told_who(world: World) -> None:
    world.add("second", "dispatcher", staff.DISTRICT)
    case = world.until("to_dispatch")
    version = world.look(case).json()["version"]
    world.do("dispatcher", case, "dispatch", unit_id=str(unit(staff.TOWN)))
    late = world.step("second", case, "dispatch", version, unit_id=str(unit(staff.OTHER_TOWN)))
    assert late.status_code == 409 and late.json()["code"] == "cases.taken_meanwhile"
    assert "用户dispatcher" in late.json()["title"] and "派遣" in late.json()["fields"][0]["message"]
    assert world.look(case).json()["unit_name"] == staff.NAMES[staff.TOWN]


def test_a_step_sent_twice_is_taken_once(world: World) -> None:
    case = world.until("to_dispatch")
    body = {"version": world.look(case).json()["version"], "unit_id": str(unit(staff.TOWN))}
    path, headers = f"/api/cases/{case}/actions/dispatch", {"Idempotency-Key": "one-key"}
    answers = [
        world.people["dispatcher"].post(path, body, content_type="application/json", headers=headers) for _ in range(2)
    ]
    assert [a.status_code for a in answers] == [200, 200] and answers[0].content == answers[1].content
    assert len(world.look(case).json()["flow"]) == 3


def test_a_case_that_is_not_accepted_ends_with_its_reason(world: World) -> None:
    case = world.new()
    page = world.do("acceptor", case, "refuse", reason="属于邻区")
    assert page["state"] == "not_accepted" and page["flow"][-1]["reason"] == "属于邻区" and page["actions"] == []
    filed = world.until("to_dispatch")
    world.do("dispatcher", filed, "return_to_acceptor", reason="类别不对")
    assert world.do("acceptor", filed, "cancel", reason="重复")["state"] == "cancelled"


def test_a_closed_case_is_reopened_with_a_clock_of_its_own(world: World) -> None:
    case = world.until("closed")
    before = world.look(case).json()
    page = world.do("acceptor", case, "reopen", reason="反映人不满意")
    assert page["state"] == "to_dispatch" and page["closed_at"] is None and page["handed_back_at"] is None
    assert page["clock_from"] >= before["clock_from"] and page["limit_value"] == before["limit_value"]


@pytest.mark.parametrize("wanted", ["category", "limit", "rule"])
def test_nothing_is_filed_without_a_category_and_a_limit(world: World, wanted: str) -> None:
    given: dict[str, Any] = {"category_id": str(world.category().id), **DAY}
    if wanted == "category":
        del given["category_id"]
    elif wanted == "limit":
        del given["limit_value"]
    else:  # a rule of another category
        given = {"category_id": str(world.category("01002").id), "rule_id": str(world.rule().id)}
    refused = world.step("acceptor", world.new(), "file", **given)
    assert refused.status_code == 422 and refused.json()["fields"]


def test_steps_are_never_changed_nor_removed(world: World, owner_sql: Any) -> None:
    held = owner_sql(
        "SELECT has_table_privilege('linli_app', 'cases_flow', p) FROM unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p"
    )
    assert [row[0] for row in held] == [True, False, False, False]


def test_a_matter_about_a_component_is_filed_by_the_rules_of_the_component(world: World) -> None:
    matter = world.category("01001", "matter")
    offered = world.people["acceptor"].get(f"/api/cases/categories/{matter.id}/rules").json()
    assert str(world.rule().id) in {each["id"] for each in offered}
    page = world.do("acceptor", world.new(), "file", category_id=str(matter.id), rule_id=offered[0]["id"])
    assert page["category"]["id"] == str(matter.id) and page["rule"]["id"] == offered[0]["id"]


def test_categories_are_found_by_name_code_and_initials(world: World) -> None:
    for words in ("供水井盖", "01001", "gsjg"):
        found = world.people["grid_worker"].get(f"/api/cases/categories?q={words}").json()
        assert str(world.category().id) in {each["id"] for each in found}, words


def test_an_urgent_case_is_filed_while_it_waits_for_its_reporter(world: World) -> None:
    case = world.new(urgent=True)
    world.do("dispatcher", case, "dispatch_first", unit_id=str(unit(staff.TOWN)), **filing(world))
    world.do("handler", case, "take")
    world.do("handler", case, "ask_reporter", reason="联系不上，等待回电")
    page = world.do("acceptor", case, "file_afterwards", **filing(world))
    assert page["state"] == "waiting" and page["due_at"]


def test_a_cancelled_case_has_no_light_however_late_it_is(world: World) -> None:
    case = world.new()
    world.file(case)
    world.do("acceptor", case, "cancel", reason="重复上报")
    with clock.frozen(clock.now() + timedelta(days=60)):
        world = World.make_again(world)
        assert world.look(case).json()["light"] is None
        assert world.people["acceptor"].get("/api/cases?light=red").json()["items"] == []


def test_a_dispatcher_takes_back_what_a_unit_leaves_lying(world: World) -> None:
    case = world.until("to_take")
    assert world.do("dispatcher", case, "recall", reason="该单位无人接收")["state"] == "to_dispatch"


def filing(world: World) -> dict[str, Any]:
    return {"category_id": str(world.category().id), **DAY}
