"""Rounds as pure decisions: who may do what with a return, what of a row is asked for, and what it says beside a date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal


class State(StrEnum):
    """Where a return stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class Deed(StrEnum):
    """What is done with a return."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"


class Desk(StrEnum):
    """Who does it: the area itself (or one above that helps it), or the area it reports to, and that alone."""

    OWN = "own"
    RECEIVER = "receiver"


@dataclass(frozen=True, slots=True)
class Transition:
    """A deed that leads from one state to another; `reason`: not without one."""

    deed: Deed
    before: State
    after: State
    desk: Desk
    reason: bool = False


TRANSITIONS: tuple[Transition, ...] = (
    Transition(Deed.SUBMIT, State.DRAFT, State.SUBMITTED, Desk.OWN),
    Transition(Deed.SUBMIT, State.RETURNED, State.SUBMITTED, Desk.OWN),
    Transition(Deed.ACCEPT, State.SUBMITTED, State.ACCEPTED, Desk.RECEIVER),
    Transition(Deed.RETURN, State.SUBMITTED, State.RETURNED, Desk.RECEIVER, reason=True),
    # What was accepted by mistake goes back too, as long as the receiver has not sent it on.
    Transition(Deed.RETURN, State.ACCEPTED, State.RETURNED, Desk.RECEIVER, reason=True),
)
#: In these a return is still being made.
AT_WORK = (State.DRAFT, State.RETURNED)
SENT = (State.SUBMITTED, State.ACCEPTED)
SHORTEST_REASON, LONGEST_REASON = 2, 500

Refused = Literal["closed", "state", "desk", "below", "above", "reason"]


@dataclass(frozen=True, slots=True)
class Case:
    """What a decision rests on. `below`: the returns that report to this one; `above`: the one it reports to, None where
    that is the round's own top. `desks`: at which desks the actor sits."""

    state: State
    open: bool
    desks: frozenset[Desk]
    below: tuple[State, ...] = ()
    above: State | None = None


def decide(deed: Deed, case: Case, reason: str = "") -> Transition | Refused:
    """The transition a deed is, or why it cannot be done."""
    found = next((t for t in TRANSITIONS if t.deed is deed and t.before is case.state), None)
    desk = next(t.desk for t in TRANSITIONS if t.deed is deed)
    if desk not in case.desks:
        return "desk"
    if not case.open:
        return "closed"
    if found is None:
        return "state"
    if deed is Deed.SUBMIT and any(state is not State.ACCEPTED for state in case.below):
        return "below"
    if case.above in SENT:
        return "above"
    if found.reason and len(reason.strip()) < SHORTEST_REASON:
        return "reason"
    return found


def possible(case: Case) -> tuple[Deed, ...]:
    """The deeds that could be done now, given a reason where one is asked for."""
    return tuple(deed for deed in Deed if isinstance(decide(deed, case, "x" * SHORTEST_REASON), Transition))


def receiver(place: str, top: str) -> str:
    """The area a return is sent to: the one above, never one further up. Raises ValueError for the top itself."""
    if not place.startswith(top) or place == top:
        raise ValueError("the top of a round sends nothing up")
    return max(place[:9] if len(place) > 9 else place[:6], top, key=len)


def asked_areas(area: str, top: str, towns: Iterable[str], villages: Iterable[str]) -> tuple[str, ...]:
    """The areas that make a return: the villages asked, and the towns between them and the top."""
    asked = {v for v in villages if v.startswith(area)}
    between = {t for t in towns if t.startswith(area) and t != top}
    return tuple(sorted(asked | between))


# What of a row is asked for


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a row that can be asked for: when its statement is from, and when it was last confirmed."""

    filled: bool
    dated: date | None = None
    confirmed: date | None = None


Need = Literal["blank", "stale"]


def need(cell: Cell, today: date, days: int | None, none_days: int) -> Need | None:
    """Why a value is asked for, if it is. `days`: how long it holds (None: for ever); `none_days`: how long "there is
    none" does."""
    if not cell.filled:
        return None if _within(cell.confirmed, today, none_days) else "blank"
    if days is None or _within(cell.dated, today, days) or _within(cell.confirmed, today, days):
        return None
    return "stale"


def _within(day: date | None, today: date, days: int) -> bool:
    return day is not None and (today - day).days <= days


Timing = Literal["done", "in_time", "soon", "overdue"]
SOON = 3  # days (inferred)


def timing(state: State, due: date, today: date) -> Timing:
    """How a return stands against its due day."""
    if state in SENT:
        return "done"
    left = (due - today).days
    return "overdue" if left < 0 else "soon" if left <= SOON else "in_time"
