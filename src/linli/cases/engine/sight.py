"""Who sees a case: by area who holds `cases.case.view` there, by unit those who handle for the unit it was handed to, and those
who handle for a unit that supports it or is asked to take it over (`cooperation`). Of what is for restricted readers its readers
alone (`restricted`).

They are asked for apart, each by a condition its own index serves, and put together; row-level security behind them
knows the same (docs/decisions/024-case-engine.md).
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from linli.kernel import area_names, prepared
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.registry.queries import sql

from ..cooperation.models import CaseHandOver, CaseSupport
from ..permissions import ACCEPT, CHECK, CLOSE, DECIDE, DISPATCH, HANDLE, REPORT, REVEAL, VIEW
from . import restricted
from .models import Case
from .rules import Doer

#: The cases a unit supports or is asked to take over, by the indexes `support_sight` and `hand_over_sight`; those that wait for
#: its answer are a part of them.
_ASKED = (
    "c.id IN (SELECT s.case_id FROM cases_support s WHERE s.unit_id = %(own_unit)s::uuid AND s.state {states} "
    "UNION ALL SELECT h.case_id FROM cases_hand_over h WHERE h.to_id = %(own_unit)s::uuid AND h.state = 'asked')"
)
SUPPORTED, TO_SUPPORT = _ASKED.replace("{states}", "IN ('asked', 'answered')"), _ASKED.replace("{states}", "= 'asked'")
ALL = (VIEW, REPORT, ACCEPT, DISPATCH, HANDLE, CHECK, CLOSE, REVEAL)


def unit_of(actor: Actor) -> str | None:
    """The unit for which `actor` handles cases."""
    return actor.unit_id if actor.unit_id and actor.may(HANDLE) else None


def arms(
    actor: Actor,
    params: dict[str, Any],
    under: str | None = None,
    permission: str = VIEW,
    supported: bool = True,
    marked: bool = True,
) -> list[str]:
    """`restrict` as SQL over `cases_case c`: a condition by area, one of what is for the actor as a restricted reader, one by unit and
    one by the unit's support, each for a query of its own; adds to `params`. Inside the area `under` if it is given. Empty: nothing
    is seen.

    `permission`: by area, where this is held as well; `HANDLE` leaves the unit's alone. `supported` False leaves out what
    the unit only supports, `marked` False all that is about restricted readers: for what holds nothing of theirs.
    """
    inside = area_names.going_by(under) if under else ()
    found = restricted.by_area(actor, permission, inside, params, marked=marked) if permission != HANDLE else []
    unit = unit_of(actor)
    if unit and permission in (VIEW, HANDLE):
        params["own_unit"] = unit
        narrowed = _narrowed(actor, inside, params, marked)
        found.append(f"c.unit_id = %(own_unit)s::uuid{narrowed}")
        if supported and permission == VIEW:
            found.append(f"{SUPPORTED}{narrowed}")
    return found


def to_support(actor: Actor, params: dict[str, Any], under: str | None = None) -> list[str]:
    """The cases an actor's unit was asked to support or to take over and has not answered, as `arms` tells them; adds to `params`."""
    params["own_unit"], inside = unit_of(actor), area_names.going_by(under) if under else ()
    return [f"{TO_SUPPORT}{_narrowed(actor, inside, params)}"] if params["own_unit"] else []


def _narrowed(actor: Actor, inside: tuple[str, ...], params: dict[str, Any], marked: bool = True) -> str:
    """What narrows the cases seen by unit: that the actor reads them, and that they lie inside some areas, where given."""
    area = f" AND {sql.ranges(inside, 'c.area_code', params, 'u')}" if inside else ""
    return f" AND {restricted.readable(actor, params)}{area}" if marked else area


def doer(actor: Actor, area_code: str) -> Doer:
    """What the table of actions asks about `actor`, where a case lies."""
    held = frozenset(permission for permission in ALL if actor.may(permission, area_code))
    return Doer(held, actor.unit_id, actor.may(HANDLE), actor.may(DECIDE), actor.id, actor.kind == "system")


def seen(actor: Actor) -> QuerySet[Case]:
    """The cases in sight, for looking one of them up; lists take `arms`."""
    conditions = restricted.looked_up_by_area(actor)
    if unit := unit_of(actor):
        readable = restricted.looked_up(actor)
        supported = CaseSupport.objects.filter(unit_id=unit, state__in=("asked", "answered")).values("case_id")
        offered = CaseHandOver.objects.filter(to_id=unit, state="asked").values("case_id")
        conditions += [readable & each for each in (Q(unit_id=unit), Q(id__in=supported), Q(id__in=offered))]
    return Case.objects.filter(reduce(or_, conditions)) if conditions else Case.objects.none()


def one(actor: Actor, case_id: UUID) -> Case:
    """One case the actor sees, with its category and rule. Raises NotFound. One query."""
    found = seen(actor).select_related("category", "rule").filter(id=case_id).first()
    if found is None:
        raise NotFound()
    return found


def locked(actor: Actor, case_id: UUID) -> Case:
    """A case the actor sees, locked for the rest of the transaction. Raises NotFound. One query."""
    params: dict[str, Any] = {"id": case_id}
    seen_by = arms(actor, params)
    condition = f"c.id = %(id)s AND ({' OR '.join(seen_by)}) FOR UPDATE OF c"
    statement = f"SELECT {prepared.columns(Case, 'c')} FROM cases_case c WHERE {condition}"
    values = prepared.row(statement, params) if seen_by else None
    if values is None:
        raise NotFound()
    return prepared.made(Case, values)


def supports(actor: Actor, case: Case) -> bool:
    """Whether the actor's unit supports a case. One query, none for who handles for no unit."""
    if (unit := unit_of(actor)) is None:
        return False
    return CaseSupport.objects.filter(case_id=case.id, unit_id=unit, state__in=("asked", "answered")).exists()
