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

from .. import changes, rules, separation
from ..errors import BadCredentials, Locked, StepExpired, TooManyAttempts, WrongCode
from ..models import Account, Session
from ..oidc import settings as oidc
from ..oidc.errors import IdentityUnproved
from ..queries.actors import token_hash
from ..reads import AUDIT
from . import second_step

AGENT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Known:
    """What an attempt was counted against: the account of a name, its password's hash, the verdict."""

    account: uuid.UUID | None
    password: str
    active: bool
    verdict: rules.Verdict


@dataclass(frozen=True, slots=True)
class Opened:
    """A session: its token, which is kept nowhere."""

    token: str


@dataclass(frozen=True, slots=True)
class StepToCome:
    """No session yet: `proof` is for the browser to bring back with a code."""

    proof: str


def sign_in(username: str, password: str, address: str = "", agent: str = "") -> Opened | StepToCome:
    """Check name and password and open a session, or ask for the second step of an account that has one.

    The attempt is counted before the password is looked at, in a transaction of its own, so that neither a rollback
    nor parallel guessing gives away tries. An unknown name costs the same work, and locks, like a known one.
    Raises BadCredentials, Locked, TooManyAttempts.
    """
    name = rules.username_of(username)
    known = count_attempt(name, address)
    right = check_password(password, known.password)
    if known.account is None or not known.active or not right:
        if known.verdict.lock_until:
            raise Locked(until=known.verdict.lock_until.isoformat())
        raise BadCredentials(tries_left=known.verdict.left)
    secret = second_step.factor_of(known.account)
    if secret is not None:
        pass_attempt(known, name, address)
        return StepToCome(second_step.proof(known.account, name, "password", known.password, secret))
    return Opened(open_session(known.account, name, address, agent))


def finish_sign_in(proof: str, code: str, address: str = "", agent: str = "") -> Opened:
    """The second step: the code of the authenticator, or a recovery code, once each.

    Counted like a password: an account locks after five failures of whatever kind. Raises StepExpired, WrongCode,
    Locked, TooManyAttempts.
    """
    step = second_step.read(proof)
    known = count_attempt(step.username, address)
    secret = second_step.factor_of(step.account)
    if secret is None or known.account != step.account or not second_step.holds(step, known.password, secret):
        raise StepExpired()
    factor = second_step.use_code(step.account, secret, code)
    if factor is None:
        if known.verdict.lock_until:
            raise Locked(until=known.verdict.lock_until.isoformat())
        raise WrongCode(tries_left=known.verdict.left)
    if step.identity is not None and not second_step.prove_identity(step.identity, step.account):
        raise StepExpired()  # unlinked meanwhile
    return Opened(open_session(step.account, step.username, address, agent, step.method, factor))


@dataclass(frozen=True, slots=True)
class Identified:
    """The account that is linked to whom a provider named, and how far the link (`identity`) is believed."""

    account: uuid.UUID
    username: str
    identity: uuid.UUID
    link: rules.Link


def sign_in_identified(
    who: Identified, strong: bool, address: str = "", agent: str = "", proved: bool = False
) -> Opened | StepToCome:
    """Open a session for whom a provider vouches for, or ask for a code; `strong` says that the provider asked for a second
    factor, `proved` that it had the person prove anew who they are. Raises IdentityUnproved (`rules.by_provider`)."""
    secret = second_step.factor_of(who.account)
    way = rules.by_provider(who.link, has_factor=secret is not None, strong=strong, apart=separation.is_on())
    if way == "refuse":
        raise IdentityUnproved()
    if way == "code" and secret is not None:
        return StepToCome(second_step.proof(who.account, who.username, "oidc", "", secret, who.identity))
    factor = "provider" if strong and who.link.believed else ""
    return Opened(open_session(who.account, who.username, address, agent, "oidc", factor, proved))


def open_session(
    account: uuid.UUID,
    name: str,
    address: str,
    agent: str,
    method: str = "password",
    factor: str = "",
    proved: bool = False,
) -> str:
    """Open a session and return its token. Raises BadCredentials for an account closed meanwhile."""
    token = randomness.token_urlsafe(32)
    now = clock.now()
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT access_open_session(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [uuid7(), account, token_hash(token), now, now + rules.IDLE, now + rules.ABSOLUTE, address,
             agent[:AGENT_LENGTH], uuid7(), hash_of_name(name), now - rules.ATTEMPTS_KEPT, method, factor,
             oidc.issuer() if method == "oidc" else "", proved],
        )  # fmt: skip
        if not cursor.fetchone()[0]:
            raise BadCredentials(tries_left=0)
    return token


def hash_of_name(name: str) -> bytes:
    """What is kept of a name that was typed."""
    return fingerprint("content", f"username:{name}")


def count_attempt(name: str, address: str) -> Known:
    """Count an attempt before what was typed is looked at. Raises Locked, TooManyAttempts."""
    now, name_hash = clock.now(), hash_of_name(name)
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
    return Known(account, password or _decoy(), bool(active), verdict)


def pass_attempt(known: Known, name: str, address: str) -> None:
    """Take a counted attempt off again: it was right, though no session opens by it."""
    with transaction.atomic(using=AUDIT), connections[AUDIT].cursor() as cursor:
        cursor.execute(
            "SELECT access_pass_attempt(%s, %s, %s, %s, %s, %s)",
            [uuid7(), known.account, hash_of_name(name), address, clock.now(), known.verdict.lock_until],
        )


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


def check_own_password(actor: Actor, account: Account, password: str, field: str) -> None:
    """Raise Invalid, naming `field`, when it is not the account's password; Locked after too many.

    A wrong one counts towards the lock-out: an open screen is no way to guess it.
    """
    known = count_attempt(account.username, actor.address)
    if not check_password(password, known.password):
        if known.verdict.lock_until:
            raise Locked(until=known.verdict.lock_until.isoformat())
        wrong = Text("原密码不正确。", "The old password is wrong.")
        raise Invalid(fields=(FieldProblem(field, "wrong", wrong),), tries_left=known.verdict.left)
    pass_attempt(known, account.username, actor.address)


def change_password(actor: Actor, old: str, new: str, keep: uuid.UUID | None) -> None:
    """Change the actor's own password and end its other sessions. Raises Invalid when `old` is wrong or `new` weak."""
    account = Account.objects.get(id=actor.id)
    check_own_password(actor, account, old, "old")
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
