"""From accounts to actors: the one statement a request begins with, and the same for commands and jobs."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import connections

from linli.kernel import clock, prepared
from linli.kernel.actors import Actor, Grant
from linli.kernel.errors import NotFound

from .. import rules
from ..oidc import settings as oidc

#: What an account has to do before anything else, and what its posts demand.
FLAGS = ("must_change_password", "must_enrol", "demands_factor")


@dataclass(frozen=True, slots=True)
class Begun:
    """A request with a session: who acts, by which session, last seen when."""

    actor: Actor
    session_id: uuid.UUID
    seen: datetime


@dataclass(frozen=True, slots=True)
class Name:
    """How an account is named to others."""

    name: str
    unit: str


def token_hash(token: str) -> bytes:
    """What is kept of a session's token."""
    return sha256(token.encode()).digest()


def begin(token: str, request_id: str, address: str, *, own: bool = False) -> Begun | None:
    """Authenticate a session and set the scope of the open transaction; None (and no scope) when it is not valid.

    A session that sees as another account begins as that account, unless `own` is asked for, or the one who looks may
    not look any more: what they or the account may do can have changed since the view began.
    """
    with prepared.cursor() as cursor:
        demand = settings.LINLI_SECOND_FACTOR == "all"
        cursor.execute(
            "SELECT access_begin(%s, %s, %s, %s, %s, %s)",
            [token_hash(token), request_id, clock.now(), demand, own, oidc.issuer()],
        )
        answer = _json(cursor.fetchone()[0])
        if answer is None:
            return None
        actor = _actor(answer, request_id, address)
        if "viewer" in answer:
            if not rules.may_see_as(_actor(answer["viewer"], request_id, address), actor):
                return begin(token, request_id, address, own=True)
            cursor.execute("SET TRANSACTION READ ONLY")
    return Begun(actor, uuid.UUID(answer["session"]), datetime.fromisoformat(answer["seen"]))


def of_account(account_id: uuid.UUID | str, request_id: str = "", address: str = "") -> Actor:
    """The actor an account is now (jobs carry the id). Raises NotFound when it is closed or unknown."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT access_actor(%s, %s)", [str(account_id), clock.now()])
        answer = _json(cursor.fetchone()[0])
    if answer is None:
        raise NotFound()
    return _actor(answer, request_id, address)


def of_username(username: str, request_id: str = "") -> Actor:
    """The actor behind a sign-in name, for commands run `--as` someone. Raises NotFound."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT access_account_id(%s)", [username.strip().lower()])
        account = cursor.fetchone()[0]
    if account is None:
        raise NotFound()
    return of_account(account, request_id)


def names_of(ids: Iterable[str | None]) -> dict[str, Name]:
    """Names of accounts by actor id, whatever their area, in one query; ids that are no account are left out."""
    asked = sorted({i for i in ids if i})
    if not asked:
        return {}
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT id, name, unit FROM access_names(%s)", [asked])
        return {row[0]: Name(row[1], row[2]) for row in cursor.fetchall()}


def in_sight(ids: Iterable[str | None]) -> set[str]:
    """Which of these actors the reader may know by name: accounts of their areas (row-level security decides), and
    parts of the program and operators, who belong to no area."""
    asked = {i for i in ids if i}
    accounts = {i for i in asked if ":" not in i}
    if not accounts:
        return asked
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT id::text FROM access_account WHERE id::text = ANY(%s)", [sorted(accounts)])
        return asked - accounts | {row[0] for row in cursor.fetchall()}


def display_name(actor_id: str, names: dict[str, Name]) -> str:
    """What to call an actor on a page: a person's name, or the part of the program or the operator by its label."""
    found = names.get(actor_id)
    return found.name if found else actor_id.partition(":")[2] or actor_id


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str | bytes) else value


def _actor(answer: dict[str, Any], request_id: str, address: str) -> Actor:
    extra = {"username": answer["username"], "unit_area": answer["unit_area"]}
    if answer["post"]:
        extra |= {"post": answer["post"]["id"], "post_title": answer["post"]["title"]}
    extra |= {flag: "1" for flag in FLAGS if answer.get(flag)}
    if viewer := answer.get("viewer"):
        extra |= {"viewer": viewer["account"], "viewer_name": viewer["name"], "viewer_unit": viewer["unit"]}
        extra["viewing_until"] = answer["viewing_until"]
    return Actor(
        kind="staff",
        id=answer["account"],
        name=answer["name"],
        grants=tuple(Grant(g["area"], frozenset(g["permissions"])) for g in answer["grants"]),
        unit_id=answer["unit"],
        unit_name=answer["unit_name"],
        language=answer["language"],
        request_id=request_id,
        address=address,
        extra=extra,
    )
