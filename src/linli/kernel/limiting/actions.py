"""Counting who comes through a door: one row for a source, one statement for a knock, none for one that is refused again.

The row rises in a transaction of its own, on the connection of the read log, so that a request that is refused or rolled back
has been counted all the same, and nobody waits for another's request to end.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, InterfaceError, connections, transaction

from .. import clock, secrets
from . import rules

log = structlog.get_logger("linli.limits")
#: The connection that outlives a rolled-back request (settings.DATABASES).
OWN = "audit"
COUNT = """
INSERT INTO kernel_rate_count AS held (door, who, began, count) VALUES (%(door)s, %(who)s, %(now)s, 1)
ON CONFLICT (door, who) DO UPDATE SET
    count = CASE WHEN held.began <= %(over)s THEN 1 ELSE held.count + 1 END,
    began = CASE WHEN held.began <= %(over)s THEN EXCLUDED.began ELSE held.began END
RETURNING began, count
"""
FORGET = "DELETE FROM kernel_rate_count WHERE began < %s"
#: No window is as long as this.
LONGEST = timedelta(days=1)


class Limiter:
    """Lets a source through a door so often in a time, whichever process of the program it comes to.

    Where the database does not answer, this process counts by itself: doors neither stand open nor close for that.
    """

    def __init__(self, door: str, most: int, seconds: float) -> None:
        self.door, self.limit = door, rules.Limit(most, timedelta(seconds=seconds))
        self._refused, self._alone = rules.Refused(), rules.Counts()

    def wait(self, source: str) -> int:
        """Count `source` (a network address, or an account) and say how many seconds it has to wait; 0: it may pass."""
        who, now = rules.network(source) or source, clock.now()
        if left := self._refused.left(who, now):
            return left
        try:
            began, count = self._counted(who, now)
        except (DatabaseError, InterfaceError) as error:
            log.warning("counting_alone", door=self.door, error=type(error).__name__)
            began, count = self._alone.add(who, self.limit.window, now)
        left = self.limit.wait(began, count, now)
        if left:
            self._refused.remember(who, now + timedelta(seconds=left))
        return left

    def _counted(self, who: str, now: datetime) -> tuple[datetime, int]:
        hashed = secrets.fingerprint("source", who).hex()
        given: dict[str, str | datetime] = {
            "door": self.door, "who": hashed, "now": now, "over": now - self.limit.window,
        }  # fmt: skip
        with transaction.atomic(using=OWN), connections[OWN].cursor() as cursor:
            cursor.execute(COUNT, given)
            began, count = cursor.fetchone()
        return began, int(count)


def forget() -> int:
    """Remove the counts of sources that have not come for long; returns how many."""
    with transaction.atomic(using=OWN), connections[OWN].cursor() as cursor:
        cursor.execute(FORGET, [clock.now() - LONGEST])
        return int(cursor.rowcount)
