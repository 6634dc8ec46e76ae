"""Decisions about money, pure: exact to the cent, entries that balance, months closed in order. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from linli.kernel.errors import Text

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
#: The most an amount may be: within numeric(16,2), and of fifteen digits, which a workbook's number tells to the cent.
LARGEST = Decimal("9999999999999.99")
MOST_LINES = 50
FIRST_DAY = date(2000, 1, 1)

#: Where money comes from (资金来源).
SOURCE_KINDS: dict[str, Text] = {
    "provincial_award": Text("省奖补", "Provincial award"),
    "city_finance": Text("市财政", "City budget"),
    "district_finance": Text("区财政", "District budget"),
    "street": Text("街道自筹", "Town or street"),
    "enterprise": Text("企业投资", "Enterprise investment"),
    "operation": Text("运营收入", "Operating revenue"),
    "donation": Text("社会捐赠", "Donation"),
}
PARTY_KINDS: dict[str, Text] = {
    "operator": Text("运营企业", "Operator"),
    "supplier": Text("供应商", "Supplier"),
    "payer": Text("拨款单位", "Payer"),
    "other": Text("其他", "Other"),
}
ACCOUNT_KINDS: dict[str, Text] = {
    "asset": Text("资产", "Assets"),
    "liability": Text("负债", "Liabilities"),
    "fund": Text("净资产", "Net assets"),
    "income": Text("收入", "Income"),
    "expense": Text("费用", "Expense"),
}
#: How sure the rules of a source are.
CERTAINTIES = ("official", "local", "inferred", "demo")
Fault = Literal["few", "many", "form", "side", "unbalanced"]


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry: an amount on the debit (借) or on the credit (贷) of an account, in CNY."""

    account: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class LineFault:
    """What keeps an entry from being posted. `position` is the line's, None for the entry as a whole."""

    position: int | None
    fault: Fault


def is_money(value: Decimal) -> bool:
    """Whether `value` is an amount the books can hold: finite, not negative, whole cents, within the column."""
    return value.is_finite() and ZERO <= value <= LARGEST and value == value.quantize(CENT)


def rounded(value: Decimal) -> Decimal:
    """To the cent, half a cent away from zero (四舍五入): the rule of every settlement and of every share."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def faults(lines: Sequence[Line]) -> list[LineFault]:
    """What is wrong with an entry: at least two lines, one side each, debit = credit. Empty: it may be posted."""
    if len(lines) < 2:
        return [LineFault(None, "few")]
    if len(lines) > MOST_LINES:
        return [LineFault(None, "many")]
    found: list[LineFault] = []
    for at, line in enumerate(lines):
        if not (is_money(line.debit) and is_money(line.credit)):
            found.append(LineFault(at, "form"))
        elif (line.debit > 0) == (line.credit > 0):
            found.append(LineFault(at, "side"))
    if not found and sum(line.debit for line in lines) != sum(line.credit for line in lines):
        found.append(LineFault(None, "unbalanced"))
    return found


def reversal(lines: Iterable[Line]) -> list[Line]:
    """The lines that undo `lines`: each on the other side."""
    return [Line(line.account, line.credit, line.debit) for line in lines]


def month_of(day: date) -> int:
    """The accounting month of a day, as 202611."""
    return day.year * 100 + day.month


def next_month(month: int) -> int:
    """The month after."""
    return month + 1 if month % 100 < 12 else (month // 100 + 1) * 100 + 1


def months(first: int, last: int) -> list[int]:
    """The months from `first` to `last`, both included; none where `last` is before."""
    found = []
    while first <= last:
        found.append(first)
        first = next_month(first)
    return found


def is_month(month: int) -> bool:
    """Whether 202611 and the like is a month."""
    return 1 <= month % 100 <= 12 and 2000 <= month // 100 <= 2999


def earliest(today: date) -> date:
    """The first day that may be booked on: two calendar years before this one. Months are closed one after the other from the first
    with an entry, so that a mistyped year would make hundreds of them to close."""
    return date(today.year - 2, 1, 1)


def first_day(month: int) -> date:
    """The first day of an accounting month."""
    return date(month // 100, month % 100, 1)


def closable(last_closed: int | None, first_used: int | None, this: int) -> int | None:
    """The one month that may be closed now: the one after the last closed (at first: the first with entries), if it is over.

    None where there is none. Months are closed in order and never opened again.
    """
    wanted = next_month(last_closed) if last_closed is not None else first_used
    return wanted if wanted is not None and wanted < this else None


def is_closed(month: int, last_closed: int | None) -> bool:
    """Whether entries of `month` are refused: it, or a later one, is closed."""
    return last_closed is not None and month <= last_closed
