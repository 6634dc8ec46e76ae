"""The cases behind a figure, as a filter of lists: `month:count`, such as `202610:filed`, or `last:to_close-closed_on_time`.

`last` is the last month that is over, `year` the twelve whole months that end with it. Two counts with a minus between are the cases
of the first that are not of the second: what counts against a ratio. `@group` at the end leaves some of them, as in
`year:to_close-closed@public`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal, cast
from uuid import UUID

from linli.kernel import clock

from .counts import BY_CODE, condition
from .ratios import Ratio

PATTERN = r"^(last|year|\d{6}):[a-z_]+(-[a-z_]+)?(@[a-z]+)?$"
YEAR = 12
Group = Literal["all", "collector", "public", "property"]
#: Whose cases, as a condition over facts `f`: all; what collectors (grid workers) reported; what residents or the hotline did; what is
#: asked of the management of compounds (repairs among it), by the one local category that names it.
GROUPS: dict[Group, str] = {
    "all": "true",
    "collector": "f.collector",
    "public": "f.public",
    "property": (
        "f.case_id IN (SELECT p.id FROM cases_case p JOIN cases_category g ON g.id = p.category_id "
        "WHERE g.standard_ref = '社会治理事项（地方扩展）' AND g.kind = 'local' AND g.code = '54005')"
    ),
}


def behind(figure: str, params: dict[str, Any], unit: UUID | None = None) -> str:
    """The SQL condition on cases `c` that they are behind a figure, of a unit where one is given, whoever has them now; adds to
    `params`, which hold `now`. A figure there is none of has no cases."""
    month, _, counted = figure.partition(":")
    counted, _, group = counted.partition("@")
    whole, _, without = counted.partition("-")
    some = GROUPS.get(cast(Group, group or "all"))
    if whole not in BY_CODE or (without and without not in BY_CODE) or some is None:
        return "false"
    params["figure_from"], params["figure_to"] = _months(month)
    by = f"f.{BY_CODE[whole].by}_month"
    where = f"{by} >= %(figure_from)s AND {by} <= %(figure_to)s AND {condition(whole)} AND {some}"
    if without:
        where += f" AND ({condition(without)}) IS NOT TRUE"
    if unit is not None:
        params["figure_unit"], where = unit, f"{where} AND f.unit_id = %(figure_unit)s"
    return f"c.id IN (SELECT f.case_id FROM cases_evaluation_fact f WHERE {where})"


def _months(said: str) -> tuple[int, int]:
    if said == "year":
        return year_before(clock.today())
    month = last_month() if said == "last" else int(said)
    return month, month


def failing(ratio: Ratio) -> str:
    """The count of the cases that speak against a ratio."""
    return ratio.numerator if ratio.good == "low" else f"{ratio.denominator}-{ratio.numerator}"


def month_of(day: date) -> int:
    """The month of a day as figures name it: year * 100 + month."""
    return day.year * 100 + day.month


def months_back(month: int, count: int) -> list[int]:
    """`count` months that end with `month`, the earliest first."""
    serial = month // 100 * 12 + month % 100 - 1
    return [each // 12 * 100 + each % 12 + 1 for each in range(serial - count + 1, serial + 1)]


def year_before(on: date) -> tuple[int, int]:
    """The first and the last of the twelve whole months before the month of a day."""
    months = months_back(month_of(on.replace(day=1) - timedelta(days=1)), YEAR)
    return months[0], months[-1]


def last_month() -> int:
    """The last month that is over."""
    return month_of(clock.today().replace(day=1) - timedelta(days=1))
