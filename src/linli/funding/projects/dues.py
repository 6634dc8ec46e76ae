"""What is due: milestones not paid in full, contracts that end, warranties that run out, purchases not accepted by their day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from linli.kernel import clock, paging
from linli.kernel.actors import Actor
from linli.kernel.errors import Invalid
from linli.kernel.paging import Count, Page

from .. import pages
from ..rules import contracts as rules

#: What a list of it may be narrowed to.
What = Literal["milestone", "ends", "acceptance"]
KINDS: dict[What, tuple[str, ...]] = {
    "milestone": ("milestone",),
    "ends": ("contract_end", "warranty_end"),
    "acceptance": ("acceptance",),
}


@dataclass(frozen=True, slots=True)
class Due:
    """Something of a contract that is due or runs out soon."""

    contract_id: UUID
    number: str
    title: str
    area_code: str
    party: str
    kind: str
    what: str
    day: date
    overdue: bool
    amount: Decimal | None


# As `rules.warned` has it: a milestone is told of until it is paid, a purchase until it is accepted, the rest sixty days long.
_DUE = """
    SELECT m.due_on AS day, 'milestone' AS kind, m.id, m.contract_id, m.name AS what, m.amount - coalesce(p.sum, 0) AS amount
    FROM funding_milestone m JOIN funding_contract c ON c.id = m.contract_id
    LEFT JOIN LATERAL (
        SELECT sum(y.amount) AS sum FROM funding_payment y
        WHERE y.milestone_id = m.id AND NOT EXISTS (SELECT FROM funding_entry r WHERE r.reverses_id = y.entry_id)
    ) p ON true
    WHERE {spots} AND c.cancelled_on IS NULL AND m.due_on <= %(ahead)s AND m.amount > coalesce(p.sum, 0)
    UNION ALL
    SELECT c.ends_on, CASE WHEN c.kind = 'purchase' AND c.accepted_on IS NULL AND c.ends_on < %(today)s THEN 'acceptance'
        ELSE 'contract_end' END, c.id, c.id, '', NULL
    FROM funding_contract c
    WHERE {spots} AND c.cancelled_on IS NULL AND (c.ends_on BETWEEN %(back)s AND %(ahead)s
        OR (c.kind = 'purchase' AND c.accepted_on IS NULL AND c.ends_on < %(today)s))
    UNION ALL
    SELECT c.warranty_until, 'warranty_end', c.id, c.id, '', NULL
    FROM funding_contract c
    WHERE {spots} AND c.cancelled_on IS NULL AND c.warranty_until BETWEEN %(back)s AND %(ahead)s
"""


def due(
    actor: Actor, area: str | None = None, what: What | None = None, cursor: str | None = None, limit: int | None = None
) -> Page[Due]:
    """What is due in sight, the earliest first; the first page with the count. Two statements. Raises Invalid."""
    size, after = paging.limit(limit), _after(cursor)
    asked = _asked(actor, area, what)
    if asked is None:
        return Page([], None, Count(0) if cursor is None else None)
    statement, params = asked
    beyond = "AND (d.day, d.kind, d.id) > (%(day)s, %(after)s, %(id)s)" if after else ""
    with connection.cursor() as run:
        run.execute(
            f"""
            SELECT d.contract_id, c.number, c.title, c.area_code, p.name, d.kind, d.what, d.day, d.amount, d.id
            FROM ({statement}) d JOIN funding_contract c ON c.id = d.contract_id JOIN funding_party p ON p.id = c.party_id
            WHERE d.kind = ANY(%(kinds)s) {beyond} ORDER BY d.day, d.kind, d.id LIMIT {size + 1}
            """,
            params | after,
        )
        rows = run.fetchall()
    today = clock.today()
    told = [
        Due(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[7] < today, row[8])
        for row in rows[:size]
    ]
    more = paging.encode((rows[size - 1][7], rows[size - 1][5], rows[size - 1][9])) if len(rows) > size else None
    return Page(told, more, due_count(actor, area, what) if cursor is None else None)


def due_count(actor: Actor, area: str | None = None, what: What | None = None) -> Count:
    """How much is due in sight. One statement."""
    asked = _asked(actor, area, what)
    if asked is None:
        return Count(0)
    statement, params = asked
    with connection.cursor() as run:
        run.execute(
            f"SELECT count(*) FROM (SELECT FROM ({statement}) d WHERE d.kind = ANY(%(kinds)s) LIMIT {paging.EXACT_TO + 1}) x",
            params,
        )
        total = int(run.fetchone()[0])
    return Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO)


def _asked(actor: Actor, area: str | None, what: What | None) -> tuple[str, dict[str, Any]] | None:
    seen = pages.spots(actor, "c.area_code", area)
    if seen is None:
        return None
    today = clock.today()
    kinds: Sequence[str] = KINDS[what] if what else [kind for each in KINDS.values() for kind in each]
    days = {"today": today, "ahead": today + rules.AHEAD, "back": today - rules.AHEAD, "kinds": list(kinds)}
    return _DUE.format(spots=seen[0]), seen[1] | days


def _after(cursor: str | None) -> dict[str, Any]:
    key = paging.decode(cursor, 3)
    if key is None:
        return {}
    try:
        return {"day": date.fromisoformat(str(key[0])), "after": str(key[1]), "id": UUID(str(key[2]))}
    except ValueError:
        raise Invalid(reason="cursor") from None
