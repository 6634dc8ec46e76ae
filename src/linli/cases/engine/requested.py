"""Extensions and appeals that were asked for: those that wait for an actor's decision, and all in sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from linli.kernel import area_names, paging
from linli.kernel.actors import Actor
from linli.kernel.paging import Count, Page
from linli.registry.queries import sql

from ..permissions import ACCEPT, DECIDE, DISPATCH
from . import restricted, sight
from .queries import BEGINNING

View = Literal["decide", "all"]


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests: `view` is `decide` for those that wait for the actor, `all` for those of every case in sight."""

    view: View = "decide"
    wish: str | None = None
    state: str | None = None
    turn: str | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request with the case it is of."""

    id: UUID
    case_id: UUID
    number: str
    beginning: str
    area_code: str
    wish: str
    state: str
    turn: str
    unit_name: str
    amount: int
    reason: str
    asked_by_name: str
    asked_at: datetime
    decided_at: datetime | None
    due_before: datetime | None
    due_after: datetime | None
    reviews: str  # JSON
    limit_value: int
    clock: str
    due_at: datetime | None
    handed_back_at: datetime | None


_COLUMNS = f"""
a.id, a.case_id, c.number, left(c.description, {BEGINNING}) AS beginning, c.area_code, a.wish, a.state, a.turn, a.unit_name,
a.amount, a.reason, a.asked_by_name, a.asked_at, a.decided_at, a.due_before, a.due_after, a.reviews::text AS reviews,
c.limit_value, c.clock, c.due_at, c.handed_back_at
"""
_FROM = "cases_adjustment a JOIN cases_case c ON c.id = a.case_id"


def requests_page(
    actor: Actor, wanted: RequestFilter, cursor: str | None = None, limit: int | None = None
) -> Page[RequestRow]:
    """A page of requests: what waits the oldest first, all of them the newest first. Two queries."""
    size, after = paging.limit(limit), paging.decode(cursor, 1)
    params: dict[str, Any] = {"size": size + 1}
    where, turned = _where(actor, wanted, params), ""
    upward = wanted.view == "decide"
    if after:
        params["c0"] = after[0]
        turned = f" AND a.id {'>' if upward else '<'} %(c0)s::uuid"
    statement = (
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE {where}{turned} ORDER BY a.id {'' if upward else 'DESC'} LIMIT %(size)s"
    )
    found = sql.rows(RequestRow, statement, params)
    shown = found[:size]
    following = paging.encode((shown[-1].id,)) if len(found) > size else None
    return Page(shown, following, sql.count(f"SELECT a.id FROM {_FROM} WHERE {where}", params))


def requests_count(actor: Actor, wanted: RequestFilter) -> Count:
    """How many requests a list shows. One query."""
    params: dict[str, Any] = {}
    where = _where(actor, wanted, params)
    return sql.count(f"SELECT a.id FROM {_FROM} WHERE {where}", params)


def _where(actor: Actor, wanted: RequestFilter, params: dict[str, Any]) -> str:
    if wanted.view == "decide":
        params["me"] = actor.id
        seen = _turns(actor, wanted.area, params)
        conditions = ["a.state = 'waiting'", "c.state <> 'merged'", "NOT (%(me)s = ANY(a.involved))"]
    else:
        seen, conditions = sight.arms(actor, params, wanted.area), []
    if not seen:
        return "false"
    conditions.append(f"({' OR '.join(seen)})")
    for name in ("wish", "state", "turn"):
        if (value := getattr(wanted, name)) is not None:
            params[name] = value
            conditions.append(f"a.{name} = %({name})s")
    return " AND ".join(conditions)


def _turns(actor: Actor, under: str | None, params: dict[str, Any]) -> list[str]:
    """What is an actor's turn to review: as one of the unit, as dispatcher, as acceptor."""
    inside = area_names.going_by(under) if under else ()
    found = []
    if (unit := sight.unit_of(actor)) and actor.may(DECIDE):
        params["own_unit"] = unit
        narrowed = f" AND {sql.ranges(inside, 'c.area_code', params, 'u')}" if inside else ""
        found.append(
            f"(a.turn = 'unit' AND c.unit_id = %(own_unit)s::uuid AND {restricted.readable(actor, params)}{narrowed})"
        )
    for turn, permission in (("dispatcher", DISPATCH), ("acceptor", ACCEPT)):
        held = restricted.by_area(actor, permission, inside, params, turn)
        found += [f"(a.turn = '{turn}' AND {each})" for each in held]
    return found
