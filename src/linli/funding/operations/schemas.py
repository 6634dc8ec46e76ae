"""Facilities and contracts with operators as the API tells and takes them. Amounts are decimal texts in CNY."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from linli.kernel.http import CountOut

from ..books.schemas import FundMayOut, Money, exactly

FacilityKind = Literal["charger", "locker", "screen", "other"]
RevenueKind = Literal["rent", "per_kwh", "per_parcel", "advertising"]
Rate = Annotated[Decimal, exactly(6), Field(max_digits=14, decimal_places=6, gt=0)]
Quantity = Annotated[Decimal, exactly(3), Field(max_digits=16, decimal_places=3, ge=0)]


class FundFacilityOut(Schema):
    """A facility of a community."""

    id: UUID
    area_code: str
    area_name: str
    kind: str
    kind_label: str
    name: str
    opened_on: date
    invested: Decimal
    yearly_upkeep: Decimal
    life_years: int


class FundFacilityIn(Schema):
    """A facility as it is entered."""

    area: str = Field(max_length=15)
    kind: FacilityKind
    name: str = Field(max_length=120)
    opened_on: date
    invested: Money
    yearly_upkeep: Money
    life_years: int = Field(10, ge=1, le=50)


class FundRevenueMonthOut(Schema):
    """A month of a contract: its rate, usage, what it comes to, its entry where it is settled."""

    month: int
    rate: Decimal
    quantity: Decimal | None
    amount: Decimal | None
    entry_id: UUID | None


class FundRevenueTermsOut(Schema):
    """What was agreed later: another rate from the first day of a month on, and to when the contract runs."""

    since: date
    rate: Decimal
    valid_until: date | None
    reason: str
    agreed_at: datetime
    agreed_by_name: str


class FundRevenueOut(Schema):
    """A contract with an operator and its last twelve whole months. `rate` is the first one, `rate_now` today's. `state`: `coming`,
    `running`, `ended` or `cancelled`, with its `reason`."""

    id: UUID
    area_code: str
    area_name: str
    facility_id: UUID
    facility: str
    party: str
    source_name: str
    kind: str
    kind_label: str
    number: str
    rate: Decimal
    rate_now: Decimal
    valid_from: date
    valid_until: date | None
    state: str
    state_label: str
    reason: str
    cancelled_on: date | None
    version: int
    terms: list[FundRevenueTermsOut]
    months: list[FundRevenueMonthOut]
    may_settle: FundMayOut
    may_change: FundMayOut
    may_cancel: FundMayOut


class FundRevenuesOut(Schema):
    """Contracts with operators in sight. `rounding` says how a settlement is rounded; `unsettled`: how many months of all contracts in
    sight are not settled, told with the first page."""

    items: list[FundRevenueOut]
    next: str | None
    count: CountOut | None
    rounding: str
    unsettled: int | None
    may_edit: bool


class FundRevenueIn(Schema):
    """A contract with an operator as it is entered."""

    facility_id: UUID
    party_id: UUID
    source_id: UUID
    kind: RevenueKind
    number: str = Field(max_length=120)
    rate: Rate
    valid_from: date
    valid_until: date | None = None


class FundRevenueChangeIn(Schema):
    """Another rate, and to when the contract runs (null, which has to be said: open), from the first day of a month on; `version` is
    the one looked at."""

    since: date
    rate: Rate
    valid_until: date | None
    reason: str = Field(max_length=400)
    version: int


class FundRevenueEndIn(Schema):
    """The last day of a contract, and why."""

    on: date
    reason: str = Field(max_length=400)
    version: int


class FundRevenueCancelIn(Schema):
    """Why a contract never held."""

    reason: str = Field(max_length=400)
    version: int


class FundUsedIn(Schema):
    """A row of usage: contract number, month, quantity. `area`: by code or name, of which keeper or place the contract is, where several
    have its number."""

    number: str = Field(max_length=120)
    month: int = Field(ge=200001, le=299912)
    quantity: Quantity
    area: str = Field("", max_length=60)


class FundUsageIn(Schema):
    """Usage as it is imported; all rows or none. `area` says whose contracts are meant where two towns have the same number."""

    area: str | None = Field(None, max_length=15)
    rows: list[FundUsedIn] = Field(max_length=1000)
    origin: str = Field("", max_length=120)


class FundUsageOut(Schema):
    """How many rows were taken."""

    taken: int


class FundSettleIn(Schema):
    """Settling a month; `onto` is bank when it is paid, 1212 when not yet. `amount` is the one that was looked at: what comes to another
    meanwhile is not settled."""

    month: int = Field(ge=200001, le=299912)
    booked_on: date
    onto: str = Field("1212", max_length=12)
    amount: Money | None = None


class FundSettlementOut(Schema):
    """A settlement with the figures it was reckoned from."""

    id: UUID
    month: int
    quantity: Decimal
    rate: Decimal
    amount: Decimal
    entry_id: UUID


class FundVerdictOut(Schema):
    """Whether a facility pays for itself: `covers` is earned / upkeep, `pays_upkeep` (null: not in use yet), `years` to pay back (null:
    never)."""

    earned: Decimal
    upkeep: Decimal
    net: Decimal
    covers: Decimal | None
    pays_upkeep: bool | None
    years: Decimal | None
    in_life: bool


class FundSustainedOut(Schema):
    """A facility with its year as it is and as supposed. `booked`: upkeep is what was paid, not what was planned. `months`: in how many
    of the last twelve whole months it was in use, one decimal."""

    facility: FundFacilityOut
    months: Decimal
    booked: bool
    verdict: FundVerdictOut
    supposed: FundVerdictOut
