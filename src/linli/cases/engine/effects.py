"""What a step sets: the entries it asks for, and what becomes of the case and its clock. Called by `act`, in its transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from linli.access.models import Unit
from linli.access.models.units import in_use
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.kernel.ids import uuid7
from linli.kernel.worktime import OutsideCalendar

from ..categories.rules import CLOCKS
from ..clocks.adjustments import Refusal, Wish
from ..clocks.adjustments import State as Standing
from ..permissions import VIEW
from ..telling.readers import unread, unread_family
from . import adjusting, procedure, tasks, timing, ways
from .choices import rules_to_choose
from .models import Case, CasePause
from .report import category_in_use
from .states import WITH_UNIT, State

SHORTEST_REASON = 2
LONGEST_LIMIT = 3650
LONGEST_BODY, LONGEST_DOCUMENT = 80, 60
BODY = Text("请写明接收单位的全称（2 至 80 个字）。", "Name the body that takes it in full (2 to 80 characters).")
DOCUMENT = Text(
    "请写明移交函文号或对方的受理编号（2 至 60 个字）。",
    "Give the number of the letter, or the one the body took it under (2 to 60 characters).",
)
REASON = Text("请写明原因（至少 2 个字）。", "Please state the reason (at least 2 characters).")
NO_RULE = Text("请选择立案条件，或填写时限。", "Choose a filing condition, or give a time limit.")
BAD_RULE = Text(
    "这条立案条件不属于所选类别，或已停用。", "This filing condition is not of the category, or out of use."
)
TOO_FAR = Text("时限超出日历（至 2049 年）。", "The limit ends beyond the calendar (2049).")
NO_PROCEDURE = Text("请选择另一种办理流程。", "Choose another procedure.")
NO_CATEGORY = Text("立案前须确定类别。", "A case is filed under a category.")
UNSEEN = Text(
    "改为普通类别后，您将看不到这个案件。请由既能查看普通案件、又有限定人员权限的受理员办理。",
    "Filed as an ordinary matter you would see this case no more: have somebody do it who sees ordinary cases as well.",
)
NO_UNIT = Text("没有这个单位，或不在您的可见范围内。", "There is no such unit, or you do not see it.")
SAME_UNIT = Text(
    "案件刚从这个单位退回、收回，或因它的结果重新办理。如仍派给它，请写明原因。",
    "The case has just come back from this unit, or was reopened over its result. Give a reason if it is to go there all the same.",
)


#: The steps that have a report looked at on the spot; the others have a result looked at.
VERIFYING = {"ask_verify": "verify_report", "give_verify": "verify_report"}


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
    amount: int | None = None
    assignee_id: UUID | None = None
    task_due: datetime | None = None
    photo_wanted: bool | None = None
    procedure: str = ""
    level: str = ""
    channel: str = ""
    body: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step that is taken: which, by whom, in which case, with what."""

    code: str
    actor: Actor
    case: Case
    given: Given


Effect = Callable[[Step], dict[str, Any]]


def _limit(step: Step) -> dict[str, Any]:
    """The category and the limit a case is filed with: by a filing rule, or by hand where none fits."""
    case, given = step.case, step.given
    category = category_in_use(step.actor, case.area_code, given.category_id or case.category_id)
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
    counted_anew = case.clock not in ("", kind) and adjusting.start_anew(case)
    way = ways.by_category(case, category, step.code)
    case.category, case.rule, case.limit_value, case.clock = category, rule, value, kind
    if case.restricted_to and not category.restricted_to and not step.actor.may(VIEW, case.area_code):
        raise Invalid(fields=(FieldProblem("category_id", "unseen", UNSEEN),))
    # Whether a mark goes, is seen with those the case is joined to (`act`).
    case.restricted_to = category.restricted_to or case.restricted_to
    if case.unit_id is not None and (case.state in WITH_UNIT or given.unit_id == case.unit_id):
        _refuse(unread(case, case.unit_id, "category_id"))
    if category.restricted_to:
        _refuse(unread_family([case.id], category.restricted_to, "category_id", besides=case.id))
    case.clock_from = case.clock_from or clock.now()
    reckon(case)
    return {
        "category": category.name, "code": category.code, "limit": value, "clock": kind,
        "condition": rule.filing_condition if rule else "", "by_hand": rule is None,
        **({"extensions_ended": True} if counted_anew else {}), **way,
    }  # fmt: skip


