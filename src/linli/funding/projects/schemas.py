"""Projects and contracts as the API tells and takes them. Amounts are decimal texts in CNY."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from linli.kernel.http import CountOut

from ..books.schemas import FundMayOut, Money

ContractKind = Literal["purchase", "upkeep"]
TenderMethod = Literal["open", "invited", "consultation", "enquiry", "single", "small"]


class FundProjectOut(Schema):
    """A project on its way through procurement. `next`: the steps that may be taken now."""

    id: UUID
    area_code: str
    area_name: str
    title: str
    need: str
    source_id: UUID
    source_name: str
    planned: Decimal
    state: str
    state_label: str
    next: list[str]
    tender_method: str
    tender_number: str
    tender_on: date | None
    award_party_id: UUID | None
    award_party: str
    award_amount: Decimal | None
    award_on: date | None
    contract_id: UUID | None
    drop_reason: str
    version: int


class FundProjectsOut(Schema):
    """A page of projects in sight."""

    items: list[FundProjectOut]
    next: str | None
    count: CountOut | None
    may_edit: bool


class FundProjectIn(Schema):
    """What is needed."""

    area: str = Field(max_length=15)
    title: str = Field(max_length=120)
    source_id: UUID
    planned: Money
    need: str = Field("", max_length=2000)


class FundProjectStepIn(Schema):
    """What a step says: tender (method, number), awarded (party, amount), dropped (reason)."""

    version: int
    on: date
    method: TenderMethod | Literal[""] = ""
    number: str = Field("", max_length=120)
    party_id: UUID | None = None
    amount: Money | None = None
    reason: str = Field("", max_length=120)


class FundContractCancelIn(Schema):
    """Why nothing comes of a contract."""

    reason: str = Field(max_length=400)


class FundMilestoneOut(Schema):
    """A part of a contract that is due on a day."""

    id: UUID
    name: str
    due_on: date
    amount: Decimal


class FundPaymentOut(Schema):
    """A payment with its entry; `reversed`: it does not count any more."""

    id: UUID
    milestone: str
    paid_on: date
    amount: Decimal
    entry_id: UUID
    entry_number: str
    reversed: bool


class FundAssetOut(Schema):
    """What was bought, as it was accepted."""

    id: UUID
    area_code: str
    area_name: str
    name: str
    quantity: int
    cost: Decimal
    place: str
    accepted_on: date
    warranty_until: date | None
    contract_id: UUID
    contract_number: str
    party: str


class FundContractOut(Schema):
    """A contract by which money is spent. `paid` + `left` = `amount`."""

    id: UUID
    area_code: str
    area_name: str
    kind: str
    kind_label: str
    number: str
    title: str
    party: str
    source_name: str
    account: str
    amount: Decimal
    paid: Decimal
    left: Decimal
    signed_on: date
    ends_on: date | None
    warranty_until: date | None
    accepted_on: date | None
    cancelled_on: date | None
    project_id: UUID | None
    facility_id: UUID | None
    facility: str


class FundContractDetailOut(FundContractOut):
    """A contract with its milestones, payments and assets."""

    acceptance: str
    cancel_reason: str
    milestones: list[FundMilestoneOut]
    payments: list[FundPaymentOut]
    assets: list[FundAssetOut]
    may_edit: bool
    may_pay: FundMayOut
    may_accept: FundMayOut
    may_cancel: FundMayOut


class FundContractsOut(Schema):
    """A page of contracts in sight."""

    items: list[FundContractOut]
    next: str | None
    count: CountOut | None
    may_edit: bool


class FundMilestoneIn(Schema):
    """A milestone as it is entered."""

    name: str = Field(max_length=120)
    due_on: date
    amount: Money


class FundContractIn(Schema):
    """A contract as it is entered; with `project_id` that of an awarded project."""

    area: str = Field(max_length=15)
    kind: ContractKind
    number: str = Field(max_length=120)
    title: str = Field(max_length=120)
    party_id: UUID
    source_id: UUID
    account: str = Field(max_length=12)
    amount: Money
    signed_on: date
    project_id: UUID | None = None
    facility_id: UUID | None = None
    ends_on: date | None = None
    warranty_until: date | None = None
    parts: list[FundMilestoneIn] = Field(default_factory=list, max_length=30)


class FundPaymentIn(Schema):
    """A payment; `out_of` is the money account."""

    paid_on: date
    amount: Money
    milestone_id: UUID | None = None
    out_of: str = Field("1002", max_length=12)
    document: str = Field("", max_length=400)


class FundBoughtIn(Schema):
    """An asset as it is accepted."""

    name: str = Field(max_length=120)
    quantity: int = Field(ge=1, le=1_000_000)
    cost: Money
    place: str = Field("", max_length=120)


class FundAcceptanceIn(Schema):
    """Accepting what a contract brought."""

    on: date
    words: str = Field("", max_length=2000)
    assets: list[FundBoughtIn] = Field(default_factory=list, max_length=200)


class FundDueOut(Schema):
    """Something of a contract that is due or runs out soon: `milestone`, `contract_end`, `warranty_end`, or not accepted by its day:
    `acceptance`."""

    contract_id: UUID
    number: str
    title: str
    area_name: str
    party: str
    kind: str
    what: str
    day: date
    overdue: bool
    amount: Decimal | None


class FundRunningOut(Schema):
    """What a community ran on in the months asked for, by account, and in as many of a year before."""

    area_code: str
    area_name: str
    accounts: dict[str, Decimal]
    total: Decimal
    before: Decimal


class FundRunningsOut(Schema):
    """What communities ran on from month `first` to `last`: a calendar year, or the last twelve whole months."""

    first: int
    last: int
    items: list[FundRunningOut]
