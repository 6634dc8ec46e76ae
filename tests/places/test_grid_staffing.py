"""Who stands for a grid sees its people from the first day to the last, and takes over what follows it."""

from __future__ import annotations

import csv
import json
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import staff
from django.db import connections

from linli.access.actions.roles import BUILTIN
from linli.access.models import Account, Appointment, Role
from linli.kernel import clock, scope
from linli.places.grids.models import GridStaff
from linli.places.grids.staffing import ROLE

from .grid_world import EAST, WEST, V, build, cut, people

with BUILTIN.open(encoding="utf-8", newline="") as _file:
    _WORKER = next(row for row in csv.DictReader(_file) if row["code"] == ROLE)["permissions"].split()
# Nobody gives away what they do not hold: what a grid worker may, and what assigning asks for.
GIVING = ["places.edit", "access.account.edit", "access.grant.edit", "access.account.view", *_WORKER]


@pytest.fixture
def chief(db: str) -> Any:
    build()
    people()
    return staff.client(staff.staff("chief", area=staff.TOWN, permissions=GIVING))


@pytest.fixture
def worker(chief: Any) -> Account:
    return staff.staff("worker", area=V)


def send(browser: Any, method: str, path: str, body: dict[str, Any] | None = None, expect: int = 200) -> Any:
    answer = browser.generic(method, path, json.dumps(body or {}), content_type="application/json")
    assert answer.status_code == expect, answer.content.decode()
    return json.loads(answer.content)


def assign(browser: Any, who: Account, area: str = WEST, expect: int = 201, **more: Any) -> Any:
    body = {"area_code": area, "duty": "worker", "account_id": str(who.id), **more}
    return send(browser, "POST", "/api/grid-staff", body, expect)


def split(browser: Any, grid: str = WEST) -> Any:
    body = {"village_code": V, "operations": [{"op": "split", "grid": grid, "line": cut(0.005)}]}
    stamp = send(browser, "POST", "/api/grids/preview", body)["stamp"]
    return send(browser, "POST", "/api/grids/changes", {**body, "stamp": stamp}, 201)


def at(day: date) -> Any:
    return clock.frozen(datetime(day.year, day.month, day.day, 4, tzinfo=UTC))


def test_a_duty_opens_exactly_its_grid_from_the_first_day_to_the_day_before_the_end(
    chief: Any, worker: Account
) -> None:
    today = clock.today()
    assert staff.actor(worker).areas == ()
    assign(chief, worker, since=str(today), until=str(today + timedelta(days=10)), public_phone="0533-5180000")
    assert staff.actor(worker).areas == (WEST,)
    assert staff.actor(worker).may("registry.person.view", WEST)
    seen = json.loads(staff.client(worker).get("/api/people").content)
    assert seen["count"]["value"] == 7 - 1 + 1  # six live there, one is registered there
    with at(today + timedelta(days=9)):
        assert staff.actor(worker).areas == (WEST,)
    with at(today + timedelta(days=10)):
        assert staff.actor(worker).areas == ()


def test_a_duty_ended_by_hand_ends_the_right(chief: Any, worker: Account) -> None:
    standing = assign(chief, worker)
    send(chief, "DELETE", f"/api/grid-staff/{standing['id']}")
    assert staff.actor(worker).areas == ()
    assert send(chief, "GET", f"/api/grid-staff?area={V}")["items"] == []
    (past,) = send(chief, "GET", f"/api/grid-staff?area={V}&ended=true")["items"]
    assert past["until"] == str(clock.today())
    send(chief, "DELETE", f"/api/grid-staff/{standing['id']}", expect=404)


def test_a_grid_shows_who_stands_for_it_with_the_public_phone(chief: Any, worker: Account) -> None:
    standing = assign(chief, worker, public_phone="0533-5180000")
    send(chief, "PATCH", f"/api/grid-staff/{standing['id']}", {"public_phone": "0533-5180001"})
    west, east = send(chief, "GET", f"/api/grids?area={V}")["items"]
    assert [(s["name"], s["public_phone"]) for s in west["staff"]] == [("用户worker", "0533-5180001")]
    assert east["staff"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"area": V}, "duty"),  # a worker stands for a grid
        ({"duty": "chief"}, "duty"),  # a chief for a village
        ({"since": "2026-02-01", "until": "2026-01-01"}, "until"),
        ({"public_phone": "call me"}, "public_phone"),
    ],
)
def test_what_does_not_fit_is_refused(chief: Any, worker: Account, change: dict[str, Any], field: str) -> None:
    assert assign(chief, worker, expect=422, **change)["fields"][0]["field"] == field


def test_the_chief_of_a_village_has_the_whole_village(chief: Any, worker: Account) -> None:
    assign(chief, worker, area=V, duty="chief")
    assert staff.actor(worker).areas == (V,)


def test_one_duty_is_given_once(chief: Any, worker: Account) -> None:
    assign(chief, worker)
    assert assign(chief, worker, expect=409)["code"] == "places.already_staff"
    assign(chief, worker, area=EAST)
    assert staff.actor(worker).areas == (WEST, EAST)


def test_nobody_gives_away_what_they_do_not_hold(db: str) -> None:
    build()
    drawer = staff.client(staff.staff("drawer", area=staff.TOWN, permissions=["places.view", "places.edit"]))
    assign(drawer, staff.staff("worker", area=V), expect=404)
    granter = staff.staff(
        "granter", area=staff.TOWN, permissions=["places.edit", "access.account.edit", "access.grant.edit"]
    )
    refused = assign(staff.client(granter), staff.staff("other", area=V), expect=403)
    assert refused["code"] == "access.beyond_own"
    with scope.acting(staff.OPERATOR):
        assert GridStaff.objects.count() == 0


