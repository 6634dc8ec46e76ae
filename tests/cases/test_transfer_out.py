"""Handing a case over to a body outside of the system: it is over here, its clock and figures say so, and it may come back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import staff
from case_world import World, unit
from django.db.models import F
from test_case_papers import paper, values  # noqa: F401  (a fixture)
from test_evaluation import MONTH, draw, figures, ratio
from test_reporters import reported

from linli.cases.engine import procedure
from linli.cases.engine.rules import BY_CODE
from linli.cases.models import Case, CaseFact, CaseSupport
from linli.cases.reporters import actions, queries
from linli.cases.reporters.problems import NotForYouNow
from linli.cases.reporters.rules import stands, told_of
from linli.cases.routing.past import ENOUGH, past_cases
from linli.kernel import clock, scope

MORNING = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
LATE = MORNING + timedelta(days=6)
OUT = {"body": "国网淄博供电公司", "document": "淄供电函〔2026〕8号", "reason": "倒伏电杆属供电公司产权"}


@pytest.fixture
def world(seeded_db: str) -> Iterator[World]:
    with clock.frozen(MORNING):
        yield World.make()


def test_a_case_of_another_body_ends_here_with_its_name_number_and_reason(
    world: World,
    values: list[dict[str, Any]],  # noqa: F811
) -> None:
    number, case = reported()
    world.until("handling", case)
    support = {"unit_id": str(unit(staff.DISTRICT)), "what": "请配合", "reason": "需要配合"}
    asked = world.people["handler"].post(f"/api/cases/{case}/supports", support, content_type="application/json")
    assert asked.status_code == 204
    assert world.step("handler", case, "transfer_out", **OUT).status_code == 403, "a unit gets rid of nothing by itself"
    for wrong in ({"body": " "}, {"document": ""}, {"reason": "无"}, {"body": "局" * 81}, {"document": "号" * 61}):
        refused = world.step("dispatcher", case, "transfer_out", **{**OUT, **wrong})
        assert refused.status_code == 422, wrong
        assert {f["field"] for f in refused.json()["fields"]} == {*wrong} and refused.json()["fields"][0]["message"]
    page = world.do("dispatcher", case, "transfer_out", **OUT)
    assert (page["state"], page["light"], page["exempt"]) == ("closed", "green", True)
    assert page["closed_at"] == page["handed_back_at"] and OUT["body"] in page["result"]
    last = page["flow"][-1]
    assert {name: last[name] for name in OUT} == OUT and last["label"] == "移交系统外单位"
    # Nobody here rates it, so nothing says that it waits for a rating.
    acceptor = world.people["acceptor"]
    (listed,) = acceptor.get("/api/cases?state=closed").json()["items"]
    (card,) = (c for column in acceptor.get("/api/cases/board").json() for c in column["cards"])
    assert listed["transferred"] and card["transferred"] and page["transferred"]
    assert {page["state_name"], last["to_name"], listed["state_name"], card["state_name"]} == {"已转出系统外"}
    for queue in ("dispatch", "closing"):
        assert (
            world.people["acceptor" if queue == "closing" else "dispatcher"]
            .get(f"/api/cases?queue={queue}")
            .json()["items"]
            == []
        )
    with scope.acting(staff.OPERATOR):
        assert CaseSupport.objects.get().state == "lapsed"
    # Paper and reporter are told where it went.
    assert paper(world, "dispatcher", case).status_code == 200
    (row,) = [row for row in values[-1]["flow"]["rows"] if row[2] == "移交系统外单位"]
    assert "待评价" not in str(values[-1])
    assert all(said in row[-1] for said in OUT.values())
    tracked = queries.tracked(number)
    assert tracked and (tracked.steps[-1].unit, tracked.steps[-1].said) == (OUT["body"], OUT["reason"])
    assert told_of("transfer_out", OUT) == "moved" and tracked.may.object
    # Nobody here solved it, and nobody is asked how.
    assert not tracked.may.rate and stands(tracked.state, tracked.transferred).zh == "已移交系统外单位办理"
    with pytest.raises(NotForYouNow):
        actions.rate(number, True, True, True)
    assert world.step("acceptor", case, "rate", solved=True).status_code == 409
    assert "rate" not in {each["code"] for each in world.people["acceptor"].get(f"/api/cases/{case}").json()["actions"]}
    rating = world.people["acceptor"].get("/api/cases?queue=rating").json()
    assert rating["items"] == [] and rating["count"]["value"] == 0
    # Handed over in time it is neither done in time nor late: nobody here solved it.
    draw()
    assert figures(world)["all"]["filed"] == 1 and ratio(figures(world)["all"], "handling_on_time") == (0, 0)
    with scope.acting(staff.OPERATOR):  # as if somebody had rated it all the same
        Case.objects.filter(id=case).update(solved=False, satisfied=False, responded=True, version=F("version") + 1)
    draw()
    for each in ("response", "solution", "satisfaction"):
        assert ratio(figures(world)["all"], each) == (0, 0)
    with clock.frozen(LATE):
        World.make_again(world)
        again = world.do("acceptor", case, "reopen", reason="供电公司函复不属其产权")
        assert (again["state"], again["exempt"], again["closed_at"]) == ("to_dispatch", False, None)
        assert again["flow"][-1]["round"]["exempt"] and again["due_at"] > page["due_at"]
        with scope.acting(staff.OPERATOR):
            assert not Case.objects.get(id=case).transferred
        draw()
        with scope.acting(staff.OPERATOR):
            facts = CaseFact.objects.filter(case_id=case).order_by("round")
            assert [fact.transferred for fact in facts] == [True, False], "each round by itself"


def test_what_was_overdue_stays_so_and_what_is_not_filed_is_filed_first(world: World) -> None:
    case, first = world.until("to_take"), world.new(urgent=True)
    urgent = {
        "unit_id": str(unit(staff.TOWN)),
        "category_id": str(world.category().id),
        "limit_value": 2,
        "clock": "work_day",
    }
    world.do("dispatcher", first, "dispatch_first", **urgent)
    refused = world.step("dispatcher", first, "transfer_out", **OUT)
    assert refused.status_code == 409 and refused.json()["fields"][0]["code"] == "not_filed"
    waiting = world.until("to_dispatch")
    many = {"cases": [{"id": waiting, "version": 2}], **OUT}
    assert (
        world.people["dispatcher"]
        .post("/api/cases/batch/transfer_out", many, content_type="application/json")
        .status_code
        == 422
    )
    assert world.do("dispatcher", waiting, "transfer_out", **OUT)["unit_name"] == ""
    with clock.frozen(LATE):
        World.make_again(world)
        page = world.do("dispatcher", case, "transfer_out", **OUT)
        assert (page["light"], page["exempt"], page["state"]) == ("red", False, "closed")
        draw()
        assert ratio(figures(world, month=MONTH)["all"], "handling_on_time") == (0, 1)


def test_who_rightly_sent_a_case_back_is_not_charged_with_what_became_of_it(world: World) -> None:
    case = world.until("to_take")
    with clock.frozen(LATE):
        World.make_again(world)
        world.do("handler", case, "return_to_dispatcher", reason="不属本单位职责")
        page = world.do("dispatcher", case, "transfer_out", **OUT)
        assert (page["state"], page["unit_name"], page["light"]) == ("closed", "", "red")
        draw()
    with scope.acting(staff.OPERATOR):
        assert [fact.unit_id for fact in CaseFact.objects.filter(case_id=case)] == [None]
        assert Case.objects.get(id=case).unit_id is None


@pytest.mark.parametrize("code", ["resident_request", "quick", "hazard"])
def test_other_procedures_hand_over_to_a_body_outside_too(world: World, code: str) -> None:
    actions = procedure.of(code).by_code
    assert actions["transfer_out"] == BY_CODE["transfer_out"]


def test_what_went_outside_suggests_no_unit(world: World) -> None:
    gone = [world.until("to_take") for _ in range(ENOUGH)]
    asked = world.until("to_dispatch")

    def suggested() -> bool:
        who = staff.actor(world.accounts["dispatcher"])
        with scope.acting(who):
            return past_cases(who, Case.objects.get(id=asked)) is not None

    for case in gone:
        world.do("dispatcher", case, "transfer_out", **OUT)
    assert not suggested()
    with scope.acting(staff.OPERATOR):
        Case.objects.filter(id__in=gone).update(transferred=False)
    assert suggested()
