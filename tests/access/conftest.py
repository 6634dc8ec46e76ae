"""Tests of access run on the API of access alone, with the doors of `access_urls`."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def access_api(settings: Any) -> None:
    """Answer from the test's own addresses."""
    import access_urls

    settings.ROOT_URLCONF = "access_urls"
    access_urls.calls.clear()
