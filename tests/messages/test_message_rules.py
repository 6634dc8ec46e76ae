"""When messages leave and what they say: properties of the pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.clock import LOCAL
from linli.messages import rules
from linli.messages.rules import Hours

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
HOURS = st.builds(Hours, st.times(), st.times())


@given(MOMENTS, HOURS)
def test_nothing_leaves_in_quiet_hours_nor_waits_a_day(now: datetime, quiet: Hours) -> None:
    at = rules.due(now, quiet, urgent=False)
    assert now + rules.GATHER <= at <= now + rules.GATHER + timedelta(days=1)
    assert not quiet.contain(at.astimezone(LOCAL).time())


@given(MOMENTS, HOURS)
def test_what_is_urgent_leaves_at_once(now: datetime, quiet: Hours) -> None:
    assert rules.due(now, quiet, urgent=True) == now


@given(st.times(), st.times())
def test_equal_hours_are_none(hour: time, moment: time) -> None:
    assert not Hours(hour, hour).contain(moment)


@given(st.times(), st.times(), st.times())
def test_the_two_halves_of_a_day_are_apart(first: time, until: time, moment: time) -> None:
    if first != until:
        assert Hours(first, until).contain(moment) != Hours(until, first).contain(moment)


def test_held_over_night_it_leaves_in_the_morning() -> None:
    late = datetime(2026, 3, 1, 23, 0, tzinfo=LOCAL)
    assert rules.due(late, Hours(time(21), time(7, 30)), urgent=False) == datetime(2026, 3, 2, 7, 30, tzinfo=LOCAL)
    early = datetime(2026, 3, 2, 3, 0, tzinfo=LOCAL)
    assert rules.due(early, Hours(time(21), time(7, 30)), urgent=False) == datetime(2026, 3, 2, 7, 30, tzinfo=LOCAL)


def test_it_is_tried_again_later_and_later_and_then_given_up() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    waits = [rules.retry_at(now, attempts) for attempts in (1, 2, 3)]
    assert waits == [now + wait for wait in rules.BACKOFF]
    assert rules.retry_at(now, 4) is None


def test_a_message_says_each_thing_once_and_counts_the_rest() -> None:
    text = rules.one_message(["甲", "乙", "甲", *map(str, range(6))], english=False)
    assert text.splitlines() == ["甲", "乙", "0", "1", "2", "……另有 3 条，请登录系统查看。"]
    assert rules.one_message([str(n) for n in range(6)], english=True).endswith("and 1 more in the console.")


@given(st.lists(st.text(max_size=100), min_size=1), st.integers(10, 300))
def test_an_sms_is_never_longer_than_it_may_be(sentences: list[str], longest: int) -> None:
    assert len(rules.one_message(sentences, english=False, longest=longest)) <= longest
