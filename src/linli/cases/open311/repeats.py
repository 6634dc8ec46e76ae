"""The same report sent again by an app whose line was cut: one request, told again by its number and token.

An app names a report by the header Idempotency-Key (as of the IETF's draft of that name); without it, the same content from the
same app within ten minutes is the same report. The tracking number follows from either, so that two at once are one as well
(`reporters.actions.receive`); nothing is kept but a keyed hash of what was sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import orjson

from linli.kernel import secrets
from linli.kernel.errors import Text
from linli.kernel.scope import acting

from ..reporters.actions import hashed, issue_for, number_of_form
from ..reporters.desk import desk
from ..reporters.models import Reporter
from .rules import Malformed

AGAIN = timedelta(minutes=10)
LONGEST_KEY = 100
BAD_KEY = Text("Idempotency-Key 最长 100 个可见字符。", "Idempotency-Key has 100 printable ASCII characters at most.")
OTHER = Text(
    "这个 Idempotency-Key 已用于另一件内容不同的上报。", "This Idempotency-Key was used for a report of other content."
)


def content_of(fields: Mapping[str, str], files: Sequence[bytes]) -> bytes:
    """A keyed hash of what was sent, but for the key it was sent by."""
    said = sorted((name, value) for name, value in fields.items() if name != "api_key")
    digests = [hashlib.sha256(content).hexdigest() for content in files]
    return secrets.fingerprint("tracking", f"content:{orjson.dumps([said, digests]).decode()}")


def form_of(app: str, key: str, content: bytes, now: datetime) -> str:
    """The form by which a report of an app is entered; the same one for the same report. Raises Malformed."""
    key = key.strip()
    if key:
        if len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
            raise Malformed(BAD_KEY)
        form = _form(f"key:{app}:{key}")
        before = _entered(form)
        if before is not None and bytes(before.content or b"") != content:
            raise Malformed(OTHER, 409)
        return form
    slot = int(now.timestamp() // AGAIN.total_seconds())
    earlier = _form(f"content:{app}:{content.hex()}:{slot - 1}")
    before = _entered(earlier)
    if before is not None and now - before.created_at < AGAIN:
        return earlier
    return _form(f"content:{app}:{content.hex()}:{slot}")


def _form(what: str) -> str:
    return issue_for(secrets.fingerprint("tracking", f"open311:{what}").hex())


def _entered(form: str) -> Reporter | None:
    with acting(desk()):
        found: Reporter | None = Reporter.objects.filter(tracking=hashed(number_of_form(form))).first()
    return found
