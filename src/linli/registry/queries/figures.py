"""An area in figures, for the home page and the map. A sum that fails is unknown, never zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from linli.kernel.actors import Actor
from linli.registry.permissions import VIEW

from . import sql
from .people import birthday


@dataclass(frozen=True, slots=True)
class Figures:
    """People and homes of an area. A person of several areas in it counts once."""

    people: int
    registered: int
    floating: int
    elders_80: int
    with_phone: int
    with_home: int
    households: int
    dwellings: int


def area_figures(actor: Actor, area: str | None = None) -> Figures:
    """Counts over everything the actor sees in `area` (exact; one pass over the people there)."""
    held = sql.held(actor, VIEW, area)
    params: dict[str, Any] = {"held": list(held), "born_by": birthday(80)}
    people = sql.ranges(held, "a.area_code", params)
    households, dwellings = sql.ranges(held, "h.area_code", params), sql.ranges(held, "d.area_code", params)
    return sql.rows(
        Figures,
        f"""
        SELECT count(*) AS people,
               count(*) FILTER (WHERE p.population_kind = '01') AS registered,
               count(*) FILTER (WHERE p.population_kind = '02') AS floating,
               count(*) FILTER (WHERE p.birth <= %(born_by)s) AS elders_80,
               count(p.phone_hash) AS with_phone, count(p.dwelling_id) AS with_home,
               (SELECT count(*) FROM registry_household h WHERE {households}
                   AND EXISTS (SELECT FROM registry_person m WHERE m.household_id = h.id)) AS households,
               (SELECT count(*) FROM places_dwelling d WHERE {dwellings}) AS dwellings
        FROM registry_person_area a JOIN registry_person p ON p.id = a.person_id
        WHERE {people} AND (a.prior_areas IS NULL OR NOT EXISTS
            (SELECT FROM unnest(a.prior_areas) x WHERE x ^@ ANY(%(held)s::text[])))
        """,
        params,
    )[0]


@dataclass(frozen=True, slots=True)
class AreaCount:
    """How many people are visible in a child area."""

    code: str
    people: int


def people_by_area(actor: Actor, digits: int, area: str | None = None) -> dict[str, int]:
    """People per town (9 digits), village (12) or grid (15), in the actor's areas; a person counts in each of theirs."""
    held = sql.held(actor, VIEW, area)
    params: dict[str, Any] = {"digits": digits}
    where = sql.ranges(held, "a.area_code", params)
    found = sql.rows(
        AreaCount,
        f"SELECT left(a.area_code, %(digits)s) AS code, count(DISTINCT a.person_id) AS people "
        f"FROM registry_person_area a WHERE {where} AND length(a.area_code) >= %(digits)s GROUP BY 1",
        params,
    )
    return {row.code: row.people for row in found}
