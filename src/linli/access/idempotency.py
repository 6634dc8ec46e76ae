"""Every write may carry an Idempotency-Key: sent twice, it is done once and answered twice.

The claim on a key, the work and the kept answer are one transaction. Of two submits at the same moment, the second
waits at the unique key for the first to end: it then finds the answer, or, when the first failed and rolled back,
does the work itself. A refused request leaves nothing behind, so the same key may be used again after mending.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from linli.kernel import clock, prepared, secrets
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.kernel.ids import uuid7

from .errors import AnswerGone, SameKey

KEPT = timedelta(hours=24)
LARGEST = 256 * 1024
SAFE = ("GET", "HEAD", "OPTIONS")
REPLAYED = "Idempotent-Replayed"

CLAIM = """
WITH old AS (DELETE FROM access_idempotency WHERE actor = %(actor)s AND created_at < %(before)s AND key <> %(key)s)
INSERT INTO access_idempotency (id, actor, key, request_hash, content_type, created_at)
VALUES (%(id)s, %(actor)s, %(key)s, %(hash)s, '', %(now)s)
ON CONFLICT (actor, key) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """This request's hold on a key, to be settled with its answer."""

    actor: str
    key: str


def claim(request: HttpRequest, actor: Actor) -> Claim | HttpResponse | None:
    """Take the key of a write inside the open transaction.

    Returns the earlier answer when there is one, a Claim to settle when the work is ours, None when there is no key.
    Raises SameKey when the key came with another request before.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key or request.method in SAFE or actor.kind == "anonymous":
        return None
    if len(key) > 100:
        raise Invalid(fields=(FieldProblem("Idempotency-Key", "too_long", Text("过长。", "Too long.")),))
    asked, now = fingerprint(request), clock.now()
    with prepared.cursor() as cursor:
        cursor.execute(
            CLAIM,
            {"id": uuid7(), "actor": actor.id, "key": key, "hash": asked, "now": now, "before": now - KEPT},
        )
        if cursor.rowcount == 1:
            return Claim(actor.id, key)
        cursor.execute(
            "SELECT request_hash, status, content_type, body FROM access_idempotency WHERE actor = %s AND key = %s",
            [actor.id, key],
        )
        earlier, status, content_type, body = cursor.fetchone()
    if bytes(earlier) != asked:
        raise SameKey()
    if body is None:
        raise AnswerGone()
    response = HttpResponse(secrets.decrypt(body), status=status, content_type=content_type)
    response[REPLAYED] = "true"
    return response


def settle(held: Claim, response: HttpResponseBase, keep: bool = True) -> None:
    """Keep the answer under the claimed key. Answers above LARGEST, files and streams are not kept, only that they
    were; nor is one the view would not have given twice (`keep`)."""
    kept = None
    if keep and isinstance(response, HttpResponse) and len(response.content) <= LARGEST:
        with suppress(UnicodeDecodeError):  # a workbook is no text
            kept = secrets.encrypt(response.content.decode())
    with prepared.cursor() as cursor:
        cursor.execute(
            "UPDATE access_idempotency SET status = %s, content_type = %s, body = %s WHERE actor = %s AND key = %s",
            [response.status_code, response.headers.get("Content-Type", ""), kept, held.actor, held.key],
        )


def fingerprint(request: HttpRequest) -> bytes:
    """What makes two requests the same: method, address and body, as a keyed hash, since bodies hold passwords.

    An upload is told by its length and not read into memory for this: its boundary differs at every attempt anyway.
    """
    multipart = request.content_type == "multipart/form-data"
    body = request.headers.get("Content-Length", "").encode() if multipart else request.body
    parts = b"\n".join([str(request.method).encode(), request.get_full_path().encode(), body])
    return secrets.fingerprint("content", sha256(parts).hexdigest())
