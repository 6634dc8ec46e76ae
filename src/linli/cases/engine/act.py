"""Taking a step: lock the case, ask the table, write what the step sets and its row of the flow, all in one transaction.

Of two who act on the same page one wins; the other is told who did what. Nothing of an earlier step is changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from linli.access.models import Unit
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.outbox import actions as outbox
from linli.kernel.worktime import OutsideCalendar

from ..categories.rules import CLOCKS
from ..permissions import DISPATCH
from . import sight, timing
from .choices import rules_to_choose
from .models import Case, CaseFlow, CasePause
from .problems import NotNow, TakenMeanwhile
from .report import category_in_use
from .rules import BY_CODE, LONGEST, SUSPENDED_AT_MOST, Action, Facts, Refusal, refusal, target_of
from .states import State

#: The topic under which steps leave through the outbox.
STEP = "cases.step"
SHORTEST_REASON = 2
LONGEST_LIMIT = 3650
NEEDED = Text("请填写此项。", "Please fill this in.")
REASON = Text("请写明原因（至少 2 个字）。", "Please state the reason (at least 2 characters).")
LONG = Text("内容过长。", "This is too long.")
NO_RULE = Text("请选择立案条件，或填写时限。", "Choose a filing condition, or give a time limit.")
BAD_RULE = Text(
    "这条立案条件不属于所选类别，或已停用。", "This filing condition is not of the category, or out of use."
)
TOO_FAR = Text("时限超出日历（至 2049 年）。", "The limit ends beyond the calendar (2049).")
NO_CATEGORY = Text("立案前须确定类别。", "A case is filed under a category.")
NO_UNIT = Text("没有这个单位，或不在您的可见范围内。", "There is no such unit, or you do not see it.")
SAME_UNIT = Text(
    "这个单位刚把案件退回。如仍派给它，请写明原因。",
    "This unit has just returned the case. Give a reason if it is to go there all the same.",
)
BAD_DAY = Text("挂账到期日须在今天之后、一年以内。", "A case is put on account to a day after today and within a year.")
NO_RATING = Text("请至少登记一项评价。", "Record at least one answer.")


@dataclass(frozen=True, slots=True)
class Given:
    """What a step is taken with. `version` is the case's as it was looked at; the rest as the action asks for it."""

    version: int
    reason: str = ""
    result: str = ""
    category_id: UUID | None = None
    rule_id: UUID | None = None
    limit_value: int | None = None
    clock: str = ""
    unit_id: UUID | None = None
    until: date | None = None
    responded: bool | None = None
    solved: bool | None = None
    satisfied: bool | None = None


def act(actor: Actor, case_id: UUID, code: str, given: Given) -> Case:
    """Take the step `code` in a case. Raises NotFound, TakenMeanwhile, Forbidden, NotNow, Invalid."""
    action = BY_CODE.get(code)
    if action is None:
        raise NotFound()
    case = sight.locked(actor, case_id)
    check_step(actor, case, action, given)
    return do_step(actor, case, action, given)


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
    if problems:
        raise Invalid(fields=tuple(problems))


def do_step(actor: Actor, case: Case, action: Action, given: Given) -> Case:
    """Write a step that was checked: what it sets, the case's new state, and its row of the flow."""
    before = State(case.state)
    detail: dict[str, Any] = {}
    for asked in action.asks:
        if asked in _ENTRIES:
            detail |= _ENTRIES[asked](case, given)
    if action.code in _EFFECTS:
        detail |= _EFFECTS[action.code](case, given)
    case.state, case.version = target_of(action, before), case.version + 1
    case.save()
    CaseFlow.objects.create(
        id=uuid7(), case=case, version=case.version, at=clock.now(), action=action.code, kind=action.kind, from_state=before,
        to_state=case.state, actor=actor.id, actor_name=actor.name, actor_unit=actor.unit_name, reason=given.reason.strip(),
        detail=detail, request=actor.request_id,
    )  # fmt: skip
    outbox.put(STEP, case.id, {"action": action.code, "version": case.version, "unit": str(case.unit_id or "")})
    return case


def facts_of(case: Case) -> Facts:
    """What the guards look at."""
    unit = str(case.unit_id) if case.unit_id else None
    return Facts(State(case.state), case.urgent, case.filed_at is not None, unit, case.suspensions)


def _taken(case: Case) -> TakenMeanwhile:
    last = CaseFlow.objects.filter(case_id=case.id).order_by("-version").first()
    assert last is not None  # a case begins with its first step
    done = BY_CODE[last.action].label if last.action in BY_CODE else Text("上报", "Report")
    who = f"{last.actor_unit} {last.actor_name}".strip()
    told = Text(f"{who}：{done.zh}", f"{who}: {done.en}")
    return TakenMeanwhile(who=who, version=case.version, fields=(FieldProblem("version", "taken", told),))


def _refused(action: Action, refused: Refusal) -> Exception:
    if refused.code in ("right", "unit"):
        return Forbidden(permission=action.permission)
    return NotNow(reason=refused.code, fields=(FieldProblem("action", refused.code, refused.text),))


# --- what steps set -------------------------------------------------------------------------------------------

Effect = Callable[[Case, Given], dict[str, Any]]