def _unit(step: Step) -> dict[str, Any]:
    case, given = step.case, step.given
    unit = Unit.objects.filter(in_use(clock.today()), id=given.unit_id).first() if given.unit_id else None
    if unit is None:
        raise Invalid(fields=(FieldProblem("unit_id", "unknown", NO_UNIT),))
    if unit.id == case.unit_id and len(given.reason.strip()) < SHORTEST_REASON:
        raise Invalid(fields=(FieldProblem("unit_id", "same", SAME_UNIT), FieldProblem("reason", "required", REASON)))
    _refuse(unread(case, unit.id))
    case.unit_id, case.unit_name = unit.id, unit.name
    return {"unit": unit.name}


def _refuse(problems: list[FieldProblem]) -> None:
    if problems:
        raise Invalid(fields=tuple(problems))


def _result(step: Step) -> dict[str, Any]:
    return {"result": step.given.result.strip()}


def _rating(step: Step) -> dict[str, Any]:
    case, given = step.case, step.given
    case.responded, case.solved, case.satisfied = given.responded, given.solved, given.satisfied
    return {"responded": given.responded, "solved": given.solved, "satisfied": given.satisfied}


def _amount(step: Step) -> dict[str, Any]:
    """By how much an extension is to extend: at most as much as the limit was at first."""
    amount = step.given.amount or 0
    if adjusting.extension_refusal(step.case, (), amount) is Refusal.AMOUNT:
        text = Text(
            f"延期须为 1 至 {step.case.limit_value}（不超过原时限）。",
            f"An extension is 1 to {step.case.limit_value}, no more than the limit was.",
        )
        raise Invalid(fields=(FieldProblem("amount", "range", text),))
    return {"amount": amount, "clock": step.case.clock}


def _task(step: Step) -> dict[str, Any]:
    """To whom a look on the spot is given, until when, and whether a picture is wanted: all of it may be left open."""
    case, given = step.case, step.given
    wanted = given.photo_wanted
    if wanted is None:
        wanted = case.rule is not None and case.rule.photo_needed
    row = tasks.give(
        step.actor, case, VERIFYING.get(step.code, "check_result"), given.assignee_id, given.task_due, wanted
    )
    return {"assignee": row.assignee_name, "task_due": row.due_at.isoformat() if row.due_at else None}


def _procedure(step: Step) -> dict[str, Any]:
    """Another way for the case to go, before it is filed: one in which where it stands is a state as well."""
    case, wanted = step.case, step.given.procedure
    found = procedure.choosable().get(wanted)
    if found is None or wanted == case.procedure or case.state not in found.states:
        raise Invalid(fields=(FieldProblem("procedure", "unknown", NO_PROCEDURE),))
    return ways.take(case, found)


def _text(name: str, most: int, needed: Text) -> Effect:
    """An entry of a few words, kept in the step as it was typed."""

    def entry(step: Step) -> dict[str, Any]:
        said = getattr(step.given, name).strip()
        if not SHORTEST_REASON <= len(said) <= most:
            raise Invalid(
                fields=(FieldProblem(name, "required" if len(said) < SHORTEST_REASON else "too_long", needed),)
            )
        return {name: said}

    return entry


ENTRIES: dict[str, Effect] = {
    "body": _text("body", LONGEST_BODY, BODY),
    "document": _text("document", LONGEST_DOCUMENT, DOCUMENT),
    "procedure": _procedure,
    "limit": _limit,
    "unit": _unit,
    "result": _result,
    "rating": _rating,
    "amount": _amount,
    "task": _task,
}


# --- what becomes of the case ---------------------------------------------------------------------------------


def _filed(step: Step) -> dict[str, Any]:
    step.case.filed_at = clock.now()
    return {}


