"""Lists, pages, related things and points of the map. One query for a page, one for its count, whatever the kind."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.db import connection

from linli.kernel import clock, paging, secrets
from linli.kernel.actors import Actor, system
from linli.kernel.areas import END
from linli.kernel.errors import NotFound
from linli.kernel.masking import mask_phone
from linli.kernel.paging import Page
from linli.kernel.scope import acting
from linli.registry.merge.priorities import DEFAULT_PRIORITY
from linli.registry.permissions import THING_EDIT, THING_REVEAL
from linli.registry.queries import sql

from .kinds import COMPONENT, ENTITY, KINDS, PLACE, POSITION, RENTAL, KindName, ThingField, ThingKind

Why = Literal["place", "operator", "department", "owner", "keeper"]
Due = Literal["overdue", "soon", "later", "none"]
SOON = timedelta(days=30)
MOST_RELATED = 20
#: a map gets single points up to so many, and beyond that how many lie in each cell of about a kilometre
MOST_POINTS = 5_000
CELL = 0.01
_CODE = re.compile(r"[0-9A-Za-z]{4,18}")


@dataclass(frozen=True, slots=True)
class ThingFilter:
    """What a list may be narrowed by. `words`: part of a name or address, or the beginning of a code."""

    area: str | None = None
    words: str = ""
    #: code of the kind's `group`; its beginning counts (2: all 九小场所). Several with commas between: any of them
    group: str | None = None
    state: str | None = None
    due: Due | None = None
    placed: bool | None = None


@dataclass(frozen=True, slots=True)
class ThingRow:
    """A thing as a line of a list. `code`: credit or component code."""

    id: UUID
    name: str
    name_key: str
    area_code: str
    code: str | None
    group: str | None
    state: str | None
    contact: str | None
    address: str | None
    due_on: date | None
    placed: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One statement of a source about a thing. Of one made `elsewhere`, where the reader sees nothing of the kind, only
    the source and the dates are told: that a fact comes from 公安 is part of the fact, the rest is that place's."""

    record_id: UUID
    source_code: str
    source_name: str
    batch_id: UUID | None
    row: int | None
    observed_on: date
    recorded_at: datetime
    recorded_by: str | None
    reason: str | None
    request: str | None
    current: bool
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as shown: its value (masked if it must be) and the statement it comes from."""

    field: ThingField
    value: str | None
    masked: bool
    record: RecordRow | None


@dataclass(frozen=True, slots=True)
class Related:
    """Another thing that has to do with this one, and why."""

    kind: KindName
    id: UUID
    name: str
    area_code: str
    why: Why


@dataclass(frozen=True, slots=True)
class ThingDetail:
    """Everything the page of a thing shows."""

    id: UUID
    name: str
    area_code: str
    lon: float | None
    lat: float | None
    version: int
    facts: tuple[Fact, ...]
    records: tuple[RecordRow, ...]
    related: tuple[Related, ...]
    may_reveal: bool
    may_edit: bool
    dwelling_id: UUID | None


@dataclass(frozen=True, slots=True)
class Point:
    """A thing on the map; where there are too many, a cell with how many lie in it and no id."""

    lon: float
    lat: float
    count: int
    id: UUID | None
    name: str | None
    group: str | None


_CONTACT = {"entity": "t.representative", "place": "t.manager", "component": "t.department_name", "rental": "t.lessor"}
_CODES = {
    "entity": "t.credit_code", "place": "t.credit_code", "component": "t.component_code",
    "rental": "t.registration_no",
}  # fmt: skip


def things_page(
    kind: ThingKind,
    actor: Actor,
    wanted: ThingFilter,
    cursor: str | None = None,
    limit: int | None = None,
    counted: bool = True,
) -> Page[ThingRow]:
    """A page of the things the actor may see, by area and pinyin. Two queries."""
    size, after = paging.limit(limit), paging.decode(cursor, 3)
    params: dict[str, Any] = {"size": size + 1}
    where = _where(kind, actor, wanted, params)
    turned = ""
    if after:
        params |= {"c0": after[0], "c1": after[1], "c2": after[2]}
        turned = " AND (t.area_code, t.name_key, t.id) > (%(c0)s, %(c1)s, %(c2)s::uuid)"
    found = sql.rows(
        ThingRow,
        f"""
        SELECT t.id, t.name, t.name_key, t.area_code, {_CODES[kind.name]} AS code, t.{kind.group} AS "group",
               t.{kind.state} AS state, {_CONTACT[kind.name]} AS contact, t.address,
               {f"t.{kind.due}" if kind.due else "NULL::date"} AS due_on, t.lon IS NOT NULL AS placed, t.updated_at
        FROM {kind.table} t WHERE {where}{turned} ORDER BY t.area_code, t.name_key, t.id LIMIT %(size)s
        """,
        params,
    )
    shown = found[:size]
    last = shown[-1] if shown else None
    following = paging.encode((last.area_code, last.name_key, last.id)) if last and len(found) > size else None
    total = sql.count(f"SELECT 1 FROM {kind.table} t WHERE {where}", params) if counted else None
    return Page(shown, following, total)


def things_count(kind: ThingKind, actor: Actor, wanted: ThingFilter) -> paging.Count:
    """How many things the list of a kind shows. One query."""
    params: dict[str, Any] = {}
    where = _where(kind, actor, wanted, params)
    return sql.count(f"SELECT 1 FROM {kind.table} t WHERE {where}", params)


def _where(kind: ThingKind, actor: Actor, wanted: ThingFilter, params: dict[str, Any]) -> str:
    conditions = [sql.ranges(sql.held(actor, kind.view, wanted.area), "t.area_code", params)]
    words = wanted.words.strip()
    if _CODE.fullmatch(words):
        params |= {"code": words.upper(), "code_end": words.upper() + END, "words": words}
        code = _CODES[kind.name]
        conditions.append(
            f"({code} >= %(code)s AND {code} < %(code_end)s OR position(lower(%(words)s) in lower(t.name)) > 0)"
        )
    elif words:
        params["words"] = words
        conditions.append("position(%(words)s in concat_ws(' ', t.name, t.address)) > 0")
    if groups := [code for code in (wanted.group or "").split(",") if code]:
        either = []
        for serial, code in enumerate(groups):
            params |= {f"group{serial}": code, f"group{serial}_end": code + END}
            column = f't.{kind.group} COLLATE "C"'
            either.append(f"({column} >= %(group{serial})s AND {column} < %(group{serial}_end)s)")
        conditions.append(f"({' OR '.join(either)})")
    if wanted.state:
        params["state"] = wanted.state
        conditions.append(f"t.{kind.state} = %(state)s")
    if wanted.placed is not None:
        conditions.append(f"t.lon IS {'NOT ' if wanted.placed else ''}NULL")
    if wanted.due and kind.due:
        params |= {"today": clock.today(), "soon": clock.today() + SOON}
        conditions.append(
            {
                "overdue": f"t.{kind.due} < %(today)s",
                "soon": f"t.{kind.due} BETWEEN %(today)s AND %(soon)s",
                "later": f"t.{kind.due} > %(soon)s",
                "none": f"t.{kind.due} IS NULL",
            }[wanted.due]
        )
    return " AND ".join(conditions)


def visible(kind: ThingKind, actor: Actor, thing_id: UUID) -> dict[str, Any]:
    """The row of a thing the actor may see, by column. Raises NotFound otherwise, and for none."""
    params: dict[str, Any] = {"id": thing_id}
    where = sql.ranges(sql.held(actor, kind.view), "t.area_code", params)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT t.* FROM {kind.table} t WHERE t.id = %(id)s AND {where}", params)
        row = cursor.fetchone()
        if row is None:
            raise NotFound()
        return image([column.name for column in cursor.description], row)


@dataclass(frozen=True, slots=True)
class RentalOf:
    """The rented home that a dwelling is: what for, in what state, until when, and when it is due to be looked at."""

    id: UUID
    purpose: str | None
    state: str | None
    lessor: str | None
    leased_until: date | None
    due_on: date | None


def rental_of(actor: Actor, dwelling_id: UUID) -> RentalOf | None:
    """What is on record of a dwelling's being let, as far as the actor may see it."""
    params: dict[str, Any] = {"id": dwelling_id}
    where = sql.ranges(sql.held(actor, RENTAL.view), "t.area_code", params)
    found = sql.rows(
        RentalOf,
        f"""
        SELECT t.id, t.rental_purpose AS purpose, t.rental_state AS state, t.lessor, t.leased_until,
               t.next_inspection_on AS due_on
        FROM {RENTAL.table} t WHERE t.dwelling_id = %(id)s AND {where} ORDER BY t.updated_at DESC LIMIT 1
        """,
        params,
    )
    return found[0] if found else None


