"""Decisions about facilities that earn, pure: what a month settles to, and whether a facility pays for its upkeep."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from linli.kernel.errors import Text

from . import ZERO, first_day, rounded

#: What an operator pays for; the unit its rate is per.
KINDS: dict[str, Text] = {
    "rent": Text("场地租金（每月）", "Rent (a month)"),
    "per_kwh": Text("按充电量分成（每千瓦时）", "Share per kWh"),
    "per_parcel": Text("按件分成（每件）", "Share per parcel"),
    "advertising": Text("广告费（每月）", "Advertising (a month)"),
}
BY_USE = ("per_kwh", "per_parcel")
#: The income account each is booked on.
ACCOUNTS = {"rent": "4605", "per_kwh": "4401", "per_parcel": "4401", "advertising": "4401"}
FACILITY_KINDS: dict[str, Text] = {
    "charger": Text("充电桩", "Charger"),
    "locker": Text("快递柜", "Parcel locker"),
    "screen": Text("广告屏", "Screen"),
    "other": Text("其他设施", "Other"),
}


#: Where a contract with an operator stands.
STATES: dict[str, Text] = {
    "coming": Text("未开始", "Not begun"),
    "running": Text("履行中", "Running"),
    "ended": Text("已终止", "Ended"),
    "cancelled": Text("已作废", "Cancelled"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What an operator owes: `rate` CNY a month or a unit, on the days from `first` to `last` (None: open). `later`: rates agreed
    since, each from the first day of a month on, in the order in which they were agreed."""

    kind: str
    rate: Decimal
    first: date
    last: date | None = None
    later: tuple[tuple[date, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A facility's year: invested once, earned and spent in twelve months, years it is to last; `fixed`: what of the earned does
    not hang on use, as rent and advertising. In CNY. `months`: in how many of the twelve it was in use, where it is younger."""

    invested: Decimal
    earned: Decimal
    upkeep: Decimal
    life: int = 10
    fixed: Decimal = ZERO
    months: Fraction = Fraction(12)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What is supposed instead, in percent of what is: use (of what is paid by use), rate, upkeep, and what was invested."""

    use: int = 100
    rate: int = 100
    upkeep: int = 100
    invested: int = 100


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a facility pays for itself. `covers`: earned / upkeep (None without upkeep); `pays_upkeep`: None where it was not in use
    for a day yet; `years` to pay back what was invested at that pace, one decimal, None where it never does; `in_life`: within its
    life."""

    earned: Decimal
    upkeep: Decimal
    net: Decimal
    covers: Decimal | None
    pays_upkeep: bool | None
    years: Decimal | None
    in_life: bool


def days_held(terms: Terms, month: int) -> tuple[int, int]:
    """On how many days of a month the terms hold, and how many it has."""
    first, length = first_day(month), monthrange(month // 100, month % 100)[1]
    last = first.replace(day=length)
    begin, end = max(first, terms.first), min(last, terms.last or last)
    return max((end - begin).days + 1, 0), length


def state(first: date, last: date | None, cancelled_on: date | None, today: date) -> str:
    """Where a contract stands on a day: `coming`, `running`, `ended`, or `cancelled`."""
    if cancelled_on is not None:
        return "cancelled"
    return "coming" if today < first else "ended" if last is not None and last < today else "running"


def rate_in(terms: Terms, month: int) -> Decimal:
    """The rate of a month: the one agreed last of those that hold from it or before."""
    held = [rate for since, rate in terms.later if since <= first_day(month)]
    return held[-1] if held else terms.rate


def due(terms: Terms, month: int, quantity: Decimal) -> Decimal:
    """What a month settles to, in CNY: quantity times rate, or the month's rate by the days it held; rounded once, at the end, half
    a cent up (四舍五入)."""
    held, length = days_held(terms, month)
    if not held:
        return ZERO
    if terms.kind in BY_USE:
        return rounded(quantity * rate_in(terms, month))
    return rounded(rate_in(terms, month) * held / length)


def months_in_use(opened: date, months: Sequence[int]) -> Fraction:
    """In how many of `months` a facility opened on a day was in use; the one it was opened in counts by its days."""
    found = Fraction(0)
    for month in months:
        held, length = days_held(Terms("", ZERO, opened), month)
        found += Fraction(held, length)
    return found


def scaled(yearly: Decimal, months: Fraction) -> Decimal:
    """What of a year's sum falls to so many months, to the cent."""
    return rounded(yearly * months.numerator / (12 * months.denominator))


def upkeep_of(
    opened: date, yearly: Decimal, spent: Decimal, first_paid: date | None, months: Sequence[int]
) -> tuple[Decimal, bool, Fraction]:
    """The upkeep of a facility over `months`, whether it is what was paid (else what was planned), and in how many it was in use.

    What was paid tells it where something was in `months` and payments go back to the first of them; until then what was planned is
    the least. Of a facility in use in a part of them it is what was planned for that part: a payment may be for a whole year.
    """
    used = months_in_use(opened, months)
    planned = scaled(yearly, used)
    booked = (
        used == len(months) and spent > 0 and first_paid is not None
        and (first_paid < first_day(months[1]) or spent >= planned)
    )  # fmt: skip
    return (spent if booked else planned), booked, used


def judge(case: Case, supposed: WhatIf | None = None) -> Verdict:
    """Whether a facility pays its upkeep and when it has paid back what was invested, as it is or as supposed."""
    what = supposed or WhatIf()
    earned = rounded(((case.earned - case.fixed) * what.use / 100 + case.fixed) * what.rate / 100)
    upkeep = rounded(case.upkeep * what.upkeep / 100)
    invested = rounded(case.invested * what.invested / 100)
    net = earned - upkeep
    # A part of a year stands for its pace: net over five months pays back in 5/12 of the time it would over twelve.
    span = case.months / 12
    years = None
    if invested == 0:
        years = Decimal("0.0")
    elif net > 0 and span > 0:
        years = (invested * span.numerator / span.denominator / net).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    covers = (earned / upkeep).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP) if upkeep > 0 else None
    in_life = invested == 0 or (net > 0 and Fraction(invested) * span <= Fraction(net) * case.life)
    return Verdict(earned, upkeep, net, covers, net >= 0 if span else None, years, in_life)
