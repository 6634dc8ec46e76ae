"""Whether this installation is a demo, for rooms below the demo itself: the front door says so."""

from __future__ import annotations

from collections.abc import Callable

_ask: Callable[[], bool] = lambda: False  # noqa: E731


def provide(ask: Callable[[], bool]) -> None:
    """Called once by the front door."""
    global _ask
    _ask = ask


def is_demo() -> bool:
    """Whether the people here are invented."""
    return _ask()
