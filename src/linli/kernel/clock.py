"""The one clock. Tests and the demo set it; nothing else asks the machine for the time of an event."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
_source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731


def now() -> datetime:
    """The present moment, UTC, aware."""
    return _source()


def today() -> date:
    """The present date in the district (Asia/Shanghai)."""
    return now().astimezone(LOCAL).date()


def day_end(at: datetime) -> datetime:
    """The last moment of the day in the district (Asia/Shanghai) in which `at` lies, UTC."""
    return datetime.combine(at.astimezone(LOCAL), time.max, LOCAL).astimezone(UTC)


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """For tests, and for a demo that tells of earlier days: the clock stands at `at` inside the block."""
    global _source
    before, _source = _source, lambda: at
    try:
        yield
    finally:
        _source = before
