"""A building to look into: its homes storey by storey with who lives there. A fixed five queries, whatever its size."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.masking import mask_name
from linli.places.buildings.rules import Picture, Spot, picture
from linli.places.permissions import HOMES
from linli.places.permissions import VIEW as VIEW_PLACES
from linli.registry.permissions import VIEW
from linli.registry.queries import sql

from .rules import State, home_state


@dataclass(frozen=True, slots=True)
class BuildingFacts:
    """What is stated of a building."""

    id: UUID
    name: str
    number: str
    area_code: str
    compound_id: UUID | None
    compound: str | None
    kind: str
    floors: int | None
    units: int | None
    built_year: int | None
    lon: float | None
    lat: float | None
    source: str


@dataclass(frozen=True, slots=True)
class LeaderRow:
    """A leader of a building or of one of its units, present or past."""

    id: UUID
    unit: str
    name: str
    phone: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who lives in a home now; the name is masked and the id left out where the reader may not see people."""

    person_id: UUID | None
    name: str
    household_id: UUID | None


@dataclass(frozen=True, slots=True)
class HomeCell:
    """A home in the picture. `incomplete` counts its people without a phone or an identity number."""

    id: UUID
    unit: str
    storey: int | None
    room: str
    standard: str
    state: State
    stated: bool
    doubtful: bool
    state_on: date | None
    kind: str | None
    floor_area: float | None
    coded: bool
    residents: tuple[Resident, ...]
    incomplete: int


@dataclass(frozen=True, slots=True)
class BuildingDetail:
    """Everything the page of a building, or of one unit of it, shows."""

    building: BuildingFacts
    unit: str | None
    units: tuple[str, ...]
    picture: Picture[HomeCell]
    leaders: tuple[LeaderRow, ...]
    states: dict[str, int]
    people: int
    incomplete: int
    sees_people: bool
    may_edit: bool


@dataclass(frozen=True, slots=True)
class _Home:
    id: UUID
    area_code: str
    unit: str
    storey: int | None
    room: str
    standard: str
    state: str | None
    state_on: date | None
    kind: str | None
    floor_area: float | None
    coded: bool


@dataclass(frozen=True, slots=True)
class _Resident:
    dwelling_id: UUID
    person_id: UUID
    name: str
    household_id: UUID | None
    kind: str | None
    incomplete: bool


def building_detail(actor: Actor, building_id: UUID, unit: str | None = None) -> BuildingDetail:
    """A building the actor may see, or one unit of it. Raises NotFound otherwise.

    Homes are shown within the areas where the actor sees places; names where they see people, masked elsewhere.
    """
    params: dict[str, Any] = {"id": building_id}
    held = sql.ranges(sql.held(actor, VIEW_PLACES), "{0}.area_code", params)
    found = sql.rows(
        BuildingFacts,
        "SELECT b.id, b.name, b.number, b.area_code, b.compound_id, c.name AS compound, b.kind, b.floors, b.units, "
        "b.built_year, b.lon, b.lat, b.source FROM places_building b LEFT JOIN places_compound c ON c.id = b.compound_id "
        f"WHERE b.id = %(id)s AND {held.format('b')}",
        params,
    )
    if not found:
        raise NotFound()
    building = found[0]
    homes = sql.rows(
        _Home,
        "SELECT d.id, d.area_code, d.unit, d.storey, d.room, d.standard, d.state, d.state_on, d.kind, d.floor_area, "
        "q.id IS NOT NULL AS coded FROM places_dwelling d LEFT JOIN places_dwelling_code q ON q.dwelling_id = d.id "
        f"WHERE d.building_id = %(id)s AND {held.format('d')} ORDER BY d.unit, d.room, d.id",
        params,
    )
    units = tuple(dict.fromkeys(home.unit for home in homes))
    if unit is not None:
        if unit not in units:
            raise NotFound()
        homes = [home for home in homes if home.unit == unit]
    cells = _with_residents(actor, homes)
    whole = unit is None
    drawn = picture(
        (Spot(cell.unit, cell.storey, cell.room, cell) for cell in cells),
        building.floors,
        building.units if whole else None,
    )
    return BuildingDetail(
        building=building,
        unit=unit,
        units=units,
        picture=drawn,
        leaders=tuple(leaders(building_id)),
        states=dict(Counter(cell.state for cell in cells)),
        people=sum(len(cell.residents) for cell in cells),
        incomplete=sum(cell.incomplete for cell in cells),
        sees_people=actor.may(VIEW, building.area_code),
        may_edit=actor.may(HOMES, building.area_code),
    )


def leaders(building_id: UUID) -> list[LeaderRow]:
    """The leaders of a building the caller has checked is in sight, present ones first."""
    return sql.rows(
        LeaderRow,
        "SELECT id, unit, name, phone, since, until FROM places_building_leader WHERE building_id = %(id)s "
        "ORDER BY until DESC NULLS FIRST, unit, since DESC, id",
        {"id": building_id},
    )


def _with_residents(actor: Actor, homes: list[_Home]) -> list[HomeCell]:
    people: dict[UUID, list[_Resident]] = defaultdict(list)
    # From the homes outwards: a building has some dozens of them, the index of residences is by home.
    for resident in sql.rows(
        _Resident,
        "SELECT l.dwelling_id, p.id AS person_id, p.name, p.household_id, l.kind, "
        "(p.phone_hash IS NULL OR p.id_hash IS NULL) AS incomplete "
        "FROM registry_residence l JOIN registry_person p ON p.id = l.person_id "
        "WHERE l.dwelling_id = ANY(%(homes)s) AND l.until IS NULL "
        "ORDER BY p.relation_to_head <> '0', p.relation_to_head, p.name_key, p.id",
        {"homes": [home.id for home in homes]},
    ):
        people[resident.dwelling_id].append(resident)
    sees = {code: actor.may(VIEW, code) for code in {home.area_code for home in homes}}
    return [_cell(home, people[home.id], sees[home.area_code]) for home in homes]


def _cell(home: _Home, residents: list[_Resident], sees: bool) -> HomeCell:
    shown = tuple(
        Resident(r.person_id, r.name, r.household_id) if sees else Resident(None, mask_name(r.name) or "", None)
        for r in residents
    )
    state = home_state(home.state, [r.kind for r in residents])
    return HomeCell(
        home.id, home.unit, home.storey, home.room, home.standard, state.state, state.stated, state.doubtful,
        home.state_on, home.kind, home.floor_area, home.coded, shown, sum(r.incomplete for r in residents),
    )  # fmt: skip
