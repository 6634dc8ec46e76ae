"""Accounts, units, posts, grants and roles: what administrators can do, and where it ends."""

from __future__ import annotations

import json
import threading
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
import staff
from django.db import connections, transaction
from django.test import Client

from linli.access import actions
from linli.access.actions.checks import ADMINISTRATORS_LOCK
from linli.access.errors import LastAdministrator, OwnGrants
from linli.access.models import Account, Role
from linli.access.reads import AUDIT
from linli.kernel import clock, scope
from linli.registry.merge.run import lock as merge_lock

pytestmark = pytest.mark.usefixtures("db")
TOWN_ADMIN = ["access.account.view", "access.account.edit", "access.grant.edit", *staff.shipped("officer")]


def send(browser: Client, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    return browser.generic(method, path, json.dumps(body or {}), content_type="application/json")


def role_id(code: str) -> str:
    return str(Role.objects.get(code=code).id)


def district_admin(name: str = "admin1") -> Client:
    return staff.client(staff.staff(name, "district_admin", staff.DISTRICT))


def town_admin() -> Client:
    return staff.client(staff.staff("townadmin", area=staff.TOWN, permissions=TOWN_ADMIN))


def test_an_administrator_brings_someone_into_office() -> None:
    admin, units = district_admin(), staff.units()
    unit = send(admin, "POST", "/api/units", {"name": "民政局", "kind": "department", "area_code": staff.DISTRICT,
                                              "parent_id": str(units[staff.DISTRICT])}).json()  # fmt: skip
    made = send(admin, "POST", "/api/accounts", {"username": "Sun.Li", "name": "孙丽", "unit_id": unit["id"]}).json()
    assert made["username"] == "sun.li" and made["posts"] == [] and made["must_change_password"]
    post = send(admin, "POST", "/api/posts", {"unit_id": unit["id"], "title": "科员"}).json()
    post = send(
        admin, "POST", f"/api/posts/{post['id']}/grants", {"role_id": role_id("officer"), "area_code": staff.TOWN}
    ).json()
    assert [g["role"]["code"] for g in post["grants"]] == ["officer"]
    assert post["grants"][0]["areas"][0]["code"] == staff.TOWN
    post = send(admin, "POST", f"/api/posts/{post['id']}/holders", {"account_id": made["id"]}).json()
    assert [h["account"]["name"] for h in post["holders"]] == ["孙丽"]

    sun = Client()
    signed = send(sun, "POST", "/api/session", {"username": "sun.li", "password": made["password"]})
    assert signed.status_code == 200
    send(sun, "POST", "/api/session/password", {"old": made["password"], "new": "Another-9-Hill"})
    body = sun.get("/api/session").json()
    assert body["permissions"] == sorted(staff.shipped("officer"))
    assert [a["code"] for a in body["areas"]] == [staff.TOWN]
    shown = admin.get(f"/api/accounts/{made['id']}").json()
    assert shown["posts"][0]["title"] == "科员" and shown["last_seen_at"].endswith("T16:00:00Z")  # midnight in China

    log = admin.get("/api/change-log").json()["items"]
    assert {"access.account.create", "access.grant.create", "access.post.appoint"} <= {e["action"] for e in log}
    assert "Another-9-Hill" not in json.dumps(log) and made["password"] not in json.dumps(log)


def test_appointments_and_grants_hold_on_their_days_only() -> None:
    account = staff.staff("wang")
    today = clock.today()
    with scope.acting(staff.OPERATOR):
        clerk, auditor = Role.objects.get(code="town_clerk"), Role.objects.get(code="auditor")
        staff.appoint(account, clerk, staff.TOWN, since=today - timedelta(days=10), until=today)
        staff.appoint(account, auditor, staff.TOWN, since=today + timedelta(days=1))
    assert staff.actor(account).grants == ()
    with clock.frozen(clock.now() - timedelta(days=1)):
        assert staff.actor(account).may("registry.person.view", staff.TOWN)
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert not staff.actor(account).may("registry.person.view")
        assert staff.actor(account).may("access.log.view", staff.TOWN)


def test_the_person_moves_and_the_post_stays() -> None:
    admin = district_admin()
    old, new = staff.staff("old", "town_clerk"), staff.staff("new")
    post_id = admin.get(f"/api/accounts/{old.id}").json()["posts"][0]["id"]
    post = admin.get(f"/api/posts/{post_id}").json()
    send(admin, "DELETE", f"/api/posts/{post_id}/holders/{post['holders'][0]['id']}")
    assert staff.actor(old).grants == ()
    send(admin, "POST", f"/api/posts/{post_id}/holders", {"account_id": str(new.id)})
    assert staff.actor(new).areas == (staff.TOWN,)
    holders = admin.get(f"/api/posts/{post_id}").json()["holders"]
    assert [(h["account"]["name"], h["until"] is None) for h in holders] == [("用户new", True), ("用户old", False)]


def test_a_grant_names_an_area_a_group_or_a_unit() -> None:
    admin, units = district_admin(), staff.units()
    account = staff.staff("wang")
    post = send(admin, "POST", "/api/posts", {"unit_id": str(units[staff.TOWN]), "title": "片区"}).json()
    send(admin, "POST", f"/api/posts/{post['id']}/holders", {"account_id": str(account.id)})
    group = send(
        admin, "POST", "/api/area-groups", {"name": "开发区", "codes": [staff.VILLAGE, staff.OTHER_VILLAGE]}
    ).json()
    path, role = f"/api/posts/{post['id']}/grants", role_id("grid_worker")
    assert send(admin, "POST", path, {"role_id": role}).status_code == 422
    assert send(admin, "POST", path, {"role_id": role, "area_code": "3703"}).status_code == 422
    assert (
        send(admin, "POST", path, {"role_id": role, "area_code": staff.TOWN, "group_id": group["id"]}).status_code
        == 422
    )
    given = send(admin, "POST", path, {"role_id": role, "group_id": group["id"]}).json()
    assert staff.actor(account).areas == (staff.VILLAGE, staff.OTHER_VILLAGE)
    send(admin, "DELETE", f"{path}/{given['grants'][0]['id']}")
    assert staff.actor(account).areas == ()
    send(admin, "POST", path, {"role_id": role, "unit_id": str(units[staff.OTHER_TOWN])})
    assert staff.actor(account).areas == (staff.OTHER_TOWN,)


def test_nobody_grants_an_area_or_a_permission_beyond_their_own() -> None:
    admin, units = town_admin(), staff.units()
    post = send(admin, "POST", "/api/posts", {"unit_id": str(units[staff.TOWN]), "title": "新岗"}).json()
    path = f"/api/posts/{post['id']}/grants"
    officer, clerk = role_id("officer"), role_id("town_clerk")
    assert send(admin, "POST", path, {"role_id": officer, "area_code": staff.VILLAGE}).status_code == 201
    beyond = [
        {"role_id": officer, "area_code": staff.OTHER_TOWN},
        {"role_id": officer, "area_code": staff.DISTRICT},
        {"role_id": clerk, "area_code": staff.TOWN},
        {"role_id": role_id("district_admin"), "area_code": staff.TOWN},
    ]
    for body in beyond:
        answer = send(admin, "POST", path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "access.beyond_own"), body
    assert send(admin, "POST", path, {"role_id": officer, "unit_id": str(units[staff.OTHER_TOWN])}).status_code == 404
    assert send(admin, "POST", "/api/roles", {"name": "x", "permissions": ["places.view"]}).status_code == 403


def test_nobody_appoints_to_a_post_or_takes_over_an_account_beyond_their_own() -> None:
    admin = town_admin()
    clerk = staff.staff("clerk", "town_clerk", staff.TOWN)
    # Works in the town's office, and holds an office of the district as well: foreign to the town's administrator.
    strong = staff.staff("strong", "district_admin", staff.DISTRICT, unit_area=staff.TOWN)
    plain = staff.staff("plain", "officer", staff.TOWN)
    for account in (clerk, strong):
        for method, path, body in (
            ("POST", "password", {}),
            ("PATCH", "", {"active": False}),
            ("DELETE", "sessions", {}),
        ):
            answer = send(admin, method, f"/api/accounts/{account.id}/{path}".rstrip("/"), body)
            assert (answer.status_code, answer.json()["code"]) == (403, "access.beyond_own"), (account.username, path)
    assert send(admin, "POST", f"/api/accounts/{plain.id}/password").status_code == 200
    clerks_post = admin.get(f"/api/accounts/{clerk.id}").json()["posts"][0]["id"]
    answer = send(admin, "POST", f"/api/posts/{clerks_post}/holders", {"account_id": str(plain.id)})
    assert (answer.status_code, answer.json()["code"]) == (403, "access.beyond_own")


def test_a_right_hidden_by_scope_still_counts() -> None:
    """The post lies in the district's office, where the town's administrator sees nothing; the account does not."""
    admin = town_admin()
    account = staff.staff("both", "officer", staff.TOWN)
    with scope.acting(staff.OPERATOR):
        post = actions.create_post(staff.OPERATOR, unit_id=staff.units()[staff.DISTRICT], title="区里的岗位")
        role = Role.objects.get(code="district_admin")
        target = actions.Target(area_code=staff.DISTRICT)
        actions.grant(staff.OPERATOR, post_id=post.id, role_id=role.id, target=target)
        actions.appoint(staff.OPERATOR, post_id=post.id, account_id=account.id, since=clock.today() + timedelta(days=3))
    answer = send(admin, "POST", f"/api/accounts/{account.id}/password")
    assert (answer.status_code, answer.json()["code"]) == (403, "access.beyond_own")


def test_nobody_changes_their_own_rights() -> None:
    me = staff.staff("admin1", "district_admin", staff.DISTRICT)
    staff.staff("admin2", "district_admin", staff.DISTRICT)
    admin = staff.client(me)
    post_id = admin.get(f"/api/accounts/{me.id}").json()["posts"][0]["id"]
    post = admin.get(f"/api/posts/{post_id}").json()
    free = send(admin, "POST", "/api/posts", {"unit_id": post["unit"]["id"], "title": "空岗"}).json()
    refused = [
        send(
            admin, "POST", f"/api/posts/{post_id}/grants", {"role_id": role_id("analyst"), "area_code": staff.DISTRICT}
        ),
        send(admin, "DELETE", f"/api/posts/{post_id}/grants/{post['grants'][0]['id']}"),
        send(admin, "DELETE", f"/api/posts/{post_id}/holders/{post['holders'][0]['id']}"),
        send(admin, "POST", f"/api/posts/{free['id']}/holders", {"account_id": str(me.id)}),
        send(admin, "PATCH", f"/api/accounts/{me.id}", {"unit_id": str(staff.units()[staff.TOWN])}),
        send(admin, "POST", f"/api/accounts/{me.id}/password"),
    ]
    assert [(a.status_code, a.json()["code"]) for a in refused] == [(403, "access.own_grants")] * 6


def test_nobody_widens_a_role_they_have() -> None:
    staff.staff("admin0", "district_admin", staff.DISTRICT)
    account = staff.staff(
        "rolemaker", area=staff.DISTRICT, permissions=["access.account.view", "access.role.edit", "places.view"]
    )
    maker = staff.client(account)
    mine = next(r for r in maker.get("/api/roles").json()["items"] if r["name"] == "role of rolemaker")
    wider = [*mine["permissions"], "registry.person.view"]
    answer = send(maker, "PATCH", f"/api/roles/{mine['id']}", {"permissions": wider})
    assert (answer.status_code, answer.json()["code"]) == (403, "access.own_grants")


def test_the_last_administrator_of_the_district_stays() -> None:
    first = staff.staff("admin1", "district_admin", staff.DISTRICT)
    second = staff.staff("admin2", "district_admin", staff.DISTRICT)
    admin = staff.client(first)
    posts = {a: admin.get(f"/api/accounts/{a.id}").json()["posts"][0]["id"] for a in (first, second)}
    assert send(admin, "PATCH", f"/api/accounts/{second.id}", {"active": False}).status_code == 200
    with pytest.raises(LastAdministrator), scope.acting(staff.OPERATOR) as operator:
        actions.change_account(operator, first.id, active=False)
    for path in (f"holders/{_holder(admin, posts[first])}", f"grants/{_grant(admin, posts[first])}"):
        kind, key = path.split("/")
        with pytest.raises(LastAdministrator), scope.acting(staff.OPERATOR) as operator:
            end = actions.end_appointment if kind == "holders" else actions.end_grant
            end(operator, posts[first], key)  # type: ignore[arg-type]
    assert send(admin, "PATCH", f"/api/accounts/{second.id}", {"active": True}).status_code == 200
    with scope.acting(staff.OPERATOR) as operator:
        actions.change_account(operator, first.id, active=False)


def test_two_administrators_cannot_remove_each_other_at_once() -> None:
    accounts = [staff.staff(name, "district_admin", staff.DISTRICT) for name in ("admin1", "admin2")]
    browsers = [staff.client(account) for account in accounts]
    start, codes = threading.Barrier(2), []

    def close(browser: Client, other: Account) -> None:
        try:
            start.wait()
            codes.append(send(browser, "PATCH", f"/api/accounts/{other.id}", {"active": False}).status_code)
        finally:
            connections.close_all()

    pairs = zip(browsers, reversed(accounts), strict=True)
    threads = [threading.Thread(target=close, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with scope.acting(staff.OPERATOR):
        assert Account.objects.filter(active=True).count() >= 1
    assert codes.count(200) <= 1


def test_rights_over_a_group_count_that_the_one_who_changes_it_does_not_see() -> None:
    """A department of the district holds more over a group of the town than the town's administrator may hand out."""
    department = staff.staff("department", "auditor", staff.DISTRICT)
    with scope.acting(staff.OPERATOR):
        group = actions.create_group(staff.OPERATOR, name="某片区", codes=[f"{staff.VILLAGE}001"])
        post = staff.appoint(department, Role.objects.get(code="town_clerk"), staff.DISTRICT)
        role = Role.objects.get(code="town_clerk")
        actions.grant(staff.OPERATOR, post_id=post, role_id=role.id, target=actions.Target(group_id=group.id))
    admin, path = town_admin(), f"/api/area-groups/{group.id}"
    refused = send(admin, "PATCH", path, {"codes": [f"{staff.VILLAGE}001", f"{staff.VILLAGE}002"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "access.beyond_own")
    assert send(admin, "DELETE", path).json()["code"] == "access.group_in_use"
    assert send(admin, "PATCH", path, {"name": "某某片区"}).status_code == 200


def test_nobody_loads_a_post_for_themselves() -> None:
    account, unit = staff.staff("admin1", "district_admin", staff.DISTRICT), staff.units()[staff.TOWN]
    actor = staff.actor(account)
    with scope.acting(actor):
        for holder, refused in ((account, True), (staff.staff("clerk"), False)):
            new = [actions.NewPost(unit, f"信息员{holder.username}", "town_clerk", staff.TOWN, holder.id)]
            with pytest.raises(OwnGrants) if refused else nullcontext():
                actions.create_posts(actor, new)


def test_closing_an_account_does_not_wait_for_an_import() -> None:
    """An import of a district holds its lock for minutes; a lost account has to be closed at once."""
    with scope.acting(staff.OPERATOR), transaction.atomic(using=AUDIT), connections[AUDIT].cursor() as cursor:
        merge_lock()
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADMINISTRATORS_LOCK])
        assert cursor.fetchone() == (True,)


def _holder(admin: Client, post_id: str) -> str:
    return str(admin.get(f"/api/posts/{post_id}").json()["holders"][0]["id"])


def _grant(admin: Client, post_id: str) -> str:
    return str(admin.get(f"/api/posts/{post_id}").json()["grants"][0]["id"])


def test_a_town_administrator_manages_the_town_alone() -> None:
    admin, units = town_admin(), staff.units()
    foreign = staff.staff("foreign", "town_clerk", staff.OTHER_TOWN)
    assert "foreign" not in {a["username"] for a in admin.get("/api/accounts").json()["items"]}
    assert {u["area_code"] for u in admin.get("/api/units").json()["items"]} == {staff.TOWN, staff.VILLAGE}
    assert admin.get(f"/api/accounts/{foreign.id}").status_code == 404
    assert send(admin, "PATCH", f"/api/accounts/{foreign.id}", {"name": "x"}).status_code == 404
    body = {"username": "newone", "name": "新人", "unit_id": str(units[staff.OTHER_TOWN])}
    assert send(admin, "POST", "/api/accounts", body).status_code == 404
    assert send(admin, "POST", "/api/accounts", body | {"unit_id": str(units[staff.VILLAGE])}).status_code == 201
    unit = {"name": "外地村", "kind": "village", "area_code": staff.OTHER_VILLAGE}
    assert send(admin, "POST", "/api/units", unit).status_code == 403
    taken = send(admin, "POST", "/api/accounts", body | {"username": "foreign", "unit_id": str(units[staff.TOWN])})
    assert (taken.status_code, taken.json()["code"]) == (409, "access.taken")


def test_a_unit_that_moves_takes_its_people_along() -> None:
    admin, units = district_admin(), staff.units()
    account = staff.staff("wang", "town_clerk", staff.VILLAGE)
    moved = send(admin, "PATCH", f"/api/units/{units[staff.VILLAGE]}", {"area_code": "370302104299", "name": "甲村"})
    assert moved.status_code == 200 and moved.json()["area_code"] == "370302104299"
    with scope.acting(staff.OPERATOR):
        assert Account.objects.get(id=account.id).area_code == "370302104299"
    assert staff.actor(account).areas == (staff.VILLAGE,)  # granted by area code, not by unit
    circle = send(admin, "PATCH", f"/api/units/{units[staff.TOWN]}", {"parent_id": str(units[staff.TOWN])})
    assert circle.status_code == 422


def test_roles_of_the_program_stay_and_own_ones_are_made_of_the_catalogue() -> None:
    admin = district_admin()
    catalogue = {p["code"] for p in admin.get("/api/permissions").json()["items"]}
    roles = admin.get("/api/roles").json()["items"]
    assert {p for r in roles for p in r["permissions"]} <= catalogue
    assert {"registry", "intake", "cases", "places", "messages", "access", "tiers", "funding"} == {
        c.split(".")[0] for c in catalogue
    }
    builtin = send(admin, "PATCH", f"/api/roles/{role_id('officer')}", {"name": "别名"})
    assert (builtin.status_code, builtin.json()["code"]) == (409, "access.builtin_role")
    made = send(admin, "POST", "/api/roles", {"name": "民政专员", "permissions": ["registry.person.view"]})
    assert made.status_code == 201
    assert send(admin, "POST", "/api/roles", {"name": "x", "permissions": ["no.such.thing"]}).status_code == 422
    changed = send(admin, "PATCH", f"/api/roles/{made.json()['id']}", {"permissions": ["places.view"]})
    assert changed.json()["permissions"] == ["places.view"]


def test_locks_are_opened_and_sessions_ended_by_administrators() -> None:
    admin = district_admin()
    account = staff.staff("wang", "officer", password="Kunlun-7-Hill")
    browser = staff.client(account)
    for _ in range(5):
        send(Client(), "POST", "/api/session", {"username": "wang", "password": "Wrong-pass-1"})
    assert admin.get(f"/api/accounts/{account.id}").json()["locked_until"]
    assert send(admin, "POST", f"/api/accounts/{account.id}/unlock").json()["locked_until"] is None
    assert send(Client(), "POST", "/api/session", {"username": "wang", "password": "Kunlun-7-Hill"}).status_code == 200
    items = admin.get(f"/api/accounts/{account.id}/sessions").json()["items"]
    assert len(items) == 2 and all(item["last_seen_at"] is None for item in items)
    assert send(admin, "DELETE", f"/api/accounts/{account.id}/sessions").json() == {"ended": 2}
    assert browser.get("/api/session").json()["signed_in"] is False


def test_a_whole_district_is_made_in_a_few_statements(django_assert_max_num_queries: Any) -> None:
    regions = [actions.Region("370302", "区")]
    regions += [actions.Region(f"370302{t:03}", f"镇{t}") for t in range(100, 113)]
    regions += [actions.Region(f"370302{100 + v % 13:03}{v:03}", f"村{v}") for v in range(474)]
    with scope.acting(staff.OPERATOR) as operator, django_assert_max_num_queries(12):
        units = actions.ensure_units(operator, regions, ["公安", "民政"])
        new = [actions.NewAccount(f"staff{n}", f"员工{n}", units[r.code]) for n, r in enumerate(regions)]
        assert len(actions.create_accounts(operator, new)) == 488
    assert len(units) == 490
    with scope.acting(staff.OPERATOR) as operator:
        assert actions.ensure_units(operator, regions, ["公安", "民政"]) == units


@pytest.mark.parametrize("path", ["/api/accounts", "/api/posts", "/api/change-log"])
def test_lists_cost_the_same_whatever_their_size(path: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    admin = district_admin()
    for number in range(8):
        staff.staff(f"clerk{number}", "town_clerk")
    counts = []
    for limit in (2, 200):
        with CaptureQueriesContext(connection) as captured:
            body = admin.get(f"{path}?limit={limit}").json()
        assert len(body["items"]) >= min(limit, 9)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12


def test_pages_follow_one_another_without_gap_or_double() -> None:
    admin = district_admin()
    for number in range(7):
        staff.staff(f"clerk{number}", "town_clerk")
    for path in ("/api/accounts", "/api/posts", "/api/change-log"):
        whole = [i["id"] for i in admin.get(path).json()["items"]]
        cursor, seen = "", []
        while True:
            body = admin.get(f"{path}?limit=3&cursor={cursor}").json()
            seen += [i["id"] for i in body["items"]]
            cursor = body["next"]
            if cursor is None:
                break
        assert seen == whole and body["count"] == {"value": len(whole), "exact": True}
        assert admin.get(f"{path}?cursor=rubbish").status_code == 422
