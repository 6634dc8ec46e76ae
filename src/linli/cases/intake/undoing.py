"""Taking an import of cases back: each is withdrawn by a step of its own, for a case and its steps are never removed.

A withdrawn case is cancelled, counts in no figure, and its number may come again. What has become one for restricted readers since is
theirs: it stays as it is, and is told of to nobody.
"""

from __future__ import annotations

from uuid import UUID

import polars as pl
from django.db import connection

from linli.kernel import clock
from linli.kernel.actors import Actor, system
from linli.kernel.scope import acting
from linli.kernel.worktime import seconds_of
from linli.registry.merge import Blocker, stage
from linli.registry.merge.run import lock
from linli.registry.problems import RestedUpon

from ..engine import sight
from ..engine.states import State
from .writing import FLOW, Hand, enter

#: The step by which an import is taken back.
WITHDRAWN = "import_withdrawn"
MOST_BLOCKERS = 50
_TOUCHED = """
SELECT o.case_id, o.case_id, o.source_code, o.batch_id, o.row FROM cases_origin o JOIN cases_case c ON c.id = o.case_id
WHERE o.batch_id = %(batch)s AND o.withdrawn_at IS NULL AND c.restricted_to = '' AND c.version <> o.version
ORDER BY o.row LIMIT %(most)s
"""
_HOLD = """
SELECT c.id FROM cases_origin o JOIN cases_case c ON c.id = o.case_id
WHERE o.batch_id = %(batch)s AND o.withdrawn_at IS NULL ORDER BY c.id FOR UPDATE OF c
"""
_TO_WITHDRAW = """
SELECT c.id::text, c.state, c.version FROM cases_origin o JOIN cases_case c ON c.id = o.case_id
WHERE o.batch_id = '{batch}' AND o.withdrawn_at IS NULL AND c.restricted_to = ''
"""
_READ = {"case_id": pl.String, "from_state": pl.String, "version": pl.Int64}
_MOVE = """
UPDATE cases_case c SET state = %(state)s, version = c.version + 1
FROM cases_origin o WHERE o.case_id = c.id AND o.batch_id = %(batch)s AND o.withdrawn_at IS NULL AND c.restricted_to = ''
"""
_LEAVE = """
UPDATE cases_origin o SET withdrawn_at = %(now)s, version = o.version + 1
FROM cases_case c WHERE c.id = o.case_id AND o.batch_id = %(batch)s AND o.withdrawn_at IS NULL AND c.restricted_to = ''
"""


def blockers(batch_id: UUID, district: str) -> list[Blocker]:
    """Cases of the batch in which somebody has done something since; empty when it can be taken back."""
    with acting(system("matching", district)):
        return _touched(batch_id)


def undo(batch_id: UUID, uploader: Actor, district: str) -> int:
    """Withdraw the cases a batch made; returns how many. Raises RestedUpon where somebody has done something in one since."""
    hand, now = Hand(uploader, district, batch_id), clock.now()
    with acting(hand.over):
        lock()
        stage.run(_HOLD, {"batch": batch_id})  # nobody takes a step between the look and the withdrawal
        if found := _touched(batch_id):
            raise RestedUpon(count=len(found))
        rows = stage.fetch(_TO_WITHDRAW.format(batch=batch_id), _READ)
        told = rows.with_columns(
            *hand.signs(), (pl.col("version") + 1).alias("version"), pl.lit(seconds_of(now)).alias("at"),
            action=pl.lit(WITHDRAWN), kind=pl.lit("cancel"), to_state=pl.lit(State.CANCELLED.value), reason=pl.lit(""),
            detail=pl.lit("{}"),
        )  # fmt: skip
        enter("cases_flow", FLOW, told)
        stage.run(_MOVE, {"state": State.CANCELLED.value, "batch": batch_id})
        stage.run(_LEAVE, {"now": now, "batch": batch_id})
    return rows.height


def visible(actor: Actor, case_ids: list[UUID]) -> list[UUID]:
    """Those of some cases that an actor sees."""
    return list(sight.seen(actor).filter(id__in=case_ids).values_list("id", flat=True))


def _touched(batch_id: UUID) -> list[Blocker]:
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, {"batch": batch_id, "most": MOST_BLOCKERS})
        return [Blocker(*row) for row in cursor.fetchall()]
