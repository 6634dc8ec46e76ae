"""Logged errors are one JSON object a line, and quote nothing."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from linli.kernel import logs


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    """Logs as in production, caught; the settings of this run are put back."""
    root, kept = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    caught = StringIO()
    monkeypatch.setattr(sys, "stderr", caught)
    logs.configure({"format": "json"})
    yield caught
    root.handlers[:], root.level = handlers, level
    structlog.configure(**kept)


def test_an_error_is_logged_by_kind_and_place_but_without_its_message(stream: StringIO) -> None:
    try:
        raise ValueError("王建国 370302199001010010")
    except ValueError:
        logging.getLogger("anybody").exception("it failed")
        structlog.get_logger().error("it failed", exc_info=True, extra=object())
    entries = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [entry["error"] for entry in entries] == ["builtins.ValueError"] * 2
    assert all("test_logs_errors.py" in entry["at"][-1] for entry in entries)
    assert "王建国" not in stream.getvalue() and "3703021990" not in stream.getvalue()
