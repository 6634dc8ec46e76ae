"""Extensions, suspensions and appeals: what may be asked, who decides, and what becomes of the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.access.calendar import shipped
from linli.cases.clocks import adjustments
from linli.cases.clocks.adjustments import Refusal, Request, Review, State, Wish
from linli.cases.clocks.rules import Clock, Kind, Pause, due
from linli.kernel.worktime import seconds_of

CALENDAR = shipped.work_calendar()


def local(text: str) -> int:
    return seconds_of(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")))


START, THEN = local("2026-11-26 08:00"), local("2026-11-27 12:00")
CLOCK = Clock(Kind.WORK_HOUR, START, 12)  # due on the 27th at noon
GRANTED, REFUSED = (Review("li", True), Review("wang", True)), (Review("li", False),)


def asked(wish: Wish, reviews: tuple[Review, ...] = (), **more: int) -> Request:
    return Request(wish, "zhang", START, reviews=reviews, **more)


def extension(now: int = START, clock: Clock = CLOCK, amount: int = 12, *earlier: Request) -> Refusal | None:
    return adjustments.extension_refusal(clock, due(clock, CALENDAR), now, earlier, amount)


def test_an_extension_is_asked_for_before_the_limit_runs_out_and_not_after() -> None:
    assert due(CLOCK, CALENDAR) == THEN
    assert extension(THEN) is None
    assert extension(THEN + 1) is Refusal.OVERDUE
    assert extension(clock=replace(CLOCK, stopped=START + 60)) is Refusal.STOPPED
    assert extension(THEN + 10, replace(CLOCK, pauses=(Pause(START),))) is None, "it stands, so it is not overdue"


def test_an_extension_is_one_limit_at_most_also_when_it_was_extended() -> None:
    longer = replace(CLOCK, extensions=(12,))
    assert [extension(clock=longer, amount=n) for n in (0, 1, 12, 13)] == [Refusal.AMOUNT, None, None, Refusal.AMOUNT]


def test_two_extensions_are_granted_a_refusal_does_not_count_and_one_waits_at_a_time() -> None:
    granted, refused, waiting = (asked(Wish.EXTENSION, reviews) for reviews in (GRANTED, REFUSED, ()))
    half = asked(Wish.EXTENSION, GRANTED[:1])
    suspended = asked(Wish.SUSPENSION, GRANTED)
    assert extension(START, CLOCK, 12, granted, refused, refused, refused, suspended) is None
    assert extension(START, CLOCK, 12, granted, refused, granted) is Refusal.SPENT
    assert extension(START, CLOCK, 12, waiting) is extension(START, CLOCK, 12, half) is Refusal.WAITING


def suspension(until: str, now: str = "2026-11-26 09:00", clock: Clock = CLOCK, *earlier: Request) -> Refusal | None:
    return adjustments.suspension_refusal(clock, local(now), earlier, local(until))


@pytest.mark.parametrize(
    ("until", "refusal"),
    [("2026-11-26 23:00", Refusal.PAST), ("2026-11-27 00:00", None), ("2027-11-26 08:00", None),
     ("2027-11-27 08:00", Refusal.TOO_LONG)],
)  # fmt: skip
def test_a_suspension_is_to_a_date_after_today_within_a_year(until: str, refusal: Refusal | None) -> None:
    assert suspension(until) is refusal


def test_a_suspension_on_the_leap_day_may_reach_the_same_time_next_year() -> None:
    assert suspension("2029-02-28 08:00", "2028-02-29 09:00") is None
    assert suspension("2029-03-01 08:00", "2028-02-29 09:00") is Refusal.TOO_LONG


def test_a_clock_is_suspended_once_and_not_when_it_has_stopped() -> None:
    until = "2026-12-10 00:00"
    assert suspension(until, "2026-11-26 09:00", CLOCK, asked(Wish.SUSPENSION, REFUSED)) is None
    assert suspension(until, "2026-11-26 09:00", CLOCK, asked(Wish.SUSPENSION, GRANTED)) is Refusal.SPENT
    assert suspension(until, "2026-11-26 09:00", CLOCK, asked(Wish.SUSPENSION)) is Refusal.WAITING
    assert suspension(until, clock=replace(CLOCK, stopped=START + 60)) is Refusal.STOPPED


def appeal(stopped: int | None, closed: bool = True, own: bool = True, *earlier: Request) -> Refusal | None:
    clock = replace(CLOCK, stopped=stopped)
    return adjustments.appeal_refusal(clock, due(clock, CALENDAR), closed, own, earlier)


def test_only_the_unit_of_a_closed_case_that_was_overdue_appeals_and_once() -> None:
    assert appeal(THEN + 1) is None
    assert appeal(THEN) is Refusal.IN_TIME
    assert appeal(THEN + 1, closed=False) is appeal(None) is Refusal.OPEN
    assert appeal(THEN + 1, own=False) is Refusal.NOT_YOURS
    for reviews in ((), REFUSED, GRANTED):
        assert appeal(THEN + 1, True, True, asked(Wish.APPEAL, reviews)) is Refusal.SPENT
    assert appeal(THEN + 1, True, True, asked(Wish.EXTENSION, GRANTED)) is None


def test_two_people_decide_in_turn_and_neither_asked_for_it() -> None:
    for wish, (first, second) in adjustments.REVIEWERS.items():
        request = asked(wish)
        assert adjustments.review_refusal(request, "li", second) is Refusal.TURN
        assert adjustments.review_refusal(request, "zhang", first) is Refusal.OWN
        assert adjustments.review_refusal(request, "li", first) is None
        once = adjustments.reviewed(request, "li", True)
        assert (once.state, once.turn) == (State.WAITING, second)
        assert adjustments.review_refusal(once, "li", second) is Refusal.OWN
        assert adjustments.review_refusal(once, "wang", second) is None
        for granted, state in ((True, State.GRANTED), (False, State.REFUSED)):
            twice = adjustments.reviewed(once, "wang", granted)
            assert (twice.state, twice.turn) == (state, None)
            assert adjustments.review_refusal(twice, "sun", second) is Refusal.DECIDED
        refused = adjustments.reviewed(request, "li", False)
        assert adjustments.review_refusal(refused, "wang", second) is Refusal.DECIDED


def test_what_was_granted_moves_the_clock_and_nothing_else_does() -> None:
    at = local("2026-11-26 10:00")
    longer = adjustments.applied(CLOCK, asked(Wish.EXTENSION, GRANTED, amount=8), at)
    assert due(longer, CALENDAR) == local("2026-11-30 12:00")
    until = local("2026-12-07 00:00")
    suspended = adjustments.applied(CLOCK, asked(Wish.SUSPENSION, GRANTED, until=until), at)
    assert due(suspended, CALENDAR) == local("2026-12-08 10:00")
    for request in (
        asked(Wish.EXTENSION, amount=8), asked(Wish.EXTENSION, REFUSED, amount=8), asked(Wish.APPEAL, GRANTED),
        asked(Wish.SUSPENSION, GRANTED, until=at - 1),
    ):  # fmt: skip
        assert adjustments.applied(CLOCK, request, at) == CLOCK


@given(st.integers(1, 12), st.integers(START, START + 9 * 86_400), st.integers(START, START + 90 * 86_400))
def test_no_decision_makes_a_limit_run_out_earlier(amount: int, at: int, until: int) -> None:
    for request in (asked(Wish.EXTENSION, GRANTED, amount=amount), asked(Wish.SUSPENSION, GRANTED, until=until)):
        after = due(adjustments.applied(CLOCK, request, at), CALENDAR)
        assert after is not None and after >= THEN


def test_a_granted_appeal_leaves_the_statistics_and_the_fact_stays() -> None:
    overdue = True
    counts = {
        reviews: adjustments.in_statistics(overdue, [asked(Wish.APPEAL, reviews)]) for reviews in ((), REFUSED, GRANTED)
    }
    assert counts == {(): True, REFUSED: True, GRANTED: False} and overdue
    assert not adjustments.in_statistics(False, [])
    assert adjustments.in_statistics(True, [asked(Wish.EXTENSION, GRANTED)])
