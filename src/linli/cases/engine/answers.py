"""The page of a case as the API answers it, written as JSON straight from what was read (as `lines` does for lists): a test holds
it to `CaseDetailOut`, which cost more to check at every request than to read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from linli.kernel import permissions as catalogue
from linli.kernel.area_names import names_of

from ..categories.rules import RESTRICTED_NAMES
from . import procedure, rounds
from .models import Adjustment, Case, CaseFlow, CasePause, FieldTask
from .queries import BEGINNING, CaseDetail
from .rules import NO_RIGHT, NOT_OWN_UNIT, Option
from .schemas import AdjustmentReviewOut, CaseRoundOut, FieldTaskOut
from .standing import PROGRAM_ID
from .states import OUT, STAGE_OF, STAGES, Stage, State, stands_as

#: What a page has of a case as its row has it.
_AS_IT_IS = (
    "id", "number", "procedure", "source", "urgent", "description", "area_code", "place_text", "lon", "lat", "on_border",
    "occurred_at", "unit_name", "reported_at", "limit_value", "clock", "clock_from", "filed_at", "amber_at", "due_at", "paused_at",
    "provisional", "handed_back_at", "extended_by", "exempt", "closed_at", "reworks", "responded", "solved", "satisfied",
    "version", "transferred",
)  # fmt: skip
#: What a step set, of what its row keeps.
_TOLD = (
    "unit", "result", "limit", "clock", "condition", "until", "amount", "due_before", "due_after", "assignee", "task_due",
    "merged_into", "merged_from", "level", "channel", "body", "document",
)  # fmt: skip
#: What the API tells of a request: never an account's id.
_ASKED = (
    "id", "wish", "state", "turn", "unit_name", "amount", "reason", "asked_by_name", "asked_at", "decided_at", "due_before",
    "due_after",
)  # fmt: skip
_REVIEW, _ROUND = tuple(AdjustmentReviewOut.model_fields), tuple(CaseRoundOut.model_fields)
_TASK = tuple(FieldTaskOut.model_fields)


def detail(found: CaseDetail, language: str) -> dict[str, Any]:
    """A case as `CaseDetailOut` has it, in the language of the reader. One query, for the name of its place."""
    case, state = found.case, State(found.case.state)
    category, rule = case.category, case.rule
    answer: dict[str, Any] = {name: getattr(case, name) for name in _AS_IT_IS}
    in_round = rounds.numbered(found.flow)
    return answer | {
        "procedure_name": procedure.of(case.procedure).label.say(language),
        "level": next((step.detail["level"] for step in reversed(found.flow) if step.detail.get("level")), None),
        "merged": _merged(found.flow),
        "state": state, "state_name": stands_as(state, case.transferred).say(language), "stage": STAGE_OF[state],
        "beginning": case.description[:BEGINNING], "area_name": names_of([case.area_code])[case.area_code],
        "category_name": category.name if category else None,
        "category": {
            "id": category.id, "code": category.code, "name": category.name, "standard_ref": category.standard_ref,
        } if category else None,
        "rule": {
            "id": rule.id, "filing_condition": rule.filing_condition, "closing_condition": rule.closing_condition,
            "rule_set": rule.rule_set, "certainty": rule.certainty,
        } if rule else None,
        "light": found.light, "reporter_name": found.reporter_name, "reporter_phone": found.reporter_phone,
        "may_reveal": found.may_reveal, "stages": _stages(language),
        "flow": [
            _step(step, case.procedure, language) | {"in_round": at} for step, at in zip(found.flow, in_round, strict=True)
        ],
        "restricted_label": RESTRICTED_NAMES[case.restricted_to].say(language) if case.restricted_to else "",
        "in_round": in_round[-1] if in_round else 1, "result": rounds.result_of(case, found.flow),
        "earlier_rounds": [_ended(step, at - 1) for step, at in zip(found.flow, in_round, strict=True) if step.detail.get("round")],
        "pauses": [_pause(each) for each in found.pauses],
        "tasks": [_task(each) for each in found.tasks],
        "photo_needed": rule is not None and rule.photo_needed,
        "adjustments": [adjustment(each) for each in found.adjustments],
        "actions": [_option(option, case, language) for option in found.options],
    }  # fmt: skip


def _merged(flow: Sequence[CaseFlow]) -> int:
    """How many others were merged into a case and not parted from it again, as its own flow tells."""
    within: set[str] = set()
    for step in flow:
        number = step.detail.get("merged_from")
        if number:
            (within.discard if step.action == "unmerge" else within.add)(number)
    return len(within)


def adjustment(row: Adjustment) -> dict[str, Any]:
    """A request as `AdjustmentOut` has it."""
    told: dict[str, Any] = {name: getattr(row, name) for name in _ASKED}
    told["reviews"] = [{name: each.get(name) for name in _REVIEW} for each in row.reviews]
    return told


@cache
def _stages(language: str) -> list[dict[str, str]]:
    return [{"code": s, "name": STAGES[s].say(language)} for s in Stage if s is not Stage.ENDED]


def _step(step: CaseFlow, way: str, language: str) -> dict[str, Any]:
    kept, to = step.detail, State(step.to_state)
    changed, finished = kept.get("procedure"), kept.get("round")
    told = {name: kept.get(name) for name in _TOLD}
    return told | {
        "version": step.version, "at": step.at, "action": step.action,
        "label": procedure.label_of(way, step.action).say(language),
        "procedure": procedure.of(changed).label.say(language) if changed else None, "kind": step.kind,
        "from_state": step.from_state, "to_state": to, "to_name": stands_as(to, step.action == OUT).say(language),
        "actor_name": step.actor_name, "actor_unit": step.actor_unit, "reason": step.reason,
        "round": {name: finished.get(name) for name in _ROUND} if finished else None, "by_program": step.actor == PROGRAM_ID,
    }  # fmt: skip


def _ended(step: CaseFlow, serial: int) -> dict[str, Any]:
    """What a round came to that a reopening ended."""
    told = step.detail["round"]
    return {name: told.get(name) for name in _ROUND} | {"serial": serial, "ended_at": step.at, "ended_for": step.reason}


def _pause(row: CasePause) -> dict[str, Any]:
    return {"kind": row.kind, "since": row.since, "until": row.until, "planned": row.planned}


def _task(row: FieldTask) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _TASK}


def _option(option: Option, case: Case, language: str) -> dict[str, Any]:
    action, why = option.action, None
    if option.refusal is not None:
        right = catalogue.label(action.permission).say(language) if option.refusal.text is NO_RIGHT else ""
        unit = case.unit_name if option.refusal.text is NOT_OWN_UNIT else ""
        why = option.refusal.text.say(language, {"permission": right, "unit": unit})
    return {
        "code": action.code, "label": action.label.say(language), "kind": action.kind, "main": action.main,
        "asks": action.asks, "refused": why, "permission": action.permission,
    }  # fmt: skip