def test_when_a_grid_is_split_who_stood_for_it_stands_for_both_parts(chief: Any, worker: Account) -> None:
    end = str(clock.today() + timedelta(days=30))
    assign(chief, worker, public_phone="0533-5180000", until=end)
    change = split(chief)
    assert staff.actor(worker).areas == (f"{V}003", f"{V}004")
    now = send(chief, "GET", f"/api/grid-staff?area={V}")["items"]
    assert [(s["area_code"], s["public_phone"], s["until"]) for s in now] == [
        (f"{V}003", "0533-5180000", end),
        (f"{V}004", "0533-5180000", end),
    ]
    send(chief, "POST", f"/api/grids/changes/{change['id']}/undo")
    assert staff.actor(worker).areas == (WEST,)
    assert [s["area_code"] for s in send(chief, "GET", f"/api/grid-staff?area={V}")["items"]] == [WEST]


def test_when_grids_are_merged_everybody_stands_for_the_whole_once(chief: Any, worker: Account) -> None:
    other = staff.staff("other", area=V)
    for who, area in ((worker, WEST), (worker, EAST), (other, EAST)):
        assign(chief, who, area=area)
    body = {"village_code": V, "operations": [{"op": "merge", "grids": [WEST, EAST]}]}
    stamp = send(chief, "POST", "/api/grids/preview", body)["stamp"]
    send(chief, "POST", "/api/grids/changes", {**body, "stamp": stamp}, 201)
    assert staff.actor(worker).areas == staff.actor(other).areas == (f"{V}003",)
    now = send(chief, "GET", f"/api/grid-staff?area={V}")["items"]
    assert sorted((s["name"], s["area_code"]) for s in now) == [("用户other", f"{V}003"), ("用户worker", f"{V}003")]
    change = send(chief, "GET", f"/api/grids/changes?area={V}")["items"][0]
    send(chief, "POST", f"/api/grids/changes/{change['id']}/undo")
    assert staff.actor(worker).areas == (WEST, EAST) and staff.actor(other).areas == (EAST,), "nobody gains by undoing"
    now = send(chief, "GET", f"/api/grid-staff?area={V}")["items"]
    assert [(s["name"], s["area_code"]) for s in now].count(("用户other", EAST)) == 1 and len(now) == 3


def test_nobody_merges_grids_to_see_more_by_it(chief: Any) -> None:
    """Who maintains grids and stands for one would gain the people of the other by a merger of their own making."""
    keeper = staff.staff("keeper", "places_keeper", staff.TOWN)
    assign(chief, keeper)
    browser = staff.client(keeper)
    body = {"village_code": V, "operations": [{"op": "merge", "grids": [WEST, EAST]}]}
    stamp = send(browser, "POST", "/api/grids/preview", body)["stamp"]
    refused = send(browser, "POST", "/api/grids/changes", {**body, "stamp": stamp}, 403)
    assert refused["code"] == "access.widens_own" and refused["params"]["area_code"] == EAST
    assert not staff.actor(keeper).may("registry.person.view", EAST)
    split(browser)  # the same people in two grids: nothing is gained
    assert staff.actor(keeper).areas[0] == staff.TOWN
    merged = send(chief, "POST", "/api/grids/preview", {**body, "operations": [
        {"op": "merge", "grids": [f"{V}004", EAST]}]})  # fmt: skip
    again = {"village_code": V, "operations": [{"op": "merge", "grids": [f"{V}004", EAST]}], "stamp": merged["stamp"]}
    send(browser, "POST", "/api/grids/changes", again, 403)
    send(chief, "POST", "/api/grids/changes", again, 201)  # somebody who sees both anyway


def test_a_village_is_not_joined_to_see_more_by_it(chief: Any) -> None:
    from linli.places.models import Region

    other = f"{staff.TOWN}299"
    with scope.acting(staff.OPERATOR):
        Region.objects.create(
            code=other, name="邻村村民委员会", short_name="邻村", level="village", kind="村委会", parent_code=staff.TOWN
        )
    keeper = staff.staff("keeper", "places_keeper", staff.TOWN)
    with scope.acting(staff.OPERATOR):
        staff.appoint(keeper, Role.objects.get(code="village_clerk"), V)
    refused = send(staff.client(keeper), "POST", "/api/recodes/preview", {"old": other, "new": V}, 403)
    assert refused["code"] == "access.widens_own"
    send(chief, "POST", "/api/recodes/preview", {"old": other, "new": V})


def test_of_two_who_give_the_same_duty_at_once_one_does(chief: Any, worker: Account) -> None:
    start, codes = threading.Barrier(2), []

    def give() -> None:
        try:
            body = {"area_code": WEST, "duty": "worker", "account_id": str(worker.id)}
            browser = staff.client(staff.staff(f"giver{threading.get_ident()}", area=staff.TOWN, permissions=GIVING))
            start.wait()
            answer = browser.post("/api/grid-staff", json.dumps(body), content_type="application/json")
            codes.append((answer.status_code, answer.json().get("code", "")))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=give) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [(201, ""), (409, "places.already_staff")]
    with scope.acting(staff.OPERATOR):
        assert GridStaff.objects.count() == 1
        assert Appointment.objects.filter(account_id=worker.id, source="grid_staff").count() == 1
