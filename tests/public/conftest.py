"""What the tests of the public doors share; rooms are imported late, when Django is there."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def home(db: str) -> Any:
    """A home with a code on its door, and somebody living there (`public_home.Home`)."""
    from public_home import make_home

    return make_home()


@pytest.fixture(autouse=True)
def _fresh_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test counts its looks for itself."""
    from linli.public import rules, views

    monkeypatch.setattr(views, "limiter", rules.Limiter())
