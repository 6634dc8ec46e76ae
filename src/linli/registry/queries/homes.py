"""Lists and pages of households and dwellings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from linli.kernel import paging
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.paging import Page
from linli.registry.permissions import VIEW

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
    compound: str | None
    building: str | None
    unit: str | None
    room: str | None
    residents: int


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


def households_page(
    actor: Actor, area: str | None = None, words: str = "", cursor: str | None = None, limit: int | None = None
) -> Page[HouseholdRow]:
    """Households by area; `words` finds the number or the name of the head."""
    size, after = paging.limit(limit), paging.decode(cursor, 2)
    params: dict[str, Any] = {"size": size + 1}
    where = sql.ranges(sql.held(actor, VIEW, area), "h.area_code", params)
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
SELECT d.id, d.standard, d.area_code, c.name AS compound, d.building, d.unit, d.room, coalesce(l.residents, 0) AS residents
FROM shown d
LEFT JOIN places_compound c ON c.id = d.compound_id
LEFT JOIN LATERAL (
    SELECT count(*)::int AS residents FROM registry_residence l WHERE l.dwelling_id = d.id AND l.until IS NULL
) l ON true
ORDER BY d.area_code, d.id
"""


def dwellings_page(
    actor: Actor, area: str | None = None, words: str = "", cursor: str | None = None, limit: int | None = None
) -> Page[DwellingRow]:
    """Homes by area; `words` is an address as people write it."""
    size, after = paging.limit(limit), paging.decode(cursor, 2)
    params: dict[str, Any] = {"size": size + 1}
    where = sql.ranges(sql.held(actor, VIEW, area), "d.area_code", params)
    if words.strip():
        conditions = at_address(words, area, "d", params)
        where += "".join(f" AND {condition}" for condition in conditions or ["false"])
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
    total = sql.count(f"SELECT 1 FROM places_dwelling d WHERE {where}", params)
    shown = found[:size]
    following = paging.encode((shown[-1].area_code, shown[-1].id)) if len(found) > size else None
    return Page(shown, following, total)


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
