"""Writing beside a long transaction: progress others can see while the work itself is not committed yet."""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from linli.kernel.actors import Actor
from linli.kernel.scope import SET_SCOPE, settings_of


class Aside:
    """A connection of its own, as `actor`; used as a context. Each statement is a transaction."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._connection: BaseDatabaseWrapper | None = None

    def __enter__(self) -> Self:
        self._connection = connections.create_connection("default")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._connection is not None
        self._connection.close()

    def ask(self, statement: str, params: list[Any]) -> tuple[Any, ...] | None:
        """A statement outside of any transaction, such as a lock of the session."""
        assert self._connection is not None
        with self._connection.cursor() as cursor:
            cursor.execute(statement, params)
            row: tuple[Any, ...] | None = cursor.fetchone()
        return row

    def write(self, statement: str, params: list[Any], *, passing: bool = False) -> tuple[Any, ...] | None:
        """A statement that answers a row or none, in the scope of the actor, committed at once.

        `passing`: the next one says it anew, so that a crash may lose it. Whoever waits for it to be on disk waits for all
        that the long transaction has written meanwhile.
        """
        assert self._connection is not None
        # transaction.atomic knows aliases only; this connection has none.
        self._connection.set_autocommit(False)
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(SET_SCOPE, settings_of(self._actor))
                if passing:
                    cursor.execute("SET LOCAL synchronous_commit = off")
                cursor.execute(statement, params)
                row: tuple[Any, ...] | None = cursor.fetchone()
            self._connection.commit()
        except BaseException:
            with suppress(Exception):  # the first error is the one to tell
                self._connection.rollback()
            raise
        finally:
            if self._connection.connection is not None and not self._connection.connection.closed:
                self._connection.set_autocommit(True)
        return row