def _handed_back(step: Step) -> dict[str, Any]:
    step.case.handed_back_at, step.case.result = clock.now(), step.given.result.strip()
    return {}


def _rework(step: Step) -> dict[str, Any]:
    """Back to the unit: the time its result lay with others is none of its own."""
    case = step.case
    if case.handed_back_at is not None:
        CasePause.objects.create(id=uuid7(), case=case, kind="feedback", since=case.handed_back_at, until=clock.now())
    case.handed_back_at, case.reworks = None, case.reworks + 1
    reckon(case)
    return {}


def _pause(kind: str) -> Effect:
    def effect(step: Step) -> dict[str, Any]:
        step.case.paused_at = clock.now()
        planned = step.given.until if kind == "suspended" else None
        CasePause.objects.create(id=uuid7(), case=step.case, kind=kind, since=step.case.paused_at, planned=planned)
        if kind == "suspended":
            step.case.suspensions += 1
        return {"until": planned.isoformat()} if planned else {}

    return effect


def _resume(step: Step) -> dict[str, Any]:
    for pause in CasePause.objects.filter(case=step.case, until=None):
        pause.until = _ended(pause)
        pause.save()
    step.case.paused_at = None
    reckon(step.case)
    return {}


def _ended(pause: CasePause) -> datetime:
    """When a pause ends that ends now: on account never after the day it was to."""
    now = clock.now()
    if pause.planned is None:
        return now
    return min(now, datetime.combine(pause.planned + timedelta(days=1), time(), clock.LOCAL))


def _looked(passed: bool) -> Effect:
    def effect(step: Step) -> dict[str, Any]:
        given = step.given
        tasks.finish(step.actor, step.case, passed, (given.result or given.reason).strip())
        return {}

    return effect


def _failed(step: Step) -> dict[str, Any]:
    return _looked(False)(step) | _rework(step)


def _gone(step: Step) -> dict[str, Any]:
    """The unit is no more: its pause ends, and what it asked for falls away."""
    adjusting.lapse(step.case)
    return _resume(step)


def _left(step: Step) -> dict[str, Any]:
    """The unit is rid of the case, and what it asked for falls away."""
    adjusting.lapse(step.case)
    return {}


def _closed(step: Step) -> dict[str, Any]:
    adjusting.lapse(step.case)
    step.case.closed_at = clock.now()
    return {}


def _reopened(step: Step) -> dict[str, Any]:
    """Handled anew, with a clock of its own from now on; what came before stays in the flow."""
    case = step.case
    adjusting.lapse(case)
    before = round_of(case)
    case.closed_at = case.handed_back_at = None
    case.responded = case.solved = case.satisfied = None
    case.result = ""
    case.extended_by, case.exempt, case.transferred, case.reworks = 0, False, False, 0
    case.clock_from = clock.now()
    reckon(case)
    return {"round": before}


def round_of(case: Case) -> dict[str, Any]:
    """What a round of a case came to: kept in the step that begins the next one, by which the months of that round are counted."""
    moments = ("clock_from", "due_at", "handed_back_at", "closed_at")
    told: dict[str, Any] = {name: at.isoformat() if (at := getattr(case, name)) else None for name in moments}
    plain = ("unit_name", "result", "extended_by", "exempt", "reworks", "responded", "solved", "satisfied")
    told["unit_id"] = str(case.unit_id) if case.unit_id else None
    return told | {name: getattr(case, name) for name in plain}


def _transferred(step: Step) -> dict[str, Any]:
    """A body without accounts goes on with it (移交), and it is over here: the clock stops. In time until then, it counts in no figure
    of limits, for nobody here solved it; what was overdue by then stays overdue. Where nobody had it, no unit is charged with it: the
    one that returned it before did so rightly. Inferred: no standard lays this down."""
    case, given = step.case, step.given
    if case.state == State.TO_DISPATCH:
        case.unit_id, case.unit_name = None, ""
    case.handed_back_at = clock.now()
    case.result = f"移交{given.body.strip()}办理（{given.document.strip()}）"
    case.exempt, case.transferred = case.due_at is None or case.handed_back_at <= case.due_at, True
    return _closed(step)


