"""Doors count who comes through, all processes together; a flood that is refused costs the database nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel import clock
from linli.kernel.limiting import actions, rules
from linli.kernel.limiting.actions import OWN, Limiter

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[datetime]]:
    moment = [NOON]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    yield moment


def test_processes_count_together_until_the_window_ends(db: str, now: list[datetime]) -> None:
    one, other = Limiter("door", 5, 600), Limiter("door", 5, 600)  # as two processes hold one each
    assert [each.wait("192.0.2.1") for each in (one, other) * 2] == [0] * 4
    assert [one.wait("192.0.2.1"), other.wait("192.0.2.1"), one.wait("192.0.2.1")] == [0, 600, 600]
    assert one.wait("192.0.2.2") == 0 and Limiter("another", 5, 600).wait("192.0.2.1") == 0
    assert one.wait("2001:db8::1") == 0 and other.wait("2001:db8::2") == 0
    now[0] += timedelta(seconds=590)
    assert (one.wait("192.0.2.1"), other.wait("192.0.2.1")) == (10, 10)
    now[0] += timedelta(seconds=10)
    assert [one.wait("192.0.2.1"), other.wait("192.0.2.1")] == [0, 0]
    now[0] += actions.LONGEST + timedelta(seconds=1)
    assert actions.forget() > 0 and actions.forget() == 0


def test_a_refused_flood_asks_the_database_nothing_and_no_address_is_kept(
    db: str, now: list[datetime], owner_sql: Any
) -> None:
    limiter = Limiter("door", 3, 600)
    with CaptureQueriesContext(connections[OWN]) as caught:
        refused = sum(limiter.wait("192.0.2.1") > 0 for _ in range(10_000))
    counts = [query for query in caught if "kernel_rate_count" in query["sql"]]
    assert refused == 9_997 and len(counts) == 4
    assert "192.0.2.1" not in str(owner_sql("SELECT * FROM kernel_rate_count"))
    assert owner_sql("SELECT relpersistence FROM pg_class WHERE relname = 'kernel_rate_count'") == [("u",)]


def test_those_who_come_at_once_are_let_through_as_often_as_one_after_the_other(db: str) -> None:
    limiters = [Limiter("door", 20, 600) for _ in range(4)]

    def knock(n: int) -> bool:
        try:
            return limiters[n % 4].wait("192.0.2.1") == 0
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(knock, range(80))) == 20


def test_without_the_database_a_process_counts_by_itself(
    db: str, now: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise OperationalError

    limiter = Limiter("door", 2, 60)
    monkeypatch.setattr(limiter, "_counted", away)
    assert [limiter.wait("192.0.2.1") for _ in range(4)] == [0, 0, 60, 60]


@given(st.integers(1, 9), st.lists(st.floats(0, 100, allow_nan=False), max_size=40))
def test_no_window_lets_more_through_than_the_limit(most: int, moments: list[float]) -> None:
    """Counted alone as by the database: as many pass at most as fit the windows that the moments can span."""
    limit, counts, let_in = rules.Limit(most, timedelta(seconds=100)), rules.Counts(), 0
    for at in sorted(moments):
        moment = NOON + timedelta(seconds=at)
        began, count = counts.add("x", limit.window, moment)
        let_in += limit.wait(began, count, moment) == 0
    assert let_in <= 2 * most and (let_in == len(moments) or let_in >= most)
