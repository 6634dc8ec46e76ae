"""三员分立: three administrators, kept apart; and none of them reads people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
import staff
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from linli.access import actions, offices
from linli.access.actions import checks
from linli.access.commands import accounts_app
from linli.access.errors import OfficesApart
from linli.access.models import Role, SecondFactor
from linli.access.offices import AUDIT, PEOPLE, SECURITY, SYSTEM, Clash, Held
from linli.kernel import permissions, scope
from linli.kernel.actors import Actor

DAY = date(2026, 3, 1)
THREE = ("system_admin", "security_admin", "auditor")


def held(permission: str, area: str = staff.DISTRICT, since: date = DAY, until: date | None = None) -> Held:
    return Held(permission, area, since, until)


# --- the rule -------------------------------------------------------------------------------------------------


def test_the_shipped_roles_are_apart_and_see_nobody() -> None:
    for office, role in offices.BUILTIN.items():
        rows = [held(p) for p in staff.shipped(role)]
        assert offices.clashes(rows) == frozenset(), role
        assert {offices.MARKS[r.permission] for r in rows if r.permission in offices.MARKS} == {office}
        assert not any(offices.duty(p) == PEOPLE for p in staff.shipped(role))
    everything = offices.clashes([held(p) for p in staff.shipped("district_admin")])
    assert {(c.office, c.other) for c in everything} >= {(SYSTEM, SECURITY), (SECURITY, AUDIT), (AUDIT, SYSTEM)}


def test_what_no_room_without_people_declares_is_data() -> None:
    """A new room's permissions count as data until somebody says otherwise: forgetting errs on the safe side."""
    assert offices.duty("cases.report.view") == PEOPLE
    assert offices.duty("places.view") is None and offices.duty("access.account.view") is None
    assert {p for p in offices.DUTIES if not permissions.declared(p)} == set()


def test_a_town_that_manages_its_own_accounts_is_none_of_the_three() -> None:
    own = ["access.account.edit", "access.grant.edit", "access.factor.reset", "registry.person.view"]
    assert offices.clashes([held(p, staff.TOWN) for p in own]) == frozenset()
    assert offices.clashes([held(p, staff.TOWN) for p in (*own, "access.log.view")])


def test_offices_clash_where_areas_and_days_meet_and_nowhere_else() -> None:
    mark, other = held("access.role.edit", staff.TOWN), "registry.person.view"
    assert offices.clashes([mark, held(other, staff.VILLAGE)]) == {Clash(SECURITY, PEOPLE, staff.VILLAGE)}
    assert offices.clashes([mark, held(other, staff.DISTRICT)]) == {Clash(SECURITY, PEOPLE, staff.TOWN)}
    assert offices.clashes([mark, held(other, staff.OTHER_TOWN)]) == frozenset()
    later = DAY + timedelta(days=10)
    ending = held("access.role.edit", until=later)
    assert offices.clashes([ending, held("access.log.view", since=later)]) == frozenset(), "one hands over to the other"
    assert offices.clashes([ending, held("access.log.view", since=later - timedelta(days=1))])


days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
rows = st.builds(
    Held,
    st.sampled_from([*offices.DUTIES, "registry.person.view", "places.view"]),
    st.sampled_from([staff.DISTRICT, staff.TOWN, staff.OTHER_TOWN, staff.VILLAGE]),
    days,
    st.none() | days,
)


@given(st.lists(rows, max_size=8), rows)
def test_more_rights_never_bring_fewer_clashes(some: list[Held], more: Held) -> None:
    assert offices.clashes(some) <= offices.clashes([*some, more])


@given(st.lists(rows, max_size=8))
def test_another_code_for_an_area_brings_no_clash(some: list[Held]) -> None:
    assert offices.joined(some, {staff.OTHER_TOWN: (f"{staff.DISTRICT}199",)}) == frozenset()


def test_two_areas_that_become_one_bring_together_what_is_held_in_each() -> None:
    some = [held("access.log.view", staff.TOWN), held("registry.person.view", staff.OTHER_TOWN)]
    one = {staff.TOWN: (staff.OTHER_TOWN,), staff.OTHER_TOWN: (staff.OTHER_TOWN,)}
    assert offices.joined(some, one) == {Clash(AUDIT, PEOPLE, staff.OTHER_TOWN)}
    already = [*some, held("registry.person.view", staff.TOWN)]
    assert offices.joined(already, one) == frozenset(), "whoever was both before stays until somebody changes it"


@given(st.lists(rows, max_size=8))
def test_who_is_none_of_the_three_clashes_with_nothing(some: list[Held]) -> None:
    assert offices.clashes([r for r in some if r.permission not in offices.MARKS]) == frozenset()


# --- where it is asked ----------------------------------------------------------------------------------------


@pytest.fixture
def apart(db: str, settings: Any) -> None:
    """A district that keeps its administrators apart."""
    settings.LINLI_THREE_OFFICES = "on"