def _asked(wish: Wish) -> Effect:
    def effect(step: Step) -> dict[str, Any]:
        amount = step.given.amount or 0 if wish is Wish.EXTENSION else 0
        adjusting.ask(step.actor, step.case, wish, amount, step.given.reason.strip())
        return {}

    return effect


def _reviewed(wish: Wish, granted: bool) -> Effect:
    def effect(step: Step) -> dict[str, Any]:
        case, row = step.case, adjusting.review(step.actor, step.case, wish, granted, step.given.reason.strip())
        if wish is not Wish.EXTENSION:
            return {}
        told: dict[str, Any] = {"amount": row.amount, "clock": case.clock}
        if row.state == Standing.GRANTED:
            reckon(case)
            row.due_after = case.due_at
            row.save()
            told |= moved(row.due_before, row.due_after)
        return told

    return effect


EFFECTS: dict[str, Effect] = {
    "file": _filed,
    "file_afterwards": _filed,
    "return_to_dispatcher": _left,
    "recall": _left,
    "hand_back": _handed_back,
    "rework": _rework,
    "confirm_report": _looked(True),
    "deny_report": _looked(False),
    "pass_check": _looked(True),
    "fail_check": _failed,
    "ask_reporter": _pause("waiting"),
    "transfer_out": _transferred,
    "suspend": _pause("suspended"),
    "resume": _resume,
    "end_suspension": _resume,
    "unit_gone": _gone,
    "ask_extension": _asked(Wish.EXTENSION),
    "endorse_extension": _reviewed(Wish.EXTENSION, True),
    "decline_extension": _reviewed(Wish.EXTENSION, False),
    "grant_extension": _reviewed(Wish.EXTENSION, True),
    "deny_extension": _reviewed(Wish.EXTENSION, False),
    "close": _closed,
    "reopen": _reopened,
    "ask_appeal": _asked(Wish.APPEAL),
    "endorse_appeal": _reviewed(Wish.APPEAL, True),
    "decline_appeal": _reviewed(Wish.APPEAL, False),
    "grant_appeal": _reviewed(Wish.APPEAL, True),
    "deny_appeal": _reviewed(Wish.APPEAL, False),
}


#: What procedures read from data name as the effects of their own steps; packages add their own.
NAMED: dict[str, Effect] = {
    "filed": _filed,
    "handed_back": _handed_back,
    "rework": _rework,
    "left": _left,
    "closed": _closed,
    "reopened": _reopened,
}


def register(name: str, effect: Effect) -> None:
    """Let procedures ask for an effect by a name. Raises ValueError for a name that is taken."""
    if NAMED.setdefault(name, effect) is not effect:
        raise ValueError(f"effect {name} is registered twice")


def enter(name: str, entry: Effect) -> None:
    """Let actions ask for an entry by a name, and say what it sets. Raises ValueError for a name that is taken."""
    if ENTRIES.setdefault(name, entry) is not entry:
        raise ValueError(f"entry {name} is registered twice")


def moved(before: datetime | None, after: datetime | None) -> dict[str, Any]:
    """What a step tells of a due moment that became another."""
    return {"due_before": before.isoformat() if before else None, "due_after": after.isoformat() if after else None}


def reckon(case: Case) -> None:
    """When handling is due, by the limit, the pauses and the work calendar as they are now."""
    if case.clock_from is None or case.limit_value is None:
        return
    pauses = [
        (p.since, p.until or p.since)  # one that is open: what is left when it ends is what was left when it began
        for p in CasePause.objects.filter(case_id=case.id, since__gte=case.clock_from).order_by("since")
    ]
    try:
        case.amber_at, case.due_at, case.provisional = timing.reckon(
            case.clock_from, case.limit_value, case.clock, pauses, case.extended_by
        )
    except OutsideCalendar:
        raise Invalid(fields=(FieldProblem("limit_value", "range", TOO_FAR),)) from None
    if case.due_at is not None and procedure.of(case.procedure).whole_days:
        case.due_at = clock.day_end(case.due_at)