def _limit(case: Case, given: Given) -> dict[str, Any]:
    """The category and the limit a case is filed with: by a filing rule, or by hand where none fits."""
    category = category_in_use(given.category_id or case.category_id)
    rule = None
    if given.rule_id is not None:
        offered = rules_to_choose(category.id) if category else ()
        rule = next((each for each in offered if each.id == given.rule_id), None)
        if rule is None:
            raise Invalid(fields=(FieldProblem("rule_id", "unknown", BAD_RULE),))
        value, kind = rule.limit_value, rule.clock
    else:
        value, kind = given.limit_value or 0, given.clock
        if not 0 < value <= LONGEST_LIMIT or kind not in CLOCKS:
            raise Invalid(fields=(FieldProblem("rule_id", "required", NO_RULE),))
    if category is None:
        raise Invalid(fields=(FieldProblem("category_id", "required", NO_CATEGORY),))
    case.category, case.rule, case.limit_value, case.clock = category, rule, value, kind
    case.clock_from = case.clock_from or clock.now()
    _reckon(case)
    return {
        "category": category.name, "code": category.code, "limit": value, "clock": kind,
        "condition": rule.filing_condition if rule else "", "by_hand": rule is None,
    }  # fmt: skip


def _unit(case: Case, given: Given) -> dict[str, Any]:
    unit = Unit.objects.filter(id=given.unit_id).first() if given.unit_id else None
    if unit is None:
        raise Invalid(fields=(FieldProblem("unit_id", "unknown", NO_UNIT),))
    if unit.id == case.unit_id and len(given.reason.strip()) < SHORTEST_REASON:
        raise Invalid(fields=(FieldProblem("unit_id", "same", SAME_UNIT), FieldProblem("reason", "required", REASON)))
    case.unit_id, case.unit_name = unit.id, unit.name
    return {"unit": unit.name}


def _result(case: Case, given: Given) -> dict[str, Any]:
    return {"result": given.result.strip()}


def _rating(case: Case, given: Given) -> dict[str, Any]:
    case.responded, case.solved, case.satisfied = given.responded, given.solved, given.satisfied
    return {"responded": given.responded, "solved": given.solved, "satisfied": given.satisfied}


_ENTRIES: dict[str, Effect] = {"limit": _limit, "unit": _unit, "result": _result, "rating": _rating}


def _filed(case: Case, given: Given) -> dict[str, Any]:
    case.filed_at = clock.now()
    return {}


def _handed_back(case: Case, given: Given) -> dict[str, Any]:
    case.handed_back_at, case.result = clock.now(), given.result.strip()
    return {}


def _rework(case: Case, given: Given) -> dict[str, Any]:
    """Back to the unit: the time its result lay with others is none of its own."""
    if case.handed_back_at is not None:
        CasePause.objects.create(id=uuid7(), case=case, kind="feedback", since=case.handed_back_at, until=clock.now())
    case.handed_back_at, case.reworks = None, case.reworks + 1
    _reckon(case)
    return {}


def _pause(kind: str) -> Effect:
    def effect(case: Case, given: Given) -> dict[str, Any]:
        case.paused_at = clock.now()
        planned = given.until if kind == "suspended" else None
        CasePause.objects.create(id=uuid7(), case=case, kind=kind, since=case.paused_at, planned=planned)
        if kind == "suspended":
            case.suspensions += 1
        return {"until": planned.isoformat()} if planned else {}

    return effect


def _resume(case: Case, given: Given) -> dict[str, Any]:
    for pause in CasePause.objects.filter(case=case, until=None):
        pause.until = _ended(pause)
        pause.save()
    case.paused_at = None
    _reckon(case)
    return {}


def _ended(pause: CasePause) -> datetime:
    """When a pause ends that ends now: on account never after the day it was to."""
    now = clock.now()
    if pause.planned is None:
        return now
    return min(now, datetime.combine(pause.planned + timedelta(days=1), time(), clock.LOCAL))


def _closed(case: Case, given: Given) -> dict[str, Any]:
    case.closed_at = clock.now()
    return {}


def _reopened(case: Case, given: Given) -> dict[str, Any]:
    """Handled anew, with a clock of its own from now on; what came before stays in the flow."""
    case.closed_at = case.handed_back_at = None
    case.responded = case.solved = case.satisfied = None
    case.clock_from = clock.now()
    _reckon(case)
    return {}


_EFFECTS: dict[str, Effect] = {
    "file": _filed,
    "file_afterwards": _filed,
    "hand_back": _handed_back,
    "rework": _rework,
    "fail_check": _rework,
    "ask_reporter": _pause("waiting"),
    "suspend": _pause("suspended"),
    "resume": _resume,
    "close": _closed,
    "reopen": _reopened,
}


def _reckon(case: Case) -> None:
    """When handling is due, by the limit, the pauses and the work calendar as they are now."""
    if case.clock_from is None or case.limit_value is None:
        return
    pauses = [
        (p.since, p.until or _ended(p))  # one that is open: as if it went on now
        for p in CasePause.objects.filter(case_id=case.id, since__gte=case.clock_from).order_by("since")
    ]
    try:
        case.amber_at, case.due_at, case.provisional = timing.reckon(
            case.clock_from, case.limit_value, case.clock, pauses
        )
    except OutsideCalendar:
        raise Invalid(fields=(FieldProblem("limit_value", "range", TOO_FAR),)) from None
