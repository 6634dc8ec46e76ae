"""A process's hold on a batch: a session lock that dies with the process, progress others can see, and cancelling.

All of it goes over a connection of its own: the merge's transaction stays open for a minute and must not hide the
progress, and the lock must outlive the transactions of the work.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from django.conf import settings

from linli.kernel import clock
from linli.kernel.actors import Actor, system
from linli.kernel.errors import Conflict, Text

from .aside import Aside
from .rules import State, before, percent

EVERY_SECONDS = 0.5
# First half of the two-part advisory lock key: "intk". The second half is drawn from the batch's id.
LOCK_SPACE = 0x696E746B

Watcher = Callable[[State, str, int], None]


class Cancelled(Exception):
    """Somebody asked for the batch to be cancelled; the work ends at the next report."""


class Busy(Conflict):
    """Another process works on the batch."""

    code = "intake.batch.busy"
    text = Text("此批次正在处理中，请稍候。", "This batch is being worked on; please wait.")


class WrongState(Conflict):
    """The batch is in a state from which this cannot be done."""

    code = "intake.batch.state"
    text = Text("批次当前状态为“{state}”，不能进行此操作。", "The batch is “{state}”; this cannot be done now.")


def lock_key(batch_id: UUID) -> int:
    """The second half of the lock key: 31 bits of the random part of the id."""
    return batch_id.int & 0x7FFFFFFF


class Work:
    """Used as a context: holds the lock and the connection. Raises Busy when another process holds the batch."""

    def __init__(self, batch_id: UUID, actor: Actor, state: State, watcher: Watcher | None = None) -> None:
        self.batch_id, self.actor, self.state, self._watcher = batch_id, actor, state, watcher
        # As the program: the batch may have gone with its area to where its uploader's rights of before end.
        self._aside = Aside(replace(system("intake", settings.LINLI_DISTRICT), id=actor.id))
        self._told = 0.0
        self._stage = ""

    def __enter__(self) -> Self:
        with ExitStack() as left:
            left.enter_context(self._aside)
            found = self._aside.ask("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, lock_key(self.batch_id)])
            if found is None or not found[0]:
                raise Busy()
            left.pop_all()  # it lasts to the end of the hold
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(Exception):  # when it is gone, so is the lock
            self._aside.ask("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, lock_key(self.batch_id)])
        self._aside.__exit__(kind, error, trace)

    def step(self, following: State, **fields: Any) -> None:
        """Go to another state at once, visible to all. Raises WrongState when the batch is elsewhere meanwhile."""
        sources = [str(earlier) for earlier in before(following)]
        columns = "".join(f", {name} = %s" for name in fields)
        row = self._aside.write(
            f"UPDATE intake_batch SET state = %s, stage = '', percent = 0, changed_at = %s, heartbeat_at = %s{columns} "
            "WHERE id = %s AND state = ANY(%s) RETURNING state",
            [following, clock.now(), clock.now(), *fields.values(), self.batch_id, sources],
        )
        if row is None:
            raise WrongState(state=str(self.state))
        self._stage = ""
        self.tell(following)

    def tell(self, state: State, done: int = 0) -> None:
        """Let the watcher know of a state that was reached."""
        self.state = state
        if self._watcher:
            self._watcher(state, "", done)

    def report(self, stage: str, share: float) -> None:
        """Tell how far a stage is, at most twice a second. Raises Cancelled when somebody asked for it."""
        done = percent(self.state, stage, share)
        if self._watcher:
            self._watcher(self.state, stage, done)
        if stage == self._stage and time.monotonic() - self._told < EVERY_SECONDS:
            return
        self._told, self._stage = time.monotonic(), stage
        row = self._aside.write(
            "UPDATE intake_batch SET stage = %s, percent = greatest(percent, %s), heartbeat_at = %s "
            "WHERE id = %s RETURNING cancel_asked",
            [stage, done, clock.now(), self.batch_id],
            passing=True,
        )
        if row is not None and row[0]:
            raise Cancelled()
