"""Reads of conflicts: a list over an area with what each source states, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from linli.kernel import paging
from linli.kernel.actors import Actor
from linli.kernel.paging import Count, Page
from linli.registry.codes import MANUAL
from linli.registry.fields import BY_NAME
from linli.registry.permissions import EDIT, VIEW
from linli.registry.queries import sql
from linli.registry.queries.person import shown

from .rules import ASKED, marks

State = Literal["open", "decided"]


@dataclass(frozen=True, slots=True)
class Stated:
    """What one source states, in an area of the reader."""

    record_id: UUID
    source_name: str
    value: str | None
    mark: str | None
    observed_on: date
    recorded_at: datetime
    proposed: bool


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """A conflict as listed."""

    id: UUID
    person_id: UUID
    person_name: str
    birth: date | None
    area_code: str
    field: str
    state: str
    opened_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    reason: str
    record_id: UUID | None
    distinct_values: int
    version: int
    golden: UUID
    statements: tuple[Stated, ...] = ()

    @property
    def hidden(self) -> int:
        """How many further values there are, stated in areas where the reader sees nobody."""
        return max(0, self.distinct_values - len({s.mark for s in self.statements}))


@dataclass(frozen=True, slots=True)
class _Record:
    person_id: UUID
    id: UUID
    source_name: str
    observed_on: date
    recorded_at: datetime
    name: str | None
    sex: str | None
    birth: date | None
    id_number: bytes | None
    told_name: str | None
    told_sex: str | None
    told_birth: str | None
    told_id_number: str | None


def conflicts_page(
    actor: Actor,
    state: State = "open",
    area: str | None = None,
    field: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[ConflictRow]:
    """Conflicts of the actor's areas, area by area, the oldest first."""
    size, after = paging.limit(limit), paging.decode(cursor, 2)
    params: dict[str, Any] = {"size": size + 1, "state": state}
    where = f"c.state = '{state}' AND {sql.ranges(sql.held(actor, VIEW, area), 'c.area_code', params)}"
    if field:
        params["field"] = field
        where += " AND c.field = %(field)s"
    total = sql.count(f"SELECT 1 FROM registry_conflict c WHERE {where}", params)
    turned = ""
    if after:
        params |= {"c0": after[0], "c1": after[1]}
        turned = " AND (c.area_code, c.id) > (%(c0)s, %(c1)s::uuid)"
    found = sql.rows(
        ConflictRow,
        f"""
        SELECT c.id, c.person_id, p.name AS person_name, p.birth, c.area_code, c.field, c.state, c.opened_at,
               c.decided_at, c.decided_by, c.reason, c.record_id,
               c.distinct_values, p.version,
               coalesce((p.field_records->>c.field)::uuid, p.main_record) AS golden
        FROM registry_conflict c JOIN registry_person p ON p.id = c.person_id
        WHERE {where}{turned} ORDER BY c.area_code, c.id LIMIT %(size)s
        """,
        params,
    )
    page = found[:size]
    stated = _statements(actor, [row.person_id for row in page])
    rows = [replace(row, statements=_of(row, stated[row.person_id])) for row in page]
    following = paging.encode((page[-1].area_code, page[-1].id)) if len(found) > size else None
    return Page(rows, following, total)


def _of(row: ConflictRow, records: list[_Record]) -> tuple[Stated, ...]:
    """The statements of a conflict's field."""
    field = BY_NAME[row.field]
    stating = [r for r in records if getattr(r, f"told_{row.field}") is not None]
    letters = marks(getattr(r, f"told_{row.field}") for r in stating)
    return tuple(
        Stated(
            r.id, r.source_name, shown(field, r)[0], mark, r.observed_on, r.recorded_at, r.id == (row.record_id or row.golden),
        )
        for r, mark in zip(stating, letters, strict=True)
    )  # fmt: skip


def _statements(actor: Actor, people: list[UUID]) -> dict[UUID, list[_Record]]:
    """What sources state of some people now in the actor's areas, the latest first."""
    params: dict[str, Any] = {"people": people}
    here = sql.ranges(sql.held(actor, VIEW), "r.area_code", params)
    told = ", ".join(f"{value} AS told_{field}" for field, value in ASKED.items())
    found: dict[UUID, list[_Record]] = defaultdict(list)
    for record in sql.rows(
        _Record,
        f"""
        SELECT r.person_id, r.id, coalesce(s.name, r.source_code) AS source_name, r.observed_on, r.recorded_at, r.name,
               r.sex, r.birth, r.id_number, {told}
        FROM registry_source_record r LEFT JOIN registry_source s ON s.code = r.source_code
        WHERE r.person_id = ANY(%(people)s) AND r.superseded_by IS NULL AND r.state = 'linked'
          AND r.source_code <> '{MANUAL}' AND {here}
        ORDER BY r.observed_on DESC, r.recorded_at DESC, r.id DESC
        """,
        params,
    ):
        found[record.person_id].append(record)
    return found


def open_conflicts(actor: Actor) -> Count:
    """How many conflicts wait for the actor."""
    params: dict[str, Any] = {}
    where = sql.ranges(sql.held(actor, EDIT), "c.area_code", params)
    return sql.count(f"SELECT 1 FROM registry_conflict c WHERE c.state = 'open' AND {where}", params)
