"""What the API of mediation takes and answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from . import rules

DisputeKind = Literal[
    "marriage", "neighbours", "personality", "property", "tort", "contract", "labour", "lending", "land", "civil", "building",
    "welfare", "enforcement", "litigation", "discipline", "religion", "other",
]  # fmt: skip
Referral = Literal["", "court", "arbitration", "administration", "police", "again"]


class MediationPartySchema(Schema):
    """One of those in dispute."""

    side: rules.Side
    name: str = Field(max_length=rules.LONGEST_NAME)
    phone: str = Field("", max_length=rules.LONGEST_PHONE)
    id_number: str = Field("", max_length=rules.LONGEST_PHONE)
    address: str = Field("", max_length=rules.LONGEST_LINE)


class MediationIn(Schema):
    """A record. `version`: of the record it takes the place of, left out for the first."""

    version: int | None = None
    kind: DisputeKind
    organisation: str = Field("", max_length=rules.LONGEST_LINE)
    mediators: list[str] = Field(max_length=rules.MOST_MEDIATORS)
    held_at: datetime | None = None
    place: str = Field(max_length=rules.LONGEST_LINE)
    summary: str = Field(max_length=rules.LONGEST_TEXT)
    parties: list[MediationPartySchema] = Field(max_length=rules.MOST_PARTIES)
    agreed: bool | None = None
    form: rules.Form = ""
    agreement: str = Field("", max_length=rules.LONGEST_TEXT)
    fulfil_by: date | None = None
    referred_to: Referral = ""


class FollowUpIn(Schema):
    """Whether an agreement was kept, as of a day."""

    version: int
    fulfilled: rules.Fulfilled
    on: date | None = None
    note: str = Field("", max_length=rules.LONGEST_LINE)


class MediationOut(Schema):
    """A record. `round`: of which round of its case, from 0. `summary`, `agreement`, `note` and what is told of parties are masked
    but to its mediators; `destroyed`: gone, as their time was over."""

    round: int
    version: int
    kind: DisputeKind
    kind_name: str
    organisation: str
    mediators: list[str]
    held_at: datetime
    place: str
    summary: str
    parties: list[MediationPartySchema]
    agreed: bool | None
    form: rules.Form
    agreement: str
    fulfil_by: date | None
    referred_to: Referral
    fulfilled: rules.Fulfilled
    followed_on: date | None
    note: str
    changed_at: datetime
    changed_by_name: str
    destroyed: bool


class MediationPageOut(Schema):
    """The record of a case's round and those of the rounds before (`former`, the last first), masked, and what the reader may do
    with the first."""

    record: MediationOut | None
    former: list[MediationOut]
    may_record: bool
    may_follow_up: bool
    may_reveal: bool


class MediationRevealIn(Schema):
    """What the record is looked at in full for. `round`: that of a round before, left out for the present one."""

    purpose: str = Field(max_length=200)
    round: int | None = Field(None, ge=0, le=9999)
