"""Lists and pages of households and dwellings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from linli.kernel import paging
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.paging import Count, Page
from linli.registry.buildings.rules import OWNED, RENTED, HomeState, State, home_state
from linli.registry.permissions import VIEW
from linli.registry.quality.filters import failing_homes
from linli.registry.quality.indicators import HomeIndicator

from . import sql
from .addressed import at_address
from .person import MemberRow, household_members


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """A household as a line of a list; members outside the actor's areas are not counted."""

    id: UUID
    number: str | None
    head_name: str | None
    area_code: str
    members: int
    address: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class DwellingRow:
    """A home as a line of a list, with how many live there now."""

    id: UUID
    standard: str
    area_code: str
    compound_id: UUID | None
    compound: str | None
    building_id: UUID | None
    building: str | None
    unit: str | None
    floor: str | None
    room: str | None
    stated: str | None
    state_on: date | None
    kind: str | None
    floor_area: float | None
    note: str | None
    residents: int
    resident_kinds: list[str | None] | None

    @property
    def state(self) -> HomeState:
        """How the home is lived in."""
        return home_state(self.stated, self.resident_kinds or ())


@dataclass(frozen=True, slots=True)
class DwellingFilter:
    """What a list of homes may be narrowed by; `words` is an address as people write it."""

    area: str | None = None
    words: str = ""
    compound: UUID | None = None
    building: UUID | None = None
    state: State | None = None
    group: UUID | None = None  # a named group of areas
    quality: HomeIndicator | None = None  # those that fail it


@dataclass(frozen=True, slots=True)
class ResidentRow:
    """Somebody who lives or lived in a dwelling."""

    person_id: UUID
    name: str
    since: date
    until: date | None
    kind: str | None
    household_id: UUID | None


_HOUSEHOLD = """
SELECT h.id, h.number, coalesce(m.head, h.head_name) AS head_name, h.area_code, coalesce(m.members, 0) AS members,
       m.address, h.recorded_at
FROM shown h
LEFT JOIN LATERAL (
    SELECT count(*)::int AS members, min(p.name) FILTER (WHERE p.relation_to_head = '0') AS head,
           min(coalesce(d.standard, p.home_text)) AS address
    FROM registry_person p LEFT JOIN places_dwelling d ON d.id = p.dwelling_id
    WHERE p.household_id = h.id
) m ON true
ORDER BY h.area_code, h.id
"""


# A household nobody is known to belong to is none yet: its rows wait for a decision, or its people have left. One probe
# of the index for each household looked at.
_PEOPLED = "(SELECT true FROM registry_person p WHERE p.household_id = h.id LIMIT 1) IS NOT NULL"


def households_page(
    actor: Actor,
    area: str | None = None,
    words: str = "",
    cursor: str | None = None,
    limit: int | None = None,
    group: UUID | None = None,
) -> Page[HouseholdRow]:
    """Households with people in them, by area; `words` finds the number or the name of the head, `group` is a named group
    of areas."""
    size, after = paging.limit(limit), paging.decode(cursor, 2)
    params: dict[str, Any] = {"size": size + 1}
    where = f"{sql.ranges(sql.held(actor, VIEW, area, group), 'h.area_code', params)} AND {_PEOPLED}"
    if words.strip():
        params["words"] = words.strip()
        where += " AND (h.number = %(words)s OR h.head_name = %(words)s)"
    turned = ""
    if after:
        params |= {"c0": after[0], "c1": after[1]}
        turned = " AND (h.area_code, h.id) > (%(c0)s, %(c1)s::uuid)"
    found = sql.rows(
        HouseholdRow,
        f"""
        WITH shown AS MATERIALIZED (
            SELECT h.* FROM registry_household h WHERE {where}{turned} ORDER BY h.area_code, h.id LIMIT %(size)s
        ) {_HOUSEHOLD}
        """,
        params,
    )
    total = sql.count(f"SELECT 1 FROM registry_household h WHERE {where}", params)
    shown = found[:size]
    following = paging.encode((shown[-1].area_code, shown[-1].id)) if len(found) > size else None
    return Page(shown, following, total)


def household_detail(actor: Actor, household_id: UUID) -> tuple[HouseholdRow, list[MemberRow]]:
    """A household the actor may see. Raises NotFound otherwise."""
    params: dict[str, Any] = {"id": household_id}
    where = sql.ranges(sql.held(actor, VIEW), "h.area_code", params)
    found = sql.rows(
        HouseholdRow,
        f"WITH shown AS (SELECT h.* FROM registry_household h WHERE h.id = %(id)s AND {where}) {_HOUSEHOLD}",
        params,
    )
    if not found:
        raise NotFound()
    return found[0], household_members(actor, household_id)


_DWELLING = """
SELECT d.id, d.standard, d.area_code, d.compound_id, c.name AS compound, d.building_id, d.building, d.unit, d.floor,
       d.room, d.state AS stated, d.state_on, d.kind, d.floor_area, d.note, coalesce(l.residents, 0) AS residents,
       l.resident_kinds
FROM shown d
LEFT JOIN places_compound c ON c.id = d.compound_id
LEFT JOIN LATERAL (
    SELECT count(*)::int AS residents, array_agg(l.kind) AS resident_kinds
    FROM registry_residence l WHERE l.dwelling_id = d.id AND l.until IS NULL
) l ON true
ORDER BY d.area_code, d.id
"""


