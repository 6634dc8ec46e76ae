"""Reads of supervision: notes on the cases in sight, those that wait for an answer, and how many by unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from linli.kernel import area_names, clock, paging
from linli.kernel.actors import Actor
from linli.kernel.paging import Count, Page
from linli.registry.queries import sql

from ..engine import restricted, sight
from ..engine.queries import BEGINNING

View = Literal["answer", "all"]
Standing = Literal["open", "overdue", "answered", "withdrawn"]


@dataclass(frozen=True, slots=True)
class NoteFilter:
    """Which notes: `view` is `answer` for those that wait for the actor's unit, `all` for those on every case in sight."""

    view: View = "all"
    standing: Standing | None = None
    level: str | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note with the case it is on."""

    id: UUID
    case_id: UUID
    number: str
    beginning: str
    area_code: str
    state: str
    transferred: bool
    unit_name: str
    level: str
    text: str
    until: date
    standing: str
    asked_by_name: str
    asked_by_unit: str
    asked_at: datetime
    answer: str
    ended_by_name: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnitNotes:
    """The notes of a month addressed to a unit: all (督办数), without an answer (未处理督办数), and of those overdue."""

    unit_id: UUID | None
    unit_name: str
    notes: int
    unanswered: int
    overdue: int


#: How a note stands today; the day it wants its answer by is still in time.
_STANDING = "CASE WHEN s.state = 'open' AND s.until < %(today)s THEN 'overdue' ELSE s.state END"
_COLUMNS = f"""
s.id, s.case_id, c.number, left(c.description, {BEGINNING}) AS beginning, c.area_code, c.state, c.transferred, s.unit_name, s.level, s.text,
s.until, {_STANDING} AS standing, s.asked_by_name, s.asked_by_unit, s.asked_at, s.answer, s.ended_by_name, s.ended_at
"""
_FROM = "cases_supervision s JOIN cases_case c ON c.id = s.case_id"


def notes_page(actor: Actor, wanted: NoteFilter, cursor: str | None = None, limit: int | None = None) -> Page[NoteRow]:
    """A page of notes: what waits by the day its answer is wanted by, all of them the newest first. Two queries."""
    size, waits = paging.limit(limit), wanted.view == "answer"
    after = paging.decode(cursor, 2 if waits else 1)
    params: dict[str, Any] = {"size": size + 1}
    where, turned = _where(actor, wanted, params), ""
    if after and waits:
        params |= {"c0": after[0], "c1": after[1]}
        turned = " AND (s.until, s.id) > (%(c0)s::date, %(c1)s::uuid)"
    elif after:
        params["c0"] = after[0]
        turned = " AND s.id < %(c0)s::uuid"
    order = "s.until, s.id" if waits else "s.id DESC"
    found = sql.rows(
        NoteRow, f"SELECT {_COLUMNS} FROM {_FROM} WHERE {where}{turned} ORDER BY {order} LIMIT %(size)s", params
    )
    shown, following = found[:size], None
    if len(found) > size:
        last = shown[-1]
        following = paging.encode((last.until.isoformat(), last.id) if waits else (last.id,))
    return Page(shown, following, sql.count(f"SELECT s.id FROM {_FROM} WHERE {where}", params))


def notes_count(actor: Actor, wanted: NoteFilter) -> Count:
    """How many notes a list shows. One query."""
    params: dict[str, Any] = {}
    where = _where(actor, wanted, params)
    return sql.count(f"SELECT s.id FROM {_FROM} WHERE {where}", params)


def by_unit(actor: Actor, since: datetime, until: datetime, area: str | None = None) -> list[UnitNotes]:
    """The notes written from `since` to before `until` on cases in sight, by the unit they are addressed to. One query."""
    params: dict[str, Any] = {"since": since, "before": until}
    where = _where(actor, NoteFilter(area=area), params)
    return sql.rows(
        UnitNotes,
        f"""
        SELECT s.unit_id, max(s.unit_name) AS unit_name, count(*) AS notes, count(*) FILTER (WHERE s.state = 'open') AS unanswered,
               count(*) FILTER (WHERE s.state = 'open' AND s.until < %(today)s) AS overdue
        FROM {_FROM} WHERE {where} AND s.state <> 'withdrawn' AND s.asked_at >= %(since)s AND s.asked_at < %(before)s
        GROUP BY s.unit_id ORDER BY 2, 1
        """,
        params,
    )


def _where(actor: Actor, wanted: NoteFilter, params: dict[str, Any]) -> str:
    params["today"] = clock.today()
    if wanted.view == "answer":
        params["own_unit"], inside = sight.unit_of(actor), area_names.going_by(wanted.area) if wanted.area else ()
        narrowed = f" AND {sql.ranges(inside, 'c.area_code', params)}" if inside else ""
        own = f"c.unit_id = %(own_unit)s::uuid AND {restricted.readable(actor, params)}"
        conditions = [f"{own} AND s.state = 'open'{narrowed}"]
    else:
        seen = sight.arms(actor, params, wanted.area, supported=False)
        conditions = [f"({' OR '.join(seen)})" if seen else "false"]
    if wanted.standing == "overdue":
        conditions.append("s.state = 'open' AND s.until < %(today)s")
    elif wanted.standing:
        params["standing"] = wanted.standing
        conditions.append("s.state = %(standing)s")
    if wanted.level:
        params["level"] = wanted.level
        conditions.append("s.level = %(level)s")
    return " AND ".join(conditions)