def send(browser: Client, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    return browser.generic(method, path, json.dumps(body or {}), content_type="application/json")


@contextmanager
def refused() -> Iterator[Actor]:
    """A try of its own: what it wrote goes with its transaction."""
    with pytest.raises(OfficesApart), scope.acting(staff.OPERATOR) as operator:
        yield operator


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.usefixtures("apart")
def test_no_account_becomes_two_of_the_three_by_whatever_way() -> None:
    both = staff.staff("both", "system_admin", staff.DISTRICT)
    plain = staff.staff("plain", "town_clerk", staff.TOWN)
    with scope.acting(staff.OPERATOR) as operator:
        roles = {role.code: role for role in Role.objects.all()}
        own = actions.create_role(operator, name="自建", permissions=["places.view"])
        staff.appoint(plain, roles["places_keeper"], staff.TOWN)
        post = staff.appoint(both, roles["places_keeper"], staff.TOWN)
        staff.appoint(both, own, staff.TOWN)
    with refused():  # an appointment
        staff.appoint(both, roles["auditor"], staff.DISTRICT)
    with refused():  # to data
        staff.appoint(both, roles["town_clerk"], staff.TOWN)
    with refused():  # one role that is all three
        staff.appoint(plain, roles["district_admin"], staff.DISTRICT)
    target = actions.Target(area_code=staff.TOWN)
    with refused() as operator:  # a grant to the post one has
        actions.grant(operator, post_id=post, role_id=roles["officer"].id, target=target)
    with refused() as operator:  # a role that widens
        actions.change_role(operator, own.id, permissions=["places.view", "registry.person.view"])
    with refused() as operator:  # many at once
        actions.create_posts(operator, [actions.NewPost(both.unit_id, "另一岗", "auditor", staff.DISTRICT, both.id)])
    assert staff.actor(both).may("access.account.edit") and not staff.actor(both).may("registry.person.view")


@pytest.mark.usefixtures("apart")
def test_a_group_and_a_unit_bring_areas_together_too() -> None:
    account = staff.staff("account", "auditor", staff.TOWN)
    with scope.acting(staff.OPERATOR) as operator:
        keeper = Role.objects.get(code="officer")
        group = actions.create_group(operator, name="片区", codes=[staff.OTHER_VILLAGE])
        post = actions.create_post(operator, unit_id=account.unit_id, title="片区")
        actions.grant(operator, post_id=post.id, role_id=keeper.id, target=actions.Target(group_id=group.id))
        actions.appoint(operator, post_id=post.id, account_id=account.id)
        other = actions.create_post(operator, unit_id=account.unit_id, title="单位")
        away = staff.units()[staff.OTHER_TOWN]
        actions.grant(operator, post_id=other.id, role_id=keeper.id, target=actions.Target(unit_id=away))
        actions.appoint(operator, post_id=other.id, account_id=account.id)
    with refused() as operator:
        actions.change_group(operator, group.id, codes=[staff.OTHER_VILLAGE, staff.VILLAGE])
    with refused() as operator:
        actions.change_unit(operator, away, area_code=f"{staff.TOWN}299")


@pytest.mark.usefixtures("apart")
def test_the_refusal_says_which_offices_in_both_languages() -> None:
    both = staff.staff("both", "auditor", staff.DISTRICT)
    security = staff.client(staff.staff("sec", "security_admin", staff.DISTRICT))
    unit = str(staff.units()[staff.DISTRICT])
    with scope.acting(staff.OPERATOR) as operator:
        post = actions.create_post(operator, unit_id=unit, title="系统")  # type: ignore[arg-type]
        role = Role.objects.get(code="system_admin")
        actions.grant(operator, post_id=post.id, role_id=role.id, target=actions.Target(area_code=staff.DISTRICT))
    answer = send(security, "POST", f"/api/posts/{post.id}/holders", {"account_id": str(both.id)})
    assert code(answer) == (409, "access.offices_apart")
    assert "审计管理员" in answer.json()["fields"][0]["message"]
    english = security.post(
        f"/api/posts/{post.id}/holders", json.dumps({"account_id": str(both.id)}), content_type="application/json",
        headers={"Accept-Language": "en"},
    )  # fmt: skip
    assert "administrator" in english.json()["fields"][0]["message"].lower()


@pytest.mark.usefixtures("apart")
def test_the_system_administrator_makes_accounts_and_grants_nothing() -> None:
    admin = staff.client(staff.staff("sys", "system_admin", staff.DISTRICT))
    unit = str(staff.units()[staff.TOWN])
    made = send(admin, "POST", "/api/accounts", {"username": "newone", "name": "新人", "unit_id": unit})
    assert made.status_code == 201
    post = send(admin, "POST", "/api/posts", {"unit_id": unit, "title": "信息员"}).json()["id"]
    body = {"role_id": str(Role.objects.get(code="officer").id), "area_code": staff.TOWN}
    assert code(send(admin, "POST", f"/api/posts/{post}/grants", body)) == (403, "kernel.forbidden")
    assert code(send(admin, "POST", f"/api/posts/{post}/holders", {"account_id": made.json()["id"]}))[0] == 403
    assert send(admin, "POST", "/api/roles", {"name": "x", "permissions": ["places.view"]}).status_code == 403
    for path in ("/api/read-log", "/api/change-log"):
        assert admin.get(path).status_code == 403, path
    # Accounts with rights beyond its own are kept all the same: that is the office.
    clerk = staff.staff("clerk", "town_clerk", staff.TOWN)
    assert send(admin, "POST", f"/api/accounts/{clerk.id}/password").status_code == 200
    assert send(admin, "PATCH", f"/api/accounts/{clerk.id}", {"active": False}).status_code == 200
    # But not the other two offices, nor a second factor: a password alone shall not become somebody else.
    for role in ("security_admin", "auditor"):
        other = staff.staff(role.replace("_", "."), role, staff.DISTRICT)
        assert code(send(admin, "POST", f"/api/accounts/{other.id}/password")) == (403, "access.beyond_own"), role
    assert code(send(admin, "DELETE", f"/api/accounts/{clerk.id}/second-factor"))[0] == 403


@pytest.mark.usefixtures("apart")
def test_the_security_administrator_grants_and_makes_no_accounts() -> None:
    admin = staff.client(staff.staff("sec", "security_admin", staff.DISTRICT))
    unit = str(staff.units()[staff.TOWN])
    assert send(admin, "POST", "/api/accounts", {"username": "x1", "name": "x", "unit_id": unit}).status_code == 403
    assert send(admin, "POST", "/api/posts", {"unit_id": unit, "title": "x"}).status_code == 403
    clerk = staff.staff("clerk", unit_area=staff.TOWN)
    assert send(admin, "POST", f"/api/accounts/{clerk.id}/password").status_code == 403
    with scope.acting(staff.OPERATOR) as operator:
        post = actions.create_post(operator, unit_id=clerk.unit_id, title="信息员")
        SecondFactor.objects.create(account_id=clerk.id, area_code=staff.TOWN, secret=b"sealed")
    body = {"role_id": str(Role.objects.get(code="town_clerk").id), "area_code": staff.TOWN}
    assert send(admin, "POST", f"/api/posts/{post.id}/grants", body).status_code == 201
    assert send(admin, "POST", f"/api/posts/{post.id}/holders", {"account_id": str(clerk.id)}).status_code == 201
    assert staff.actor(clerk).may("registry.person.view", staff.TOWN)
    assert send(admin, "DELETE", f"/api/accounts/{clerk.id}/second-factor").status_code == 204
    assert admin.get("/api/read-log").status_code == 403


@pytest.mark.usefixtures("apart")
def test_the_last_of_either_office_stays() -> None:
    from linli.access.errors import LastAdministrator

    staff.staff("sys", "system_admin", staff.DISTRICT)
    security = staff.staff("sec", "security_admin", staff.DISTRICT)
    with scope.acting(staff.OPERATOR) as operator, pytest.raises(LastAdministrator):
        actions.change_account(operator, security.id, active=False)
    staff.staff("sec2", "security_admin", staff.DISTRICT)
    with scope.acting(staff.OPERATOR) as operator:
        actions.change_account(operator, security.id, active=False)


def test_switched_off_one_administrator_does_and_those_from_before_are_named(db: str, settings: Any) -> None:
    assert settings.LINLI_THREE_OFFICES == "off"
    first = staff.staff("first", "district_admin", staff.DISTRICT)
    settings.LINLI_THREE_OFFICES = "on"
    assert staff.actor(first).may("access.role.edit"), "whoever was there stays"
    assert set(checks.clashes()) == {first.id}
    with scope.acting(staff.OPERATOR) as operator:
        actions.change_account(operator, first.id, name="改名")  # what brings nothing new together goes on


def test_it_is_on_by_itself_where_people_are_real(db: str, settings: Any) -> None:
    from linli.access import separation
    from linli.registry.models import District

    settings.LINLI_THREE_OFFICES = "auto"
    assert separation.is_on()
    with scope.acting(staff.OPERATOR):
        District.objects.update_or_create(code=staff.DISTRICT, defaults={"demo": True})
    assert not separation.is_on()


@pytest.mark.usefixtures("apart")
def test_a_new_district_is_given_its_three_administrators() -> None:
    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(accounts_app, list(arguments))
        return done.exit_code, done.output

    assert run("offices", "--system", "王红", "--security", "李强", "--audit", "王红")[0] == 2, "three people"
    assert run("create", "admin", "--name", "一人", "--role", "district_admin")[0] == 1
    done, out = run("offices", "--system", "王红", "--security", "李强", "--audit", "赵敏")
    assert done == 0
    passwords = dict(line.split() for line in out.splitlines())
    assert set(passwords) == {"sysadmin", "secadmin", "auditadmin"}
    with scope.acting(staff.OPERATOR):
        assert {r.code for r in Role.objects.filter(second_factor=True)} == set(THREE)
    for username, password in passwords.items():
        browser = Client()
        answer = send(browser, "POST", "/api/session", {"username": username, "password": password}).json()
        assert answer["account"]["must_change_password"] and answer["account"]["must_enrol"]
        assert answer["permissions"] == []
    assert run("offices", "--system", "甲", "--security", "乙", "--audit", "丙")[0] == 1, "they are there"
