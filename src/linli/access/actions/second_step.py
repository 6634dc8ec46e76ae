"""The step between a password and a session: what the browser carries meanwhile, and codes, each used once.

The proof is signed and lives in a cookie; nothing is kept of an unfinished sign-in. It no longer holds once the
password or the second factor has changed.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.db import connections, transaction

from linli.kernel import clock
from linli.kernel.secrets import decrypt, fingerprint

from .. import rules, totp
from ..errors import StepExpired
from ..reads import AUDIT

SALT = "linli.access.second-step"


@dataclass(frozen=True, slots=True)
class Step:
    """What a proof says: whose step, how they came (`identity`: by which link to a provider), and the state of the account
    at that time."""

    account: uuid.UUID
    username: str
    method: str
    state: str
    identity: uuid.UUID | None


def proof(
    account: uuid.UUID, username: str, method: str, password: str, secret: bytes, identity: uuid.UUID | None = None
) -> str:
    """What the browser brings back with the code."""
    state, link = _state(method, password, secret), str(identity) if identity else None
    return signing.dumps(
        {"a": str(account), "u": username, "m": method, "s": state, "i": link, "t": clock.now().isoformat()}, salt=SALT
    )


def read(text: str) -> Step:
    """What a proof says. Raises StepExpired for one that is not ours or too old."""
    try:
        said = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        raise StepExpired() from None
    if clock.now() - datetime.fromisoformat(said["t"]) > rules.STEP_TIME:
        raise StepExpired()
    link = said.get("i")
    return Step(uuid.UUID(said["a"]), said["u"], said["m"], said["s"], uuid.UUID(link) if link else None)


def holds(step: Step, password: str, secret: bytes) -> bool:
    """Whether password and second factor are those of the time the proof was given."""
    return step.state == _state(step.method, password, secret)


def _state(method: str, password: str, secret: bytes) -> str:
    what = password if method == "password" else ""
    return fingerprint("content", f"second-step:{what}:{secret.hex()}").hex()


def factor_of(account: uuid.UUID | str) -> bytes | None:
    """The sealed secret of an account's authenticator; None when it has none."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT access_factor(%s)", [str(account)])
        found = cursor.fetchone()[0]
    return None if found is None else bytes(found)


def prove_identity(identity: uuid.UUID, account: uuid.UUID) -> bool:
    """The holder of the account gave a code on the way through this link; False when the link is gone."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT access_prove_identity(%s, %s, %s)", [identity, account, clock.now()])
        return bool(cursor.fetchone()[0])


def use_code(account: uuid.UUID | str, secret: bytes, typed: str) -> str | None:
    """Use up a code: "totp" or "recovery" when it was right and unused, None otherwise.

    In a transaction of its own: a code is spent even where what it was for fails afterwards.
    """
    code = rules.code_of(typed)
    with transaction.atomic(using=AUDIT), connections[AUDIT].cursor() as cursor:
        if len(code) == totp.DIGITS:
            step = totp.matching_step(decrypt(secret), code, clock.now())
            if step is None:
                return None
            cursor.execute("SELECT access_use_step(%s, %s)", [str(account), step])
            return "totp" if cursor.fetchone()[0] else None
        cursor.execute(
            "SELECT access_use_recovery(%s, %s, %s)", [str(account), recovery_hash(account, code), clock.now()]
        )
        return "recovery" if cursor.fetchone()[0] else None


def recovery_hash(account: uuid.UUID | str, code: str) -> bytes:
    """What is kept of a recovery code: a keyed hash, other for each account."""
    return fingerprint("content", f"recovery:{account}:{code}")
