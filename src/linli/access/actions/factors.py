"""One's own second factor: set up, proved, replaced, taken off; its recovery codes; and its reset by an administrator."""

from __future__ import annotations

import secrets as randomness
import uuid
from dataclasses import dataclass
from typing import NoReturn

from django.conf import settings
from django.contrib.auth.hashers import is_password_usable

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.secrets import decrypt, encrypt

from .. import changes, permissions, rules, totp
from ..errors import FactorDemanded, Locked, NotEnrolling, ProveAnew
from ..models import Account, RecoveryCode, SecondFactor, Session
from ..queries.factors import proved_lately
from . import checks, second_step
from .accounts import DIGITS, UPPER
from .sessions import Known, check_own_password, count_attempt, pass_attempt

PROGRAM = "Linli 邻里"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A new secret to take into an authenticator: to type, to open on a phone, to scan. Shown this once."""

    secret: str
    address: str
    picture: str


def begin_factor(actor: Actor, *, password: str = "", code: str = "", session_id: uuid.UUID | None = None) -> Enrolment:
    """A new secret, which counts only once its first code has proved that the phone has it.

    The password is asked for (a screen left open is no way to bind somebody else's phone), or, where there is a second
    factor already, one of its codes; that one holds until the new one is proved. Who has no password has come from the
    provider within ten minutes, which asked them anew. Raises Invalid, Locked, ProveAnew.
    """
    account = Account.objects.get(id=actor.id)
    if second_step.factor_of(account.id) is not None:
        _ask_code(actor, account, code)
    elif is_password_usable(account.password):
        check_own_password(actor, account, password, "password")
    elif not proved_lately(actor, session_id):
        raise ProveAnew()
    secret = totp.new_secret()
    waiting = {"pending": encrypt(secret), "pending_until": clock.now() + rules.ENROL_TIME}
    SecondFactor.objects.update_or_create(
        account_id=account.id, defaults=waiting, create_defaults={"area_code": account.area_code, **waiting}
    )
    address = totp.address(secret, account.username, PROGRAM)
    return Enrolment(secret, address, totp.picture(address))


def confirm_factor(actor: Actor, code: str, session_id: uuid.UUID) -> list[str]:
    """Take the pending secret as second factor and return its recovery codes, this once.

    The account's other sessions end: they were opened without it. Tries are counted like a sign-in: a code guessed in
    a stolen session would bring recovery codes. Raises NotEnrolling, Invalid for a wrong code, Locked.
    """
    row = SecondFactor.objects.select_for_update().filter(account_id=actor.id).first()
    if row is None or row.pending is None or row.pending_until is None or row.pending_until < clock.now():
        raise NotEnrolling()
    username = Account.objects.values_list("username", flat=True).get(id=actor.id)
    known = count_attempt(username, actor.address)
    step = totp.matching_step(decrypt(bytes(row.pending)), rules.code_of(code), clock.now())
    if step is None:
        _refuse(known)
    pass_attempt(known, username, actor.address)
    row.secret, row.pending, row.pending_until = row.pending, None, None
    row.last_step, row.confirmed_at = step, clock.now()
    row.save()
    sessions = Session.objects.filter(account_id=actor.id)
    sessions.exclude(id=session_id).delete()
    sessions.update(factor="totp")
    codes = _new_codes(row)
    changes.record(actor, "access.factor.set", "account", actor.id, row.area_code)
    return codes


def renew_codes(actor: Actor, code: str) -> list[str]:
    """Ten new recovery codes; the old ones no longer hold. Asks for a code. Raises NotFound, Invalid, Locked."""
    account, row = _own(actor)
    _ask_code(actor, account, code)
    codes = _new_codes(row)
    changes.record(actor, "access.factor.codes", "account", account.id, account.area_code)
    return codes


def drop_factor(actor: Actor, code: str) -> None:
    """Do without a second factor again. Asks for a code. Raises FactorDemanded, NotFound, Invalid, Locked."""
    account, _ = _own(actor)
    if settings.LINLI_SECOND_FACTOR == "all" or "demands_factor" in actor.extra:
        raise FactorDemanded()
    _ask_code(actor, account, code)
    _remove(account.id)
    Session.objects.filter(account_id=account.id).update(factor="")
    changes.record(actor, "access.factor.drop", "account", account.id, account.area_code)


def reset_factor(actor: Actor, account_id: uuid.UUID) -> None:
    """Take the second factor off an account whose owner has lost it; the account's sessions end.

    Who asks for it was seen in person: the password alone must not be enough to have it taken off.
    Raises NotFound where there is none, OwnGrants, BeyondOwn.
    """
    account = checks.account(actor, account_id, permissions.FACTOR_RESET, lock=True)
    checks.stands_over(actor, account)
    if not _remove(account.id):
        raise NotFound()
    Session.objects.filter(account_id=account.id).delete()
    changes.record(actor, "access.factor.reset", "account", account.id, account.area_code)


def _own(actor: Actor) -> tuple[Account, SecondFactor]:
    row = SecondFactor.objects.select_related("account").filter(account_id=actor.id, secret__isnull=False).first()
    if row is None:
        raise NotFound()
    return row.account, row


def _ask_code(actor: Actor, account: Account, code: str) -> None:
    """Raise Invalid unless `code` is right; counted like a sign-in, since it is as good as one."""
    known = count_attempt(account.username, actor.address)
    secret = second_step.factor_of(account.id)
    if secret is None or second_step.use_code(account.id, secret, code) is None:
        _refuse(known)
    pass_attempt(known, account.username, actor.address)


def _refuse(known: Known) -> NoReturn:
    if known.verdict.lock_until:
        raise Locked(until=known.verdict.lock_until.isoformat())
    raise Invalid(fields=(_wrong(),), tries_left=known.verdict.left)


def _wrong() -> FieldProblem:
    text = Text("验证码不正确或已使用过。", "That code is wrong or was used before.")
    return FieldProblem("code", "wrong", text)


def _new_codes(row: SecondFactor) -> list[str]:
    RecoveryCode.objects.filter(account_id=row.account_id).delete()
    letters = UPPER + DIGITS
    codes = [
        "".join(randomness.choice(letters) for _ in range(rules.RECOVERY_LENGTH)) for _ in range(rules.RECOVERY_CODES)
    ]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(
            id=uuid7(),
            account_id=row.account_id,
            area_code=row.area_code,
            code_hash=second_step.recovery_hash(row.account_id, code),
        )
        for code in codes
    )
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def _remove(account_id: uuid.UUID) -> int:
    RecoveryCode.objects.filter(account_id=account_id).delete()
    removed, _ = SecondFactor.objects.filter(account_id=account_id).delete()
    return removed