# One probe of the index for each home looked at: as EXISTS under OR it would be hashed, reading every residence there is.
_LIVES = "(SELECT true FROM registry_residence r WHERE r.dwelling_id = d.id AND r.until IS NULL{0} LIMIT 1) IS NOT NULL"
_LETS, _OWNS = _LIVES.format(f" AND r.kind = '{RENTED}'"), _LIVES.format(f" AND r.kind = '{OWNED}'")
_SAYS = _LIVES.format(" AND r.kind IS NOT NULL")
# `buildings.rules.home_state` as conditions on a home nobody has stated anything about.
_INFERRED = {
    "occupied": f"{_OWNS} AND NOT ({_LETS})",
    "rented": _LETS,
    "other": f"{_SAYS} AND NOT ({_LETS}) AND NOT ({_OWNS})",
    "unclear": f"{_LIVES.format('')} AND NOT ({_SAYS})",
    "nobody": f"NOT ({_LIVES.format('')})",
    "empty": "false",
}


def dwellings_page(
    actor: Actor, wanted: DwellingFilter, cursor: str | None = None, limit: int | None = None, counted: bool = True
) -> Page[DwellingRow]:
    """Homes by area."""
    size, after = paging.limit(limit), paging.decode(cursor, 2)
    params: dict[str, Any] = {"size": size + 1}
    where = _homes_where(actor, wanted, params)
    turned = ""
    if after:
        params |= {"c0": after[0], "c1": after[1]}
        turned = " AND (d.area_code, d.id) > (%(c0)s, %(c1)s::uuid)"
    found = sql.rows(
        DwellingRow,
        f"""
        WITH shown AS MATERIALIZED (
            SELECT d.* FROM places_dwelling d WHERE {where}{turned} ORDER BY d.area_code, d.id LIMIT %(size)s
        ) {_DWELLING}
        """,
        params,
    )
    total = sql.count(f"SELECT 1 FROM places_dwelling d WHERE {where}", params) if counted else None
    shown = found[:size]
    following = paging.encode((shown[-1].area_code, shown[-1].id)) if len(found) > size else None
    return Page(shown, following, total)


def _homes_where(actor: Actor, wanted: DwellingFilter, params: dict[str, Any]) -> str:
    where = sql.ranges(sql.held(actor, VIEW, wanted.area, wanted.group), "d.area_code", params)
    if wanted.words.strip():
        conditions = at_address(wanted.words, wanted.area, "d", params)
        where += "".join(f" AND {condition}" for condition in conditions or ["false"])
    if wanted.compound:
        params["compound"] = wanted.compound
        where += " AND d.compound_id = %(compound)s"
    if wanted.building:
        params["building"] = wanted.building
        where += " AND d.building_id = %(building)s"
    if wanted.state:
        params["state"] = wanted.state
        where += f" AND (d.state = %(state)s OR d.state IS NULL AND {_INFERRED[wanted.state]})"
    if wanted.quality:
        where += "".join(f" AND {condition}" for condition in failing_homes(wanted.quality))
    return where


def homes_count(actor: Actor, wanted: DwellingFilter) -> Count:
    """How many homes the list of them shows. One query."""
    params: dict[str, Any] = {}
    return sql.count(f"SELECT 1 FROM places_dwelling d WHERE {_homes_where(actor, wanted, params)}", params)


def homes_matching(actor: Actor, wanted: DwellingFilter, most: int) -> list[UUID]:
    """The ids of all homes a list with this filter shows, in its order; one more than `most` where there are more."""
    params: dict[str, Any] = {"size": most + 1}
    where = _homes_where(actor, wanted, params)
    found = sql.rows(
        _Id, f"SELECT d.id FROM places_dwelling d WHERE {where} ORDER BY d.area_code, d.id LIMIT %(size)s", params
    )
    return [row.id for row in found]


@dataclass(frozen=True, slots=True)
class _Id:
    id: UUID


def dwelling_detail(actor: Actor, dwelling_id: UUID) -> tuple[DwellingRow, list[ResidentRow]]:
    """A home the actor may see and who lives or lived there. Raises NotFound otherwise."""
    params: dict[str, Any] = {"id": dwelling_id}
    where = sql.ranges(sql.held(actor, VIEW), "d.area_code", params)
    found = sql.rows(
        DwellingRow,
        f"WITH shown AS (SELECT d.* FROM places_dwelling d WHERE d.id = %(id)s AND {where}) {_DWELLING}",
        params,
    )
    if not found:
        raise NotFound()
    residents = sql.rows(
        ResidentRow,
        """
        SELECT l.person_id, p.name, l.since, l.until, l.kind, p.household_id
        FROM registry_residence l JOIN registry_person p ON p.id = l.person_id
        WHERE l.dwelling_id = %(id)s ORDER BY l.until DESC NULLS FIRST, p.relation_to_head, p.name_key, l.id
        """,
        params,
    )
    return found[0], residents
