"""Board, map and list hold the same cases; a step in many cases is done or refused in each for itself."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import staff
from case_world import World, unit, village
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from permissions import FOREIGN_AREA, Door, PermissionSuite, Sample
from test_case_doors import foreign_village, standing

from linli.cases.engine.rules import BY_CODE
from linli.cases.permissions import ACCEPT, CLOSE, DISPATCH, HANDLE, VIEW
from linli.cases.views import batch
from linli.kernel import clock, scope

ACTS = (ACCEPT, DISPATCH, HANDLE, CLOSE)
HERE = {"lon": 117.851234, "lat": 36.490567}


@pytest.fixture
def world(seeded_db: str) -> World:
    return World.make()


def place(case: str, **at: Any) -> None:
    """Put a case somewhere, as a report by position would."""
    from linli.cases.models import Case

    with scope.acting(staff.OPERATOR):
        Case.objects.filter(id=case).update(**(at or HERE))


def many(world: World, who: str, action: str, cases: list[str], key: str = "", **given: Any) -> Any:
    """The answer to a step in many cases, each as it is now."""
    chosen = [{"id": case, "version": world.look(case).json().get("version", 1)} for case in cases]
    body = {"cases": chosen, **given}
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    return world.people[who].post(f"/api/cases/batch/{action}", body, content_type="application/json", headers=headers)


class TestCaseViewDoors(PermissionSuite):
    """A case in the own town and one in the foreign one, handed to a unit of each."""

    seeded = True
    doors = (
        *(
            Door("GET", f"/api/cases/{view}", held, instead=(other,), finds=True, logs="list")
            for view in ("board", "points")
            for held, other in ((VIEW, HANDLE), (HANDLE, VIEW))
        ),
        *(
            Door("GET", "/api/cases/batch/actions", held, instead=tuple(other for other in ACTS if other != held))
            for held in ACTS
        ),
        *(
            Door(
                "POST", f"/api/cases/batch/{action}", held,
                {"cases": [{"id": f"{{{case}}}", "version": 1}], "reason": "试一试", "result": "试一试"},
                also=() if held == HANDLE else (VIEW,), foreign=(200,),
            )
            for action, case, held in (
                ("refuse", "case", ACCEPT), ("recall", "handed", DISPATCH), ("take", "handed", HANDLE), ("close", "closing", CLOSE),
            )
        ),
    )  # fmt: skip

    def sample(self) -> Sample:
        def cases(area: str, unit_area: str) -> dict[str, str]:
            found = {
                "case": standing(area, "坑洼路面", "reported"),
                "handed": standing(area, "倒伏树木", "to_take", unit_area),
                "closing": standing(area, "乱堆物料", "to_close", staff.DISTRICT),
            }
            for case in found.values():
                place(case)
            return found

        own, foreign = cases(village(), staff.TOWN), cases(foreign_village(), staff.OTHER_TOWN)
        return Sample(own=own, foreign=foreign, own_marks=(own["handed"],), foreign_marks=tuple(foreign.values()))

    def test_holding_it_elsewhere_shows_nothing_here(self, door: Door) -> None:
        """A batch answers with the ids it was given, and nothing else of a case that is not seen."""
        if "{" not in str(door.body):
            return super().test_holding_it_elsewhere_shows_nothing_here(door)
        sample = self.sample()
        answer = self.knock(self.holder(door, FOREIGN_AREA), door, sample.own).json()
        (outcome,) = answer["outcomes"]
        assert (outcome["code"], outcome["number"], outcome["state"]) == ("kernel.not_found", "", None)

    def test_a_pointing_door_hides_the_foreign(self, door: Door) -> None:
        """A batch answers for each case: the foreign one is not found, and stays as it was."""
        sample = self.sample()
        answer = self.knock(self.holder(door), door, sample.foreign).json()
        assert (answer["done"], answer["refused"]) == (0, 1)
        assert answer["outcomes"][0]["code"] == "kernel.not_found" and answer["outcomes"][0]["number"] == ""


def test_list_board_and_map_hold_the_same_cases_under_every_filter(world: World) -> None:
    handled, urgent, waiting = world.until("handling"), world.new(urgent=True), world.new()
    placed = [handled, urgent]
    for case in placed:
        place(case)
    with scope.acting(staff.OPERATOR):
        from linli.cases.models import Case

        Case.objects.filter(id=urgent).update(reported_at=clock.now() - timedelta(days=40))
    today, before = clock.today(), clock.today() - timedelta(days=30)
    browser = world.people["acceptor"]
    for asked, found in (
        ("", {handled, urgent, waiting}),
        ("urgent=true", {urgent}),
        ("urgent=false", {handled, waiting}),
        (f"since={today}", {handled, waiting}),
        (f"until={before}", {urgent}),
        (f"since={before}&until={today}&open=true", {handled, waiting}),
        (f"unit={unit(staff.TOWN)}", {handled}),
        ("light=green", {handled}),
        ("light=red", set()),
        ("stage=handling", {handled}),
        (f"category={world.category().id}", {handled}),
        ("queue=acceptance", {urgent, waiting}),
        (f"area={village()}", {handled, urgent, waiting}),
        ("q=99999", set()),
    ):
        listed = {c["id"] for c in browser.get(f"/api/cases?{asked}").json()["items"]}
        columns = browser.get(f"/api/cases/board?{asked}").json()
        points = browser.get(f"/api/cases/points?{asked}").json()
        assert listed == found, asked
        assert {card["id"] for column in columns for card in column["cards"]} == found, asked
        assert sum(column["count"]["value"] for column in columns) == len(found), asked
        assert {row[0] for row in points["rows"]} == found & set(placed), asked
        assert points["unplaced"] == len(found - set(placed)) and points["taken"] == len(found)
        assert points["more"] is False
    stages = {c["stage"]: [card["id"] for card in c["cards"]] for c in browser.get("/api/cases/board").json()}
    assert stages["handling"] == [handled] and set(stages["collection"]) == {urgent, waiting}
    rows = {row[0]: row[1:] for row in browser.get("/api/cases/points").json()["rows"]}
    assert rows[handled] == [11785123, 3649057, 1, 0] and rows[urgent] == [11785123, 3649057, 0, 1]


def test_a_column_of_the_board_counts_up_to_a_bound_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        world.new()
    for most, told in ((2, {"value": 2, "exact": False}), (3, {"value": 3, "exact": True})):
        monkeypatch.setattr("linli.cases.views.queries.COUNTED", most)
        columns = {column["stage"]: column for column in world.people["acceptor"].get("/api/cases/board").json()}
        assert columns["collection"]["count"] == told and len(columns["collection"]["cards"]) == 3


def test_board_and_map_show_a_handler_the_cases_of_the_unit_alone(world: World) -> None:
    mine, other = world.until("to_take"), world.new()
    place(mine)
    place(other)
    board = world.people["handler"].get("/api/cases/board").json()
    assert [card["id"] for column in board for card in column["cards"]] == [mine]
    assert [row[0] for row in world.people["handler"].get("/api/cases/points").json()["rows"]] == [mine]
    both = world.add("both", "town_clerk", staff.TOWN)  # by area and by unit: each once
    assert [row[0] for row in both.get("/api/cases/points").json()["rows"]] == [other, mine]
    assert sum(column["count"]["value"] for column in both.get("/api/cases/board").json()) == 2


def test_board_and_map_cost_the_same_for_few_and_many_and_say_when_there_are_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from linli.cases.views import queries

    monkeypatch.setattr(queries, "POINTS", 3)
    monkeypatch.setattr(queries, "CARDS", 2)
    cost: dict[str, set[int]] = {"board": set(), "points": set()}
    for more in (2, 3):
        for _ in range(more):
            place(world.new())
        for view, seen in cost.items():
            world.people["acceptor"].get(f"/api/cases/{view}")  # what is read once per process is not counted
            with CaptureQueriesContext(connection) as own, CaptureQueriesContext(connections["audit"]) as audit:
                answer = world.people["acceptor"].get(f"/api/cases/{view}")
            assert answer.status_code == 200
            seen.add(len(own) + len(audit))
    assert all(len(seen) == 1 and max(seen) <= 12 for seen in cost.values()), cost
    points = world.people["acceptor"].get("/api/cases/points").json()
    newest = [c["id"] for c in world.people["acceptor"].get("/api/cases").json()["items"]]
    assert [row[0] for row in points["rows"]] == newest[:3] and points["more"] is True
    (collection, *_) = world.people["acceptor"].get("/api/cases/board").json()
    assert len(collection["cards"]) == 2 and collection["count"]["value"] == 5


def test_a_step_in_many_is_taken_where_it_can_be_and_refused_with_its_reason_elsewhere(world: World) -> None:
    ready, also, early, foreign = world.until("to_dispatch"), world.until("to_dispatch"), world.new(), str(uuid.uuid4())
    stale = world.until("to_dispatch")
    chosen = [{"id": case, "version": world.look(case).json()["version"]} for case in (ready, also, early)]
    chosen += [{"id": stale, "version": 1}, {"id": foreign, "version": 1}]
    body = {"cases": chosen, "unit_id": str(unit(staff.TOWN))}
    post = world.people["dispatcher"].post
    again = {"content_type": "application/json", "headers": {"Idempotency-Key": "many-1"}}
    answer = post("/api/cases/batch/dispatch", body, **again).json()
    told = [(o["id"], o["done"], o["state"], o["code"]) for o in answer["outcomes"]]
    assert (answer["done"], answer["refused"]) == (2, 3)
    assert told == [
        (ready, True, "to_take", ""),
        (also, True, "to_take", ""),
        (early, False, "reported", "cases.not_now"),
        (stale, False, "to_dispatch", "cases.taken_meanwhile"),
        (foreign, False, None, "kernel.not_found"),
    ]
    assert "待派遣" in answer["outcomes"][2]["refused"] and "立案" in answer["outcomes"][3]["refused"]
    # The same request again: the same answer, and nothing done twice.
    assert post("/api/cases/batch/dispatch", body, **again).json() == answer
    for case, steps in ((ready, 3), (also, 3), (early, 1), (stale, 2)):
        assert [step["version"] for step in world.look(case).json()["flow"]] == list(range(1, steps + 1))
    # The unit takes both; another unit's handler is told of neither.
    assert many(world, "handler", "take", [ready, also]).json()["done"] == 2
    told = many(world, "neighbour", "return_to_dispatcher", [ready, also], reason="不属于本单位").json()
    assert {o["code"] for o in told["outcomes"]} == {"kernel.not_found"}


def test_what_all_need_is_asked_of_all_and_what_is_of_one_case_is_not_done_in_many(world: World) -> None:
    cases = [world.until("to_take"), world.until("to_take")]
    missing = many(world, "handler", "return_to_dispatcher", cases).json()
    assert missing["done"] == 0 and all("原因" in o["refused"] for o in missing["outcomes"])
    closing = world.until("check_result")
    refused = many(world, "grid_worker", "pass_check", [closing], result="完好")
    assert refused.status_code == 403  # who only checks on the spot has no batch at all
    assert many(world, "acceptor", "rate", [closing]).json()["fields"][0]["code"] == "one_by_one"
    assert many(world, "acceptor", "nothing", [closing]).status_code == 404
    assert many(world, "handler", "take", [cases[0], cases[0]]).json()["fields"][0]["code"] == "twice"
    assert many(world, "acceptor", "take", cases).status_code == 403
    assert many(world, "handler", "take", [str(uuid.uuid4()) for _ in range(201)]).status_code == 422
    for code in ("merge", "ask_extension", "end_suspension", "deny_appeal"):
        assert not batch.together(BY_CODE[code]), code
    offered = {a["code"]: a["states"] for a in world.people["handler"].get("/api/cases/batch/actions").json()}
    assert offered["take"] == ["to_take"] and "pass_check" not in offered and "dispatch" not in offered
