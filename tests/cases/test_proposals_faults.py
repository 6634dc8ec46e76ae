"""What goes wrong around a proposal and what then holds: a host that never answers, numbers out of sight, two who mend at once,
the last hour of the day it is due, a host that changed since its answer was published."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any

import pytest
import staff
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from proposal_world import NUMBER, Proposals, unit

from linli.cases.models import Proposal
from linli.kernel import clock, scope
from linli.kernel.limiting.actions import Limiter
from linli.public import proposal_views


@pytest.fixture
def world(seeded_db: str, monkeypatch: pytest.MonkeyPatch) -> Proposals:
    monkeypatch.setattr(proposal_views, "looks", Limiter("proposals", 500, 60))
    return Proposals.make()


@contextmanager
def at(world: Proposals, days: int, hour: int, minute: int = 0) -> Iterator[None]:
    """So many days from now, at an hour of the district's, with people who signed in then."""
    day = datetime.now(clock.LOCAL).date() + timedelta(days=days)
    with clock.frozen(datetime.combine(day, time(hour, minute), clock.LOCAL)):
        world.again()
        yield


def options(world: Proposals, made: str, who: str = "registrar") -> dict[str, Any]:
    return {each["code"]: each["refused"] for each in world.look(made, who)["actions"]}


@pytest.mark.parametrize("state", ["to_take", "handling", "handed_back", "check_result"])
def test_a_proposal_is_taken_back_from_a_host_wherever_it_lies_there(world: Proposals, state: str) -> None:
    made = world.until(state)
    due = world.look(made)["due_at"]
    assert options(world, made)["proposal_recall"] is None
    assert options(world, made, "host")["proposal_recall"]
    assert world.step("host", made, "recall", reason="越权").status_code == 403
    assert world.step("registrar", made, "recall").json()["fields"][0]["field"] == "reason"
    page = world.do("registrar", made, "recall", reason="主办单位已撤销")
    assert (page["state"], page["flow"][-1]["label"], page["due_at"]) == ("to_dispatch", "收回", due)
    assert [each["reviewed_at"] for each in page["replies"] if each["reviewed_at"]] == []
    world.do("registrar", made, "reassign", unit_id=str(unit(staff.OTHER_TOWN)))
    world.do("helper", made, "take")
    assert world.look(made)["host_name"] == staff.NAMES[staff.OTHER_TOWN]
    assert world.get("host", f"/{made}").status_code == 404


def test_what_is_signed_off_is_not_taken_back(world: Proposals) -> None:
    made = world.until("to_close")
    assert "proposal_recall" not in options(world, made)
    assert world.step("registrar", made, "recall", reason="太迟了").status_code == 409


def test_a_number_that_is_taken_out_of_sight_is_refused_in_words(world: Proposals) -> None:
    world.register()
    world.add("town", "proposal_registrar", staff.TOWN)
    assert world.get("town", "").json()["items"] == []
    entered = world.entered(area=staff.TOWN)
    taken = world.post("town", "", **entered)
    assert taken.status_code == 409, taken.content.decode()
    assert [(each["field"], each["code"]) for each in taken.json()["fields"]] == [("number", "taken")]
    with scope.acting(staff.OPERATOR):
        from linli.cases.models import Case

        assert (
            Case.objects.filter(procedure="proposal").count() == Proposal.objects.count() == 1
        )  # no case is left behind

    other = world.post("town", "", **(entered | {"number": "20260078"})).json()["id"]
    version = world.look(other, "town")["version"]
    mended = world.put("town", f"/{other}", version=version, **entered)
    assert (mended.status_code, mended.json()["fields"][0]["code"]) == (409, "taken")
    page = world.look(other, "town")
    assert (page["number"], page["version"], len(page["flow"])) == ("20260078", version, 1)
    assert (
        world.post("town", "", **(entered | {"body": "congress"})).status_code == 201
    )  # another body counts for itself


