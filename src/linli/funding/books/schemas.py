"""The books as the API tells and takes them. Amounts are decimal texts with two places, in CNY."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query, Schema
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from linli.kernel.http import CountOut
from linli.kernel.paging import Page

Cursor = Annotated[str | None, Query(max_length=400)]
Limit = Annotated[int | None, Query(ge=1, le=200)]
#: A JSON number is a binary fraction once it was read: a decimal of fifteen digits comes back as it was written, one of more need not.
EXACT_DIGITS = 15


def exactly(places: int) -> BeforeValidator:
    """Refuse a JSON number so large that its last of `places` decimals could be lost; texts are always exact."""

    def check(value: object) -> object:
        if isinstance(value, float) and abs(value) >= 10 ** (EXACT_DIGITS - places):
            raise PydanticCustomError("number_as_text", "give a number of so many digits as a text")
        return value

    return BeforeValidator(check)


#: A text, such as "1234.50"; or a number, as long as no cent of it is lost.
Money = Annotated[Decimal, exactly(2), Field(max_digits=16, decimal_places=2, ge=0)]
SourceKind = Literal[
    "provincial_award", "city_finance", "district_finance", "street", "enterprise", "operation", "donation"
]
PartyKind = Literal["operator", "supplier", "payer", "other"]
Sure = Literal["official", "local", "inferred", "demo"]


def paged(page: Page[Any], told: list[Any]) -> dict[str, Any]:
    """A page as the API answers it, with its rows as they are told."""
    count = CountOut(value=page.count.value, exact=page.count.exact) if page.count else None
    return {"items": told, "next": page.next, "count": count}


class FundMayOut(Schema):
    """Whether the reader may do something now, else why not."""

    allowed: bool
    why_not: str


class FundAccountOut(Schema):
    """An account. `money`: its balance is money in hand; `capital`: what is bought for years."""

    code: str
    name: str
    kind: str
    kind_label: str
    money: bool
    capital: bool


class FundSourceOut(Schema):
    """A source of money. `certainty`: how sure its terms are, by `origin`."""

    id: UUID
    kind: str
    kind_label: str
    name: str
    terms: str
    earmark: str
    spend_accounts: list[str]
    valid_from: date
    valid_until: date | None
    certainty: str
    origin: str
    version: int


class FundSourcesOut(Schema):
    """All sources. `may_edit`: whether the reader keeps them."""

    items: list[FundSourceOut]
    may_edit: bool


class FundSourceIn(Schema):
    """A source as it is entered."""

    kind: SourceKind
    name: str = Field(max_length=60)
    valid_from: date
    valid_until: date | None = None
    terms: str = Field("", max_length=2000)
    earmark: str = Field("", max_length=2000)
    spend_accounts: list[str] = Field(default_factory=list, max_length=50)
    certainty: Sure = "local"
    origin: str = Field("", max_length=2000)


class FundSourceChangeIn(FundSourceIn):
    """A source as it is to be; `version` is the one looked at."""

    version: int


class FundPartyOut(Schema):
    """Who is paid or pays."""

    id: UUID
    kind: str
    kind_label: str
    name: str
    credit_code: str
    note: str


class FundPartyIn(Schema):
    """A party as it is entered: a legal entity, never a person."""

    kind: PartyKind
    name: str = Field(max_length=60)
    credit_code: str = Field("", max_length=18)
    note: str = Field("", max_length=2000)


class BudgetPartOut(Schema):
    """One grant of a budget."""

    id: UUID
    amount: Decimal
    note: str
    version: int


class FundBudgetOut(Schema):
    """The budget of a source in a year in an area, with what was used there and below."""

    source_id: UUID
    source_name: str
    kind: str
    year: int
    area_code: str
    area_name: str
    amount: Decimal
    used: Decimal
    left: Decimal
    parts: list[BudgetPartOut]


class FundBudgetsOut(Schema):
    """Budgets in sight and their sums."""

    items: list[FundBudgetOut]
    may_edit: bool


class FundBudgetIn(Schema):
    """A budget as it is granted."""

    source_id: UUID
    year: int = Field(ge=2000, le=2099)
    area: str = Field(max_length=15)
    amount: Money
    note: str = Field("", max_length=2000)


class FundBudgetChangeIn(Schema):
    """A budget's other amount; `version` is the one looked at."""

    amount: Money
    note: str = Field("", max_length=2000)
    version: int


class FundLineOut(Schema):
    """A line of an entry."""

    account: str
    account_name: str
    debit: Decimal
    credit: Decimal
    note: str


class FundEntryOut(Schema):
    """An entry. `amount` is the sum of one side; `reverses` and `reversed_by` are entries, with their numbers."""

    id: UUID
    number: str
    month: int
    booked_on: date
    area_code: str
    area_name: str
    source_id: UUID
    source_name: str
    party_id: UUID | None
    party_name: str
    text: str
    document: str
    amount: Decimal
    reverses: UUID | None
    reversed_by: UUID | None
    posted_at: datetime
    posted_by_name: str


class FundEntryAwardOut(Schema):
    """Of which application an entry is the award."""

    application_id: UUID
    year: int
    tier_label: str
    document: str
    awarded_on: date


class FundEntryDetailOut(FundEntryOut):
    """An entry with its lines. `may_reverse`: whether the reader may undo it; `award`: what it is the award of."""

    lines: list[FundLineOut]
    reverses_number: str
    may_reverse: bool
    award: FundEntryAwardOut | None


class FundLineIn(Schema):
    """A line as it is entered: an amount on one side."""

    account: str = Field(max_length=12)
    debit: Money = Decimal("0")
    credit: Money = Decimal("0")
    note: str = Field("", max_length=400)


class FundEntryIn(Schema):
    """An entry as it is entered."""

    area: str = Field(max_length=15)
    source_id: UUID
    booked_on: date
    text: str = Field(max_length=400)
    party_id: UUID | None = None
    document: str = Field("", max_length=400)
    lines: list[FundLineIn] = Field(max_length=50)


class FundReversalIn(Schema):
    """Undoing an entry: on which day it is booked, and why."""

    booked_on: date
    reason: str = Field(max_length=400)


class FundPeriodOut(Schema):
    """An accounting month with how many entries it has."""

    month: int
    entries: int
    closed_at: datetime | None
    closed_by_name: str


class FundPeriodsOut(Schema):
    """The months. `closable`: the one that may be closed now; `may_close`: whether the reader may."""

    items: list[FundPeriodOut]
    closable: int | None
    closed_through: int | None
    may_close: bool


class FundCloseIn(Schema):
    """The month to close, as 202611."""

    month: int = Field(ge=200001, le=299912)


class FundFiguresOut(Schema):
    """Sums in CNY: opening + received - paid = closing; over all rows debit = credit."""

    opening: Decimal
    received: Decimal
    paid: Decimal
    closing: Decimal
    income: Decimal
    expense: Decimal
    invested: Decimal
    debit: Decimal
    credit: Decimal
    entries: int


class FundReportRowOut(Schema):
    """What a source, an area, a party or an account had."""

    key: str
    name: str
    kind: str
    figures: FundFiguresOut


class FundReportOut(Schema):
    """A report with its total. `balanced`: debit is credit."""

    by: str
    first: int
    last: int
    rows: list[FundReportRowOut]
    total: FundFiguresOut
    balanced: bool
