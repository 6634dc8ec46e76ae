"""Splitting a case into child cases (子案件), each with a unit and a clock of its own. One level: a child has no children.

A child takes over place, category, urgency and limit, and says for itself what is to be done. It knows its reporter through its
parent alone: neither name nor phone nor tracking number are copied, for the reporter asks after one matter. The parent is closed
after its children (inferred), and its flow names them by number: what a child is about is its own to tell. Cases of the standard
procedure are divided; the others are of one hand.
"""

from __future__ import annotations

from uuid import UUID

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid
from linli.kernel.ids import uuid7

from ..categories import marks
from ..engine import placing, sight
from ..engine.act import do_step
from ..engine.choices import rules_to_choose
from ..engine.effects import Given
from ..engine.models import Case
from ..engine.procedure import STANDARD, STANDARD_CODE
from ..engine.report import LONGEST_TEXT, NewCase, Reportable, category_in_use, do_report
from ..engine.rules import BY_CODE
from ..engine.states import WITH_UNIT, State
from ..permissions import DISPATCH
from . import steps
from .models import CaseChild
from .problems import IS_CHILD, LONG_PART, NOT_DIVISIBLE, PART, NotTogether

#: A case is divided once it is filed, by who gives it to a unit, until its result is there.
DIVISIBLE = (State.TO_DISPATCH, *WITH_UNIT)


def may_split(actor: Actor, case: Case) -> bool:
    """Whether a case can be divided as it stands, by `actor`; that it is no child itself, `split` asks."""
    standing = case.state in DIVISIBLE and case.filed_at is not None and case.procedure == STANDARD_CODE
    return standing and actor.may(DISPATCH, case.area_code)


def split(actor: Actor, case_id: UUID, description: str) -> Case:
    """Make a child case, filed and ready to be dispatched. Raises NotFound, Forbidden, Invalid, NotTogether."""
    parent = sight.locked(actor, case_id)
    check_split(actor, parent, description)
    return do_split(actor, parent, description.strip())


def check_split(actor: Actor, parent: Case, description: str) -> None:
    """Whether `actor` may divide a case they hold locked."""
    if not actor.may(DISPATCH, parent.area_code):
        raise Forbidden(permission=DISPATCH)
    if CaseChild.objects.filter(child_id=parent.id).exists():
        raise NotTogether(fields=(FieldProblem("case", "is_child", IS_CHILD),))
    if not may_split(actor, parent):
        raise NotTogether(fields=(FieldProblem("case", "not_divisible", NOT_DIVISIBLE),))
    if len(description.strip()) < 2:
        raise Invalid(fields=(FieldProblem("description", "required", PART),))
    if len(description) > LONGEST_TEXT:
        raise Invalid(fields=(FieldProblem("description", "too_long", LONG_PART),))


def do_split(actor: Actor, parent: Case, description: str) -> Case:
    """Write a child that was checked: reported and filed like any case, linked, and told of in the parent's flow."""
    place = placing.Place(parent.area_code, parent.place_text, parent.lon, parent.lat, parent.on_border)
    given = NewCase(description, parent.source, urgent=parent.urgent)
    category = category_in_use(actor, parent.area_code, parent.category_id)
    child = do_report(actor, Reportable(given, place, category, parent.occurred_at, STANDARD))
    do_step(actor, child, BY_CODE["file"], _as_filed(parent))
    CaseChild.objects.create(
        id=uuid7(), child=child, parent=parent, number=child.number, parent_number=parent.number, split_at=clock.now(),
        split_by=actor.id, split_by_name=actor.name,
    )  # fmt: skip
    if parent.restricted_to != child.restricted_to:  # by what it was joined to, not by its category
        child.restricted_to = marks.level([child.id])[child.id]
    steps.write(actor, parent, "split", detail={"result": child.number})
    return child


def _as_filed(parent: Case) -> Given:
    """The limit of the parent: by its rule where that still counts, else as it was filed."""
    assert parent.category_id is not None and parent.limit_value is not None  # it is filed
    offered = {rule.id for rule in rules_to_choose(parent.category_id)} if parent.rule_id else set()
    rule_id = parent.rule_id if parent.rule_id in offered else None
    return Given(1, category_id=parent.category_id, rule_id=rule_id, limit_value=parent.limit_value, clock=parent.clock)