def visible_things(kind: ThingKind, actor: Actor, ids: list[UUID]) -> list[UUID]:
    """Those of `ids` whom the actor may see, in the given order."""
    asked = list(dict.fromkeys(ids))
    params: dict[str, Any] = {"ids": asked}
    where = sql.ranges(sql.held(actor, kind.view), "t.area_code", params)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT t.id FROM {kind.table} t WHERE t.id = ANY(%(ids)s) AND {where}", params)
        seen = {row[0] for row in cursor.fetchall()}
    return [thing_id for thing_id in asked if thing_id in seen]


def image(columns: list[str], row: tuple[Any, ...]) -> dict[str, Any]:
    """A row of a kind's table, or a kept image of one, by column."""
    found = dict(zip(columns, row, strict=True))
    return found | {"field_records": json.loads(found["field_records"])}


def thing_detail(kind: ThingKind, actor: Actor, thing_id: UUID) -> ThingDetail:
    """The page of a thing: facts with their statements, all statements, and what has to do with it."""
    row = visible(kind, actor, thing_id)
    records = thing_records(kind, actor, thing_id)
    by_id = {str(record.record_id): record for record in records}
    facts = []
    for field in (*kind.every, POSITION):
        value, masked = (position(row), False) if field is POSITION else shown(field, row[field.name])
        record = by_id.get(row["field_records"].get(field.name, ""))
        facts.append(Fact(field, value, masked, record if value is not None else None))
    return ThingDetail(
        thing_id, row["name"], row["area_code"], row["lon"], row["lat"], row["version"], tuple(facts), tuple(records),
        tuple(_related(kind, actor, row)), "phone" in kind.by_name and actor.may(THING_REVEAL, row["area_code"]),
        actor.may(THING_EDIT, row["area_code"]), row.get("dwelling_id"),
    )  # fmt: skip


