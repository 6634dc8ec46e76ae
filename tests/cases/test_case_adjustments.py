"""Extensions and appeals of a case: who asks, who decides, what becomes of its clock, and the list of what waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import staff
from case_world import World

from linli.cases.clocks.adjustments import Wish
from linli.cases.engine import adjusting
from linli.cases.models import Case, CaseFlow
from linli.kernel import clock, scope

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)  # 09:00 local
ASKED = {"amount": 1, "reason": "等待配件"}


@pytest.fixture
def world(seeded_db: str) -> World:
    with clock.frozen(MONDAY):
        world = World.make()
        world.add("head", "unit_handler", staff.TOWN)
        world.add("second", "dispatcher", staff.DISTRICT)
        return world


def waiting(world: World, who: str) -> list[str]:
    page = world.people[who].get("/api/cases/adjustments").json()
    assert "count" in page, page.get("fields")
    assert page["count"] == {"value": len(page["items"]), "exact": True}
    return [item["case_id"] for item in page["items"]]


def test_an_extension_takes_two_reviews_by_two_others_and_moves_the_clock(world: World) -> None:
    with clock.frozen(MONDAY):
        case = world.until("handling")
        due = world.look(case).json()["due_at"]
        page = world.do("handler", case, "ask_extension", **ASKED)
        (asked,) = page["adjustments"]
        assert (asked["state"], asked["turn"], asked["amount"]) == ("waiting", "unit", 1) and page["due_at"] == due
        # It waits for a colleague, not for who asked, not for another unit, not yet for the dispatcher.
        assert [waiting(world, who) for who in ("head", "handler", "neighbour", "dispatcher")] == [[case], [], [], []]
        own = world.step("handler", case, "endorse_extension")
        assert own.status_code == 409 and own.json()["fields"][0]["code"] == "own_request"
        assert world.step("neighbour", case, "endorse_extension").status_code == 404
        assert world.step("dispatcher", case, "grant_extension").status_code == 409
        again = world.step("handler", case, "ask_extension", **ASKED)
        assert again.status_code == 409 and again.json()["fields"][0]["code"] == "waiting"
        assert world.do("head", case, "endorse_extension")["due_at"] == due
        assert [waiting(world, who) for who in ("head", "dispatcher", "acceptor")] == [[], [case], []]
        page = world.do("dispatcher", case, "grant_extension")
    assert (due, page["due_at"]) == ("2026-11-25T01:00:00+00:00", "2026-11-26T01:00:00+00:00")
    assert (page["limit_value"], page["extended_by"]) == (2, 1)
    (asked,) = page["adjustments"]
    assert (asked["state"], asked["due_before"], asked["due_after"]) == ("granted", due, page["due_at"])
    assert [(said["name"], said["granted"]) for said in asked["reviews"]] == [
        ("用户head", True),
        ("用户dispatcher", True),
    ]
    assert [step["action"] for step in page["flow"]][-3:] == ["ask_extension", "endorse_extension", "grant_extension"]
    assert page["flow"][-3]["amount"] == 1 and page["state"] == "handling"


def test_two_extensions_are_granted_at_most_and_none_is_longer_than_the_limit(world: World) -> None:
    with clock.frozen(MONDAY):
        case = world.until("handling")
        too_long = world.step("handler", case, "ask_extension", amount=3, reason="等待配件")
        assert too_long.status_code == 422 and [f["field"] for f in too_long.json()["fields"]] == ["amount"]
        world.do("handler", case, "ask_extension", **ASKED)
        assert world.step("head", case, "decline_extension").status_code == 422  # a reason is wanted
        world.do("head", case, "decline_extension", reason="不需要配件")
        for _ in range(2):
            world.do("handler", case, "ask_extension", **ASKED)
            world.do("head", case, "endorse_extension")
            world.do("dispatcher", case, "grant_extension")
        spent = world.step("handler", case, "ask_extension", **ASKED)
        states = [asked["state"] for asked in world.look(case).json()["adjustments"]]
    assert spent.status_code == 409 and spent.json()["fields"][0]["code"] == "spent"
    assert states == ["refused", "granted", "granted"]


def test_an_extension_is_asked_for_in_time_and_a_late_decision_loses_nothing(world: World) -> None:
    with clock.frozen(MONDAY):
        asked, silent = world.until("handling"), world.until("handling")
        world.do("handler", asked, "ask_extension", **ASKED)
        world.do("head", asked, "endorse_extension")
    with clock.frozen(MONDAY + timedelta(days=2, hours=2)):
        world = World.make_again(world)
        late = world.step("handler", silent, "ask_extension", **ASKED)
        assert late.status_code == 409 and late.json()["fields"][0]["code"] == "overdue"
        assert world.look(asked).json()["light"] == "red"
        assert world.do("dispatcher", asked, "grant_extension")["light"] == "green"


def test_extensions_end_where_the_clock_comes_to_count_in_another_unit_of_time(world: World) -> None:
    with clock.frozen(MONDAY):
        case = world.until("handling")
        world.do("handler", case, "ask_extension", **ASKED)
        world.do("head", case, "endorse_extension")
        world.do("dispatcher", case, "grant_extension")
        world.do("dispatcher", case, "recall", reason="类别有误")
        world.do("dispatcher", case, "return_to_acceptor", reason="类别有误")
        same = world.do(
            "acceptor", case, "refile", category_id=str(world.category().id), limit_value=3, clock="work_day"
        )
        assert (same["extended_by"], same["due_at"]) == (1, "2026-11-27T01:00:00+00:00")
        world.do("dispatcher", case, "return_to_acceptor", reason="类别有误")
        page = world.do(
            "acceptor", case, "refile", category_id=str(world.category().id), limit_value=4, clock="work_hour"
        )
        with scope.acting(staff.OPERATOR):
            told = CaseFlow.objects.filter(case_id=case).order_by("-version")[0].detail
            row = Case.objects.get(id=case)
            adjusting.ask(staff.OPERATOR, row, Wish.EXTENSION, 1, "等待配件")
            assert adjusting.start_anew(row) and not adjusting.start_anew(row), "one that waits falls away"
    assert (page["extended_by"], page["due_at"]) == (0, "2026-11-23T07:00:00+00:00")
    assert told["extensions_ended"] is True


def test_a_request_falls_away_with_the_unit_that_made_it(world: World) -> None:
    with clock.frozen(MONDAY):
        case = world.until("handling")
        world.do("handler", case, "ask_extension", **ASKED)
        page = world.do("dispatcher", case, "recall", reason="派错单位")
        assert [asked["state"] for asked in page["adjustments"]] == ["lapsed"] and waiting(world, "head") == []
        world.hand_over(case, staff.OTHER_TOWN)
        world.do("neighbour", case, "take")
        told = {action["code"]: action["refused"] for action in world.look(case, "neighbour").json()["actions"]}
    assert told["ask_extension"] is None and "endorse_extension" not in told


def test_a_granted_appeal_leaves_the_figures_and_the_fact_stays(world: World) -> None:
    with clock.frozen(MONDAY):
        late, timely = world.until("handling"), world.until("closed")
        assert "ask_appeal" not in {a["code"] for a in world.look(timely, "handler").json()["actions"]}
    with clock.frozen(MONDAY + timedelta(days=3)):
        world = World.make_again(world)
        world.until("closed", late)
        refused = world.step("neighbour", late, "ask_appeal", reason="停电两天")
        assert refused.status_code == 404
        world.do("handler", late, "ask_appeal", reason="停电两天，无法施工")
        assert [waiting(world, who) for who in ("dispatcher", "acceptor")] == [[late], []]
        world.do("dispatcher", late, "endorse_appeal")
        assert [waiting(world, who) for who in ("dispatcher", "acceptor")] == [[], [late]]
        page = world.do("acceptor", late, "grant_appeal")
        assert page["exempt"] is True and page["light"] == "red" and page["handed_back_at"] > page["due_at"]
        again = world.step("handler", late, "ask_appeal", reason="再次申诉")
        assert again.status_code == 409 and again.json()["fields"][0]["code"] == "spent"
        reopened = world.do("acceptor", late, "reopen", reason="反映人不满意")
    assert reopened["exempt"] is False and reopened["extended_by"] == 0


def test_all_requests_are_listed_to_who_sees_their_cases_and_to_nobody_else(world: World) -> None:
    with clock.frozen(MONDAY):
        cases = [world.until("handling") for _ in range(3)]
        for case in cases:
            world.do("handler", case, "ask_extension", **ASKED)
        world.do("head", cases[0], "decline_extension", reason="不需要")

        def listed(who: str, query: str = "") -> list[str]:
            items = world.people[who].get(f"/api/cases/adjustments?view=all{query}").json()["items"]
            return [item["case_id"] for item in items]

        assert listed("acceptor") == listed("handler") == cases[::-1] and listed("neighbour") == []
        assert listed("acceptor", "&state=refused") == [cases[0]] and listed("acceptor", "&wish=appeal") == []
        assert listed("acceptor", "&area=370302104") == []
        first = world.people["head"].get("/api/cases/adjustments?limit=1").json()
        rest = world.people["head"].get(f"/api/cases/adjustments?limit=1&cursor={first['next']}").json()
    assert [p["items"][0]["case_id"] for p in (first, rest)] == cases[1:] and rest["next"] is None
