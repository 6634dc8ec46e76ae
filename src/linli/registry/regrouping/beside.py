"""Two people side by side: what each is held to be, what both together would be, and what keeps them apart."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Literal
from uuid import UUID

from django.conf import settings

from linli.kernel.actors import Actor, system
from linli.kernel.errors import NotFound, Problem
from linli.kernel.scope import acting
from linli.registry.fields import FIELDS, STORED, Field
from linli.registry.merge import golden
from linli.registry.models import Person
from linli.registry.permissions import JOIN
from linli.registry.queries import sql
from linli.registry.queries.person import AreaRow, shown, visible_areas

from . import queries, rules
from .problems import Same

From = Literal["one", "other", "both"]


@dataclass(frozen=True, slots=True)
class Beside:
    """One field of two people: both values as shown (numbers masked), the value both together would have, and whose it is.

    `same` is told by what is stored, not by what is shown: two masked numbers may look alike.
    """

    field: Field
    one: str | None
    other: str | None
    same: bool
    together: str | None
    kept: From | None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two."""

    id: UUID
    name: str
    version: int
    area_code: str
    areas: tuple[AreaRow, ...]
    records: int
    ties: int


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two people beside each other."""

    one: Side
    other: Side
    rows: tuple[Beside, ...]
    obstacles: tuple[type[Problem], ...]
    may_join: bool


_COUNTS = """
SELECT p.id, (SELECT count(*) FROM registry_source_record r WHERE r.person_id = p.id AND r.superseded_by IS NULL)::int AS records,
       ((SELECT count(*) FROM registry_relation t WHERE p.id IN (t.person_id, t.other_id))
        + (SELECT count(*) FROM registry_tag t WHERE t.person_id = p.id))::int AS ties
FROM registry_person p WHERE p.id IN (%(one)s, %(other)s)
"""


def side_by_side(actor: Actor, one_id: UUID, other_id: UUID) -> SideBySide:
    """Two people the actor sees. Raises NotFound for one who is out of sight, Same for one person under two ids."""
    if one_id == other_id:
        raise Same()
    areas = {one: visible_areas(actor, one) for one in (one_id, other_id)}
    people = Person.objects.in_bulk([one_id, other_id])
    if len(people) < 2:
        raise NotFound()  # joined since, maybe with each other
    one, other = people[one_id], people[other_id]
    # A golden record rests on statements out of sight too; what they make of both is a value one of the two has already.
    with acting(system("provenance", settings.LINLI_DISTRICT)):
        foretold = golden.foretell([one_id, other_id])
        pair = queries.pair(one_id, other_id)
        counts = {row["id"]: row for row in sql.rows(dict, _COUNTS, {"one": one_id, "other": other_id})}
    if len(counts) < 2:
        raise NotFound()
    together = SimpleNamespace(**{column: foretold[column] for column in STORED})
    sides = [
        Side(p.id, p.name, p.version, p.area_code, areas[p.id], counts[p.id]["records"], counts[p.id]["ties"])
        for p in (one, other)
    ]
    return SideBySide(
        sides[0],
        sides[1],
        tuple(_beside(field, one, other, together) for field in FIELDS),
        rules.obstacles(pair),
        all(actor.may(JOIN, person.area_code) for person in (one, other)),
    )


def _beside(field: Field, one: Person, other: Person, together: Any) -> Beside:
    mine, theirs, both = (stored(field, facts) for facts in (one, other, together))
    kept: From | None = None
    if both is not None:
        kept = "both" if mine == theirs else "one" if both == mine else "other" if both == theirs else None
    return Beside(field, shown(field, one)[0], shown(field, other)[0], mine == theirs, shown(field, together)[0], kept)


def stored(field: Field, facts: Any) -> Any:
    """What tells two values of a field apart; None where there is none."""
    names = field.leading if field.name != "home" else ("home_area", "dwelling_id", "home_text")
    values = [getattr(facts, name) for name in names]
    told = tuple(bytes(v) if isinstance(v, memoryview) else v for v in values)
    return told if any(v is not None for v in told) else None
