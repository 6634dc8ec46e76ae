"""Ratios over the last twelve whole months, of all cases or of some: what indicators of communities ask for ("近12个月").

Counted from the same facts by the same conditions as a month's (`counts`). Which cases an indicator means is ours (inferred): the
names of its metrics tell it, no formula was seen.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from linli.kernel import clock
from linli.kernel.actors import Actor

from . import rules
from .behind import GROUPS, Group, month_of, year_before
from .counts import BY_CODE, condition
from .queries import in_sight
from .ratios import Ratio


def year_shares(
    actor: Actor, ratio: Ratio, group: Group, on: date, digits: int, area: str | None = None, then: bool = False
) -> dict[str, rules.Share]:
    """A ratio of a group of cases over the twelve whole months before a day, for each area of so many digits. One statement.

    `then`: as of that day. What was closed in a later month was not closed by then; all else is as it is known now.
    """
    by, (first, last) = BY_CODE[ratio.denominator].by, year_before(on)
    params: dict[str, Any] = {
        "now": clock.now(), "first": first, "last": last, "this_month": month_of(on), "digits": digits,
    }  # fmt: skip
    seen = in_sight(actor, params, area)
    by_then = " AND f.closed_month <= %(this_month)s" if then else ""
    statement = (
        f"SELECT left(f.area_code, %(digits)s), count(*) FILTER (WHERE {condition(ratio.numerator)}{by_then}), "
        f"count(*) FILTER (WHERE {condition(ratio.denominator)}) FROM cases_evaluation_fact f "
        f"WHERE f.{by}_month >= %(first)s AND f.{by}_month <= %(last)s AND {GROUPS[group]} "
        f"AND length(f.area_code) >= %(digits)s AND {seen} GROUP BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return {code: rules.Share(ratio, top, below) for code, top, below in cursor.fetchall()}
