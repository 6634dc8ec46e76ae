"""Awards as the API tells and takes them. Amounts are decimal texts in CNY."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from linli.kernel.http import CountOut

from ..books.schemas import Money


class FundAwardEntryOut(Schema):
    """An entry that may be an award, posted by hand."""

    id: UUID
    number: str
    booked_on: date


class FundAwardOut(Schema):
    """An award (奖补) of an application for a tier. `entry_id`: by which it is in the books, null where it is not. `may_book`: whether the
    reader may, else `why_not`; `alike`: entries of the same community and amount that may be it. `synthetic`: of a demo.
    `booked_amount`: what the books say; `differs`: the award was corrected since, so the entry is to be reversed and booked anew."""

    application_id: UUID
    area_code: str
    area_name: str
    tier: str
    tier_label: str
    year: int
    amount: Decimal
    awarded_on: date | None
    document: str
    synthetic: bool
    entry_id: UUID | None
    entry_number: str
    booked_on: date | None
    booked_amount: Decimal | None
    differs: bool
    may_book: bool
    why_not: str
    alike: list[FundAwardEntryOut]


class FundAwardsOut(Schema):
    """A page of awards in sight."""

    items: list[FundAwardOut]
    next: str | None
    count: CountOut | None


class FundAwardIn(Schema):
    """Booking an award: `amount` is the one that was looked at; `onto` is bank when it is paid, 1212 when not yet."""

    source_id: UUID
    booked_on: date
    amount: Money
    onto: str = Field("1002", max_length=12)
    party_id: UUID | None = None


class FundAwardEntryIn(Schema):
    """The entry, posted by hand, that is the award."""

    entry_id: UUID
