"""What the registry's API takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from linli.kernel.http import CountOut
from linli.registry.proposals.schemas import LikenessOut
from linli.registry.quality.indicators import HomeIndicator, PersonIndicator


class PeopleQuery(Schema):
    """Filters of a list of people; `q` is a name, part of one, initials, a number, its last digits or an address."""

    area: str | None = Field(None, pattern=r"^\d{6}(\d{3}){0,3}$")
    q: str = Field("", max_length=100)
    sex: str | None = None
    age_from: int | None = Field(None, ge=0, le=150)
    age_to: int | None = Field(None, ge=0, le=150)
    population_kind: str | None = None
    nation: str | None = None
    missing: Literal["phone", "id", "home", "guardian", "consent"] | None = None
    group: UUID | None = Field(None, description="a named group of areas")
    quality: PersonIndicator | None = Field(None, description="those who fail this indicator of quality")
    source: str | None = Field(None, max_length=40, description="those of whom this source states something")
    cursor: str | None = None
    limit: int | None = None


class PersonBrief(Schema):
    """A person as a line of a list; numbers are masked."""

    id: UUID
    name: str
    sex: str | None
    age: int | None
    birth: date | None
    id_kind: str | None
    id_number: str | None
    phone: str | None
    population_kind: str | None
    area_code: str
    area_name: str
    home: str | None
    dwelling_id: UUID | None
    household_id: UUID | None
    updated_at: datetime


class PeopleOut(Schema):
    """A page of people and how the search was understood."""

    items: list[PersonBrief]
    next: str | None
    count: CountOut | None
    understood_as: str | None


class SourceRefOut(Schema):
    code: str
    name: str


class FactOut(Schema):
    """One fact with where it comes from."""

    name: str
    label: str
    value: str | None
    display: str | None
    code_list: str | None
    kind: str
    standard: str
    editable: bool
    masked: bool
    revealable: bool
    source: SourceRefOut | None
    record_id: UUID | None
    observed_on: date | None
    recorded_at: datetime | None
    method: Literal["declared", "imported"] | None


class AreaTieOut(Schema):
    code: str
    name: str
    kind: str


class HomeOut(Schema):
    dwelling_id: UUID
    standard: str | None
    kind: str | None
    since: date
    until: date | None
    current: bool
    source: SourceRefOut | None


class PhoneOut(Schema):
    """A phone that was stated of a person, masked, with the days it was first and last stated."""

    masked: str
    since: date
    last: date
    source_name: str
    current: bool


class MemberOut(Schema):
    person_id: UUID
    name: str
    relation: str | None
    relation_label: str | None
    sex: str | None
    age: int | None


class HouseholdBriefOut(Schema):
    id: UUID
    no: str | None
    members: list[MemberOut]


class RecordOut(Schema):
    """A statement a person's facts rest on; of one made in an area the reader does not see (`elsewhere`), only its
    source and its dates. `likeness`: why it was put with the person, where neither number nor record id told."""

    record_id: UUID
    source_code: str
    source_name: str
    batch_id: UUID | None
    row: int | None
    observed_on: date
    recorded_at: datetime
    recorded_by: str
    reason: str | None
    current: bool
    number_set_aside: bool
    elsewhere: bool
    likeness: LikenessOut | None


class PersonMayOut(Schema):
    edit: bool
    reveal: bool
    join: bool


class PersonOut(Schema):
    """The page of a person."""

    id: UUID
    name: str
    area_code: str
    area_path: str
    fields: list[FactOut]
    areas: list[AreaTieOut]
    homes: list[HomeOut]
    phones: list[PhoneOut]
    household: HouseholdBriefOut | None
    sources: list[RecordOut]
    may: PersonMayOut
    version: int


class EditIn(Schema):
    """Corrections by hand; null empties a field."""

    changes: dict[str, str | None]
    reason: str = Field(max_length=200)
    version: int


class AddIn(Schema):
    """A person entered by hand."""

    facts: dict[str, str | None]
    area_code: str = Field(pattern=r"^\d{12}(\d{3})?$")
    reason: str = Field(max_length=200)


class AlikeOut(Schema):
    """Somebody in sight whom a person entered by hand may be; the pair waits for review."""

    id: UUID
    name: str
    area_name: str
    probability: float


class AddOut(Schema):
    """What became of it: a new person, or a 迁入 request when the person lives elsewhere. `alike`: the likeliest first."""

    outcome: Literal["created", "transfer", "updated", "unchanged"]
    alike: list[AlikeOut] = []


class FactChangeOut(Schema):
    field: str
    label: str
    old: str | None
    new: str | None


class EventOut(Schema):
    at: datetime
    actor_name: str
    kind: str
    batch_id: UUID | None
    reason: str | None
    changes: list[FactChangeOut]


class EventsOut(Schema):
    items: list[EventOut]


class RevealIn(Schema):
    field: Literal["id_number", "phone"]
    purpose: str = Field(max_length=200)


class RevealOut(Schema):
    value: str


class ExportIn(PeopleQuery):
    purpose: str = Field(max_length=200)


class HouseholdOut(Schema):
    id: UUID
    no: str | None
    head_name: str | None
    size: int
    area_code: str
    area_name: str
    address: str | None
    updated_at: datetime


class HouseholdPageOut(HouseholdOut):
    members: list[MemberOut]


class DwellingOut(Schema):
    """A home. `state` is what was stated (`stated`), else what follows from who lives there."""

    id: UUID
    standard: str
    area_code: str
    area_name: str
    compound_id: UUID | None
    compound: str | None
    building_id: UUID | None
    building: str | None
    unit: str | None
    floor: str | None
    room: str | None
    residents: int
    state: Literal["occupied", "rented", "empty", "other", "unclear", "nobody"]
    stated: bool
    doubtful: bool
    state_on: date | None
    kind: str | None
    floor_area: float | None
    note: str | None


class ResidentOut(Schema):
    person_id: UUID
    name: str
    since: date
    until: date | None
    current: bool
    kind: str | None
    household_id: UUID | None


class DwellingRentalOut(Schema):
    """That the home is let, as far as the reader may see rented homes."""

    id: UUID
    purpose: str | None
    state: str | None
    lessor: str | None
    leased_until: date | None
    due_on: date | None


class DwellingPageOut(DwellingOut):
    residents_list: list[ResidentOut]
    rental: DwellingRentalOut | None
    may_edit: bool


class DwellingsExportIn(Schema):
    """Which homes to take out, and what for."""

    purpose: str = Field(max_length=200)
    area: str | None = None
    q: str = Field(default="", max_length=200)
    compound: UUID | None = None
    building: UUID | None = None
    state: Literal["occupied", "rented", "empty", "other", "unclear", "nobody"] | None = None
    group: UUID | None = None
    quality: HomeIndicator | None = None


class CodeOut(Schema):
    code: str
    label_zh: str
    label_en: str


class CodeListOut(Schema):
    items: list[CodeOut]
    list: str
    standard: str
    certainty: str


class AreaRef(Schema):
    code: str
    name: str


class TransferOut(Schema):
    id: UUID
    state: str
    name: str | None
    from_area: AreaRef | None
    to_area: AreaRef
    opened_at: datetime
    batch_id: UUID | None
    row: int | None
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None
    may_decide: bool


class TransferDecisionIn(Schema):
    reason: str = Field("", max_length=200)


class FigureOut(Schema):
    code: str
    value: float | None
    unit: Literal["count", "share"]


class DefinitionOut(Schema):
    """What a share counts of what; `certainty` says whether the basis gives the bound."""

    numerator: str
    denominator: str
    version: int
    basis: str
    certainty: Literal["official", "inferred"]


class MeasureOut(Schema):
    """One number for each area; `path` is the console's list behind it."""

    code: str
    unit: Literal["count", "share"]
    label: str
    path: str
    definition: DefinitionOut | None


class MeasuresOut(Schema):
    items: list[MeasureOut]


class FiguresOut(Schema):
    area: AreaRef
    figures: list[FigureOut]
    transfers_to_decide: int
    reviews_to_decide: int
