"""The counts of evaluation taken case by case from the cases and their steps, the slow way, to compare with the fast one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from linli.cases.evaluation.counts import STEP_MINUTES
from linli.cases.models import Case, CaseFlow
from linli.kernel import clock
from linli.kernel.worktime import WorkCalendar, moment_of, seconds_of

PUBLIC = ("resident", "hotline")
#: Nobody has it: it counts for no unit.
NOBODYS = ("reported", "verify_report", "to_file", "to_dispatch", "not_accepted", "cancelled")


@dataclass(frozen=True)
class Round:
    """A case from its report or a reopening to the next: the unit it counts for, its steps, and what it came to."""

    first: bool
    unit: str
    steps: Sequence[CaseFlow]
    cancelled: bool
    standing: bool
    closed: bool
    reworked: bool
    due_at: datetime | None
    handed_back_at: datetime | None
    closed_at: datetime | None
    answers: dict[str, bool | None]
    due_month: int | None = None
    closed_month: int | None = None
    dispatch_month: int | None = None
    before: tuple[CaseFlow, ...] = ()  # of earlier rounds that were due in the same month
    sent_before: tuple[CaseFlow, ...] = ()  # of earlier rounds that were filed or reopened in the same month


def rounds(case: Case, steps: Sequence[CaseFlow]) -> list[Round]:
    """The rounds of a case. In a month it counts once, by the last that was due, or closed, then."""
    found: list[Round] = []
    begins = [nth for nth, step in enumerate(steps) if step.action == "reopen"]
    names = ("responded", "solved", "satisfied")
    for begin, end in zip([0, *begins], [*begins, len(steps)], strict=True):
        own, told = steps[begin:end], steps[end].detail["round"] if end < len(steps) else None
        answers = {name: told[name] if told else getattr(case, name) for name in names}
        reworked = any(step.action in ("rework", "fail_check") for step in own)
        if told is None:
            unit = "" if case.state in NOBODYS else str(case.unit_id)
            late = case.paused_at is not None and case.due_at is not None and case.paused_at > case.due_at
            found.append(
                Round(
                    not found, unit, own, case.state == "cancelled", case.paused_at is not None and not late,
                    case.state in ("closed", "evaluated"), reworked, case.due_at if case.filed_at else None,
                    case.handed_back_at, case.closed_at, answers,
                )
            )  # fmt: skip
        else:
            due, back, closed = (
                datetime.fromisoformat(told[name]) for name in ("due_at", "handed_back_at", "closed_at")
            )
            found.append(
                Round(not found, told["unit_id"], own, False, False, True, reworked, due, back, closed, answers)
            )
    begun = [_month(case.filed_at if each.first else each.steps[0].at) for each in found]
    dues, ends = [_month(each.due_at) for each in found], [_month(each.closed_at) for each in found]
    return [
        replace(
            each, due_month=None if dues[nth] in dues[nth + 1 :] else dues[nth],
            closed_month=None if ends[nth] in ends[nth + 1 :] else ends[nth],
            dispatch_month=None if begun[nth] in begun[nth + 1 :] else begun[nth],
            sent_before=tuple(step for other in range(nth) if begun[other] == begun[nth] for step in found[other].steps),
            before=tuple(step for other in range(nth) if dues[other] == dues[nth] for step in found[other].steps),
        )
        for nth, each in enumerate(found)
    ]  # fmt: skip


def counted(case: Case, one: Round, calendar: WorkCalendar, now: datetime) -> Counter[tuple[str, int]]:
    """The counts a round of a case is in, each with its month."""
    found: Counter[tuple[str, int]] = Counter()
    steps = one.steps

    def first(*actions: str) -> datetime | None:
        return next((step.at for step in steps if step.action in actions), None)

    def limit(step: str, since: datetime | None) -> datetime | None:
        return None if since is None else moment_of(calendar.add(seconds_of(since), STEP_MINUTES[step] * 60))

    def pair(
        whole: str, part: str, month: int, due: datetime | None, done: datetime | None, gone: bool = False
    ) -> bool:
        """Counts a step that was to be done, and one that was done in time."""
        if due is None or not (done is not None or (due <= now and not gone)):
            return False
        found[whole, month] += 1
        found[part, month] += done is not None and done <= due
        return True

    if one.first:
        _taken_in(found, case, one, first, limit, pair)
    if one.dispatch_month is not None:
        _sent(found, case, one, limit, pair)
    if one.due_month is not None:
        _handled(found, one, limit, pair, now)
    if one.closed_month is not None:
        for asked, said, answer in (
            ("asked_response", "responded", one.answers["responded"]), ("asked_solved", "solved", one.answers["solved"]),
            ("asked_satisfied", "satisfied", one.answers["satisfied"]),
        ):  # fmt: skip
            found[asked, one.closed_month] += answer is not None
            found[said, one.closed_month] += answer is True
    return +found


def _taken_in(found, case, one, first, limit, pair) -> None:  # type: ignore[no-untyped-def]
    cancelled, reported = one.cancelled, _month(case.reported_at)
    if case.source == "collector":
        found["collector_reports", reported] += 1
        found["collector_valid", reported] += case.filed_at is not None and not cancelled
    sent, answered = first("ask_verify"), first("confirm_report", "deny_report")
    if sent is not None:
        due = limit("verify_send", case.reported_at)
        assert due is not None
        found["to_send_verify", reported] += 1
        found["verify_sent_on_time", reported] += sent <= due
        pair("to_verify", "verified_on_time", reported, limit("verify", sent), answered)
    if case.filed_at is not None:
        turned = (
            s.at
            for s in one.steps
            if s.action in ("confirm_report", "deny_report", "dispatch_first") and s.at <= case.filed_at
        )
        month, due = _month(case.filed_at), limit("file", max(turned, default=case.reported_at))
        assert due is not None
        found["filed", month] += 1
        found["filed_on_time", month] += case.filed_at <= due
        found["filed_right", month] += not cancelled
        found["public_verified", month] += case.source in PUBLIC and first("confirm_report") is not None
        kind = case.category.kind if case.category else ""
        found["missed", month] += case.source in PUBLIC and not cancelled and kind in ("component", "matter")


def _sent(found, case, one, limit, pair) -> None:  # type: ignore[no-untyped-def]
    steps = (*one.sent_before, *one.steps)
    due, done = _worst(steps, "dispatch", "to_dispatch", ("dispatch",), limit)
    ahead = next((step.at for step in steps if step.action == "dispatch_first"), None)
    if ahead is not None and (done is None or done <= due):
        due, done = limit("dispatch", case.reported_at), ahead
    if pair("to_dispatch", "dispatched_on_time", one.dispatch_month, due, done, one.cancelled) and done is not None:
        returned = any(step.action == "return_to_dispatcher" for step in steps)
        found["dispatched_right", one.dispatch_month] += not returned


def _worst(steps, step, state, actions, limit) -> tuple[datetime | None, datetime | None]:  # type: ignore[no-untyped-def]
    """By when a step was due and when it was done, of all the times it was waited for: late, else waited for, else in time."""
    moved = [each for each in steps if each.from_state != each.to_state]
    waits = []
    for nth, each in enumerate(moved):
        left = moved[nth + 1] if nth + 1 < len(moved) else None
        if each.to_state == state and (left is None or left.action in actions):
            due, done = limit(step, each.at), left.at if left else None
            waits.append((1 if done is None else 2 if done > due else 0, nth, due, done))
    return max(waits)[2:] if waits else (None, None)


def _handled(found, one, limit, pair, now) -> None:  # type: ignore[no-untyped-def]
    month = one.due_month
    in_time = one.handed_back_at is not None and one.handed_back_at <= one.due_at
    if not one.cancelled and not one.standing:
        if one.handed_back_at is not None or one.due_at <= now:
            found["to_handle", month] += 1
            found["handled_on_time", month] += in_time
            found["reworked", month] += one.reworked
        if one.closed or one.due_at <= now:
            found["to_close", month] += 1
            found["closed", month] += one.closed
            found["closed_on_time", month] += one.closed and in_time
    if not one.cancelled:
        steps = (*one.before, *one.steps)
        sent = _worst(steps, "check_send", "handed_back", ("ask_check",), limit)
        pair("to_send_check", "check_sent_on_time", month, *sent)
        looked = _worst(steps, "check", "check_result", ("pass_check", "fail_check"), limit)
        pair("to_check", "checked_on_time", month, *looked)


def _month(at: datetime | None) -> int | None:
    if at is None:
        return None
    local = at.astimezone(clock.LOCAL)
    return local.year * 100 + local.month
