"""Reads of proposals: pairs of people the reader sees both of, with what speaks for and against, in a fixed number of
queries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from linli.kernel import areas, paging
from linli.kernel.actors import Actor
from linli.kernel.paging import Page
from linli.registry.fields import FIELDS
from linli.registry.models import Person
from linli.registry.permissions import JOIN, VIEW
from linli.registry.queries import sql
from linli.registry.reviewing.lines import Line, line

State = Literal["open", "joined", "apart"]
Assigned = Literal["all", "mine", "nobody"]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, in an area of the reader."""

    id: UUID
    name: str
    area_code: str
    version: int
    numbered: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two people who may be one. `lines` are their fields beside each other (`row` is the first)."""

    id: UUID
    state: State
    probability: float
    weights: list[Mapping[str, Any]]
    opened_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    assigned_to: str | None
    reason: str
    one: Side
    other: Side
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    state: State
    person_id: UUID
    other_id: UUID
    probability: float
    lines: str  # JSON
    opened_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    assigned_to: str | None
    reason: str


def proposals_page(
    actor: Actor,
    state: State = "open",
    area: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
    assigned: Assigned = "all",
) -> Page[Proposal]:
    """Pairs of which the actor sees both and may join people there; of `area` where one of them is of it. Latest first,
    the likeliest of one look before the others."""
    size, after = paging.limit(limit), paging.decode(cursor, 1)
    params: dict[str, Any] = {"size": size + 1, "state": state, "me": actor.id}
    held = areas.intersect(sql.held(actor, JOIN), sql.held(actor, VIEW))
    seen = sql.ranges(held, "a.area_code", params)
    where = f"m.state = %(state)s AND m.record_id IS NULL AND {_in('person_id', seen)} AND {_in('other_id', seen)}"
    if area:
        inside = sql.ranges(areas.intersect(held, sql.held(actor, VIEW, area)), "a.area_code", params, "u")
        where += f" AND ({_in('person_id', inside)} OR {_in('other_id', inside)})"
    where += {"all": "", "mine": " AND m.assigned_to = %(me)s", "nobody": " AND m.assigned_to IS NULL"}[assigned]
    total = sql.count(f"SELECT 1 FROM registry_match_proposal m WHERE {where}", params)
    turned = ""
    if after:
        params["c0"] = after[0]
        turned = " AND m.id > %(c0)s::uuid"
    found = sql.rows(
        _Row,
        f"""
        SELECT m.id, m.state, m.person_id, m.other_id, m.probability, m.lines, m.opened_at, m.decided_at, m.decided_by,
               m.assigned_to, m.reason
        FROM registry_match_proposal m WHERE {where}{turned} ORDER BY m.id LIMIT %(size)s
        """,
        params,
    )
    page = found[:size]
    people = Person.objects.in_bulk({each for row in page for each in (row.person_id, row.other_id)})
    rows = [made for row in page if (made := _proposal(row, people))]
    following = paging.encode((page[-1].id,)) if len(found) > size else None
    return Page(rows, following, total)


def _in(column: str, where: str) -> str:
    return f"EXISTS (SELECT FROM registry_person_area a WHERE a.person_id = m.{column} AND {where})"


def _proposal(row: _Row, people: Mapping[UUID, Person]) -> Proposal | None:
    one, other = people.get(row.person_id), people.get(row.other_id)
    if one is None or other is None:
        return None  # joined or taken back between two reads
    lines = tuple(told for field in FIELDS if (told := line(field, one, other)))
    return Proposal(
        row.id, row.state, row.probability, json.loads(row.lines), row.opened_at, row.decided_at, row.decided_by, row.assigned_to,
        row.reason, _side(one), _side(other), lines,
    )  # fmt: skip


def _side(person: Person) -> Side:
    return Side(person.id, person.name, person.area_code, person.version, person.id_hash is not None)
