"""The tests of money stand on one day: the books refuse days of long ago, and months to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from linli.kernel import clock


@pytest.fixture(autouse=True)
def day_of_these_tests() -> Iterator[None]:
    with clock.frozen(datetime(2026, 11, 22, 2, 0, tzinfo=UTC)):
        yield
