"""Who sees a proposal: by area who holds `cases.proposal.view` there, and by unit the host's handlers and the co-hosts'.

Its case is for fewer: who holds that, who handles for the host, and who sees the case by itself (`engine.sight`). Who only helps
to answer sees what they help with, and neither where it stands nor who did what, wherever the case lies.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.scoped import within
from linli.registry.queries import sql

from ..engine import sight
from ..engine.models import Case
from ..engine.sight import unit_of
from ..permissions import PROPOSAL_VIEW
from .models import Proposal

#: Tells the areas of `cases.proposal.view` apart from those of cases in one statement.
MARK = "p"


def seen(actor: Actor) -> QuerySet[Proposal]:
    """`restrict` for looking a proposal up."""
    conditions = [within(held)] if (held := actor.areas_for(PROPOSAL_VIEW)) else []
    if unit := unit_of(actor):
        conditions += [Q(host_unit_id=unit), Q(cohost_units__contains=[unit])]
    return Proposal.objects.filter(reduce(or_, conditions)) if conditions else Proposal.objects.none()


def condition(actor: Actor, params: dict[str, Any]) -> str:
    """`restrict` as SQL over `cases_proposal p`; adds to `params`. Proposals are some hundred a year: one condition does."""
    found = []
    if held := actor.areas_for(PROPOSAL_VIEW):
        found.append(sql.ranges(held, "p.area_code", params, MARK))
    if unit := unit_of(actor):
        params["own_unit"] = unit
        found.append("p.host_unit_id = %(own_unit)s::uuid OR p.cohost_units @> ARRAY[%(own_unit)s::uuid]")
    return f"({' OR '.join(found)})" if found else "false"


def cases(actor: Actor) -> QuerySet[Case]:
    """`restrict` for the cases of proposals, for looking one of them up."""
    conditions = [within(held)] if (held := actor.areas_for(PROPOSAL_VIEW)) else []
    if unit := unit_of(actor):
        conditions.append(Q(host_unit_id=unit))
    by_itself = Q(id__in=sight.seen(actor).values("id"))
    if not conditions:
        return Case.objects.filter(by_itself)
    theirs = Proposal.objects.filter(reduce(or_, conditions)).values("case_id")
    return Case.objects.filter(by_itself | Q(id__in=theirs))


def case_condition(actor: Actor, params: dict[str, Any]) -> str:
    """The same as SQL over `cases_proposal p` and its `cases_case c`; adds to `params`."""
    found = sight.arms(actor, params)
    if held := actor.areas_for(PROPOSAL_VIEW):
        found.append(sql.ranges(held, "p.area_code", params, MARK))
    if unit := unit_of(actor):
        params["own_unit"] = unit
        found.append("p.host_unit_id = %(own_unit)s::uuid")
    return f"({' OR '.join(found)})" if found else "false"


def one(actor: Actor, proposal_id: UUID) -> Proposal:
    """A proposal the actor sees. Raises NotFound. One query."""
    found = seen(actor).filter(id=proposal_id).first()
    if found is None:
        raise NotFound()
    return found


def locked(actor: Actor, proposal_id: UUID) -> tuple[Proposal, Case | None]:
    """A proposal the actor sees and its case, locked for the rest of the transaction; no case for who only helps to answer.

    Raises NotFound. Two queries.
    """
    found = seen(actor).select_for_update().filter(id=proposal_id).first()
    if found is None:
        raise NotFound()
    return found, cases(actor).select_for_update().filter(id=found.case_id).first()
