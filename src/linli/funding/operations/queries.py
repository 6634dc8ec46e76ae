"""Reads of facilities: contracts with their months, and whether each facility pays for its upkeep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Prefetch, Q, QuerySet, Sum

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.paging import Page
from linli.kernel.scoped import ScopedQuerySet

from .. import rules as money
from ..pages import newest_first
from ..permissions import VIEW
from ..projects.models import Payment
from ..rules import operating as rules
from .models import Facility, RevenueContract, RevenueTerms, Settlement, Usage
from .terms import terms_of

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a contract: its rate, its usage, what it comes to, and the entry where it is settled."""

    month: int
    rate: Decimal
    quantity: Decimal | None
    amount: Decimal | None
    entry_id: UUID | None


@dataclass(frozen=True, slots=True)
class Sustained:
    """A facility with its year (the last twelve whole months) and the verdict. `booked`: its upkeep is what was paid by its upkeep
    contracts; otherwise what was planned."""

    facility: Facility
    case: rules.Case
    booked: bool
    verdict: rules.Verdict
    supposed: rules.Verdict

    @property
    def months(self) -> Decimal:
        """In how many of the twelve months it was in use, one decimal."""
        used = self.case.months
        return (Decimal(used.numerator) / used.denominator).quantize(Decimal("0.1"))


def facilities(
    actor: Actor, area: str | None = None, cursor: str | None = None, limit: int | None = None
) -> Page[Facility]:
    """Facilities in sight, the newest first. Raises Invalid."""
    found: QuerySet[Facility] = ScopedQuerySet[Facility](Facility).restrict(actor, VIEW, area)
    return newest_first(found, cursor, limit)


def last_months(count: int) -> list[int]:
    """The last `count` whole months, the oldest first."""
    this, found = money.month_of(clock.today()), []
    for _ in range(count):
        this = this - 1 if this % 100 > 1 else (this // 100 - 1) * 100 + 12
        found.append(this)
    return found[::-1]


def revenues(
    actor: Actor, area: str | None = None, cursor: str | None = None, limit: int | None = None
) -> Page[tuple[RevenueContract, list[Month]]]:
    """Contracts with operators in sight, the newest first, with their months. Five statements. Raises Invalid."""
    page = newest_first(_revenues(actor, area), cursor, limit)
    return Page(_with_months(page.items), page.next, page.count)


def unsettled(actor: Actor, area: str | None = None) -> int:
    """How many months of all contracts in sight are not settled, whatever page they stand on. Four statements. Raises Invalid."""
    found = _with_months(list(_revenues(actor, area).filter(cancelled_on=None)))
    return sum(month.entry_id is None for _, months in found for month in months)


def revenue(actor: Actor, contract_id: UUID) -> tuple[RevenueContract, list[Month]]:
    """One of them. Raises NotFound."""
    found = _with_months(list(_revenues(actor).filter(id=contract_id)))
    if not found:
        raise NotFound()
    return found[0]


def _revenues(actor: Actor, area: str | None = None) -> QuerySet[RevenueContract]:
    found: QuerySet[RevenueContract] = (
        ScopedQuerySet[RevenueContract](RevenueContract)
        .restrict(actor, VIEW, area)
        .select_related("facility", "party", "source")
        .annotate(held=Exists(Settlement.objects.filter(contract=OuterRef("id"), entry__reversed_by=None)))
        .prefetch_related(Prefetch("terms", RevenueTerms.objects.order_by("id")))
    )
    return found


def _with_months(found: Sequence[RevenueContract]) -> list[tuple[RevenueContract, list[Month]]]:
    """Each with its last twelve whole months and what is not settled of those before; of a cancelled one none. Two statements."""
    months = last_months(SHOWN)
    used = {(row.contract_id, row.month): row.quantity for row in Usage.objects.filter(contract__in=found)}
    settled = {
        (row.contract_id, row.month): row
        for row in Settlement.objects.filter(contract__in=found, entry__reversed_by=None)
    }
    told: list[tuple[RevenueContract, list[Month]]] = []
    for one in found:
        rows = []
        terms = terms_of(one, one.terms.all())
        if one.cancelled_on is not None:
            told.append((one, []))
            continue
        for month in money.months(min(money.month_of(max(one.valid_from, money.FIRST_DAY)), months[0]), months[-1]):
            if not rules.days_held(terms, month)[0]:
                continue
            quantity, done = used.get((one.id, month)), settled.get((one.id, month))
            known = quantity is not None or one.kind not in rules.BY_USE
            amount = done.amount if done else rules.due(terms, month, quantity or money.ZERO) if known else None
            if month < months[0] and (done or amount == 0):
                continue
            rows.append(
                Month(
                    month,
                    done.rate if done else rules.rate_in(terms, month),
                    quantity,
                    amount,
                    done.entry_id if done else None,
                )
            )
        told.append((one, rows))
    return told


def sustained(
    actor: Actor, supposed: rules.WhatIf, area: str | None = None, cursor: str | None = None, limit: int | None = None
) -> Page[Sustained]:
    """Whether each facility in sight pays for its upkeep, as it is and as supposed. Four statements. Raises Invalid."""
    page, months = facilities(actor, area, cursor, limit), last_months(SHOWN)
    found = page.items
    since, until = money.first_day(months[0]), money.first_day(money.next_month(months[-1]))
    earned = {
        facility: (whole, fixed or money.ZERO)
        for facility, whole, fixed in Settlement.objects.filter(
            contract__facility__in=found, month__gte=months[0], entry__reversed_by=None
        )
        .values_list("contract__facility")
        .annotate(sum=Sum("amount"), fixed=Sum("amount", filter=~Q(contract__kind__in=rules.BY_USE)))
    }
    paid = {
        facility: (whole or money.ZERO, first)
        for facility, whole, first in Payment.objects.filter(
            contract__facility__in=found, contract__kind="upkeep", paid_on__lt=until, entry__reversed_by=None
        )
        .values_list("contract__facility")
        .annotate(sum=Sum("amount", filter=Q(paid_on__gte=since)), first=Min("paid_on"))
    }
    told = []
    for each in found:
        whole, fixed = earned.get(each.id, (money.ZERO, money.ZERO))
        spent, first = paid.get(each.id, (money.ZERO, None))
        upkeep, booked, used = rules.upkeep_of(each.opened_on, each.yearly_upkeep, spent, first, months)
        case = rules.Case(each.invested, whole, upkeep, each.life_years, fixed, used)
        told.append(Sustained(each, case, booked, rules.judge(case), rules.judge(case, supposed)))
    return Page(told, page.next, page.count)
