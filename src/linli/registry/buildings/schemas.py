"""What the API of compounds, buildings and homes takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

Area = Annotated[str, Field(pattern=r"^\d{12}(\d{3})?$", description="村居或网格代码，12 或 15 位")]
Words = Annotated[str, Field(max_length=60)]
Purpose = Annotated[str, Field(max_length=200)]
HomeStateName = Literal["occupied", "rented", "empty", "other", "unclear", "nobody"]


class CompoundIn(Schema):
    """A compound entered by hand."""

    area_code: Area
    name: Words
    kind: Words = ""
    aliases: list[Words] = Field(default_factory=list, max_length=50)
    lon: float | None = None
    lat: float | None = None


class CompoundEdit(Schema):
    """What to change of a compound; what is left out stays."""

    kind: Words | None = None
    aliases: list[Words] | None = Field(default=None, max_length=50)
    lon: float | None = None
    lat: float | None = None


class BuildingIn(Schema):
    """A building entered by hand: of a compound, else at a road and door of a village."""

    number: Words
    compound_id: UUID | None = None
    area_code: Area | None = None
    road: Words = ""
    door: Words = ""
    kind: Words = ""
    floors: int | None = None
    units: int | None = None
    built_year: int | None = None


class BuildingEdit(Schema):
    """What to change of a building; what is left out stays, null empties it."""

    kind: Words | None = None
    floors: int | None = None
    units: int | None = None
    built_year: int | None = None
    lon: float | None = None
    lat: float | None = None


class LeaderIn(Schema):
    """A leader of a building, or of one unit of it, from a day on."""

    name: Words
    phone: Words = ""
    since: date
    unit: Words = ""


class LeaderEnd(Schema):
    until: date


class HomeIn(Schema):
    """A home of a building that no list has named."""

    room: Words
    unit: Words = ""
    floor: Words = ""


class HomeEdit(Schema):
    """What to state of a home; what is left out stays, null takes it back."""

    state: str | None = None
    state_on: date | None = None
    kind: str | None = None
    floor_area: float | None = None
    note: str | None = Field(default=None, max_length=200)


class MadeOut(Schema):
    """What was made or changed."""

    id: UUID
    count: int = 1


class CompoundOut(Schema):
    """A compound; `vouched` is false for one that was only read out of addresses."""

    id: UUID
    name: str
    aliases: list[str]
    area_code: str
    area_name: str
    kind: str
    vouched: bool
    lon: float | None
    lat: float | None
    buildings: int
    homes: int


class CompoundPageOut(CompoundOut):
    may_edit: bool


class LeaderOut(Schema):
    id: UUID
    unit: str
    name: str
    phone: str
    since: date
    until: date | None


class BuildingOut(Schema):
    """A building; `top` and `stairs` are the storeys and units its homes show, `floors` and `units` what is stated."""

    id: UUID
    name: str
    area_code: str
    area_name: str
    compound_id: UUID | None
    compound: str | None
    kind: str
    floors: int | None
    units: int | None
    top: int | None
    stairs: int
    homes: int
    people: int
    leader: str | None
    leader_phone: str | None


class LivesHereOut(Schema):
    """Somebody who lives in a home; without id, and with a masked name, where the reader may not see people."""

    person_id: UUID | None
    name: str
    household_id: UUID | None


class HomeCellOut(Schema):
    """A home in the picture of its building. `stated`: by somebody, else inferred; `doubtful`: residents contradict it."""

    id: UUID
    unit: str
    storey: int | None
    room: str
    standard: str
    state: HomeStateName
    stated: bool
    doubtful: bool
    state_on: date | None
    kind: str | None
    floor_area: float | None
    coded: bool
    residents: list[LivesHereOut]
    incomplete: int


class StairsOut(Schema):
    unit: str
    positions: list[str]


class StoreyOut(Schema):
    """A storey; each cell holds the homes that stand there, none where nothing is recorded."""

    storey: int
    cells: list[list[HomeCellOut]]


class BuildingPageOut(Schema):
    """A building, or one unit of it, as storeys (top first) × units."""

    id: UUID
    name: str
    number: str
    area_code: str
    area_name: str
    compound_id: UUID | None
    compound: str | None
    kind: str
    floors: int | None
    units: int | None
    built_year: int | None
    lon: float | None
    lat: float | None
    vouched: bool
    unit: str | None
    unit_names: list[str]
    columns: list[StairsOut]
    storeys: list[StoreyOut]
    loose: list[HomeCellOut]
    gaps: int
    states: dict[str, int]
    homes: int
    people: int
    incomplete: int
    leaders: list[LeaderOut]
    sees_people: bool
    may_edit: bool


class CodeSheetLine(Schema):
    """The code of one home: the address it carries, and the picture as the outline of its dark modules."""

    dwelling_id: UUID
    standard: str
    unit: str
    room: str
    url: str
    size: int
    path: str


class CodeSheetOut(Schema):
    """The codes of a building, ready to be printed. `missing` homes have none yet."""

    building_id: UUID
    name: str
    lines: list[CodeSheetLine]
    missing: int


class CodeMeansOut(Schema):
    """The home a code stands for."""

    dwelling_id: UUID


class PlaceChangeOut(Schema):
    field: str
    old: str | None
    new: str | None


class PlaceEventOut(Schema):
    """One change of a place: when, by whom (empty: somebody the reader does not see), what."""

    at: datetime
    actor_name: str
    changes: list[PlaceChangeOut]


class PlaceEventsOut(Schema):
    items: list[PlaceEventOut]


class ExportCompoundsIn(Schema):
    purpose: Purpose
    area: str | None = None
    q: Words = ""
    kind: Words | None = None
    vouched: bool | None = None


class ExportBuildingsIn(Schema):
    purpose: Purpose
    area: str | None = None
    q: Words = ""
    compound: UUID | None = None
    kind: Words | None = None
    leader: Literal["named", "missing"] | None = None
