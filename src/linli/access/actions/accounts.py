"""Accounts: made, changed, unlocked, given a one-time password, closed. Never removed: logs and history name them."""

from __future__ import annotations

import secrets as randomness
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7, uuid7_many

from .. import changes, permissions, rules
from ..errors import Taken
from ..models import Account, Identity, RecoveryCode, SecondFactor, Session
from . import checks
from .sessions import check_new_password

EDIT = permissions.ACCOUNT_EDIT
# Without letters and digits that are read wrongly from a slip of paper: 0 O 1 l I.
UPPER, LOWER, DIGITS = "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz", "23456789"
ONE_TIME_LENGTH = 12


def one_time_password() -> str:
    """A random password that meets the rules and can be read out."""
    sets = [UPPER, LOWER, DIGITS]
    letters = [randomness.choice(s) for s in sets]
    letters += [randomness.choice("".join(sets)) for _ in range(ONE_TIME_LENGTH - len(letters))]
    randomness.SystemRandom().shuffle(letters)
    return "".join(letters)


def check_account(username: str, name: str) -> None:
    """Raise Invalid or Taken when there cannot be such an account."""
    problems = []
    if not rules.USERNAME.fullmatch(username):
        form = Text(
            "2 至 40 位小写字母、数字或 . _ -，以字母开头。", "2 to 40 small letters, digits or . _ -, a letter first."
        )
        problems.append(FieldProblem("username", "form", form))
    if not name.strip():
        problems.append(FieldProblem("name", "required", Text("请填写姓名。", "Please give a name.")))
    if problems:
        raise Invalid(fields=tuple(problems))


def create_account(
    actor: Actor,
    *,
    username: str,
    name: str,
    unit_id: uuid.UUID,
    password: str | None = None,
    must_change: bool = True,
    language: str = "zh-CN",
) -> Account:
    """A new account in a unit; without `password` nobody can sign in before one is set. It has no rights yet."""
    username = rules.username_of(username)
    check_account(username, name)
    unit = checks.unit(actor, unit_id, EDIT)
    if password is not None:
        check_new_password(password, username)
    account = Account(
        id=uuid7(),
        username=username,
        password=make_password(password),
        name=name.strip(),
        unit_id=unit.id,
        area_code=unit.area_code,
        language=language,
        must_change_password=must_change,
        created_at=clock.now(),
    )
    # A name in use outside the actor's scope is not to be seen, only met: hence no look before the insert.
    if not Account.objects.bulk_create([account], ignore_conflicts=True) or not _made(account):
        raise Taken(field="username")
    changes.record(actor, "access.account.create", "account", account.id, unit.area_code, {"username": username})
    return account


def _made(account: Account) -> bool:
    return Account.objects.filter(id=account.id).exists()


@dataclass(frozen=True, slots=True)
class NewAccount:
    """One of many accounts to make at once."""

    username: str
    name: str
    unit_id: uuid.UUID


def create_accounts(actor: Actor, new: Sequence[NewAccount]) -> list[uuid.UUID]:
    """Many accounts in four statements, without passwords: nobody signs in before one is set. Ids in order.

    Raises NotFound for a unit outside the actor's scope, Taken when a user name is in use; nothing is made then.
    """
    for entry in new:
        check_account(entry.username, entry.name)
    units = checks.units(actor, {entry.unit_id for entry in new}, EDIT)
    ids = [uuid.UUID(text) for text in uuid7_many(len(new))]
    now, nobody = clock.now(), make_password(None)
    Account.objects.bulk_create(
        (
            Account(id=key, username=e.username, password=nobody, name=e.name.strip(), unit_id=e.unit_id,
                    area_code=units[e.unit_id], created_at=now)
            for key, e in zip(ids, new, strict=True)
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )  # fmt: skip
    if Account.objects.filter(id__in=ids).count() != len(ids):
        raise Taken(field="username")
    areas = sorted(set(units.values()))
    changes.record(actor, "access.account.load", "account", "", areas[0] if areas else "", {"count": len(ids)})
    return ids


def change_account(
    actor: Actor,
    account_id: uuid.UUID,
    *,
    name: str | None = None,
    unit_id: uuid.UUID | None = None,
    active: bool | None = None,
    language: str | None = None,
) -> Account:
    """Change an account. Closing it ends its sessions. Raises OwnGrants, BeyondOwn, LastAdministrator."""
    account = checks.account(actor, account_id, EDIT, lock=True)
    checks.stands_over(actor, account)
    before = {"name": account.name, "unit": str(account.unit_id), "active": account.active}
    if name is not None:
        check_account(account.username, name)
        account.name = name.strip()
    if language is not None:
        account.language = language
    if unit_id is not None and unit_id != account.unit_id:
        unit = checks.unit(actor, unit_id, EDIT)
        account.unit_id, account.area_code = unit.id, unit.area_code
        for belonging in (Session, SecondFactor, RecoveryCode, Identity):
            belonging.objects.filter(account_id=account.id).update(area_code=unit.area_code)
    with checks.keeping_administrator():
        if active is not None:
            account.active = active
        account.save(update_fields=["name", "language", "unit", "area_code", "active"])
    if not account.active:
        Session.objects.filter(account_id=account.id).delete()
    after = {"name": account.name, "unit": str(account.unit_id), "active": account.active}
    changes.record(
        actor, "access.account.change", "account", account.id, account.area_code, {"before": before, "after": after}
    )
    return account


def reset_password(actor: Actor, account_id: uuid.UUID) -> str:
    """Set a one-time password and return it, this once; the account's sessions end and its lock opens."""
    account = checks.account(actor, account_id, EDIT, lock=True)
    checks.stands_over(actor, account)
    password = one_time_password()
    Account.objects.filter(id=account.id).update(
        password=make_password(password),
        must_change_password=True,
        password_changed_at=clock.now(),
        failed_count=0,
        locked_until=None,
    )
    Session.objects.filter(account_id=account.id).delete()
    changes.record(actor, "access.account.password", "account", account.id, account.area_code)
    return password


def unlock(actor: Actor, account_id: uuid.UUID) -> None:
    """Open the lock that failed sign-ins have put on an account."""
    account = checks.account(actor, account_id, EDIT)
    checks.stands_over(actor, account)
    Account.objects.filter(id=account.id).update(failed_count=0, locked_until=None)
    changes.record(actor, "access.account.unlock", "account", account.id, account.area_code)


def end_sessions(actor: Actor, account_id: uuid.UUID, session_id: uuid.UUID | None = None) -> int:
    """End one session of an account, or all; returns how many. Raises NotFound when the one is not there."""
    account = checks.account(actor, account_id, EDIT)
    checks.stands_over(actor, account)
    rows = Session.objects.filter(account_id=account.id)
    ended, _ = (rows.filter(id=session_id) if session_id else rows).delete()
    if session_id and not ended:
        raise NotFound()
    changes.record(actor, "access.session.end", "account", account.id, account.area_code, {"count": ended})
    return ended
