"""The counts of evaluation taken case by case from the cases and their steps, the slow way, to compare with the fast one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from linli.cases.evaluation.counts import STEP_MINUTES
from linli.cases.models import Case, CaseFlow
from linli.kernel import clock
from linli.kernel.worktime import WorkCalendar, moment_of, seconds_of

PUBLIC = ("resident", "hotline")


def counted(case: Case, steps: Sequence[CaseFlow], calendar: WorkCalendar, now: datetime) -> Counter[tuple[str, int]]:
    """The counts a case is in, each with its month."""
    found: Counter[tuple[str, int]] = Counter()

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

    cancelled, reported = case.state == "cancelled", _month(case.reported_at)
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
    waits = next((step.at for step in steps if step.to_state == "to_dispatch"), None)
    dispatched = first("dispatch", "dispatch_first")
    if first("dispatch_first"):
        waits = case.reported_at
    if case.filed_at is not None:
        month, due = _month(case.filed_at), limit("file", answered or case.reported_at)
        assert due is not None
        found["filed", month] += 1
        found["filed_on_time", month] += case.filed_at <= due
        found["filed_right", month] += not cancelled
        found["public_verified", month] += case.source in PUBLIC and first("confirm_report") is not None
        kind = case.category.kind if case.category else ""
        found["missed", month] += case.source in PUBLIC and not cancelled and kind in ("component", "matter")
        if (
            pair("to_dispatch", "dispatched_on_time", month, limit("dispatch", waits), dispatched, cancelled)
            and dispatched
        ):
            found["dispatched_right", month] += first("return_to_dispatcher") is None
        assert case.due_at is not None
        _handled(
            found, case, first("hand_back"), first("ask_check"), first("pass_check", "fail_check"), limit, pair, now
        )
    if case.closed_at is not None:
        month = _month(case.closed_at)
        for asked, said, answer in (
            ("asked_response", "responded", case.responded), ("asked_solved", "solved", case.solved),
            ("asked_satisfied", "satisfied", case.satisfied),
        ):  # fmt: skip
            found[asked, month] += answer is not None
            found[said, month] += answer is True
    return +found


def charged_to(case: Case) -> str:
    """The id of the unit a case counts for; empty where nobody has it."""
    nobodys = ("reported", "verify_report", "to_file", "to_dispatch", "not_accepted", "cancelled")
    return "" if case.state in nobodys else str(case.unit_id)


def _handled(found, case, back, check, checked, limit, pair, now) -> None:  # type: ignore[no-untyped-def]
    month, cancelled = _month(case.due_at), case.state == "cancelled"
    in_time = case.handed_back_at is not None and case.handed_back_at <= case.due_at
    closed = case.state in ("closed", "evaluated")
    if not cancelled and (case.paused_at is None or case.paused_at > case.due_at):
        if case.handed_back_at is not None or case.due_at <= now:
            found["to_handle", month] += 1
            found["handled_on_time", month] += in_time
            found["reworked", month] += case.reworks > 0
        if closed or case.due_at <= now:
            found["to_close", month] += 1
            found["closed", month] += closed
            found["closed_on_time", month] += closed and in_time
    if not cancelled:
        pair("to_send_check", "check_sent_on_time", month, limit("check_send", back), check)
        pair("to_check", "checked_on_time", month, limit("check", check), checked)


def _month(at: datetime) -> int:
    local = at.astimezone(clock.LOCAL)
    return local.year * 100 + local.month
