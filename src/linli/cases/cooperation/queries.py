"""Reads of co-operation: who works on a case beside its unit. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linli.access.models import Unit
from linli.kernel.actors import Actor
from linli.kernel.errors import Forbidden

from ..engine import procedure, restricted, sight
from ..engine.models import Case
from ..engine.states import OPEN, WITH_UNIT
from ..permissions import DISPATCH, SUPERVISE
from . import directory
from .children import may_split
from .handovers import GOES_OVER
from .models import CaseChild, CaseHandOver, CaseSupervision, CaseSupport
from .supervising import may_answer
from .supports import is_lead, may_ask


@dataclass(frozen=True, slots=True)
class Support:
    """A supporting unit of a case, with what the actor may do about it."""

    row: CaseSupport
    mine: bool
    may_withdraw: bool

    def overdue(self, today: date) -> bool:
        """Whether its answer is wanted since before today."""
        return self.row.state == "asked" and self.row.until is not None and self.row.until < today


@dataclass(frozen=True, slots=True)
class Note:
    """A note of supervision on a case, with what the actor may do about it."""

    row: CaseSupervision
    may_answer: bool
    may_withdraw: bool

    def standing(self, today: date) -> str:
        """How it stands: open ones without an answer in time are overdue."""
        return "overdue" if self.row.state == "open" and self.row.until < today else self.row.state


@dataclass(frozen=True, slots=True)
class Child:
    """A child case; `case` is None where it is not in the actor's sight."""

    row: CaseChild
    case: Case | None


@dataclass(frozen=True, slots=True)
class Cooperation:
    """What the page of a case shows of co-operation."""

    case: Case
    supports: Sequence[Support]
    may_ask: bool
    notes: Sequence[Note]
    may_supervise: bool
    parent: CaseChild | None
    children: Sequence[Child]
    may_split: bool
    offers: Sequence[CaseHandOver]
    may_offer: bool
    may_take: bool
    leads: bool


def of_case(actor: Actor, case_id: UUID) -> Cooperation:
    """Who works on a case: the lead and who sees the area see all supporting units, one that supports itself alone. Raises
    NotFound. Seven queries at most."""
    case = sight.one(actor, case_id)
    asking, unit, is_open = may_ask(actor, case), sight.unit_of(actor), case.state in OPEN
    rows = CaseSupport.objects.filter(case_id=case.id).order_by("id")
    offers, leads = _offers(actor, case, unit), is_lead(actor, case)
    parent = CaseChild.objects.filter(child_id=case.id).first()
    common = not procedure.of(case.procedure).own_door
    if not asking and not restricted.oversees(actor, case):
        rows = rows.filter(unit_id=unit) if unit else rows.none()
    return Cooperation(
        case,
        [
            Support(
                row,
                mine=row.state == "asked" and is_open and unit == str(row.unit_id),
                may_withdraw=row.state == "asked" and asking,
            )
            for row in rows
        ],
        may_ask=common and asking and case.state in WITH_UNIT,
        notes=_notes(actor, case),
        may_supervise=is_open and actor.may(SUPERVISE, case.area_code),
        parent=parent,
        children=_children(actor, case) if parent is None else (),
        may_split=parent is None and may_split(actor, case),
        offers=offers,
        may_offer=common and leads and case.state in GOES_OVER and not any(each.state == "asked" for each in offers),
        may_take=common and case.state in GOES_OVER,
        leads=leads,
    )


def _notes(actor: Actor, case: Case) -> list[Note]:
    """The notes on a case: for its unit and who sees the area, not for a unit that supports it."""
    if not is_lead(actor, case) and not restricted.oversees(actor, case):
        return []
    answers, above = may_answer(actor, case), actor.may(SUPERVISE, case.area_code)
    rows = CaseSupervision.objects.filter(case_id=case.id).order_by("id")
    return [Note(row, row.state == "open" and answers, row.state == "open" and above) for row in rows]


def _children(actor: Actor, case: Case) -> list[Child]:
    rows = list(CaseChild.objects.filter(parent_id=case.id).order_by("number"))
    known = {c.id: c for c in sight.seen(actor).filter(id__in=[row.child_id for row in rows])} if rows else {}
    return [Child(row, known.get(row.child_id)) for row in rows]


def _offers(actor: Actor, case: Case, unit: str | None) -> Sequence[CaseHandOver]:
    """The hand-overs of a case: for its unit and who sees the area; a unit that was asked sees its own alone."""
    rows = CaseHandOver.objects.filter(case_id=case.id).order_by("id")
    if not is_lead(actor, case) and not restricted.oversees(actor, case):
        rows = rows.filter(to_id=unit) if unit else rows.none()
    return list(rows)


def units_to_ask(actor: Actor, case_id: UUID) -> Sequence[Unit]:
    """The units that may be brought into a case, wherever they serve: departments first. Raises NotFound, Forbidden."""
    case = sight.one(actor, case_id)
    if not may_ask(actor, case):
        raise Forbidden(permission=DISPATCH)
    rank = {"department": 0, "district": 1, "town": 2, "village": 3}
    found = [unit for unit in directory.units() if unit.id != case.unit_id]
    return sorted(found, key=lambda unit: (rank[unit.kind], unit.area_code, unit.name))
