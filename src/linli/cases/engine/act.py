"""Taking a step: lock the case, ask the table, write what the step sets and its row of the flow, all in one transaction.

Of two who act on the same page one wins; the other is told who did what. Nothing of an earlier step is changed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from linli.access.models import Unit
from linli.kernel import clock, prepared
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.outbox import actions as outbox

from ..categories import marks
from ..cooperation import holds
from ..permissions import DISPATCH
from ..routing import deciding as routing
from ..suggesting import actions as suggesting
from . import procedure, sight
from .adjusting import facts_of
from .effects import EFFECTS, ENTRIES, NAMED, NO_UNIT, REASON, SHORTEST_REASON, Given, Step
from .models import Case, CaseFlow
from .problems import NotNow, TakenMeanwhile
from .rules import LONGEST, OWN_DOORS, SUSPENDED_AT_MOST, Action, Refusal, refusal, target_of
from .states import STEP, State

__all__ = ["STEP", "Given", "act", "check_step", "do_step", "none_of_it"]

NEEDED = Text("请填写此项。", "Please fill this in.")
LONG = Text("内容过长。", "This is too long.")
BAD_DAY = Text("挂账到期日须在今天之后、一年以内。", "A case is put on account to a day after today and within a year.")
NO_RATING = Text("请至少登记一项评价。", "Record at least one answer.")


def act(actor: Actor, case_id: UUID, code: str, given: Given) -> Case:
    """Take the step `code` in a case. Raises NotFound, TakenMeanwhile, Forbidden, NotNow, Invalid."""
    if code in OWN_DOORS:
        raise NotFound()
    case = sight.locked(actor, case_id)
    action = procedure.of(case.procedure).by_code.get(code)
    if action is None:
        raise none_of_it(case, code)
    check_step(actor, case, action, given)
    return do_step(actor, case, action, given)


def none_of_it(case: Case, code: str) -> Exception:
    """Why a code names no step here: nobody knows it, or only another procedure does."""
    way = procedure.of(case.procedure)
    if not any(code in each.by_code for each in procedure.known().values()):
        return NotFound()
    text = Text(f"“{way.label.zh}”中没有此操作。", f"This is no step of “{way.label.en}”.")
    return NotNow(reason="procedure", fields=(FieldProblem("action", "procedure", text),))


def check_step(actor: Actor, case: Case, action: Action, given: Given) -> None:
    """Whether `actor` may take a step in a case they hold locked, with what was given."""
    if case.version != given.version:
        raise _taken(case)
    refused = refusal(action, facts_of(case), sight.doer(actor, case.area_code))
    if refused is not None:
        raise _refused(action, refused)
    problems = []
    if "reason" in action.asks and len(given.reason.strip()) < SHORTEST_REASON:
        problems.append(FieldProblem("reason", "required", REASON))
    if "result" in action.asks and not given.result.strip():
        problems.append(FieldProblem("result", "required", NEEDED))
    if "unit" in action.asks:
        if given.unit_id is None:
            problems.append(FieldProblem("unit_id", "required", NEEDED))
        elif not Unit.objects.restrict(actor, DISPATCH).filter(id=given.unit_id).exists():
            problems.append(FieldProblem("unit_id", "unknown", NO_UNIT))
    if "until" in action.asks:
        today = clock.today()
        if given.until is None or not today < given.until <= today + timedelta(days=SUSPENDED_AT_MOST):
            problems.append(FieldProblem("until", "day", BAD_DAY))
    if "rating" in action.asks and given.responded is given.solved is given.satisfied is None:
        problems.append(FieldProblem("solved", "required", NO_RATING))
    for name in ("reason", "result"):
        if len(getattr(given, name)) > LONGEST:
            problems.append(FieldProblem(name, "too_long", LONG))
    problems += holds.problems(case, action, given.reason)
    if problems:
        raise Invalid(fields=tuple(problems))


def do_step(actor: Actor, case: Case, action: Action, given: Given) -> Case:
    """Write a step that was checked: what it sets, the case's new state, and its row of the flow."""
    before = State(case.state)
    step = Step(action.code, actor, case, given)
    detail: dict[str, Any] = {}
    for asked in action.asks:
        if asked in ENTRIES:
            detail |= ENTRIES[asked](step)
    if action.code in EFFECTS:
        detail |= EFFECTS[action.code](step)
    for name in action.effects:
        detail |= NAMED[name](step)
    case.state, case.version = target_of(action, before), case.version + 1
    prepared.update(case)
    if "limit" in action.asks:  # its category may be another now
        if case.restricted_to:
            case.restricted_to = marks.level([case.id], filed=True)[case.id]
        suggesting.decide(case)
        routing.decide(case)
    taken = CaseFlow(
        id=uuid7(), case=case, version=case.version, at=clock.now(), action=action.code, kind=action.kind, from_state=before,
        to_state=case.state, actor=actor.id, actor_name=actor.name, actor_unit=actor.unit_name, reason=given.reason.strip(),
        detail=detail, request=actor.request_id,
    )  # fmt: skip
    prepared.insert(taken)
    holds.follow(actor, case, action)
    outbox.put(STEP, case.id, {"action": action.code, "version": case.version, "unit": str(case.unit_id or "")})
    return case


def _taken(case: Case) -> TakenMeanwhile:
    last = CaseFlow.objects.filter(case_id=case.id).order_by("-version").first()
    assert last is not None  # a case begins with its first step
    done = procedure.label_of(case.procedure, last.action)
    who = f"{last.actor_unit} {last.actor_name}".strip()
    told = Text(f"{who}：{done.zh}", f"{who}: {done.en}")
    return TakenMeanwhile(who=who, version=case.version, fields=(FieldProblem("version", "taken", told),))


def _refused(action: Action, refused: Refusal) -> Exception:
    if refused.code in ("right", "unit"):
        return Forbidden(permission=action.permission)
    return NotNow(reason=refused.code, fields=(FieldProblem("action", refused.code, refused.text),))
