"""Extensions and appeals: what a unit asks of a case's clock, who reviews it, and what a decision does (`clocks.adjustments`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.ids import uuid7
from linli.kernel.worktime import seconds_of

from ..clocks import adjustments
from ..clocks.adjustments import Request, Review, Wish
from ..clocks.rules import Clock, Kind
from . import lacking, procedure
from .guards import Asked, Facts
from .models import Adjustment, Case
from .states import State

LAPSED = "lapsed"


def facts_of(case: Case) -> Facts:
    """What the guards look at. One query for a case whose clock has begun, none before."""
    return facts_with(case, asked_of(case))


def asked_of(case: Case) -> Sequence[Adjustment]:
    """What was asked of a case's clock, in order. One query, none where no clock has begun."""
    return list(Adjustment.objects.filter(case_id=case.id).order_by("id")) if case.clock_from else []


def facts_with(case: Case, asked: Iterable[Adjustment]) -> Facts:
    """What the guards look at, with what was asked of the clock at hand."""
    requests = of_this_round(case, asked)
    waiting = {each.wish: Asked(each.turn, _involved(each)) for each in requests if each.turn is not None}
    return Facts(
        State(case.state), case.urgent, case.filed_at is not None, str(case.unit_id) if case.unit_id else None,
        case.suspensions, waiting.get(Wish.EXTENSION), waiting.get(Wish.APPEAL), extension_refusal(case, requests),
        appeal_refusal(case, requests), case.reported_by, lacking.of(case, procedure.of(case.procedure).actions), case.transferred,
    )  # fmt: skip


def of_this_round(case: Case, asked: Iterable[Adjustment]) -> list[Request]:
    """The requests that count: made since the clock began, and not fallen away."""
    return [
        Request(
            Wish(each.wish), each.asked_by, seconds_of(each.asked_at), each.amount,
            reviews=tuple(Review(said["by"], said["granted"]) for said in each.reviews),
        )
        for each in asked if each.state != LAPSED and case.clock_from is not None and each.asked_at >= case.clock_from
    ]  # fmt: skip


def extension_refusal(case: Case, requests: Iterable[Request], amount: int = 1) -> adjustments.Refusal | None:
    """Why no extension by `amount` can be asked for now."""
    if (found := clock_of(case)) is None or case.due_at is None:
        return adjustments.Refusal.STOPPED
    at = case.paused_at or clock.now()  # one that stands is read as of then
    return adjustments.extension_refusal(found, seconds_of(case.due_at), seconds_of(at), requests, amount)


def appeal_refusal(case: Case, requests: Sequence[Request]) -> adjustments.Refusal | None:
    """Why no appeal can be made now, by the unit that had the case."""
    if (found := clock_of(case)) is None or case.due_at is None:
        return adjustments.Refusal.IN_TIME
    return adjustments.appeal_refusal(found, seconds_of(case.due_at), case.closed_at is not None, True, requests)


def clock_of(case: Case) -> Clock | None:
    """The clock of a case without its pauses, which its stored due moment holds already; None where none has begun."""
    if case.clock_from is None or case.limit_value is None:
        return None
    stopped = seconds_of(case.handed_back_at) if case.handed_back_at else None
    extensions = (case.extended_by,) if case.extended_by else ()
    return Clock(Kind(case.clock), seconds_of(case.clock_from), case.limit_value, (), extensions, stopped)


def ask(actor: Actor, case: Case, wish: Wish, amount: int, reason: str) -> Adjustment:
    """Enter a request that was checked."""
    assert case.unit_id is not None  # steps of a unit
    return Adjustment.objects.create(
        id=uuid7(), case=case, wish=wish.value, turn=adjustments.REVIEWERS[wish][0].value, unit_id=case.unit_id,
        unit_name=case.unit_name, amount=amount, reason=reason, asked_by=actor.id, asked_by_name=actor.name,
        asked_at=clock.now(), involved=[actor.id],
    )  # fmt: skip


def review(actor: Actor, case: Case, wish: Wish, granted: bool, reason: str) -> Adjustment:
    """Enter a review that was checked, and what follows for the request; the case's clock is the caller's to move."""
    row = Adjustment.objects.get(case_id=case.id, wish=wish.value, state=adjustments.State.WAITING.value)
    (request,) = of_this_round(case, [row])
    now, after = clock.now(), adjustments.reviewed(request, actor.id, granted)
    said = {"by": actor.id, "name": actor.name, "unit": actor.unit_name, "granted": granted, "reason": reason}
    row.reviews = [*row.reviews, {**said, "at": now.isoformat()}]
    row.involved = [*row.involved, actor.id]
    row.state, row.turn = after.state.value, after.turn.value if after.turn else ""
    row.decided_at = None if after.turn else now
    if after.state is adjustments.State.GRANTED and wish is Wish.EXTENSION:
        row.due_before, case.extended_by = case.due_at, case.extended_by + row.amount
    if after.state is adjustments.State.GRANTED and wish is Wish.APPEAL:
        case.exempt = True
    row.save()
    return row


def lapse(case: Case, *wishes: Wish) -> int:
    """What waits for a decision falls away, or of that only some `wishes`: the case leaves the unit that asked, is closed or
    reopened. Returns how many."""
    waiting = Adjustment.objects.filter(
        case_id=case.id, state=adjustments.State.WAITING.value, wish__in=[wish.value for wish in wishes or Wish]
    )
    return waiting.update(state=LAPSED, turn="", decided_at=clock.now())


def start_anew(case: Case) -> bool:
    """The case's clock is to count in another unit: extensions in the old one end, and one that waits for its decision falls away.
    Returns whether there was any."""
    had, case.extended_by = case.extended_by > 0, 0
    return lapse(case, Wish.EXTENSION) > 0 or had


def _involved(request: Request) -> frozenset[str]:
    return frozenset({request.asked_by, *(said.by for said in request.reviews)})
