"""Seeing the console as another account: read-only by the database itself, named in the log, over after 15 minutes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import staff
from django.test import Client
from test_operations import operations

from linli.access import rules
from linli.access.models import ChangeLog, Grant, ReadLog, Role
from linli.kernel import clock, scope

HELPER = ["access.account.view", "access.account.view_as", "places.view", "registry.person.view"]
SEEN = ["places.view", "registry.person.view"]


def call(browser: Client, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    return browser.generic(method, f"/api{path}", json.dumps(body or {}), content_type="application/json")


@pytest.fixture
def pair(db: str) -> tuple[Any, Any]:
    """A helper of the whole district, and a clerk of one town who may do less."""
    helper = staff.staff("helper", area=staff.DISTRICT, permissions=HELPER)
    return helper, staff.staff("clerk", area=staff.TOWN, permissions=SEEN)


def looking(helper: Any, seen: Any) -> Client:
    browser = staff.client(helper)
    answer = call(browser, "POST", f"/accounts/{seen.id}/view", {"reason": "协助处理"})
    assert answer.status_code == 204, answer.content
    return browser


def test_the_view_has_the_scope_of_whom_one_sees_as_and_says_so(pair: tuple[Any, Any]) -> None:
    browser = looking(*pair)
    session = browser.get("/api/session").json()
    assert session["account"]["username"] == "clerk" and session["viewing"]["viewer"] == "用户helper"
    assert [a["code"] for a in session["areas"]] == [staff.TOWN] and session["permissions"] == sorted(SEEN)
    assert staff.TOWN in browser.get("/api/probe/forgetful").content.decode()
    assert staff.OTHER_TOWN not in browser.get("/api/probe/forgetful").content.decode()


def test_every_writing_operation_is_refused_before_it_runs(pair: tuple[Any, Any], settings: Any) -> None:
    settings.ROOT_URLCONF = "linli.project.urls"
    browser = looking(*pair)
    leaving = {f"{method} {path.removeprefix('/api')}" for method, path in rules.LEAVING}
    wrong, knocked = [], 0
    for name, _ in operations():
        method, path = name.split(" ", 1)
        if method == "GET" or path.endswith("/search") or name in leaving:
            continue
        for filler in ("uuid:", "int:", "str:"):
            path = path.replace("{" + filler, "{")
        answer = call(browser, method, path.replace("{row}", "1").replace("{", "").replace("}", ""))
        knocked += 1
        if answer.status_code != 403 or answer.json()["code"] != "access.viewing_only":
            wrong.append(f"{name}: {answer.status_code}")
    assert not wrong and knocked > 30


def test_the_database_refuses_a_change_that_hides_in_a_read(pair: tuple[Any, Any]) -> None:
    """A search whose author forgot that it must not write."""
    browser = looking(*pair)
    answer = call(browser, "POST", "/probe/search")
    assert answer.status_code == 403 and answer.json()["code"] == "access.viewing_only"
    assert call(staff.client(pair[0]), "POST", "/probe/search").status_code == 200
    with scope.acting(staff.OPERATOR):
        assert ChangeLog.objects.filter(action="probe.row.write").count() == 1


def test_looks_are_logged_with_both_names(pair: tuple[Any, Any]) -> None:
    helper, clerk = pair
    browser = looking(helper, clerk)
    browser.get("/api/probe/look")
    with scope.acting(staff.OPERATOR):
        rows = list(ReadLog.objects.values_list("actor", "viewing_as", "unit_id"))
    assert rows == [(str(helper.id), str(clerk.id), helper.unit_id)] * 2
    auditor = staff.client(staff.staff("auditor", "auditor", staff.DISTRICT))
    item = auditor.get("/api/read-log").json()["items"][0]
    assert (item["actor_name"], item["viewing_as"]) == ("用户helper", "用户clerk")
    for who in (helper, clerk):
        assert len(auditor.get(f"/api/read-log?account={who.id}").json()["items"]) == 2


def test_begin_and_end_are_in_the_change_log_with_the_reason(pair: tuple[Any, Any]) -> None:
    helper, clerk = pair
    browser = looking(helper, clerk)
    assert call(browser, "DELETE", "/session/view").status_code == 204
    assert browser.get("/api/session").json()["account"]["username"] == "helper"
    with scope.acting(staff.OPERATOR):
        rows = list(ChangeLog.objects.filter(action__startswith="access.view").order_by("at"))
    assert [(r.action, r.actor, r.subject_id) for r in rows] == [
        ("access.view.begin", str(helper.id), str(clerk.id)),
        ("access.view.end", str(helper.id), str(clerk.id)),
    ]
    assert rows[0].detail["reason"] == "协助处理"


def test_it_is_over_after_a_quarter_of_an_hour(pair: tuple[Any, Any]) -> None:
    start = clock.now()
    with clock.frozen(start):
        browser = looking(*pair)
    with clock.frozen(start + timedelta(minutes=14)):
        assert browser.get("/api/session").json()["account"]["username"] == "clerk"
    with clock.frozen(start + timedelta(minutes=16)):
        assert browser.get("/api/session").json()["account"]["username"] == "helper"


@pytest.mark.parametrize("more", [["registry.person.edit"], ["access.account.edit"]])
def test_nobody_sees_as_somebody_with_a_right_they_lack(db: str, more: list[str]) -> None:
    helper = staff.staff("helper", area=staff.DISTRICT, permissions=HELPER)
    other = staff.staff("other", area=staff.TOWN, permissions=[*SEEN, *more])
    answer = call(staff.client(helper), "POST", f"/accounts/{other.id}/view", {"reason": "x"})
    assert answer.status_code == 403 and answer.json()["code"] == "access.beyond_own"


def test_managing_roles_gives_no_sight_through_others_eyes(db: str) -> None:
    """Who may hand out every right has not therefore the right to see people."""
    head = staff.staff("head", "district_admin", staff.DISTRICT)
    clerk = staff.staff("clerk", "grid_worker", staff.TOWN)
    answer = call(staff.client(head), "POST", f"/accounts/{clerk.id}/view", {"reason": "x"})
    assert answer.json()["code"] == "access.beyond_own"


def test_nor_as_somebody_with_the_same_rights_in_a_wider_area(db: str) -> None:
    helper = staff.staff("helper", area=staff.TOWN, permissions=HELPER)
    wide = staff.staff("wide", area=staff.DISTRICT, unit_area=staff.TOWN, permissions=SEEN)
    answer = call(staff.client(helper), "POST", f"/accounts/{wide.id}/view", {"reason": "x"})
    assert answer.json()["code"] == "access.beyond_own"


def test_rights_that_came_meanwhile_end_the_view_at_once(pair: tuple[Any, Any]) -> None:
    helper, clerk = pair
    browser = looking(helper, clerk)
    with scope.acting(staff.OPERATOR):
        from linli.access import actions

        role = actions.create_role(staff.OPERATOR, name="more", permissions=["registry.person.reveal"])
        staff.appoint(clerk, role, staff.TOWN)
    assert browser.get("/api/session").json()["account"]["username"] == "helper"


def test_a_permission_taken_away_ends_the_view_at_once(pair: tuple[Any, Any]) -> None:
    helper, clerk = pair
    browser = looking(helper, clerk)
    with scope.acting(staff.OPERATOR):
        Grant.objects.filter(target_area=staff.DISTRICT).update(until=clock.today())
    assert browser.get("/api/session").json()["account"]["username"] == "helper"


def test_the_role_made_for_it_holds_all_that_those_hold_whom_it_helps(db: str) -> None:
    roles = {role.code: set(role.permissions) for role in Role.objects.all()}
    for helped in ("town_clerk", "village_clerk", "grid_worker", "officer"):
        assert roles[helped] <= roles["support"], f"roles.csv: {roles[helped] - roles['support']} is missing in support"


def test_a_reason_is_needed_and_not_oneself(pair: tuple[Any, Any]) -> None:
    helper, clerk = pair
    browser = staff.client(helper)
    assert call(browser, "POST", f"/accounts/{clerk.id}/view", {"reason": "  "}).status_code == 422
    own = call(browser, "POST", f"/accounts/{helper.id}/view", {"reason": "x"})
    assert own.json()["code"] == "access.own_grants"


def test_what_is_a_persons_alone_stays_closed(pair: tuple[Any, Any]) -> None:
    browser = looking(*pair)
    for path in ("/api/session/list", "/api/session/second-factor"):
        assert browser.get(path).json()["code"] == "access.viewing_only"


def test_signing_out_ends_the_own_session(pair: tuple[Any, Any]) -> None:
    helper, clerk = pair
    theirs = staff.client(clerk)
    browser = looking(helper, clerk)
    assert call(browser, "DELETE", "/session").status_code == 200
    assert browser.get("/api/session").json()["signed_in"] is False
    assert theirs.get("/api/session").json()["signed_in"] is True
