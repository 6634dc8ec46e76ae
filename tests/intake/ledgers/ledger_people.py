"""People for ledgers: a family, elders alone and together, an incomer, one of another village."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from intake_tables import DISTRICT, number

from linli.kernel.actors import operator

OPERATOR = operator("tester", DISTRICT)
DAY = date(2026, 6, 1)
BORN = {
    "王一人": date(1940, 5, 2), "李大爷": date(1935, 1, 9), "李大娘": date(1938, 3, 3), "赵独户": date(1960, 6, 2),
    "钱来客": date(1990, 7, 7), "孙小宝": date(2018, 8, 8), "孙爸爸": date(1988, 9, 9), "周百岁": date(1925, 2, 3),
}  # fmt: skip
NUMBERS = {name: number(i, born) for i, (name, born) in enumerate(BORN.items(), 1)}
HOMES = {
    "王一人": "城里社区1号楼1单元101", "李大爷": "城里社区1号楼1单元102", "李大娘": "城里社区1号楼1单元102",
    "赵独户": "城里社区2号楼1单元201", "钱来客": "城里社区3号楼1单元301", "孙小宝": "城里社区4号楼1单元401",
    "孙爸爸": "城里社区4号楼1单元401", "周百岁": "",
}  # fmt: skip
# What `fill` answers, the rows of the first sheet filled, the workbook.
Ledger = Callable[..., tuple[Any, list[list[Any]], Any]]


def column(rows: Sequence[Sequence[Any]], index: int, first: int, count: int) -> list[Any]:
    """Some cells of a column; rows count from 1."""
    return [row[index] for row in rows[first - 1 : first - 1 + count]]
