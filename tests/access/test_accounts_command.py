"""`linli accounts`: an operator's way in."""

from __future__ import annotations

import json

import pytest
import staff
from django.test import Client
from typer.testing import CliRunner

from linli.access.commands import accounts_app
from linli.access.models import ChangeLog, SecondFactor
from linli.kernel import scope

pytestmark = pytest.mark.usefixtures("db")


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(accounts_app, list(arguments))
    return done.exit_code, done.output


def sign_in(username: str, password: str) -> int:
    body = json.dumps({"username": username, "password": password})
    return int(Client().post("/api/session", body, content_type="application/json").status_code)


def test_an_account_is_created_granted_closed_and_reopened() -> None:
    """In a database without any unit, as after the first `linli migrate`."""
    code, out = run("create", "first", "--name", "首任管理员", "--role", "district_admin")
    assert code == 0
    username, password = out.split()
    assert sign_in(username, password) == 200
    assert run("create", "first", "--name", "再来")[0] == 1
    assert run("create", "second", "--name", "副手", "--role", "district_admin")[0] == 0
    assert run("grant", "second", "analyst")[0] == 0
    assert run("lock", "first") == (0, "first: closed\n")
    assert sign_in(username, password) == 401
    code, out = run("lock", "second")
    assert code == 1 and "have a successor first" in out
    assert run("unlock", "first")[0] == 0
    assert run("sessions", "end", "first")[0] == 0
    fresh = run("password", "first")[1].strip()
    assert sign_in("first", fresh) == 200
    with scope.acting(staff.OPERATOR):
        entry = ChangeLog.objects.filter(action="access.account.password").get()
        assert entry.actor.startswith("operator:")


def test_a_lost_second_factor_is_taken_off() -> None:
    wang = staff.staff("wang", "town_clerk")
    assert run("second-factor", "wang")[0] == 1, "there is none"
    with scope.acting(staff.OPERATOR):
        SecondFactor.objects.create(account_id=wang.id, area_code=wang.area_code, secret=b"sealed")
    browser = staff.client(wang)
    assert run("second-factor", "wang") == (0, "wang: second factor removed\n")
    assert browser.get("/api/session").json()["signed_in"] is False
    with scope.acting(staff.OPERATOR):
        assert ChangeLog.objects.get(action="access.factor.reset").actor.startswith("operator:")


def test_lists_are_readable() -> None:
    staff.staff("wang", "town_clerk")
    assert "town_clerk" in run("roles")[1]
    listed = run("list")[1]
    assert "wang" in listed and "昆仑镇" in listed
    assert run("grant", "wang", "no_such_role")[0] == 2
    assert run("lock", "nobody")[0] == 1


def test_acting_as_someone_has_their_limits() -> None:
    staff.staff("wang", "town_clerk")
    staff.staff("zhao", "officer")
    assert run("password", "zhao", "--as", "wang")[0] == 1
    assert run("password", "zhao", "--as", "ghost")[0] == 1
