"""What waits to be looked at on the spot: verifying reports, checking results. With or without a task that says more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from linli.kernel import paging
from linli.kernel.actors import Actor
from linli.kernel.paging import Page
from linli.registry.queries import sql

from ..permissions import CHECK
from . import sight
from .queries import BEGINNING
from .states import State

View = Literal["mine", "all"]
Kind = Literal["verify_report", "check_result"]
STATES = {"verify_report": State.VERIFY_REPORT.value, "check_result": State.CHECK_RESULT.value}


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A look that waits. `assignee_name` is empty where whoever has the right in the area may do it."""

    case_id: UUID
    number: str
    kind: str
    urgent: bool
    beginning: str
    area_code: str
    place_text: str
    lon: float | None
    lat: float | None
    assignee_name: str
    mine: bool
    due_at: datetime | None
    photo_wanted: bool
    given_by_name: str
    given_at: datetime | None
    sort: datetime


_COLUMNS = f"""
c.id AS case_id, c.number, c.state AS kind, c.urgent, left(c.description, {BEGINNING}) AS beginning, c.area_code, c.place_text,
c.lon, c.lat, coalesce(t.assignee_name, '') AS assignee_name, coalesce(t.assignee = %(me)s, false) AS mine, t.due_at,
coalesce(t.photo_wanted, false) AS photo_wanted, coalesce(t.given_by_name, '') AS given_by_name, t.given_at
"""
_FROM = "cases_case c LEFT JOIN cases_field_task t ON t.case_id = c.id AND t.state = 'open'"
#: Those with a time first, by it; the others as they were reported.
_SORT = "coalesce(t.due_at, timestamptz '9999-01-01 00:00+00')"


def tasks_page(
    actor: Actor,
    view: View = "mine",
    kind: Kind | None = None,
    area: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[TaskRow]:
    """A page of what waits: `mine` is what was given to the actor or to nobody by name, `all` everything in sight. Two queries."""
    size, after = paging.limit(limit), paging.decode(cursor, 2)
    params: dict[str, Any] = {
        "size": size + 1,
        "me": actor.id,
        "states": [STATES[kind]] if kind else sorted(STATES.values()),
    }
    seen = sight.arms(actor, params, area, CHECK)
    where = f"({' OR '.join(seen) or 'false'}) AND c.state = ANY(%(states)s)"
    if view == "mine":
        where += " AND coalesce(t.assignee, '') IN ('', %(me)s)"
    turned = ""
    if after:
        params |= {"c0": after[0], "c1": after[1]}
        turned = f" AND ({_SORT}, c.id) > (%(c0)s::timestamptz, %(c1)s::uuid)"
    statement = (
        f"SELECT {_COLUMNS}, {_SORT} AS sort FROM {_FROM} WHERE {where}{turned} ORDER BY {_SORT}, c.id LIMIT %(size)s"
    )
    found = sql.rows(TaskRow, statement, params)
    shown = found[:size]
    following = paging.encode((shown[-1].sort.isoformat(), shown[-1].case_id)) if len(found) > size else None
    return Page(shown, following, sql.count(f"SELECT c.id FROM {_FROM} WHERE {where}", params))
