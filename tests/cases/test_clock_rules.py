"""Properties of clocks, over every kind, pauses and extensions; and what a clock shows at a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.access.calendar import shipped
from linli.cases.clocks.many import STANDING, Moved, changed, due_many
from linli.cases.clocks.rules import Clock, DayCount, Kind, Light, Pause, counted, due, measure, merged, read, stands
from linli.kernel.worktime import HOLIDAY, WORKDAY, Mark, WorkCalendar, moment_of, seconds_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = shipped.work_calendar()
FIRST = seconds_of(datetime(2025, 6, 1, tzinfo=SHANGHAI))
DAY = 86_400


def local(text: str) -> int:
    return seconds_of(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))


starts = st.integers(FIRST, FIRST + 800 * DAY)
limits = st.integers(1, 30)


@st.composite
def pause(draw: st.DrawFn, start: int) -> Pause:
    first = start + draw(st.integers(-3 * DAY, 40 * DAY))
    return Pause(first, first + draw(st.integers(0, 20 * DAY)))


def units(by_closes: bool | None) -> st.SearchStrategy[tuple[Kind, DayCount]]:
    """Kinds with how days are counted: all, only those by ends of days, or only the others."""
    every = [(kind, count) for kind in Kind for count in DayCount]
    closes = (Kind.WORK_DAY, DayCount.CLOSES)
    return st.sampled_from([each for each in every if by_closes is None or (each == closes) == by_closes])


@st.composite
def clocks(draw: st.DrawFn, pauses: tuple[int, int] = (0, 4), by_closes: bool | None = None) -> Clock:
    start, (kind, count) = draw(starts), draw(units(by_closes))
    stretches = tuple(draw(st.lists(pause(start), min_size=pauses[0], max_size=pauses[1])))
    extensions = tuple(draw(st.lists(limits, max_size=2)))
    return Clock(kind, start, draw(limits), stretches, extensions, day_count=count)


def due_of(clock: Clock) -> int:
    found = due(clock, CALENDAR)
    assert found is not None
    return found


# --- properties -----------------------------------------------------------------------------------------------


@given(clocks())
def test_a_clock_never_ends_before_it_starts_nor_within_a_pause(clock: Clock) -> None:
    then = due_of(clock)
    assert then > clock.start
    assert not any(each.start < then <= (each.until or 0) for each in merged(clock.pauses))


@given(clocks(pauses=(1, 4)), st.integers(0, 60 * DAY), st.integers(0, 60 * DAY))
def test_a_clock_never_runs_in_a_pause(clock: Clock, one: int, other: int) -> None:
    for each in clock.pauses:
        first = max(clock.start, min(each.start + one, each.until or 0))
        last = max(first, min(each.start + other, each.until or 0))
        if first >= each.start:
            assert counted(clock, CALENDAR, last) == counted(clock, CALENDAR, first)


@given(clocks(), limits)
def test_a_longer_limit_is_never_due_earlier(clock: Clock, more: int) -> None:
    assert due_of(replace(clock, limit=clock.limit + more)) > due_of(clock)


@given(clocks(), limits)
def test_an_extension_never_shortens_and_is_a_longer_limit(clock: Clock, more: int) -> None:
    longer = due_of(replace(clock, extensions=(*clock.extensions, more)))
    assert longer > due_of(clock) and longer == due_of(replace(clock, limit=clock.limit + more))


@given(clocks(), st.data())
def test_one_more_pause_never_makes_it_due_earlier(clock: Clock, data: st.DataObject) -> None:
    assert due_of(replace(clock, pauses=(*clock.pauses, data.draw(pause(clock.start))))) >= due_of(clock)


@given(clocks(), st.integers(-3 * DAY, 60 * DAY))
def test_a_pause_of_no_length_changes_nothing(clock: Clock, when: int) -> None:
    at = clock.start + when
    paused = replace(clock, pauses=(*clock.pauses, Pause(at, at)))
    assert due_of(paused) == due_of(clock) and merged(paused.pauses) == merged(clock.pauses)


@given(clocks(), st.data())
def test_a_pause_in_two_pieces_in_any_order_is_the_pause(clock: Clock, data: st.DataObject) -> None:
    whole = data.draw(pause(clock.start))
    middle = data.draw(st.integers(whole.start, whole.until or whole.start))
    pieces = (Pause(middle, whole.until), *clock.pauses, Pause(whole.start, middle))
    assert due_of(replace(clock, pauses=pieces)) == due_of(replace(clock, pauses=(*clock.pauses, whole)))


@given(clocks(pauses=(0, 0)), limits)
def test_limits_one_after_the_other_are_the_sum(clock: Clock, more: int) -> None:
    """By closes too: the first is due on a worked day, which is the day the second starts and is not counted."""
    assert due_of(replace(clock, start=due_of(clock), limit=more, extensions=())) == due_of(
        replace(clock, limit=clock.limit + more)
    )


@given(clocks(), st.integers(0, 40 * DAY), st.integers(0, 40 * DAY))
def test_the_time_that_counts_is_additive_and_never_falls(clock: Clock, one: int, other: int) -> None:
    a, b = clock.start + one, clock.start + one + other
    first, last = counted(clock, CALENDAR, a), counted(clock, CALENDAR, b)
    assert 0 <= first <= last <= b - clock.start
    alone = counted(replace(clock, start=a), CALENDAR, b)
    assert last - first == alone


@given(clocks(by_closes=False))
def test_a_limit_in_hours_has_run_its_length_when_it_is_due(clock: Clock) -> None:
    seconds = clock.whole * {Kind.URGENT_HOUR: 3600, Kind.WORK_HOUR: 3600, Kind.WORK_DAY: 8 * 3600}.get(clock.kind, DAY)
    then = due_of(clock)
    assert counted(clock, CALENDAR, then) == seconds and counted(clock, CALENDAR, then - 1) == seconds - 1


@given(clocks(by_closes=True))
def test_a_limit_by_closes_is_due_at_the_end_of_a_worked_day_after_it_starts(clock: Clock) -> None:
    then = due_of(clock)
    day = moment_of(then).astimezone(SHANGHAI)
    assert CALENDAR.works(day.date()) and (day.hour, day.minute, day.second) == (18, 0, 0)
    assert day.date() > moment_of(clock.start).astimezone(SHANGHAI).date()
    assert counted(clock, CALENDAR, then) > 0, "its share can be told"


@given(st.lists(clocks(), max_size=12), st.data())
def test_many_clocks_at_once_are_due_when_each_alone_is(many: list[Clock], data: st.DataObject) -> None:
    opened = [replace(each, pauses=(*each.pauses, Pause(each.start + data.draw(st.integers(-DAY, 40 * DAY)))))
              if data.draw(st.booleans()) else each for each in many]  # fmt: skip
    alone = [due(each, CALENDAR) for each in opened]
    assert due_many(opened, CALENDAR).tolist() == [STANDING if each is None else each for each in alone]


@given(clocks(), st.integers(0, 60 * DAY))
def test_a_reading_holds_together_at_any_moment(clock: Clock, later: int) -> None:
    at = clock.start + later
    found = read(clock, CALENDAR, at)
    assert found.due == found.expected == due(clock, CALENDAR)
    assert found.overdue == (at > found.expected) == (found.light is Light.RED) == (found.over > 0)
    assert found.used + found.remaining == found.allowed or found.used > found.allowed
    assert found.paused == stands(clock, at)
    if not found.overdue:
        assert found.used <= found.allowed
        assert (found.light is Light.GREEN) == (found.used * 5 <= found.allowed * 4)


@given(clocks(), st.integers(0, 60 * DAY), st.integers(0, 60 * DAY))
def test_while_a_clock_stands_its_reading_stands_too(clock: Clock, begin: int, later: int) -> None:
    at = clock.start + begin
    if not due_of(clock) > at or stands(clock, at):
        return
    # What is to come is not known yet.
    known = replace(clock, pauses=(*(each for each in clock.pauses if each.start < at), Pause(at)))
    first, last = read(known, CALENDAR, at), read(known, CALENDAR, at + later)
    assert last.due is None and last.paused and not last.overdue
    assert (first.used, first.light) == (last.used, last.light)
    assert last.expected >= first.expected
    if not clock.by_closes:
        assert (first.allowed, first.remaining) == (last.allowed, last.remaining)


# --- what is shown --------------------------------------------------------------------------------------------


def test_the_light_turns_at_four_fifths_and_after_the_end_and_not_before() -> None:
    clock = Clock(Kind.WORK_HOUR, local("2026-11-26 08:00"), 5)
    lights = [read(clock, CALENDAR, local(f"2026-11-26 {at}")).light for at in
              ("08:00", "12:00:00", "13:59", "14:00:01", "15:00:00", "15:00:01")]  # fmt: skip
    assert lights == [Light.GREEN, Light.GREEN, Light.GREEN, Light.AMBER, Light.AMBER, Light.RED]


def test_the_evening_after_the_end_is_overdue_though_no_working_time_has_passed() -> None:
    clock = Clock(Kind.WORK_HOUR, local("2026-11-26 14:00"), 4)
    found = read(clock, CALENDAR, local("2026-11-26 20:00"))
    assert (found.share, found.remaining, found.over, found.light) == (1.0, 0, 7200, Light.RED)


def test_a_stopped_clock_is_read_as_of_then() -> None:
    clock = Clock(Kind.WORK_HOUR, local("2026-11-26 08:00"), 2, stopped=local("2026-11-26 09:30"))
    found = read(clock, CALENDAR, local("2027-05-01 00:00"))
    assert (found.overdue, found.used, found.share, found.paused) == (False, 5400, 0.75, False)
    late = read(replace(clock, stopped=local("2026-11-26 10:30")), CALENDAR, local("2027-05-01 00:00"))
    assert (late.overdue, late.over, late.share) == (True, 1800, 1.25)


def test_a_clock_that_waits_for_the_reporter_says_when_it_would_be_due() -> None:
    clock = Clock(Kind.WORK_HOUR, local("2026-11-26 08:00"), 3, (Pause(local("2026-11-26 09:00")),))
    found = read(clock, CALENDAR, local("2026-11-27 08:00"))
    assert found.due is None and moment_of(found.expected).astimezone(SHANGHAI).isoformat()[:16] == "2026-11-27T10:00"
    assert (found.used, found.remaining, found.paused, found.light) == (3600, 7200, True, Light.GREEN)


def test_a_suspended_clock_goes_on_by_itself() -> None:
    clock = Clock(Kind.WORK_DAY, local("2026-11-26 08:00"), 1, (Pause(local("2026-11-26 12:00"), local("2026-12-07 00:00")),))  # fmt: skip
    assert due_of(clock) == local("2026-12-07 12:00")
    assert read(clock, CALENDAR, local("2026-12-01 09:00")).paused
    assert not read(clock, CALENDAR, local("2026-12-07 00:00")).paused


def test_what_is_due_in_a_year_that_is_not_arranged_is_provisional_where_the_calendar_matters() -> None:
    start = local("2026-12-31 16:00")
    said = {kind: read(Clock(kind, start, 3), CALENDAR, start).provisional for kind in Kind}
    assert said == {Kind.URGENT_HOUR: False, Kind.NATURAL_DAY: False, Kind.WORK_HOUR: True, Kind.WORK_DAY: True}
    assert not read(Clock(Kind.WORK_HOUR, start, 2), CALENDAR, start).provisional


def test_a_clock_that_cannot_be_is_refused() -> None:
    start = local("2026-11-26 08:00")
    for wrong in ({"limit": 0}, {"limit": 1, "extensions": (0,)}, {"limit": 1, "stopped": start - 1}):
        with pytest.raises(ValueError):
            Clock(Kind.WORK_HOUR, start, **wrong)
    with pytest.raises(ValueError):
        Pause(start, start - 1)


def test_what_a_clock_counts_along_never_falls() -> None:
    for kind in Kind:
        along = measure(Clock(kind, local("2026-11-26 09:00"), 2), CALENDAR)
        assert along.rise(along.reached(along.goal)) == along.goal


# --- another calendar -----------------------------------------------------------------------------------------


def arranged_2027() -> WorkCalendar:
    """A year as a notice might arrange it: New Year with the Monday after, worked for on Sunday the 10th."""
    marks = {date(2027, 1, day): Mark(HOLIDAY, "元旦") for day in (1, 2, 3, 4)} | {
        date(2027, 1, 10): Mark(WORKDAY, "元旦")
    }
    return WorkCalendar({**CALENDAR.marks, **marks}, CALENDAR.settled | {2027})


def test_a_year_that_is_arranged_moves_the_clocks_it_reaches_and_no_others() -> None:
    start = local("2026-12-31 16:00")
    open_clocks = [
        ("hours", Clock(Kind.WORK_HOUR, start, 4)),
        ("days", Clock(Kind.WORK_DAY, start, 3)),
        ("closes", Clock(Kind.WORK_DAY, start, 5, day_count=DayCount.CLOSES)),
        ("before", Clock(Kind.WORK_HOUR, start, 2)),
        ("urgent", Clock(Kind.URGENT_HOUR, start, 99)),
        ("natural", Clock(Kind.NATURAL_DAY, start, 9)),
        ("standing", Clock(Kind.WORK_DAY, start, 3, (Pause(start + 60),))),
        ("later", Clock(Kind.WORK_HOUR, local("2027-01-11 08:00"), 1)),
        ("evened out", Clock(Kind.WORK_DAY, start, 7)),
    ]
    assert changed(open_clocks, CALENDAR, arranged_2027()) == [
        Moved("hours", local("2027-01-04 10:00"), local("2027-01-05 10:00")),
        Moved("days", local("2027-01-06 16:00"), local("2027-01-07 16:00")),
        Moved("closes", local("2027-01-08 18:00"), local("2027-01-10 18:00")),
    ]
    assert changed(open_clocks, CALENDAR, CALENDAR) == []
    assert changed([], CALENDAR, arranged_2027()) == []


@given(st.lists(clocks(), max_size=12))
def test_what_changes_is_what_is_due_otherwise(many: list[Clock]) -> None:
    after = arranged_2027()
    alone = [(nth, due(each, CALENDAR), due(each, after)) for nth, each in enumerate(many)]
    assert changed(list(enumerate(many)), CALENDAR, after) == [Moved(*each) for each in alone if each[1] != each[2]]