def test_of_two_who_mend_the_same_page_the_second_is_told(world: Proposals) -> None:
    made = world.register()
    version = world.look(made)["version"]
    first = world.put("registrar", f"/{made}", version=version, **world.entered(title="先改的题目"))
    assert first.status_code == 200, first.content.decode()
    second = world.put("registrar", f"/{made}", version=version, **world.entered(title="后改的题目"))
    assert second.status_code == 409
    assert "修改登记内容" in second.json()["fields"][0]["message"]
    page = world.look(made)
    assert (page["title"], page["version"], page["state"]) == ("先改的题目", version + 1, "reported")
    assert [step["label"] for step in page["flow"]] == ["登记", "修改登记内容"]
    english = world.people["registrar"].get(f"/api/proposals/{made}", headers={"Accept-Language": "en"}).json()
    assert english["flow"][-1]["label"] == "Entries mended"
    step = world.step("registrar", made, "assign", version=version, unit_id=str(unit(staff.TOWN)))
    assert step.status_code == 409  # nor does a step go by a page that was mended since


def test_a_proposal_is_due_by_the_end_of_its_day_for_its_case_and_in_the_figures(world: Proposals) -> None:
    def overdue() -> int:
        return int(world.get("registrar", "/counts").json()["total"]["figures"]["overdue"])

    with at(world, 0, 10):
        made = world.register()
        due_on = clock.today() + timedelta(days=30)
        world.do("registrar", made, "assign", unit_id=str(unit(staff.TOWN)), due_on=due_on.isoformat())
        world.until("check_result", made)
        due = datetime.fromisoformat(world.look(made)["due_at"]).astimezone(clock.LOCAL)
        assert due == datetime.combine(due_on, time.max, clock.LOCAL)
    with at(world, 31, 0, 1):
        assert overdue() == 1
    with at(world, 30, 23, 59):
        assert overdue() == 0
        page = world.sign(made)
        assert page["replies"][0]["in_time"] is True
        assert datetime.fromisoformat(page["due_at"]) > clock.now()
        assert page["replies"][0]["due_on"] == due_on.isoformat()
        world.do("registrar", made, "publish")
        world.do("registrar", made, "rate", opinion="dissatisfied")
        again = world.do(
            "registrar", made, "rehandle", reason="答复不具体"
        )  # its clock is the engine's, and by the day as well
        assert datetime.fromisoformat(again["due_at"]).astimezone(clock.LOCAL).time() == time.max


def test_the_public_list_names_the_unit_whose_answer_is_published(world: Proposals) -> None:
    made = world.until("closed")
    world.do("registrar", made, "rate", opinion="dissatisfied")
    world.do("registrar", made, "rehandle", reason="答复不具体")
    world.do("registrar", made, "reassign", unit_id=str(unit(staff.OTHER_TOWN)))
    told, other = staff.NAMES[staff.TOWN], staff.NAMES[staff.OTHER_TOWN]
    browser = Client()
    assert told in browser.get(f"/proposals/cppcc/{NUMBER}").content.decode()
    listed = browser.get("/proposals").content.decode()
    assert told in listed
    assert other not in listed  # neither in its line nor to choose from
    assert f"/{NUMBER}?" in browser.get(f"/proposals?host={told}").content.decode()
    assert f"/{NUMBER}?" not in browser.get(f"/proposals?host={other}").content.decode()


def test_units_that_help_are_written_together(world: Proposals) -> None:
    def writes(found: CaptureQueriesContext) -> list[str]:
        wanted = ('INSERT INTO "cases_proposal_cohost"', 'UPDATE "cases_proposal_cohost"')
        return [each["sql"] for each in found.captured_queries if each["sql"].startswith(wanted)]

    made = world.register()

    def cohosts(**roles: str) -> list[dict[str, str]]:
        return [{"unit_id": str(unit(getattr(staff, name))), "role": role} for name, role in roles.items()]

    first = cohosts(TOWN="assisting", OTHER_TOWN="separate", VILLAGE="assisting")
    with CaptureQueriesContext(connection) as found:
        assert world.put("registrar", f"/{made}/cohosts", cohosts=first).status_code == 200
    assert len(writes(found)) == 1
    second = cohosts(TOWN="separate", OTHER_TOWN="assisting", DISTRICT="assisting")
    with CaptureQueriesContext(connection) as found:
        page = world.put("registrar", f"/{made}/cohosts", cohosts=second).json()
    assert len(writes(found)) == 2  # who is new, and whose part changed
    assert {(each["unit_id"], each["role"]) for each in page["cohosts"]} == {(c["unit_id"], c["role"]) for c in second}
