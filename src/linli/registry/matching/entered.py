"""Whoever was just entered by hand, and whom of the base they may be: pairs to be decided on by who sees both.

Whoever enters somebody has looked for them, and the entry outweighs every source, so nobody is put together here, however likely.
What is shown of it is of people in sight; these are found and weighed as if there were nobody else, as with rows of a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import polars as pl

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.registry.merge import stage
from linli.registry.permissions import VIEW
from linli.registry.queries import sql

from . import facts, keys, parameters
from .filing import file_pairs

#: Who shares a key with somebody, unless more than `most` do; of two with numbers it is known already.
_BESIDE = """
SELECT f.person_id FROM registry_match_key k CROSS JOIN LATERAL (
    SELECT m.person_id, count(*) OVER () AS sharing FROM (
        SELECT m.person_id FROM registry_match_key m
        WHERE m.{key} = k.{key} AND m.person_id <> k.person_id AND NOT (k.numbered AND m.numbered){seen} LIMIT {most} + 1
    ) m
) f
WHERE k.person_id = %(person)s AND k.{key} IS NOT NULL AND f.sharing <= {most}
"""
_SEEN = (
    " AND EXISTS (SELECT FROM registry_person_area a WHERE a.person_id = m.person_id AND a.area_code ^@ ANY(%(areas)s))"
)


@dataclass(frozen=True, slots=True)
class Alike:
    """Somebody whom a person who was entered may be, where they are in sight."""

    person_id: UUID
    name: str
    area_code: str
    probability: float


def newcomer() -> UUID:
    """The person whom the merge in this transaction has made of its only row."""
    (made,) = stage.fetch("SELECT person_id FROM stage WHERE outcome = 'new'", {"person_id": pl.String})["person_id"]
    return UUID(made)


def ask(person_id: UUID, areas: Sequence[str]) -> dict[UUID, float]:
    """File whom the person may be, and return how likely each of those within `areas` is. Runs over the district, under the
    lock of merges."""
    near = _beside(person_id, areas)
    far = _beside(person_id, None) - near
    found = [_likely(person_id, others) for others in (near, far) if others]
    if not found:
        return {}
    known = parameters.known()
    file_pairs(pl.concat(found).sort("probability", descending=True), known.version, clock.now())
    likely = zip(
        *(pl.concat(found)[column].to_list() for column in ("person_id", "other_id", "probability")), strict=True
    )
    told = {UUID(one if UUID(one) != person_id else other): chance for one, other, chance in likely}
    return {each: chance for each, chance in told.items() if each in near}


def seen(actor: Actor, alike: dict[UUID, float]) -> list[Alike]:
    """Those in the actor's sight, the likeliest first. Run as the actor; one query."""
    params = {"ids": list(alike)}
    held = sql.ranges(sql.held(actor, VIEW), "a.area_code", params)
    rows = sql.rows(
        _Named,
        "SELECT p.id, p.name, min(a.area_code) AS area_code FROM registry_person p "
        f"JOIN registry_person_area a ON a.person_id = p.id WHERE p.id = ANY(%(ids)s) AND {held} GROUP BY p.id",
        params,
    )
    told = [Alike(row.id, row.name, row.area_code, alike[row.id]) for row in rows]
    return sorted(told, key=lambda each: (-each.probability, each.person_id))


@dataclass(frozen=True, slots=True)
class _Named:
    id: UUID
    name: str
    area_code: str


def _beside(person_id: UUID, areas: Sequence[str] | None) -> set[UUID]:
    """Who shares a key with a person, within areas or anywhere."""
    limited = "" if areas is None else _SEEN
    parts = [_BESIDE.format(key=key, most=most, seen=limited) for key, most in keys.MOST.items()]
    params = {"person": person_id, "areas": list(areas or ())}
    return {row.person_id for row in sql.rows(_Beside, " UNION ".join(parts), params)}


@dataclass(frozen=True, slots=True)
class _Beside:
    person_id: UUID


def _likely(person_id: UUID, others: set[UUID]) -> pl.DataFrame:
    from . import judging, pairing  # the analytical database: not before it is needed

    columns = {"person_id": "uuid"}
    stage.create("beside", columns)
    stage.fill("beside", columns, pl.DataFrame({"person_id": sorted(map(str, {person_id, *others}))}))
    people = facts.of("registry_person", "t.id IN (SELECT person_id FROM beside)")
    stage.run("DROP TABLE beside")
    at = people["id"].to_list().index(str(person_id))
    rest = np.delete(np.arange(people.height), at)
    standard = judging.standard_of(people.select(facts.MATCHED))
    known, limits = parameters.known(), parameters.thresholds()
    one = np.full(len(rest), at)
    return pairing.likely(people, standard, one, rest, known.model, limits, whoever_else=True)