def shown(field: ThingField, value: Any) -> tuple[str | None, bool]:
    """The value of a column as text, and whether it is masked."""
    if value is None:
        return None, False
    if field.form == "phone":
        return mask_phone(secrets.decrypt(bytes(value))), True
    return (value.isoformat() if isinstance(value, date) else str(value)), False


def position(row: dict[str, Any]) -> str | None:
    """Where a row or image lies, as text."""
    return None if row["lon"] is None else f"{row['lon']:.6f}, {row['lat']:.6f}"


def thing_records(kind: ThingKind, actor: Actor, thing_id: UUID) -> list[RecordRow]:
    """Who stated what and when, of a thing the caller has checked is visible.

    Read as the system, since a golden row rests on what was stated elsewhere too; see RecordRow for what is told.
    """
    params: dict[str, Any] = {"id": thing_id}
    seen = sql.ranges(sql.held(actor, kind.view), "r.area_code", params)
    with acting(system("provenance", settings.LINLI_DISTRICT)):
        return sql.rows(
            RecordRow,
            f"""
            WITH told AS (SELECT r.*, {seen} AS here FROM registry_thing_record r WHERE r.subject_id = %(id)s)
            SELECT r.id AS record_id, r.source_code, coalesce(s.name, r.source_code) AS source_name,
                   CASE WHEN here THEN r.batch_id END AS batch_id, CASE WHEN here THEN r.row END AS row, r.observed_on,
                   r.recorded_at, CASE WHEN here THEN r.recorded_by END AS recorded_by,
                   CASE WHEN here THEN r.reason END AS reason, coalesce(r.batch_id::text, r.request) AS request,
                   r.superseded_by IS NULL AS current, NOT here AS elsewhere
            FROM told r LEFT JOIN registry_source s ON s.code = r.source_code
            ORDER BY r.superseded_by IS NOT NULL, coalesce(s.priority, {DEFAULT_PRIORITY}), r.observed_on DESC, r.id DESC
            """,
            params,
        )


