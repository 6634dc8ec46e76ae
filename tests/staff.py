"""A small district with staff, for the tests of every room: units, accounts with roles, signed-in clients."""

from __future__ import annotations

import csv
import uuid
from datetime import date
from typing import Any

from django.db import connections, transaction
from django.test import Client

from linli.access import actions, rules
from linli.access.actions.roles import BUILTIN
from linli.access.models import Account, Role, Unit
from linli.access.queries import actors
from linli.kernel import clock, scope
from linli.kernel.actors import Actor, operator
from linli.kernel.http import SESSION_COOKIE
from linli.kernel.ids import uuid7

DISTRICT, TOWN, OTHER_TOWN = "370302", "370302102", "370302104"
VILLAGE, OTHER_VILLAGE = "370302102201", "370302104201"
NAMES = {
    DISTRICT: "淄川区",
    TOWN: "昆仑镇",
    OTHER_TOWN: "岭子镇",
    VILLAGE: "昆仑镇甲村",
    OTHER_VILLAGE: "岭子镇乙村",
}
OPERATOR = operator("test", DISTRICT)
LONG_AGO = date(2020, 1, 1)


def shipped(role: str) -> list[str]:
    """What a built-in role permits, as `roles.csv` has it; other rooms add to it."""
    with BUILTIN.open(encoding="utf-8", newline="") as file:
        return next(row["permissions"].split() for row in csv.DictReader(file) if row["code"] == role)


def units() -> dict[str, uuid.UUID]:
    """Units of a district, two towns and two villages, by area code; made at the first call in a test."""
    with scope.acting(OPERATOR):
        return actions.ensure_units(OPERATOR, [actions.Region(code, name) for code, name in NAMES.items()])


def staff(
    username: str,
    role: str | None = None,
    area: str = TOWN,
    *,
    unit_area: str | None = None,
    password: str | None = None,
    permissions: list[str] | None = None,
) -> Account:
    """An account in the unit of `unit_area` (or `area`) whose post has a built-in role, or `permissions`, in `area`."""
    unit_id = units()[unit_area or area]
    with scope.acting(OPERATOR):
        account = actions.create_account(
            OPERATOR, username=username, name=f"用户{username}", unit_id=unit_id, password=password, must_change=False
        )
        if permissions is not None:
            made = actions.create_role(OPERATOR, name=f"role of {username}", permissions=permissions)
            appoint(account, made, area)
        elif role is not None:
            appoint(account, Role.objects.get(code=role), area)
    return account


def appoint(account: Account, role: Role, area: str, since: date = LONG_AGO, until: date | None = None) -> uuid.UUID:
    """Give an account a post of its own with a role in an area; returns the post. Run as an operator."""
    post = actions.create_post(OPERATOR, unit_id=account.unit_id, title=f"{account.username} {role.code} {area}")
    actions.grant(OPERATOR, post_id=post.id, role_id=role.id, target=actions.Target(area_code=area), since=LONG_AGO)
    actions.appoint(OPERATOR, post_id=post.id, account_id=account.id, since=since, until=until)
    return post.id


def actor(account: Account) -> Actor:
    """What the account may do now."""
    with transaction.atomic():
        return actors.of_account(account.id)


def client(account: Account | None = None, **options: Any) -> Client:
    """A browser, signed in as `account` without typing the password (hashing takes 0.1 s)."""
    browser = Client(**options)
    if account is not None:
        token, now = f"test-{uuid7()}", clock.now()
        with transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT access_open_session(%s, %s, %s, %s, %s, %s, '10.0.0.1', 'test', %s, %s, %s, 'password', '')",
                [uuid7(), account.id, actors.token_hash(token), now, now + rules.IDLE, now + rules.ABSOLUTE,
                 uuid7(), b"", now - rules.ATTEMPTS_KEPT],
            )  # fmt: skip
        browser.cookies[SESSION_COOKIE] = token
    return browser


def unit_of(area: str) -> Unit:
    """The unit of an area."""
    with scope.acting(OPERATOR):
        return Unit.objects.get(area_code=area, kind__in=("district", "town", "village"))
