"""Keys of apps: given out, ended, known again. Who keeps the accounts of the district keeps these as well.

Keys named by the setting LINLI_OPEN311_KEYS are taken beside them, as ever.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Sequence
from hmac import compare_digest

from django.conf import settings

from linli.access import changes
from linli.access.permissions import ACCOUNT_KEEP
from linli.kernel import clock, secrets
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting

from ..reporters.desk import desk
from .models import AppKey

LONGEST_NAME, LONGEST_KEY = 60, 200
LETTERS = 32  # random bytes: nobody tries them
NAME = Text("请填写应用或单位的名称，最多 60 个字。", "Give the name of the app or office, of at most 60 characters.")


def issue(actor: Actor, name: str) -> tuple[AppKey, str]:
    """Give out a key to an app. Returns the row and the key, which is never shown again. Raises Forbidden, Invalid."""
    actor.require(ACCOUNT_KEEP, settings.LINLI_DISTRICT)
    named = name.strip()
    if not named or len(named) > LONGEST_NAME or not named.isprintable():
        raise Invalid(fields=(FieldProblem("name", "form", NAME),))
    key = random.token_urlsafe(LETTERS)
    made: AppKey = AppKey.objects.create(
        id=uuid7(), name=named, hashed=_hashed(key), ending=key[-4:], issued_at=clock.now(), issued_by=actor.id
    )
    _record(actor, "issue", made)
    return made, key


def end(actor: Actor, key_id: str) -> AppKey:
    """Have a key open nothing from now on. Ended before, nothing changes. Raises Forbidden, NotFound."""
    actor.require(ACCOUNT_KEEP, settings.LINLI_DISTRICT)
    found = next((each for each in AppKey.objects.select_for_update() if str(each.id) == key_id.strip()), None)
    if found is None:
        raise NotFound()
    if found.ended_at is None:
        found.ended_at = clock.now()
        found.save(update_fields=["ended_at"])
        _record(actor, "end", found)
    return found


def all_keys(actor: Actor) -> Sequence[AppKey]:
    """Every key that was given out, the newest first, without the keys. Raises Forbidden."""
    actor.require(ACCOUNT_KEEP, settings.LINLI_DISTRICT)
    return list(AppKey.objects.order_by("-id"))


def app_of(key: str) -> str | None:
    """Which app a key belongs to: a name for its own use, never shown. None: nobody's, or ended. At most one query."""
    if not key or len(key) > LONGEST_KEY:
        return None
    if any(compare_digest(key.encode(), known.encode()) for known in settings.LINLI_OPEN311_KEYS):
        return f"setting:{_hashed(key).hex()}"
    with acting(desk()):
        found = AppKey.objects.filter(hashed=_hashed(key), ended_at=None).values_list("id", flat=True).first()
    return str(found) if found else None


def _hashed(key: str) -> bytes:
    return secrets.fingerprint("tracking", f"open311:{key}")


def _record(actor: Actor, what: str, key: AppKey) -> None:
    changes.record(
        actor, f"cases.open311_key.{what}", "open311_key", key.id, settings.LINLI_DISTRICT, {"name": key.name}
    )
