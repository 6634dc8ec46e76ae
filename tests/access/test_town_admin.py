"""A town manages its own accounts within what it has: everything it needs, and nothing beyond (delegated administration)."""

from __future__ import annotations

import json
from typing import Any

import pytest
import staff
from django.test import Client

from linli.access import actions
from linli.access.models import Account, Role, SecondFactor
from linli.kernel import scope

pytestmark = pytest.mark.usefixtures("db")
GRID = f"{staff.VILLAGE}001"


@pytest.fixture
def me() -> Account:
    return staff.staff("townadmin", "town_admin", staff.TOWN)


@pytest.fixture
def admin(me: Account) -> Client:
    return staff.client(me)


def send(browser: Client, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    return browser.generic(method, f"/api{path}", json.dumps(body or {}), content_type="application/json")


def role_id(code: str) -> str:
    return str(Role.objects.get(code=code).id)


def post_in(browser: Client, title: str, area: str = staff.TOWN) -> str:
    made = send(browser, "POST", "/posts", {"unit_id": str(staff.units()[area]), "title": title})
    assert made.status_code == 201, made.content
    return str(made.json()["id"])


def test_a_town_brings_its_people_into_office_and_lets_them_go(admin: Client) -> None:
    unit = send(admin, "POST", "/units", {"name": "丙村", "kind": "village", "area_code": f"{staff.TOWN}203"}).json()
    made = send(admin, "POST", "/accounts", {"username": "bing", "name": "丙员", "unit_id": unit["id"]}).json()
    post = send(admin, "POST", "/posts", {"unit_id": unit["id"], "title": "信息员"}).json()["id"]
    grant = send(
        admin, "POST", f"/posts/{post}/grants", {"role_id": role_id("village_clerk"), "area_code": unit["area_code"]}
    )
    holder = send(admin, "POST", f"/posts/{post}/holders", {"account_id": made["id"]})
    assert (grant.status_code, holder.status_code) == (201, 201)
    with scope.acting(staff.OPERATOR):
        account = Account.objects.get(id=made["id"])
    assert staff.actor(account).areas == (unit["area_code"],)

    with scope.acting(staff.OPERATOR):
        SecondFactor.objects.create(account_id=account.id, area_code=account.area_code, secret=b"sealed")
    for method, path in (
        ("POST", "password"), ("POST", "unlock"), ("DELETE", "sessions"), ("DELETE", "second-factor"),
    ):  # fmt: skip
        assert send(admin, method, f"/accounts/{made['id']}/{path}").status_code < 300, path
    held = holder.json()["holders"][0]["id"]
    assert send(admin, "DELETE", f"/posts/{post}/holders/{held}").status_code == 200
    assert staff.actor(account).areas == ()
    assert send(admin, "PATCH", f"/accounts/{made['id']}", {"active": False}).status_code == 200


@pytest.mark.parametrize("area", [GRID, staff.VILLAGE, staff.TOWN, staff.DISTRICT, staff.OTHER_TOWN])
def test_it_grants_every_role_it_holds_itself_below_and_no_other(me: Account, admin: Client, area: str) -> None:
    own = set(staff.actor(me).grants[0].permissions)
    for number, role in enumerate(Role.objects.filter(builtin=True)):
        post = post_in(admin, f"岗位{number}")
        answer = send(admin, "POST", f"/posts/{post}/grants", {"role_id": str(role.id), "area_code": area})
        may = set(role.permissions) <= own and area.startswith(staff.TOWN)
        assert answer.status_code == (201 if may else 403), (role.code, answer.content)
        if not may:
            assert answer.json()["code"] == "access.beyond_own"


def test_it_appoints_to_no_post_that_opens_more_than_it_has(admin: Client) -> None:
    worker = staff.staff("worker", unit_area=staff.TOWN)
    with scope.acting(staff.OPERATOR) as operator:
        post = actions.create_post(operator, unit_id=worker.unit_id, title="区级岗位")
        for role, area in (("town_clerk", staff.DISTRICT), ("auditor", staff.TOWN)):
            target = actions.Target(area_code=area)
            actions.grant(operator, post_id=post.id, role_id=Role.objects.get(code=role).id, target=target)
    answer = send(admin, "POST", f"/posts/{post.id}/holders", {"account_id": str(worker.id)})
    assert (answer.status_code, answer.json()["code"]) == (403, "access.beyond_own")


def test_accounts_of_others_are_not_there(admin: Client) -> None:
    foreign = staff.staff("foreign", "town_clerk", staff.OTHER_TOWN)
    assert "foreign" not in {a["username"] for a in admin.get("/api/accounts").json()["items"]}
    for method, path, body in (
        ("GET", "", None), ("PATCH", "", {"active": False}), ("POST", "/password", None), ("POST", "/unlock", None),
        ("DELETE", "/sessions", None), ("GET", "/sessions", None), ("GET", "/identities", None),
        ("DELETE", "/second-factor", None), ("POST", "/identities", {"subject": "x"}),
    ):  # fmt: skip
        assert send(admin, method, f"/accounts/{foreign.id}{path}", body).status_code == 404, (method, path)
    post = post_in(admin, "岗位")
    assert send(admin, "POST", f"/posts/{post}/holders", {"account_id": str(foreign.id)}).status_code == 404
    theirs = str(staff.units()[staff.OTHER_TOWN])
    assert send(admin, "POST", "/posts", {"unit_id": theirs, "title": "x"}).status_code == 404
    assert send(admin, "PATCH", f"/units/{theirs}", {"name": "x"}).status_code == 404


def test_somebody_of_the_town_with_rights_beyond_it_is_out_of_reach(admin: Client) -> None:
    strong = staff.staff("strong", "district_admin", staff.DISTRICT, unit_area=staff.TOWN)
    for method, path, body in (
        ("PATCH", "", {"active": False}), ("POST", "/password", None), ("DELETE", "/sessions", None),
    ):  # fmt: skip
        answer = send(admin, method, f"/accounts/{strong.id}{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (403, "access.beyond_own"), path


def test_units_groups_and_roles_stay_within_the_town(admin: Client) -> None:
    wrong = [
        ({"name": "别村", "kind": "village", "area_code": staff.OTHER_VILLAGE}, 403),
        ({"name": "全区", "kind": "department", "area_code": staff.DISTRICT}, 403),
        ({"name": "假镇", "kind": "town", "area_code": staff.VILLAGE}, 422),
        ({"name": "假区", "kind": "district", "area_code": staff.TOWN}, 422),
    ]
    for body, status in wrong:
        assert send(admin, "POST", "/units", body).status_code == status, body
    assert send(admin, "POST", "/area-groups", {"name": "片区", "codes": [staff.VILLAGE]}).status_code == 201
    both = {"name": "跨镇", "codes": [staff.VILLAGE, staff.OTHER_VILLAGE]}
    assert send(admin, "POST", "/area-groups", both).status_code == 403
    assert send(admin, "POST", "/roles", {"name": "x", "permissions": ["places.view"]}).status_code == 403
    assert admin.get("/api/read-log").status_code == 403


def test_it_does_not_change_its_own_standing(me: Account, admin: Client) -> None:
    post = admin.get(f"/api/accounts/{me.id}").json()["posts"][0]["id"]
    for method, path, body in (
        ("PATCH", f"/accounts/{me.id}", {"active": False}),
        ("POST", f"/accounts/{me.id}/password", None),
        ("POST", f"/posts/{post}/grants", {"role_id": role_id("officer"), "area_code": staff.TOWN}),
        ("POST", f"/posts/{post_in(admin, '岗位')}/holders", {"account_id": str(me.id)}),
    ):
        answer = send(admin, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "access.own_grants"), path
