"""Addresses that somebody gave to be told at: nobody proved that they are theirs, so no message may become a nuisance.

Each message carries a code. Whoever holds the address confirms it with the code, or stops all messages of ours to it, for good
and without an account. Until it is confirmed an address gets three messages in thirty days, whoever reports however much.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction

from linli.kernel import clock, secrets
from linli.kernel.actors import system
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting

from . import rules
from .desk import desk
from .models import Reporter, ReporterContact
from .problems import UnknownCode


def hash_of(contact: str) -> bytes:
    """By what the standing of an address is found: one for a mailbox, whatever stands behind a `+` before its `@`.

    Many providers deliver `name+anything@…` to `name@…` (sub-addressing, RFC 5233), so that each would count anew."""
    name, at, host = contact.lower().rpartition("@")
    return secrets.fingerprint("tracking", f"contact:{rules.mailbox(name)}{at}{host}")


def code_of(hashed: bytes) -> str:
    """The code that messages to an address carry; it follows from the address by a secret of ours and is kept nowhere."""
    return rules.number_of(secrets.fingerprint("tracking", f"stop:{bytes(hashed).hex()}"))


def standing(hashed: bytes) -> rules.Standing:
    """How an address stands now. One query."""
    found = ReporterContact.objects.filter(hashed=hashed).first()
    return _standing(found, clock.today()) if found else rules.Standing(False, False, 0, 0)


def take(hashed: bytes) -> bool:
    """Count a message to an address, if it may have one now. In the transaction that claims the message."""
    today = clock.today()
    new = {
        "id": uuid7(), "code": _hashed_code(code_of(hashed)), "since": today, "day": today, "changed_at": clock.now(),
    }  # fmt: skip
    ReporterContact.objects.bulk_create([ReporterContact(hashed=hashed, **new)], ignore_conflicts=True)
    found = ReporterContact.objects.select_for_update().get(hashed=hashed)
    held = _standing(found, today)
    if not rules.may_tell(held):
        return False
    if not rules.same_span(found.since, today):
        found.since = today
    found.told, found.day, found.today, found.changed_at = held.told + 1, today, held.today + 1, clock.now()
    found.save(update_fields=["since", "told", "day", "today", "changed_at"])
    return True


def confirm(code: str) -> None:
    """The address is that of whoever holds its code, and wants to be told. Raises UnknownCode."""
    _set(code, confirmed_at=clock.now(), stopped_at=None)


@transaction.atomic
def stop(code: str) -> None:
    """Send nothing to the address any more, whoever gives it, and forget it in every report. Raises UnknownCode."""
    with acting(desk()):
        hashed = _set(code, stopped_at=clock.now(), confirmed_at=None)
    with acting(system("reporters", settings.LINLI_DISTRICT)):  # also where a case is hidden from the desk by now
        Reporter.objects.filter(contact_hash=hashed).update(
            stopped_at=clock.now(), contact=None, contact_hash=None, masked=""
        )


def by_code(code: str) -> rules.Standing | None:
    """How the address of a code stands; None where there is none. One query."""
    with acting(desk()):
        found = ReporterContact.objects.filter(code=_hashed_code(code)).first()
    return _standing(found, clock.today()) if found else None


def _set(code: str, **values: object) -> bytes:
    with acting(desk()):
        found = ReporterContact.objects.select_for_update().filter(code=_hashed_code(code)).first()
        if found is None:
            raise UnknownCode()
        for name, value in (values | {"changed_at": clock.now()}).items():
            setattr(found, name, value)
        found.save()
    return bytes(found.hashed)


def _standing(found: ReporterContact, today: date) -> rules.Standing:
    told = found.told if rules.same_span(found.since, today) else 0
    return rules.Standing(
        found.confirmed_at is not None, found.stopped_at is not None, told, found.today if found.day == today else 0
    )


def _hashed_code(code: str) -> bytes:
    return secrets.fingerprint("tracking", f"code:{code}")
