"""Kinds of data that are kept for a time and then destroyed; each room declares its own in `<room>/retention.py`.

A kind says what it is, which law or rule bounds its time, how much is due, and how to destroy a bounded slice of it.
When, by whose rule, and with which certificate is the business of `access.keeping`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import RLock
from typing import Literal

from .errors import Text


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of a kind is older than a moment. `exact` is false where there is more than was counted."""

    rows: int
    oldest: datetime | None
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Slice:
    """What one bounded step destroyed: the id of each thing and the time it was kept since.

    `more` asks for another step, which begins behind `cursor`; `files` counts files that went with the rows.
    """

    gone: Sequence[tuple[str, datetime]]
    more: bool
    cursor: str = ""
    files: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """Data kept for one purpose. Times are whole days; the day ends at midnight in the district.

    `default` is in force until a rule is set (None: kept until somebody decides), `floor` cannot be undercut, and
    `ceiling` (None: none) cannot be exceeded. `certainty` says whether `basis` gives the time or only the duty.
    `destroy(before, most, cursor)` runs in an open transaction and must be safe to repeat. `held(before)` says why
    nothing may be destroyed now, if so.
    """

    name: str
    label: Text
    covers: Text
    basis: Text
    certainty: Literal["official", "inferred"]
    default: int | None
    floor: int
    ceiling: int | None
    amount: Callable[[datetime], Amount]
    destroy: Callable[[datetime, int, str], Slice]
    held: Callable[[datetime], Text | None] = lambda _before: None


_kinds: dict[str, Kind] = {}
_loaded = False
_loading = RLock()  # two requests may be the first


def declare(*kinds: Kind) -> None:
    """Enter kinds of data. Raises ValueError where the bounds of one contradict each other."""
    for kind in kinds:
        given = [days for days in (kind.default, kind.ceiling) if days is not None]
        if kind.floor < 1 or any(days < kind.floor for days in given):
            raise ValueError(f"{kind.name}: the floor is above what is allowed")
        _kinds[kind.name] = kind


def kinds() -> tuple[Kind, ...]:
    """Every kind of the rooms that are installed, by name."""
    global _loaded
    if not _loaded:
        from django.utils.module_loading import autodiscover_modules

        with _loading:
            autodiscover_modules("retention")
            _loaded = True
    return tuple(_kinds[name] for name in sorted(_kinds))


def of(name: str) -> Kind | None:
    """The kind of that name, if there is one."""
    kinds()
    return _kinds.get(name)
