"""Who sees a case: by area who holds `cases.case.view` there, and by unit those who handle for the unit it was handed to.

The two are asked for apart, each by a condition its own index serves, and put together; row-level security behind them
knows the same two (docs/decisions/024-case-engine.md).
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from linli.kernel import area_names, areas
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.scoped import within
from linli.registry.queries import sql

from ..permissions import ACCEPT, CHECK, CLOSE, DECIDE, DISPATCH, HANDLE, REPORT, REVEAL, VIEW
from .models import Case
from .rules import Doer

ALL = (VIEW, REPORT, ACCEPT, DISPATCH, HANDLE, CHECK, CLOSE, REVEAL)


def unit_of(actor: Actor) -> str | None:
    """The unit for which `actor` handles cases."""
    return actor.unit_id if actor.unit_id and actor.may(HANDLE) else None


def arms(actor: Actor, params: dict[str, Any], under: str | None = None, permission: str = VIEW) -> list[str]:
    """`restrict` as SQL over `cases_case c`: a condition by area and one by unit, each for a query of its own; adds to
    `params`. Inside the area `under` if it is given. Empty: nothing is seen.

    `permission`: by area, where this is held as well; `HANDLE` leaves the unit's alone.
    """
    found, inside = [], area_names.going_by(under) if under else ()
    if permission != HANDLE:
        held = areas.intersect(actor.areas_for(VIEW), actor.areas_for(permission))
        held = areas.intersect(held, inside) if inside else held
        if held:
            found.append(sql.ranges(held, "c.area_code", params))
    unit = unit_of(actor)
    if unit and permission in (VIEW, HANDLE):
        params["own_unit"] = unit
        narrowed = f" AND {sql.ranges(inside, 'c.area_code', params, 'u')}" if inside else ""
        found.append(f"c.unit_id = %(own_unit)s::uuid{narrowed}")
    return found


def doer(actor: Actor, area_code: str) -> Doer:
    """What the table of actions asks about `actor`, where a case lies."""
    held = frozenset(permission for permission in ALL if actor.may(permission, area_code))
    return Doer(held, actor.unit_id, actor.may(HANDLE), actor.may(DECIDE), actor.id, actor.kind == "system")


def seen(actor: Actor) -> QuerySet[Case]:
    """The cases in sight, for looking one of them up; lists take `arms`."""
    conditions = []
    if held := actor.areas_for(VIEW):
        conditions.append(within(held))
    if unit := unit_of(actor):
        conditions.append(Q(unit_id=unit))
    return Case.objects.filter(reduce(or_, conditions)) if conditions else Case.objects.none()


def one(actor: Actor, case_id: UUID) -> Case:
    """One case the actor sees, with its category and rule. Raises NotFound. One query."""
    found = seen(actor).select_related("category", "rule").filter(id=case_id).first()
    if found is None:
        raise NotFound()
    return found


def locked(actor: Actor, case_id: UUID) -> Case:
    """A case the actor sees, locked for the rest of the transaction. Raises NotFound. One query."""
    found = seen(actor).select_for_update().filter(id=case_id).first()
    if found is None:
        raise NotFound()
    return found
