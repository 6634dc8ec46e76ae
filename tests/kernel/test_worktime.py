"""Working time: days, hours and sums, on the calendar that is shipped and on calendars Hypothesis makes up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.access.calendar import shipped
from linli.kernel.worktime import (
    DEFAULT_HOURS,
    HOLIDAY,
    WORKDAY,
    BadHours,
    DayKind,
    Mark,
    OutsideCalendar,
    Season,
    Span,
    WorkCalendar,
    WorkingHours,
    moment_of,
    seconds_of,
)
from linli.kernel.worktime.days import LUNAR, statutory
from linli.kernel.worktime.hours import month_day, said, spans_of
from linli.kernel.worktime.many import Columns
from linli.kernel.worktime.timeline import FIRST, LAST, OFFSET, day_of, midnight_after

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHIPPED = shipped.work_calendar()
SUMMER = WorkCalendar(
    SHIPPED.marks, SHIPPED.settled,
    (DEFAULT_HOURS, WorkingHours(date(2026, 3, 2), spans_of("08:30-12:00,13:30-17:30"),
                                 Season((6, 1), (9, 30), spans_of("08:00-12:00,15:00-18:30")))),
)  # fmt: skip
#: Far enough within the calendar that a year may be added.
MOMENTS = st.integers(seconds_of(datetime(2018, 1, 1, tzinfo=UTC)), seconds_of(datetime(2031, 1, 1, tzinfo=UTC)))
CALENDARS = st.sampled_from([SHIPPED, SUMMER, WorkCalendar()])
AMOUNTS = st.integers(0, 400 * 8 * 3600)


def local(text: str) -> int:
    return seconds_of(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))


def shown(seconds: int) -> str:
    return f"{moment_of(seconds).astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


# --- days -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        ("2026-02-14", DayKind.WORKDAY, "春节"), ("2026-02-15", DayKind.HOLIDAY, "春节"),
        ("2026-02-23", DayKind.HOLIDAY, "春节"), ("2026-02-24", DayKind.PLAIN, ""),
        ("2026-10-10", DayKind.WORKDAY, "国庆节"), ("2026-11-28", DayKind.WEEKEND, ""),
        ("2027-02-05", DayKind.HOLIDAY, "春节"), ("2027-02-09", DayKind.PLAIN, ""),
        ("2027-06-09", DayKind.HOLIDAY, "端午节"), ("2027-10-03", DayKind.HOLIDAY, "国庆节"),
        ("2027-10-04", DayKind.PLAIN, ""),
    ],
)  # fmt: skip
def test_a_day_is_what_the_notice_or_the_law_says(day: str, kind: DayKind, name: str) -> None:
    on = date.fromisoformat(day)
    assert (SHIPPED.kind(on), SHIPPED.name_of(on)) == (kind, name)


def test_the_law_names_thirteen_days_a_year_and_they_are_days_of_that_year() -> None:
    for year in LUNAR:
        days = statutory(year)
        # 中秋节 may fall on a day of 国庆节: then the two are one day of the calendar.
        assert len(days) == 13 - (f"{LUNAR[year][3]:04d}" in ("1001", "1002", "1003"))
        assert {day.year for day in days} == {year}
    assert len(statutory(2100)) == 6


def test_every_shipped_year_is_whole() -> None:
    assert [year.year for year in shipped.years()] == list(range(2004, 2027))
    for year in shipped.years():
        assert all(day.year == year.year for day in year.marks)
        assert all(day.weekday() >= 5 for day, mark in year.marks.items() if mark.kind is WORKDAY)
        assert {"元旦", "春节", "国庆节"} <= {mark.name for mark in year.marks.values()}
        assert year.source and year.certainty in ("official", "secondary")


def test_2026_is_the_notice_of_the_fourth_of_november_2025() -> None:
    off = {day for day, mark in SHIPPED.marks.items() if day.year == 2026 and mark.kind is HOLIDAY}
    stretches = [(1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)]
    assert off == {date(2026, month, day) for month, first, last in stretches for day in range(first, last + 1)}
    worked = {day for day, mark in SHIPPED.marks.items() if day.year == 2026 and mark.kind is WORKDAY}
    assert worked == {date(2026, m, d) for m, d in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]}


def test_a_mark_in_a_year_that_is_not_settled_goes_before_the_law() -> None:
    made = WorkCalendar({date(2027, 10, 1): Mark(WORKDAY, "抢险")})
    assert made.works(date(2027, 10, 1)) and not made.works(date(2027, 10, 2))
    with pytest.raises(ValueError):
        Mark(DayKind.PLAIN)


# --- hours ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["08:00-12:00,14:00-18:00", " 8:00 - 12:00，14：00至18：00", "08:00–12:00 14:00～18:00"]
)
def test_hours_are_read_as_people_write_them(text: str) -> None:
    assert spans_of(text) == DEFAULT_HOURS.spans
    assert said(spans_of(text)) == "08:00-12:00,14:00-18:00"


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "none"), ("8-12", "form"), ("08:00-12:70", "form"), ("12:00-08:00", "order"), ("22:00-25:00", "order"),
     ("08:00-12:00,11:00-18:00", "overlap"), ("14:00-18:00,08:00-12:00", "overlap"), ("08:00-08:00", "order")],
)  # fmt: skip
def test_hours_that_are_none_are_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(BadHours) as caught:
        spans_of(text)
    assert caught.value.reason == reason


@pytest.mark.parametrize("text", ["6", "13-01", "02-30", "06-01-01", ""])
def test_a_season_has_days_of_a_year(text: str) -> None:
    with pytest.raises(BadHours):
        Season(month_day(text), (9, 30), DEFAULT_HOURS.spans)


def test_a_season_holds_both_its_ends_and_may_run_over_a_new_year() -> None:
    summer, winter = (Season(*ends, DEFAULT_HOURS.spans) for ends in (((6, 1), (9, 30)), ((11, 15), (3, 15))))
    days = [date(2026, 5, 31), date(2026, 6, 1), date(2026, 9, 30), date(2026, 10, 1)]
    assert [summer.holds(day) for day in days] == [False, True, True, False]
    days = [date(2026, 11, 14), date(2026, 11, 15), date(2027, 3, 15), date(2027, 3, 16)]
    assert [winter.holds(day) for day in days] == [False, True, True, False]


def test_hours_begin_on_their_day_and_a_season_comes_every_year() -> None:
    hours = [said(SUMMER.hours_on(day).on(day)) for day in
             (date(2004, 1, 2), date(2026, 2, 28), date(2026, 3, 2), date(2026, 6, 1), date(2027, 9, 30), date(2027, 10, 8))]  # fmt: skip
    assert hours == [said(DEFAULT_HOURS.spans)] * 2 + ["08:30-12:00,13:30-17:30"] + ["08:00-12:00,15:00-18:30"] * 2 + [
        "08:30-12:00,13:30-17:30"
    ]


# --- sums -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "hours", "then"),
    [
        ("2026-11-26 09:00", 2, "2026-11-26 11:00:00"), ("2026-11-26 11:00", 1, "2026-11-26 12:00:00"),
        ("2026-11-26 11:00", 2, "2026-11-26 15:00:00"), ("2026-11-26 20:00", 1, "2026-11-27 09:00:00"),
        ("2026-11-27 17:30", 1, "2026-11-30 08:30:00"), ("2026-02-13 17:00", 2, "2026-02-14 09:00:00"),
        ("2026-02-14 17:00", 2, "2026-02-24 09:00:00"), ("2026-09-30 10:00", 8, "2026-10-08 10:00:00"),
        ("2025-12-31 16:00", 4, "2026-01-04 10:00:00"), ("2026-12-31 17:00", 2, "2027-01-04 09:00:00"),
    ],
)  # fmt: skip
def test_hours_are_added_over_nights_weekends_holidays_and_days_worked_instead(at: str, hours: int, then: str) -> None:
    assert shown(SHIPPED.add(local(at), hours * 3600)) == then


@given(CALENDARS, MOMENTS, AMOUNTS)
def test_what_was_added_is_what_is_counted(calendar: WorkCalendar, at: int, seconds: int) -> None:
    then = calendar.add(at, seconds)
    assert then >= at and calendar.count(at, then) == seconds
    assert then == at or calendar.count(at, then - 1) == seconds - 1, "the first such moment"


@given(CALENDARS, MOMENTS, AMOUNTS, AMOUNTS)
def test_adding_twice_is_adding_the_sum(calendar: WorkCalendar, at: int, one: int, other: int) -> None:
    assert calendar.add(calendar.add(at, one), other) == calendar.add(at, one + other)


@given(CALENDARS, st.lists(MOMENTS, min_size=3, max_size=3))
def test_counting_is_additive_and_never_more_than_the_time_itself(calendar: WorkCalendar, moments: list[int]) -> None:
    a, b, c = sorted(moments)
    assert calendar.count(a, b) + calendar.count(b, c) == calendar.count(a, c) <= c - a


@given(CALENDARS, MOMENTS)
def test_the_next_working_moment_is_worked_and_nothing_before_it_is(calendar: WorkCalendar, at: int) -> None:
    then = calendar.next_working(at)
    assert then >= at and calendar.count(at, then) == 0 and calendar.count(then, then + 1) == 1


@given(CALENDARS, MOMENTS)
def test_the_nth_close_is_the_end_of_the_nth_worked_day(calendar: WorkCalendar, at: int) -> None:
    nth = calendar.closes(at)
    assert calendar.close(nth) <= at < calendar.close(nth + 1)
    close = calendar.close(nth + 1)
    on = day_of(close)
    assert calendar.works(on) and (close + OFFSET) % 86_400 == calendar.hours_on(on).on(on)[-1].end


@given(CALENDARS, st.lists(MOMENTS, max_size=40))
def test_columns_say_what_single_moments_say(calendar: WorkCalendar, moments: list[int]) -> None:
    columns, at = Columns.of(calendar), np.array(moments, dtype=np.int64)
    totals, closes = columns.total(at), columns.closes(at)
    assert totals.tolist() == [calendar.total(each) for each in moments]
    assert columns.reached(totals + 1).tolist() == [calendar.reached(calendar.total(each) + 1) for each in moments]
    assert closes.tolist() == [calendar.closes(each) for each in moments]
    assert columns.close(closes).tolist() == [calendar.close(calendar.closes(each)) for each in moments]


@settings(max_examples=300)
@given(st.datetimes(datetime(2004, 1, 2), datetime(2049, 12, 30), timezones=st.just(UTC)))
def test_the_fixed_offset_is_the_time_zone_of_shanghai(at: datetime) -> None:
    seconds = seconds_of(at)
    assert moment_of(seconds) == at.replace(microsecond=0)
    there = at.astimezone(SHANGHAI)
    assert day_of(seconds) == there.date()
    assert moment_of(midnight_after(seconds)).astimezone(SHANGHAI).replace(tzinfo=None) == datetime.combine(
        there.date() + timedelta(days=1), datetime.min.time()
    )


def test_moments_outside_the_calendar_are_refused_alone_and_in_columns() -> None:
    columns = Columns.of(SHIPPED)
    for at in (FIRST - 1, LAST + 1):
        for ask in (SHIPPED.total, SHIPPED.closes, SHIPPED.next_working):
            with pytest.raises(OutsideCalendar):
                ask(at)
        for column in (columns.total, columns.closes):
            with pytest.raises(OutsideCalendar):
                column(np.array([at], dtype=np.int64))
    assert SHIPPED.total(FIRST) == 0
    whole = SHIPPED.total(LAST)
    for more in (lambda: SHIPPED.reached(whole + 1), lambda: SHIPPED.close(0), lambda: SHIPPED.add(LAST - 10, 3600)):
        with pytest.raises(OutsideCalendar):
            more()
    with pytest.raises(OutsideCalendar):
        columns.reached(np.array([whole + 1], dtype=np.int64))
    with pytest.raises(OutsideCalendar):
        columns.close(np.array([0], dtype=np.int64))
    assert columns.total(np.array([], dtype=np.int64)).size == 0


def test_time_is_not_taken_away_and_a_stretch_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError):
        SHIPPED.add(local("2026-11-26 09:00"), -1)
    with pytest.raises(ValueError):
        SHIPPED.count(local("2026-11-26 09:00"), local("2026-11-26 08:00"))
    with pytest.raises(ValueError):
        seconds_of(datetime(2026, 11, 26))


def test_only_years_that_are_not_settled_are_provisional() -> None:
    assert not SHIPPED.provisional(local("2025-12-31 09:00"), local("2026-12-31 23:59"))
    assert SHIPPED.provisional(local("2026-12-31 09:00"), local("2027-01-01 00:00"))


def test_a_span_lies_within_a_day() -> None:
    assert str(Span(0, 86_400)) == "00:00-24:00" and spans_of("00:00-24:00") == (Span(0, 86_400),)
