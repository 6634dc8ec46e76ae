"""What becomes of a contract with an operator: another rate from a month on, its end, or that it never held."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

from .. import rules as money
from ..books.posting import LONG, NEEDED
from ..books.problems import ChangedMeanwhile
from ..permissions import CONTRACT_EDIT, VIEW
from ..rules import operating as rules
from .models import RevenueContract, RevenueTerms, Settlement
from .problems import RevenueCancelled, RevenueSettled

LONGEST = 400
BAD_RATE = Text("单价须大于零，最多六位小数。", "A rate is above zero, with six decimals at most.")
NOT_FIRST = Text(
    "须为某月 1 日：结算按整月进行。", "This is the first day of a month: settlements are of whole months."
)
NOT_WITHIN = Text("须在 {first} 至 {last} 之间。", "This lies between {first} and {last}.")
TOO_EARLY = Text("不能早于 {first}。", "This is {first} at the earliest.")
TOO_LATE = Text("不能晚于 {last}，请核对年份。", "This is {last} at the latest; look at the year again.")
ENDED_BEFORE = Text(
    "合同在 {day} 已到期，其后的月份不在合同内；继续合作请登记新合同。",
    "The contract ended on {day}, and no later month is of it; enter a new contract to go on.",
)
DONE_SINCE = Text(
    "已结算到 {month}，不能早于 {first}；如需更正，请先冲销结算凭证。",
    "Settled to {month}: this is {first} at the earliest; reverse the settlement's entry first to correct it.",
)


def change(
    actor: Actor, contract_id: UUID, since: date, rate: Decimal, valid_until: date | None, reason: str, version: int
) -> RevenueContract:
    """Agree on another rate, and to when the contract runs, from the first day of a month on. What was settled stays.

    Raises NotFound, Forbidden, Invalid, RevenueCancelled, ChangedMeanwhile.
    """
    with transaction.atomic():
        contract = _held(actor, contract_id, version)
        found = _reasoned(reason)
        if not valid_rate(rate):
            found.append(FieldProblem("rate", "form", BAD_RATE))
        # Not bound by what was agreed before: what is agreed last holds, so that a mistyped month can be put right.
        least = money.first_day(money.month_of(contract.valid_from))
        most = max(least, _latest_since())
        ended = contract.valid_until
        if since.day != 1:
            found.append(FieldProblem("since", "form", NOT_FIRST))
        elif since < least:
            found.append(FieldProblem("since", "early", TOO_EARLY, {"first": str(least)}))
        elif since > most:
            found.append(FieldProblem("since", "late", TOO_LATE, {"last": str(most)}))
        elif ended is not None and since > ended + timedelta(days=1):
            # The days between would come to be of the contract though it had ended, in months already settled to its last day too.
            found.append(FieldProblem("since", "ended", ENDED_BEFORE, {"day": str(ended)}))
        else:
            found += _after_settled(contract, "since", since)
        if valid_until is not None and valid_until < max(since, contract.valid_from):
            found.append(
                FieldProblem("valid_until", "early", TOO_EARLY, {"first": str(max(since, contract.valid_from))})
            )
        _refuse(found)
        RevenueTerms.objects.create(
            id=uuid7(), area_code=contract.area_code, contract=contract, since=since, rate=rate, valid_until=valid_until,
            reason=reason.strip(), agreed_at=clock.now(), agreed_by_name=actor.name,
        )  # fmt: skip
        if valid_until != ended:
            contract.valid_until, contract.reason = valid_until, ""  # why it was to end on another day is said no more
        _write(actor, contract)
        told = {"since": str(since), "rate": str(rate), "valid_until": str(valid_until or "")}
        changes.record(actor, "funding.revenue.change", "revenue_contract", contract.id, contract.area_code, told)
    return contract


def end(actor: Actor, contract_id: UUID, on: date, reason: str, version: int) -> RevenueContract:
    """End a contract on a day, its last one; no month beyond it is settled.

    Raises NotFound, Forbidden, Invalid, RevenueCancelled, ChangedMeanwhile.
    """
    with transaction.atomic():
        contract = _held(actor, contract_id, version)
        found = _reasoned(reason)
        if on < contract.valid_from or (contract.valid_until is not None and on > contract.valid_until):
            told = {"first": str(contract.valid_from), "last": str(contract.valid_until or "…")}
            found.append(FieldProblem("on", "range", NOT_WITHIN, told))
        else:
            # The month it ends in is settled to its days; one that was settled whole has to be over by then.
            found += _after_settled(contract, "on", on + timedelta(days=1))
        _refuse(found)
        contract.valid_until, contract.reason = on, reason.strip()
        _write(actor, contract)
        changes.record(
            actor, "funding.revenue.end", "revenue_contract", contract.id, contract.area_code, {"on": str(on)}
        )
    return contract


def cancel(actor: Actor, contract_id: UUID, reason: str, version: int) -> RevenueContract:
    """Cancel a contract of which nothing is settled: it never held, and its number is free again.

    Raises NotFound, Forbidden, Invalid, RevenueCancelled, RevenueSettled, ChangedMeanwhile.
    """
    with transaction.atomic():
        contract = _held(actor, contract_id, version)
        _refuse(_reasoned(reason))
        if (month := _last_settled(contract)) is not None:
            raise RevenueSettled(month=_said(month))
        contract.cancelled_on, contract.reason = clock.today(), reason.strip()
        _write(actor, contract)
        changes.record(actor, "funding.revenue.cancel", "revenue_contract", contract.id, contract.area_code)
    return contract


def terms_of(contract: RevenueContract, later: Iterable[RevenueTerms]) -> rules.Terms:
    """The terms of a contract with what was agreed since, in the order in which it was agreed."""
    agreed = tuple((each.since, each.rate) for each in later)
    return rules.Terms(contract.kind, contract.rate, contract.valid_from, contract.valid_until, agreed)


def valid_rate(rate: Decimal) -> bool:
    """Whether a rate may be agreed on: above zero, six decimals at most, within the column."""
    return rate.is_finite() and 0 < rate < 10**8 and rate == round(rate, 6)


def _held(actor: Actor, contract_id: UUID, version: int) -> RevenueContract:
    """A contract the actor may change, locked: nobody settles it meanwhile."""
    found: RevenueContract | None = (
        ScopedQuerySet(RevenueContract).restrict(actor, VIEW).select_for_update().filter(id=contract_id).first()
    )
    if found is None:
        raise NotFound()
    actor.require(CONTRACT_EDIT, found.area_code)
    if found.version != version:
        raise ChangedMeanwhile(by=found.changed_by_name)
    if found.cancelled_on is not None:
        raise RevenueCancelled(day=str(found.cancelled_on))
    return found


def _last_settled(contract: RevenueContract) -> int | None:
    months = Settlement.objects.filter(contract=contract, entry__reversed_by=None)
    return months.order_by("-month").values_list("month", flat=True).first()


def _after_settled(contract: RevenueContract, field: str, day: date) -> list[FieldProblem]:
    """What is wrong with a day before the end of what is settled. `day` is the first that is to be different."""
    month = _last_settled(contract)
    if month is None or day >= (open_from := money.first_day(money.next_month(month))):
        return []
    first = open_from if field == "since" else open_from - timedelta(days=1)
    return [FieldProblem(field, "settled", DONE_SINCE, {"month": _said(month), "first": str(first)})]


def _latest_since() -> date:
    """The first day of the month in two years: whatever is agreed to hold from later on is mistyped."""
    return money.first_day(money.month_of(clock.today()) + 200)


def _said(month: int) -> str:
    return f"{month // 100}-{month % 100:02}"


def _reasoned(reason: str) -> list[FieldProblem]:
    if len(reason.strip()) < 2:
        return [FieldProblem("reason", "required", NEEDED)]
    return [FieldProblem("reason", "too_long", LONG, {"most": LONGEST})] if len(reason) > LONGEST else []


def _write(actor: Actor, contract: RevenueContract) -> None:
    contract.version += 1
    contract.changed_by_name = actor.name
    contract.save()


def _refuse(found: list[FieldProblem]) -> None:
    if found:
        raise Invalid(fields=tuple(found))
