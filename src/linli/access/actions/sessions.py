"""Signing in and out, passwords, and the list of sessions."""

from __future__ import annotations

import secrets as randomness
import uuid
from dataclasses import dataclass
from functools import cache

from django.contrib.auth.hashers import check_password, make_password
from django.db import connections, transaction

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.secrets import fingerprint

from .. import changes, rules
from ..errors import BadCredentials, Locked, TooManyAttempts
from ..models import Account, Session
from ..queries.actors import token_hash
from ..reads import AUDIT

AGENT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class _Known:
    account: uuid.UUID | None
    password: str
    active: bool
    verdict: rules.Verdict


def sign_in(username: str, password: str, address: str = "", agent: str = "") -> str:
    """Check name and password and open a session; returns its token, which is kept nowhere.

    The attempt is counted before the password is looked at, in a transaction of its own, so that neither a rollback
    nor parallel guessing gives away tries. An unknown name costs the same work, and locks, like a known one.
    Raises BadCredentials, Locked, TooManyAttempts.
    """
    name = rules.username_of(username)
    name_hash = fingerprint("content", f"username:{name}")
    known = _count_attempt(name, name_hash, address)
    right = check_password(password, known.password)
    if known.account is None or not known.active or not right:
        if known.verdict.lock_until:
            raise Locked(until=known.verdict.lock_until.isoformat())
        raise BadCredentials(tries_left=known.verdict.left)
    token = randomness.token_urlsafe(32)
    now = clock.now()
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT access_open_session(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [uuid7(), known.account, token_hash(token), now, now + rules.IDLE, now + rules.ABSOLUTE,
             address, agent[:AGENT_LENGTH], uuid7(), name_hash, now - rules.ATTEMPTS_KEPT],
        )  # fmt: skip
    return token


def _count_attempt(name: str, name_hash: bytes, address: str) -> _Known:
    now = clock.now()
    with transaction.atomic(using=AUDIT), connections[AUDIT].cursor() as cursor:
        cursor.execute(
            "SELECT account, password, active, failed_count, locked_until, name_tries, name_last, ip_failures "
            "FROM access_credentials(%s, %s, %s, %s, %s)",
            [name, name_hash, address, now - rules.NAME_WINDOW, now - rules.IP_WINDOW],
        )
        account, password, active, failed, locked_until, name_tries, name_last, ip_failures = cursor.fetchone()
        if ip_failures >= rules.IP_FAILURES:
            raise TooManyAttempts()
        tries = rules.Tries(failed, None, locked_until) if account else rules.Tries(name_tries, name_last, None)
        verdict = rules.judge(tries, now)
        if verdict.refused_until:
            raise Locked(until=verdict.refused_until.isoformat())
        cursor.execute(
            "SELECT access_count_attempt(%s, %s, %s, %s, %s, %s)",
            [uuid7(), account, name_hash, address, now, verdict.lock_until],
        )
    return _Known(account, password or _decoy(), bool(active), verdict)


@cache
def _decoy() -> str:
    """A hash nobody's password has: what an unknown name is checked against, for the same time."""
    return make_password(randomness.token_urlsafe(32))


def sign_out(session_id: uuid.UUID | None) -> None:
    """End the session of this request; no error when there is none."""
    if session_id is not None:
        Session.objects.filter(id=session_id).delete()


def end_session(actor: Actor, session_id: uuid.UUID) -> None:
    """End one of the actor's own sessions. Raises NotFound."""
    ended, _ = Session.objects.filter(id=session_id, account_id=actor.id).delete()
    if not ended:
        raise NotFound()


def check_new_password(password: str, username: str) -> None:
    """Raise Invalid with one entry for each rule the password breaks."""
    found = rules.weaknesses(password, username)
    if found:
        raise Invalid(fields=tuple(FieldProblem("new", w.code, w.text) for w in found))


def change_password(actor: Actor, old: str, new: str, keep: uuid.UUID | None) -> None:
    """Change the actor's own password and end its other sessions. Raises Invalid when `old` is wrong or `new` weak.

    A wrong old password counts towards the lock-out: an open screen is no way to guess it.
    """
    account = Account.objects.get(id=actor.id)
    known = _count_attempt(account.username, fingerprint("content", f"username:{account.username}"), actor.address)
    if not check_password(old, known.password):
        if known.verdict.lock_until:
            raise Locked(until=known.verdict.lock_until.isoformat())
        wrong = Text("原密码不正确。", "The old password is wrong.")
        raise Invalid(fields=(FieldProblem("old", "wrong", wrong),), tries_left=known.verdict.left)
    if old == new:
        raise Invalid(fields=(FieldProblem("new", rules.SAME.code, rules.SAME.text),))
    check_new_password(new, account.username)
    Account.objects.filter(id=account.id).update(
        password=make_password(new),
        must_change_password=False,
        password_changed_at=clock.now(),
        failed_count=0,
        locked_until=None,
    )
    others = Session.objects.filter(account_id=account.id)
    (others.exclude(id=keep) if keep else others).delete()
    changes.record(actor, "access.password.change", "account", account.id, account.area_code)


def set_language(actor: Actor, language: str) -> None:
    """Choose the language the actor's pages and notices come in."""
    Account.objects.filter(id=actor.id).update(language=language)
