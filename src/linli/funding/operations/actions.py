"""Facilities, contracts with their operators, usage as imported, and settlements, each of which posts an entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from linli.access import changes
from linli.kernel import area_names, areas, clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

from .. import rules as money
from ..books.models import Account, Party, Source
from ..books.posting import BAD_AREA, FAULTS, LONG, NEEDED, UNKNOWN, NewEntry, NewLine, area_of, numbered_by, post
from ..permissions import CONTRACT_EDIT, VIEW
from ..rules import operating as rules
from .models import Facility, RevenueContract, Settlement, Usage
from .problems import NothingToSettle, RevenueCancelled, RevenueNumberTaken, SettledAlready, SettlementChanged
from .terms import BAD_RATE, terms_of, valid_rate

LONGEST, MOST_ROWS = 120, 1000
THOUSANDTH = Decimal("0.001")
MOST_USED = Decimal("9999999999999.999")
BAD_SPAN = Text("结束日期不能早于开始日期。", "The last day cannot lie before the first.")
BAD_QUANTITY = Text("用量须不小于零，最多三位小数。", "Usage is zero or more, with three decimals at most.")
BAD_MONTH = Text(
    "月份须为 202601 这样的六位数，且不晚于本月。", "A month is six digits as 202601, and not after this one."
)
BAD_LIFE = Text("使用年限为 1 至 50 年。", "A life is 1 to 50 years.")
NO_CONTRACT = Text("没有编号为“{number}”的按量合同。", "There is no contract {number} by usage.")
SEVERAL = Text(
    "有几份编号为“{number}”的合同（{places}），请在该行末尾加一列写明是哪一个，或在上方选择镇街或村居。",
    "There are several contracts {number} ({places}); say at the end of the row which is meant, or choose its area above.",
)
NOT_THERE = Text("“{area}”没有编号为“{number}”的按量合同。", "There is no contract {number} by usage of {area}.")
TWICE = Text("同一合同同一月份出现两次。", "The same contract and month stands there twice.")
BAD_BOOKED = Text(
    "结算月份结束后才能入账，最早 {first}。", "A month is booked when it is over, on {first} at the earliest."
)
DONE = Text("该月已结算，不能改用量。", "The month is settled; its usage stays.")


@dataclass(frozen=True, slots=True)
class NewFacility:
    """A facility as it is entered. Amounts in CNY."""

    area: str
    kind: str
    name: str
    opened_on: date
    invested: Decimal
    yearly_upkeep: Decimal
    life_years: int = 10


@dataclass(frozen=True, slots=True)
class NewRevenue:
    """A contract with an operator as it is entered; it lies where its facility does."""

    facility_id: UUID
    party_id: UUID
    source_id: UUID
    kind: str
    number: str
    rate: Decimal
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """A row of usage as it is imported: contract number, month, quantity in the contract's unit. `area`: whose contract it is, by code or
    name, where several have the number."""

    number: str
    month: int
    quantity: Decimal
    area: str = ""


def add_facility(actor: Actor, given: NewFacility) -> Facility:
    """Enter a facility. Raises Forbidden, Invalid."""
    area = area_of(given.area)
    if area is not None:
        actor.require(CONTRACT_EDIT, area)
    found = [] if area is not None else [FieldProblem("area", "unknown", BAD_AREA)]
    found += _named("name", given.name)
    if given.kind not in rules.FACILITY_KINDS:
        found.append(FieldProblem("kind", "unknown", UNKNOWN))
    found += [
        FieldProblem(name, "form", FAULTS["form"])
        for name in ("invested", "yearly_upkeep")
        if not money.is_money(getattr(given, name))
    ]
    if not 0 < given.life_years <= 50:
        found.append(FieldProblem("life_years", "range", BAD_LIFE))
    _refuse(found)
    assert area is not None
    made: Facility = Facility.objects.create(
        id=uuid7(), area_code=area, kind=given.kind, name=given.name.strip(), opened_on=given.opened_on, invested=given.invested,
        yearly_upkeep=given.yearly_upkeep, life_years=given.life_years, made_at=clock.now(), made_by=actor.id,
    )  # fmt: skip
    changes.record(actor, "funding.facility.add", "facility", made.id, made.area_code, {"kind": made.kind})
    return made


def add_revenue(actor: Actor, given: NewRevenue) -> RevenueContract:
    """Enter a contract with an operator. Raises NotFound, Forbidden, Invalid, RevenueNumberTaken."""
    facility: Facility | None = ScopedQuerySet(Facility).restrict(actor, VIEW).filter(id=given.facility_id).first()
    if facility is None:
        raise NotFound()
    actor.require(CONTRACT_EDIT, facility.area_code)
    found = _named("number", given.number)
    if given.kind not in rules.KINDS:
        found.append(FieldProblem("kind", "unknown", UNKNOWN))
    if not valid_rate(given.rate):
        found.append(FieldProblem("rate", "form", BAD_RATE))
    if given.valid_until is not None and given.valid_until < given.valid_from:
        found.append(FieldProblem("valid_until", "early", BAD_SPAN))
    if not Party.objects.filter(id=given.party_id).exists():
        found.append(FieldProblem("party_id", "unknown", UNKNOWN))
    if not Source.objects.filter(id=given.source_id).exists():
        found.append(FieldProblem("source_id", "unknown", UNKNOWN))
    _refuse(found)
    try:
        with transaction.atomic():
            made: RevenueContract = RevenueContract.objects.create(
                id=uuid7(), area_code=facility.area_code, facility=facility, party_id=given.party_id, source_id=given.source_id,
                kind=given.kind, number=given.number.strip(), rate=given.rate, valid_from=given.valid_from,
                valid_until=given.valid_until, made_at=clock.now(), made_by=actor.id, numbered_by=numbered_by(facility.area_code),
                changed_by_name=actor.name,
            )  # fmt: skip
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != "revenue_contract_number":
            raise
        problem = FieldProblem("number", "taken", RevenueNumberTaken.text, {"number": given.number})
        raise RevenueNumberTaken(number=given.number, fields=(problem,)) from None
    changes.record(actor, "funding.revenue.add", "revenue_contract", made.id, made.area_code, {"rate": str(made.rate)})
    return made


def import_usage(actor: Actor, rows: Sequence[Used], origin: str, area: str | None = None) -> int:
    """Take in usage by contract number and month; a month that is there and not settled is replaced. All or nothing. `area` narrows
    whose contracts the numbers are of: two towns may have the same.

    Raises Forbidden, Invalid (each fault with its row). A fixed number of statements.
    """
    actor.require(CONTRACT_EDIT)
    with transaction.atomic():
        return _take_usage(actor, rows, origin, area)


def _take_usage(actor: Actor, rows: Sequence[Used], origin: str, area: str | None) -> int:
    # Locked before it is asked what is settled: a month being settled keeps the usage it is reckoned from.
    meant = list(
        ScopedQuerySet[RevenueContract](RevenueContract)
        .restrict(actor, CONTRACT_EDIT, area)
        .select_for_update()
        .filter(number__in={row.number for row in rows}, kind__in=rules.BY_USE, cancelled_on=None)
        .order_by("id")
    )
    by_number: dict[str, list[RevenueContract]] = {}
    for one in meant:
        by_number.setdefault(one.number, []).append(one)
    names = area_names.names_of({code for one in meant for code in places_of(one)})
    this = money.month_of(clock.today())
    done = set(Settlement.objects.filter(contract__in=meant, entry__reversed_by=None).values_list("contract", "month"))
    found = [] if 0 < len(rows) <= MOST_ROWS else [FieldProblem("rows", "required", NEEDED)]
    if len(origin) > LONGEST:
        found.append(FieldProblem("origin", "too_long", LONG, {"most": LONGEST}))
    seen: set[tuple[UUID, int]] = set()
    taken: list[tuple[RevenueContract, Used]] = []
    for at, row in enumerate(rows):
        named, fitting = by_number.get(row.number, []), meant_by(row.area, by_number.get(row.number, []), names)
        if not named:
            found.append(FieldProblem(f"rows.{at}.number", "unknown", NO_CONTRACT, {"number": row.number}))
        elif not fitting:
            told = {"number": row.number, "area": row.area}
            found.append(FieldProblem(f"rows.{at}.number", "unknown", NOT_THERE, told))
        elif len(fitting) > 1:
            told = {"number": row.number, "places": "、".join(names[one.numbered_by] for one in fitting)}
            found.append(FieldProblem(f"rows.{at}.number", "several", SEVERAL, told))
        if not (money.is_month(row.month) and row.month <= this):
            found.append(FieldProblem(f"rows.{at}.month", "range", BAD_MONTH))
        quantity = row.quantity
        if not (quantity.is_finite() and 0 <= quantity <= MOST_USED and quantity == quantity.quantize(THOUSANDTH)):
            found.append(FieldProblem(f"rows.{at}.quantity", "form", BAD_QUANTITY))
        if len(fitting) != 1:
            continue
        if (key := (fitting[0].id, row.month)) in seen:
            found.append(FieldProblem(f"rows.{at}.month", "twice", TWICE))
        if key in done:
            found.append(FieldProblem(f"rows.{at}.month", "settled", DONE))
        seen.add(key)
        taken.append((fitting[0], row))
    _refuse(found)
    Usage.objects.bulk_create(
        [
            Usage(
                id=uuid7(), area_code=one.area_code, contract=one, month=row.month, quantity=row.quantity, origin=origin.strip(),
                recorded_at=clock.now(), recorded_by=actor.id,
            )
            for one, row in taken
        ],
        update_conflicts=True, unique_fields=["contract", "month"],
        update_fields=["quantity", "origin", "recorded_at", "recorded_by"],
    )  # fmt: skip
    # Rows are of several communities: it is logged in the actor's own area that holds them, for whoever looks after all of these.
    held, codes = actor.areas_for(CONTRACT_EDIT), {one.area_code for one in meant}
    own = next((each for each in held if all(areas.contains(each, code) for code in codes)), held[0])
    changes.record(actor, "funding.usage.import", "usage", origin.strip() or "-", own, {"rows": len(rows)})
    return len(rows)


def places_of(contract: RevenueContract) -> tuple[str, str, str]:
    """Where a contract may be said to be: by whose keeper numbered it, the community or town it lies in, and its town."""
    return contract.numbered_by, contract.area_code, numbered_by(contract.area_code)


def meant_by(area: str, found: Sequence[RevenueContract], names: Mapping[str, str]) -> list[RevenueContract]:
    """Which of contracts of one number an area of a row means, by code or name: that of whose keeper it names, else those there. All of
    them where it names none: nothing is guessed."""
    if not area:
        return list(found)
    kept = [one for one in found if area in (one.numbered_by, names[one.numbered_by])]
    return kept or [
        one for one in found if area in {word for code in places_of(one)[1:] for word in (code, names[code])}
    ]


def settle(
    actor: Actor, contract_id: UUID, month: int, booked_on: date, onto: str, seen: Decimal | None = None
) -> Settlement:
    """Settle a month of a contract: what is due by its terms is booked on `onto` (bank when paid, receivables when not yet).
    `seen`: the amount that was looked at; another one is not settled.

    Raises NotFound, Forbidden, Invalid, SettledAlready, NothingToSettle, SettlementChanged, PeriodClosed.
    """
    with transaction.atomic():
        contract: RevenueContract | None = (
            ScopedQuerySet(RevenueContract).restrict(actor, VIEW).select_for_update().filter(id=contract_id).first()
        )
        if contract is None:
            raise NotFound()
        actor.require(CONTRACT_EDIT, contract.area_code)
        if contract.cancelled_on is not None:
            raise RevenueCancelled(day=str(contract.cancelled_on))
        if not Account.objects.filter(Q(money=True) | Q(code="1212"), code=onto).exists():
            raise Invalid(fields=(FieldProblem("onto", "unknown", UNKNOWN),))
        said = f"{month // 100}-{month % 100:02}"
        if Settlement.objects.filter(contract=contract, month=month, entry__reversed_by=None).exists():
            raise SettledAlready(month=said)
        used = Usage.objects.filter(contract=contract, month=month).first()
        quantity = used.quantity if used else None
        terms = terms_of(contract, contract.terms.order_by("id"))
        amount = _due(terms, month, quantity)
        if amount is None:
            raise NothingToSettle(month=said)
        if seen is not None and seen != amount:
            raise SettlementChanged(month=said, amount=f"{amount:,}")
        if booked_on < (over := money.first_day(money.next_month(month))):
            raise Invalid(fields=(FieldProblem("booked_on", "early", BAD_BOOKED, {"first": over.isoformat()}),))
        unit = rules.KINDS[contract.kind].zh
        text = f"结算合同 {contract.number} {said} {unit}"
        lines = [NewLine(onto, debit=amount), NewLine(rules.ACCOUNTS[contract.kind], credit=amount)]
        entry = post(actor, NewEntry(contract.area_code, contract.source_id, booked_on, text, lines, contract.party_id))
        made: Settlement = Settlement.objects.create(
            id=uuid7(), area_code=contract.area_code, contract=contract, month=month, quantity=quantity or 0,
            rate=rules.rate_in(terms, month),
            amount=amount, entry=entry, settled_at=clock.now(), settled_by_name=actor.name,
        )  # fmt: skip
    return made


def _due(terms: rules.Terms, month: int, quantity: Decimal | None) -> Decimal | None:
    """What the month comes to, or None where there is nothing to settle."""
    if not money.is_month(month) or month >= money.month_of(clock.today()):
        return None
    if terms.kind in rules.BY_USE and quantity is None:
        return None
    amount = rules.due(terms, month, quantity or money.ZERO)
    return amount if 0 < amount <= money.LARGEST else None


def _named(field: str, text: str) -> list[FieldProblem]:
    if not text.strip():
        return [FieldProblem(field, "required", NEEDED)]
    return [FieldProblem(field, "too_long", LONG, {"most": LONGEST})] if len(text) > LONGEST else []


def _refuse(found: list[FieldProblem]) -> None:
    if found:
        raise Invalid(fields=tuple(found[:200]))
