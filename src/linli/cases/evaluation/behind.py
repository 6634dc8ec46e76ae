"""The cases behind a figure, as a filter of lists: `month:count`, such as `202610:filed`, or `last:to_close-closed_on_time`.

`last` is the last month that is over. Two counts with a minus between are the cases of the first that are not of the second:
what counts against a ratio.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from linli.kernel import clock

from .counts import BY_CODE, condition
from .ratios import Ratio

PATTERN = r"^(last|\d{6}):[a-z_]+(-[a-z_]+)?$"


def behind(figure: str, params: dict[str, Any], unit: UUID | None = None) -> str:
    """The SQL condition on cases `c` that they are behind a figure, of a unit where one is given, whoever has them now; adds to
    `params`, which hold `now`. A figure there is none of has no cases."""
    month, _, counted = figure.partition(":")
    whole, _, without = counted.partition("-")
    if whole not in BY_CODE or (without and without not in BY_CODE):
        return "false"
    params["figure_month"] = last_month() if month == "last" else int(month)
    where = f"f.{BY_CODE[whole].by}_month = %(figure_month)s AND {condition(whole)}"
    if without:
        where += f" AND ({condition(without)}) IS NOT TRUE"
    if unit is not None:
        params["figure_unit"], where = unit, f"{where} AND f.unit_id = %(figure_unit)s"
    return f"c.id IN (SELECT f.case_id FROM cases_evaluation_fact f WHERE {where})"


def failing(ratio: Ratio) -> str:
    """The count of the cases that speak against a ratio."""
    return ratio.numerator if ratio.good == "low" else f"{ratio.denominator}-{ratio.numerator}"


def month_of(day: date) -> int:
    """The month of a day as figures name it: year * 100 + month."""
    return day.year * 100 + day.month


def last_month() -> int:
    """The last month that is over."""
    return month_of(clock.today().replace(day=1) - timedelta(days=1))
