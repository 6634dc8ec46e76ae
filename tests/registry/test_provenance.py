"""Where a person's facts come from, and what a reader of one town is told of what was stated in another."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import staff
from people_frames import merge, row

from linli.kernel import clock
from linli.kernel.scope import acting
from linli.registry.merge import undo_people
from linli.registry.models import Person

VIEW = "registry.person.view"
NO_HOME: dict[str, Any] = dict.fromkeys(("home_text", "home_village_code", "home_door", "home_standard"))


def the_person() -> Person:
    with acting(staff.OPERATOR):
        return Person.objects.get()


def edit(browser: Any, person_id: uuid.UUID, changes: dict[str, str], reason: str, version: int) -> None:
    body = {"changes": changes, "reason": reason, "version": version}
    answer = browser.patch(f"/api/people/{person_id}", body, content_type="application/json")
    assert answer.status_code == 200, answer.content


def history(browser: Any, person_id: uuid.UUID) -> list[dict[str, Any]]:
    answer = browser.get(f"/api/people/{person_id}/history")
    assert answer.status_code == 200, answer.content
    return list(answer.json()["items"])


@pytest.fixture
def towns(db: str) -> dict[str, Any]:
    """A clerk of each town, as accounts."""
    return {
        "here": staff.staff("here", "town_clerk", staff.TOWN),
        "there": staff.staff("there", "town_clerk", staff.OTHER_TOWN),
    }


def test_after_a_move_the_new_town_learns_the_sources_and_not_what_the_old_one_did(towns: dict[str, Any]) -> None:
    there, here = staff.client(towns["there"]), staff.client(towns["here"])
    old, _ = merge([row(7, "王建国", 1, staff.OTHER_VILLAGE)], uploader=staff.actor(towns["there"]))
    person = the_person()
    edit(there, person.id, {"occupation": "教师"}, "家访得知", 1)
    moved, _ = merge(
        [row(2, "王建国", 1, staff.VILLAGE)], uploader=staff.actor(towns["here"]), observed_on=date(2026, 6, 1)
    )
    (asked,) = there.get("/api/transfers").json()["items"]
    assert there.post(f"/api/transfers/{asked['id']}/approve", {}, content_type="application/json").status_code == 204

    seen = here.get(f"/api/people/{person.id}").json()
    own = next(r for r in seen["sources"] if not r["elsewhere"])
    assert (own["batch_id"], own["row"], own["recorded_by"]) == (str(moved), 2, "用户here")
    others = [r for r in seen["sources"] if r["elsewhere"]]
    assert {r["source_code"] for r in others} == {"manual", "community"}
    for told in others:
        assert [told[k] for k in ("batch_id", "row", "reason", "recorded_by")] == [None, None, None, "其他区域"]
    occupation = next(f for f in seen["fields"] if f["name"] == "occupation")
    assert (occupation["value"], occupation["source"]["code"]) == ("教师", "manual"), "the fact keeps its source"
    events = history(here, person.id)
    assert events[-1]["kind"] == "created" and events[-1]["actor_name"] == "其他区域"
    for text in (str(seen), str(events)):
        assert "家访得知" not in text and str(old) not in text and "用户there" not in text
        assert staff.OTHER_TOWN not in text, "nor where"


def test_who_sees_both_towns_is_told_everything(towns: dict[str, Any]) -> None:
    merge([row(7, "王建国", 1, staff.OTHER_VILLAGE)], uploader=staff.actor(towns["there"]))
    person = the_person()
    edit(staff.client(towns["there"]), person.id, {"occupation": "教师"}, "家访得知", 1)
    above = staff.client(staff.staff("above", area=staff.DISTRICT, permissions=[VIEW]))
    told = {r["source_code"]: r for r in above.get(f"/api/people/{person.id}").json()["sources"]}
    assert (told["manual"]["reason"], told["manual"]["elsewhere"]) == ("家访得知", False)
    assert told["community"]["row"] == 7 and told["community"]["recorded_by"] == "用户there"


def test_a_change_caused_in_another_town_is_told_without_who_and_by_which_import(towns: dict[str, Any]) -> None:
    """The 户籍 lies there, the home here: both towns state facts, and each keeps its own doings."""
    merge(
        [row(2, "王建国", 1, staff.VILLAGE, register_village_code=staff.OTHER_VILLAGE)],
        uploader=staff.actor(towns["here"]),
    )
    batch, counts = merge(
        [row(7, "王建国", 1, staff.OTHER_VILLAGE, phone="19900001234", **NO_HOME)],
        "police",
        staff.actor(towns["there"]),
    )
    assert counts.updated == 1
    here, person = staff.client(towns["here"]), the_person()
    latest = history(here, person.id)[0]
    assert [c["field"] for c in latest["changes"]] == ["phone"]
    assert (latest["kind"], latest["actor_name"], latest["batch_id"]) == ("merged", "其他区域", None)
    undo_people(batch, staff.actor(towns["there"]), staff.DISTRICT)
    undone = history(here, person.id)[0]
    assert (undone["kind"], undone["actor_name"], undone["batch_id"]) == ("changed", "其他区域", None)


def test_an_image_of_a_time_in_another_town_stays_there(towns: dict[str, Any]) -> None:
    """Also for one whose other rights lead the database to show rows of that town."""
    merge([row(7, "王建国", 1, staff.OTHER_VILLAGE)], uploader=staff.actor(towns["there"]))
    person = the_person()
    edit(staff.client(towns["there"]), person.id, {"occupation": "教师"}, "家访得知", 1)
    merge([row(2, "王建国", 1, staff.VILLAGE)], "police", observed_on=date(2026, 6, 1))
    keeper = staff.staff("keeper", area=staff.TOWN, permissions=[VIEW])
    with acting(staff.OPERATOR):
        from linli.access.models import Role

        role = Role.objects.create(
            code="k", name="k", permissions=["access.account.view"], created_at=keeper.created_at
        )
        staff.appoint(keeper, role, staff.OTHER_TOWN)
    assert "教师" not in str([e["changes"] for e in history(staff.client(keeper), person.id)])


def test_each_change_finds_its_own_cause_however_the_clocks_stand(
    towns: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program's clock and the database's may differ: the request and the batch tell, not the time."""
    account = towns["here"]
    here = staff.client(account)
    merge([row(2, "王建国", 1, staff.VILLAGE)], uploader=staff.actor(account))
    person, real = the_person(), clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(seconds=50))
    edit(here, person.id, {"occupation": "教师"}, "第一次", 1)
    monkeypatch.setattr(clock, "now", real)
    edit(here, person.id, {"occupation": "医生"}, "第二次", 2)
    batch, _ = merge([row(2, "王建国", 1, staff.VILLAGE, phone="19900001234")], uploader=staff.actor(account))
    found = [(e["kind"], e["reason"], e["batch_id"]) for e in history(here, person.id)[:3]]
    assert found == [("merged", None, str(batch)), ("edited", "第二次", None), ("edited", "第一次", None)]
