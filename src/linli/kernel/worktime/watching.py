"""Who is told when the work calendar changes: rooms that keep moments computed with it say so once, when they load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..actors import Actor
from .timeline import WorkCalendar


@dataclass(frozen=True, slots=True)
class Changed:
    """The calendar before and after a change, and the serial of the edition it is now."""

    edition: int
    before: WorkCalendar
    after: WorkCalendar


Watcher = Callable[[Actor, Changed], None]
_watchers: list[Watcher] = []


def watch(watcher: Watcher) -> Watcher:
    """Have `watcher` called with every change, in its transaction: what it raises undoes the change. Usable as a decorator."""
    if watcher not in _watchers:
        _watchers.append(watcher)
    return watcher


def unwatch(watcher: Watcher) -> None:
    """Tell `watcher` no more."""
    _watchers.remove(watcher)


def tell(actor: Actor, changed: Changed) -> None:
    """Call everybody who watches, in the order in which they began to."""
    for watcher in tuple(_watchers):
        watcher(actor, changed)
