"""What the tests of rounds share: a day on which everything happens, the people, a form, and who works at it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "registry"))

if TYPE_CHECKING:
    from linli.intake.rounds.models import Round


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    """Freshness and due days are counted from one day."""
    from linli.kernel import clock

    with clock.frozen(datetime(2026, 6, 1, 4, tzinfo=UTC)):
        yield


@pytest.fixture
def people(seeded_db: str) -> dict[str, UUID]:
    import round_world

    return round_world.people()


@pytest.fixture
def form(people: dict[str, UUID], tmp_path: Path) -> UUID:
    import round_world

    return round_world.form(tmp_path)


@pytest.fixture
def round_(form: UUID) -> Round:
    import round_world

    return round_world.opened(form)


@pytest.fixture
def who(people: dict[str, UUID]) -> dict[str, Any]:
    import round_world

    return round_world.clerks()