def _related(kind: ThingKind, actor: Actor, row: dict[str, Any]) -> list[Related]:
    """Things that share a credit code with this one, as far as the actor may see them; one query."""
    params: dict[str, Any] = {"most": MOST_RELATED}
    wanted: list[tuple[ThingKind, str, str]] = []
    if kind is ENTITY and row["credit_code"]:
        params["c0"] = row["credit_code"]
        wanted.append((PLACE, "credit_code", "place"))
    elif kind is PLACE and row["credit_code"]:
        params["c0"] = row["credit_code"]
        wanted.append((ENTITY, "credit_code", "operator"))
    parts = [_related_part(actor, other, f"t.{column} = %(c0)s", f"'{why}'", params) for other, column, why in wanted]
    if kind is COMPONENT:
        for serial, why in enumerate(("department", "owner", "keeper")):
            if code := row[f"{why}_code"]:
                params[f"c{serial}"] = code
                parts.append(_related_part(actor, ENTITY, f"t.credit_code = %(c{serial})s", f"'{why}'", params))
    if not parts:
        return []
    return sql.rows(Related, f"{' UNION ALL '.join(parts)} LIMIT %(most)s", params)


def _related_part(actor: Actor, other: ThingKind, condition: str, why: str, params: dict[str, Any]) -> str:
    own: dict[str, Any] = {}
    where = sql.ranges(sql.held(actor, other.view), "t.area_code", own)
    for name, value in own.items():
        params[f"{other.name}_{name}"] = value
        where = where.replace(f"%({name})s", f"%({other.name}_{name})s")
    return (
        f"SELECT '{other.name}' AS kind, t.id, t.name, t.area_code, {why} AS why FROM {other.table} t "
        f"WHERE {condition} AND {where}"
    )


def points(kind: ThingKind, actor: Actor, wanted: ThingFilter) -> tuple[list[Point], bool]:
    """What is to be drawn on the map, and whether it is single things (else cells with counts). At most two queries."""
    params: dict[str, Any] = {"most": MOST_POINTS + 1, "cell": CELL}
    where = _where(kind, actor, wanted, params) + " AND t.lon IS NOT NULL"
    found = sql.rows(
        Point,
        f'SELECT t.lon, t.lat, 1 AS count, t.id, t.name, t.{kind.group} AS "group" FROM {kind.table} t '
        f"WHERE {where} LIMIT %(most)s",
        params,
    )
    if len(found) <= MOST_POINTS:
        return found, True
    cells = sql.rows(
        Point,
        f"""
        SELECT avg(t.lon) AS lon, avg(t.lat) AS lat, count(*)::int AS count, NULL::uuid AS id, NULL::text AS name,
               NULL::text AS "group"
        FROM {kind.table} t WHERE {where} GROUP BY floor(t.lon / %(cell)s), floor(t.lat / %(cell)s)
        """,
        params,
    )
    return cells, False


def by_path(path: str) -> ThingKind:
    """A kind by its address. Raises NotFound."""
    for kind in KINDS.values():
        if kind.path == path:
            return kind
    raise NotFound()
