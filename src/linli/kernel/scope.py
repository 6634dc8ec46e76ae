"""The transaction every read and write runs in: it carries who acts and which areas the database lets them see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connections, transaction

from .actors import ANONYMOUS, Actor
from .areas import END

_current: ContextVar[Actor] = ContextVar("linli_actor", default=ANONYMOUS)

# Local to the transaction (third argument true): a pooled connection never carries a scope to the next user.
SET_SCOPE = """
SELECT set_config('linli.lo', %s, true), set_config('linli.hi', %s, true), set_config('linli.one', %s, true),
       set_config('linli.scope', %s, true), set_config('linli.actor', %s, true),
       set_config('linli.request', %s, true), set_config('linli.unit', %s, true),
       set_config('linli.readers', %s, true)
"""


def current() -> Actor:
    """The actor of the running request, job or command; anonymous outside of one."""
    return _current.get()


def settings_of(actor: Actor) -> tuple[str, str, str, str, str, str, str, str]:
    """The eight settings row-level security and history read, in the order of SET_SCOPE."""
    held = actor.areas
    low, high = (held[0], held[-1] + END) if held else ("", "")
    one = "1" if len(held) == 1 else "0"
    unit, readers = (actor.unit_id or "") if held else "", "{" + ",".join(actor.readers) + "}"
    return low, high, one, "{" + ",".join(held) + "}", actor.id, actor.request_id, unit, readers


def apply(actor: Actor, using: str = "default") -> None:
    """Set the scope of the open transaction."""
    with connections[using].cursor() as cursor:
        cursor.execute(SET_SCOPE, settings_of(actor))


@contextmanager
def carrying(actor: Actor) -> Iterator[Actor]:
    """Make `actor` the current one inside the block, where the transaction already has its scope (HTTP requests)."""
    token = _current.set(actor)
    try:
        yield actor
    finally:
        _current.reset(token)


@contextmanager
def acting(actor: Actor, using: str = "default") -> Iterator[Actor]:
    """Run the block as `actor` in one transaction, committed at its end, rolled back by any exception."""
    token = _current.set(actor)
    before = _current.get() if token.old_value is token.MISSING else token.old_value
    try:
        nested = connections[using].in_atomic_block
        with transaction.atomic(using=using):
            apply(actor, using)
            yield actor
            if nested and isinstance(before, Actor):
                # set_config(…, true) lasts to the end of the outer transaction, so give the outer its scope back.
                apply(before, using)
    finally:
        _current.reset(token)
