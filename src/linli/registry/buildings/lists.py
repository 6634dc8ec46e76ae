"""Lists of compounds and buildings, and the page of a compound. Fixed numbers of queries, paged by keyset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from linli.kernel import paging
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.paging import Page
from linli.places.permissions import VIEW as VIEW_PLACES
from linli.registry.queries import sql


@dataclass(frozen=True, slots=True)
class CompoundRow:
    """A compound as a line of a list. `vouched`: somebody named it; one read out of addresses is not."""

    id: UUID
    name: str
    aliases: list[str]
    area_code: str
    kind: str
    vouched: bool
    lon: float | None
    lat: float | None
    buildings: int
    homes: int


@dataclass(frozen=True, slots=True)
class BuildingRow:
    """A building as a line of a list; `top` and `stairs` are the storeys and units its homes show."""

    id: UUID
    name: str
    area_code: str
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


@dataclass(frozen=True, slots=True)
class CompoundFilter:
    """What a list of compounds may be narrowed by; `words` is part of a name or a whole alias."""

    area: str | None = None
    words: str = ""
    kind: str | None = None
    vouched: bool | None = None


@dataclass(frozen=True, slots=True)
class BuildingFilter:
    """What a list of buildings may be narrowed by; `words` is part of a name."""

    area: str | None = None
    words: str = ""
    compound: UUID | None = None
    kind: str | None = None
    leader: Literal["named", "missing"] | None = None


_COMPOUND = """
SELECT c.id, c.name, c.aliases, c.area_code, c.kind, c.source <> 'intake' AS vouched, c.lon, c.lat,
       coalesce(b.n, 0) AS buildings, coalesce(d.n, 0) AS homes
FROM shown c
LEFT JOIN LATERAL (SELECT count(*)::int AS n FROM places_building b WHERE b.compound_id = c.id) b ON true
LEFT JOIN LATERAL (SELECT count(*)::int AS n FROM places_dwelling d WHERE d.compound_id = c.id) d ON true
ORDER BY c.area_code, c.name, c.id
"""
_BUILDING = """
SELECT b.id, b.name, b.area_code, b.compound_id, c.name AS compound, b.kind, b.floors, b.units, d.top,
       coalesce(d.stairs, 0) AS stairs, coalesce(d.homes, 0) AS homes, coalesce(d.people, 0) AS people,
       l.name AS leader, l.phone AS leader_phone
FROM shown b
LEFT JOIN places_compound c ON c.id = b.compound_id
LEFT JOIN LATERAL (
    SELECT max(d.storey)::int AS top, count(DISTINCT d.unit)::int AS stairs, count(*)::int AS homes,
           sum((SELECT count(*) FROM registry_residence r WHERE r.dwelling_id = d.id AND r.until IS NULL))::int AS people
    FROM places_dwelling d WHERE d.building_id = b.id
) d ON true
LEFT JOIN LATERAL (
    SELECT name, phone FROM places_building_leader l
    WHERE l.building_id = b.id AND l.unit = '' AND l.until IS NULL LIMIT 1
) l ON true
ORDER BY b.area_code, b.name, b.id
"""
_LED = "EXISTS (SELECT FROM places_building_leader l WHERE l.building_id = b.id AND l.unit = '' AND l.until IS NULL)"


def compounds_page(
    actor: Actor, wanted: CompoundFilter, cursor: str | None = None, limit: int | None = None, counted: bool = True
) -> Page[CompoundRow]:
    """Compounds by area and name, with how many buildings and homes of each the actor may see."""
    params: dict[str, Any] = {}
    where = [sql.ranges(sql.held(actor, VIEW_PLACES, wanted.area), "c.area_code", params)]
    if words := wanted.words.strip():
        # A district has some thousand compounds: looking at each is cheap, unlike for people.
        params["words"] = words
        where.append("(position(%(words)s in c.name) > 0 OR %(words)s = ANY(c.aliases))")
    if wanted.kind:
        params["kind"] = wanted.kind
        where.append("c.kind = %(kind)s")
    if wanted.vouched is not None:
        where.append(f"c.source {'<>' if wanted.vouched else '='} 'intake'")
    return _page(CompoundRow, "places_compound c", _COMPOUND, where, params, cursor, limit, counted)


def compound_detail(actor: Actor, compound_id: UUID) -> CompoundRow:
    """A compound the actor may see. Raises NotFound otherwise."""
    params: dict[str, Any] = {"id": compound_id}
    where = sql.ranges(sql.held(actor, VIEW_PLACES), "c.area_code", params)
    found = sql.rows(
        CompoundRow,
        f"WITH shown AS (SELECT c.* FROM places_compound c WHERE c.id = %(id)s AND {where}) {_COMPOUND}",
        params,
    )
    if not found:
        raise NotFound()
    return found[0]


def buildings_page(
    actor: Actor, wanted: BuildingFilter, cursor: str | None = None, limit: int | None = None, counted: bool = True
) -> Page[BuildingRow]:
    """Buildings by area and name, with their homes, how many live there, and who leads them."""
    params: dict[str, Any] = {}
    where = _of_buildings(actor, wanted, params)
    return _page(BuildingRow, "places_building b", _BUILDING, where, params, cursor, limit, counted)


def buildings_count(actor: Actor, wanted: BuildingFilter) -> paging.Count:
    """How many buildings the list shows. One query."""
    params: dict[str, Any] = {}
    where = " AND ".join(_of_buildings(actor, wanted, params))
    return sql.count(f"SELECT 1 FROM places_building b WHERE {where}", params)


def _of_buildings(actor: Actor, wanted: BuildingFilter, params: dict[str, Any]) -> list[str]:
    where = [sql.ranges(sql.held(actor, VIEW_PLACES, wanted.area), "b.area_code", params)]
    if words := wanted.words.strip():
        params["words"] = words
        where.append("position(%(words)s in b.name) > 0")
    if wanted.compound:
        params["compound"] = wanted.compound
        where.append("b.compound_id = %(compound)s")
    if wanted.kind:
        params["kind"] = wanted.kind
        where.append("b.kind = %(kind)s")
    if wanted.leader:
        where.append(_LED if wanted.leader == "named" else f"NOT {_LED}")
    return where


def _page(
    kind: type[sql.Row],
    table: str,
    shape: str,
    where: list[str],
    params: dict[str, Any],
    cursor: str | None,
    limit: int | None,
    counted: bool,
) -> Page[sql.Row]:
    size, after = paging.limit(limit), paging.decode(cursor, 3)
    alias = table[-1]
    condition = " AND ".join(where)
    turned = ""
    if after:
        params |= {"c0": after[0], "c1": after[1], "c2": after[2]}
        turned = f" AND ({alias}.area_code, {alias}.name, {alias}.id) > (%(c0)s, %(c1)s, %(c2)s::uuid)"
    found = sql.rows(
        kind,
        f"""
        WITH shown AS MATERIALIZED (
            SELECT {alias}.* FROM {table} WHERE {condition}{turned}
            ORDER BY {alias}.area_code, {alias}.name, {alias}.id LIMIT %(size)s
        ) {shape}
        """,
        {**params, "size": size + 1},
    )
    total = sql.count(f"SELECT 1 FROM {table} WHERE {condition}", params) if counted else None
    shown = found[:size]
    following = None
    if len(found) > size:
        last: Any = shown[-1]
        following = paging.encode((last.area_code, last.name, last.id))
    return Page(shown, following, total)
