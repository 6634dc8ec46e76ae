"""What may be asked of a clock, who decides, and what a decision does: extension, suspension, appeal. Pure.

延期: one more limit at most, before it is overdue, at most twice; the unit reviews, then the dispatcher; a refusal does not
count. 挂账: the clock stands to a chosen date within a year, once, and goes on by itself. 申诉: by the unit that handled, of a
closed case that was overdue, once; the dispatcher reviews, then the acceptor; a granted one leaves the statistics, and that
it was overdue stays on record. So cities have it (secondary); that a request made in time is not lost by a late decision,
and that nobody reviews what they asked for or reviewed before, is our reading (inferred).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from linli.kernel.worktime.timeline import day_of

from .rules import Clock, Pause

MOST_EXTENSIONS: Final = 2


class Wish(StrEnum):
    """What is asked for."""

    EXTENSION = "extension"
    SUSPENSION = "suspension"
    APPEAL = "appeal"


class Reviewer(StrEnum):
    """As what somebody reviews."""

    UNIT = "unit"
    DISPATCHER = "dispatcher"
    ACCEPTOR = "acceptor"


class State(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why something is not possible now."""

    STOPPED = "stopped"
    """The clock has stopped: what was asked for was done."""
    OPEN = "open"
    """The case is not closed."""
    OVERDUE = "overdue"
    """The limit has run out."""
    IN_TIME = "in_time"
    """Nothing to appeal against: it was in time."""
    WAITING = "waiting"
    """A request of this kind waits for a decision."""
    SPENT = "spent"
    """It was granted (an appeal: made) as often as it may be."""
    AMOUNT = "amount"
    """Less than 1, or more than the limit was at first."""
    PAST = "past"
    """The date is not after today."""
    TOO_LONG = "too_long"
    """The date is more than a year away."""
    NOT_YOURS = "not_yours"
    """Another unit was responsible."""
    DECIDED = "decided"
    """The request has been decided."""
    TURN = "turn"
    """It is another's turn to review."""
    OWN = "own"
    """Nobody reviews what they asked for or reviewed before."""


#: Who reviews, one after the other.
REVIEWERS: Final = {
    Wish.EXTENSION: (Reviewer.UNIT, Reviewer.DISPATCHER),
    Wish.SUSPENSION: (Reviewer.UNIT, Reviewer.DISPATCHER),
    Wish.APPEAL: (Reviewer.DISPATCHER, Reviewer.ACCEPTOR),
}


@dataclass(frozen=True, slots=True)
class Review:
    """One review: by whom, and whether it was granted."""

    by: str
    granted: bool


@dataclass(frozen=True, slots=True)
class Request:
    """Something asked of a clock.

    `amount` is by how much an extension extends, in the clock's unit; `until` the moment at which a suspension ends.
    """

    wish: Wish
    asked_by: str
    asked_at: int
    amount: int = 0
    until: int = 0
    reviews: tuple[Review, ...] = ()

    @property
    def state(self) -> State:
        """Granted by every reviewer, refused by one, or waiting."""
        if any(not review.granted for review in self.reviews):
            return State.REFUSED
        return State.GRANTED if len(self.reviews) == len(REVIEWERS[self.wish]) else State.WAITING

    @property
    def turn(self) -> Reviewer | None:
        """Whose review it waits for."""
        return REVIEWERS[self.wish][len(self.reviews)] if self.state is State.WAITING else None


def extension_refusal(
    clock: Clock, when: int | None, now: int, earlier: Iterable[Request], amount: int
) -> Refusal | None:
    """Why an extension cannot be asked for now, if so. `when`: the clock is due, None while it stands without an end in
    sight; `now`: the moment the clock is read at."""
    if clock.stopped is not None:
        return Refusal.STOPPED
    if when is not None and now > when:
        return Refusal.OVERDUE
    if not 1 <= amount <= clock.limit:
        return Refusal.AMOUNT
    return _spent(earlier, Wish.EXTENSION, MOST_EXTENSIONS)


def suspension_refusal(clock: Clock, now: int, earlier: Iterable[Request], until: int) -> Refusal | None:
    """Why a clock cannot be suspended to a moment, if so. An overdue one may be: it stays overdue."""
    if clock.stopped is not None:
        return Refusal.STOPPED
    today, last = day_of(now), day_of(until)
    if last <= today:
        return Refusal.PAST
    if (last.year - 1, last.month, last.day) > (today.year, today.month, today.day):
        return Refusal.TOO_LONG
    return _spent(earlier, Wish.SUSPENSION, 1)


def appeal_refusal(
    clock: Clock, when: int | None, closed: bool, own_unit: bool, earlier: Sequence[Request]
) -> Refusal | None:
    """Why a unit cannot appeal, if so: `own_unit` is whether it was the one responsible; `when`: the clock was due."""
    if not closed or clock.stopped is None:
        return Refusal.OPEN
    if not own_unit:
        return Refusal.NOT_YOURS
    if when is None or clock.stopped <= when:
        return Refusal.IN_TIME
    return Refusal.SPENT if any(each.wish is Wish.APPEAL for each in earlier) else None


def review_refusal(request: Request, who: str, reviewer: Reviewer) -> Refusal | None:
    """Why somebody cannot review a request, if so."""
    if request.turn is None:
        return Refusal.DECIDED
    if request.turn is not reviewer:
        return Refusal.TURN
    return Refusal.OWN if who in {request.asked_by, *(review.by for review in request.reviews)} else None


def reviewed(request: Request, who: str, granted: bool) -> Request:
    """The request with one review more; `review_refusal` has been asked before."""
    return replace(request, reviews=(*request.reviews, Review(who, granted)))


def applied(clock: Clock, request: Request, at: int) -> Clock:
    """The clock after a request was granted at `at`. One that waits, was refused, or is an appeal changes nothing."""
    if request.state is not State.GRANTED:
        return clock
    if request.wish is Wish.EXTENSION:
        return replace(clock, extensions=(*clock.extensions, request.amount))
    if request.wish is Wish.SUSPENSION and request.until > at:
        return replace(clock, pauses=(*clock.pauses, Pause(at, request.until)))
    return clock


def in_statistics(overdue: bool, requests: Iterable[Request]) -> bool:
    """Whether an overdue limit counts as overdue: not where an appeal was granted. `overdue` itself stays on record."""
    return overdue and not any(each.wish is Wish.APPEAL and each.state is State.GRANTED for each in requests)


def _spent(earlier: Iterable[Request], wish: Wish, most: int) -> Refusal | None:
    states = [each.state for each in earlier if each.wish is wish]
    if State.WAITING in states:
        return Refusal.WAITING
    return Refusal.SPENT if states.count(State.GRANTED) >= most else None
