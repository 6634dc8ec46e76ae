"""Figures of areas from the books: what they ran on in twelve months, and what share of their facilities pays for its upkeep."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import connection

from linli.kernel.actors import Actor

from .. import rules as money
from ..pages import spots
from ..rules import operating as rules
from .queries import SHOWN, last_months


def running_cost(actor: Actor, digits: int, area: str | None = None) -> dict[str, float]:
    """Expense of the last twelve whole months in CNY, by areas of so many digits; one without any is left out. One statement."""
    months = last_months(SHOWN)
    found = _run(
        actor, "e.area_code", area,
        """
        SELECT left(e.area_code, %(digits)s), sum(l.debit - l.credit)
        FROM funding_entry e JOIN funding_line l ON l.entry_id = e.id JOIN funding_account a ON a.code = l.account_id
        WHERE {where} AND a.kind = 'expense' AND e.month BETWEEN %(first)s AND %(last)s AND length(e.area_code) >= %(digits)s
        GROUP BY 1 HAVING sum(l.debit - l.credit) <> 0
        """,
        {"digits": digits, "first": months[0], "last": months[-1]},
    )  # fmt: skip
    return {code: float(amount) for code, amount in found}


def sustaining_share(actor: Actor, digits: int, area: str | None = None) -> dict[str, float]:
    """What share of an area's facilities in use pays for its upkeep, as the page of sustainability judges. One statement."""
    months = last_months(SHOWN)
    params = {
        "digits": digits, "first": months[0], "since": money.first_day(months[0]),
        "until": money.first_day(money.next_month(months[-1])),
    }  # fmt: skip
    found = _run(
        actor, "f.area_code", area,
        """
        SELECT left(f.area_code, %(digits)s), f.opened_on, f.yearly_upkeep, f.invested, f.life_years, coalesce(s.earned, 0),
            coalesce(p.spent, 0), p.first_paid
        FROM funding_facility f
        LEFT JOIN LATERAL (
            SELECT sum(s.amount) AS earned FROM funding_settlement s JOIN funding_revenue_contract c ON c.id = s.contract_id
            WHERE c.facility_id = f.id AND s.month >= %(first)s
                AND NOT EXISTS (SELECT FROM funding_entry r WHERE r.reverses_id = s.entry_id)
        ) s ON true
        LEFT JOIN LATERAL (
            SELECT sum(y.amount) FILTER (WHERE y.paid_on >= %(since)s) AS spent, min(y.paid_on) AS first_paid
            FROM funding_payment y JOIN funding_contract c ON c.id = y.contract_id
            WHERE c.facility_id = f.id AND c.kind = 'upkeep' AND y.paid_on < %(until)s
                AND NOT EXISTS (SELECT FROM funding_entry r WHERE r.reverses_id = y.entry_id)
        ) p ON true
        WHERE {where} AND length(f.area_code) >= %(digits)s
        """,
        params,
    )  # fmt: skip
    all_of, paying = Counter[str](), Counter[str]()
    for code, opened, yearly, invested, life, earned, spent, first_paid in found:
        upkeep, _, used = rules.upkeep_of(opened, yearly, spent, first_paid, months)
        verdict = rules.judge(rules.Case(invested, earned, upkeep, life, months=used))
        if verdict.pays_upkeep is not None:
            all_of[code] += 1
            paying[code] += verdict.pays_upkeep
    return {code: paying[code] / count for code, count in all_of.items()}


def _run(actor: Actor, column: str, area: str | None, statement: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    seen = spots(actor, column, area)
    if seen is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement.format(where=seen[0]), seen[1] | params)
        return list(cursor.fetchall())
