"""Due moments of many clocks at once, and which of them move when the work calendar changes. Pure; loads numpy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from linli.kernel.worktime import WorkCalendar
from linli.kernel.worktime.hours import DAY
from linli.kernel.worktime.many import Column, Columns
from linli.kernel.worktime.timeline import OFFSET

from .rules import Clock, Pause, merged, unit

#: In the place of a due moment where a clock stands without an end in sight.
STANDING: Final = np.iinfo(np.int64).max
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Moved(Generic[Key]):
    """A clock whose due moment is another under the new calendar."""

    key: Key
    before: int
    after: int


def due_many(clocks: Sequence[Clock], calendar: WorkCalendar) -> Column:
    """`rules.due` of each clock, `STANDING` where it has none. Raises OutsideCalendar."""
    found, columns = np.empty(len(clocks), dtype=np.int64), Columns.of(calendar)
    same: Callable[[Column], Column] = lambda at: at  # noqa: E731
    measures = ((columns.closes, columns.close), (columns.total, columns.reached), (same, same))
    places: tuple[list[int], ...] = ([], [], [])
    for place, clock in enumerate(clocks):
        places[0 if clock.by_closes else 1 if clock.by_calendar else 2].append(place)
    for chosen, (rise, reached) in zip(places, measures, strict=True):
        if chosen:
            found[chosen] = _along([clocks[place] for place in chosen], rise, reached)
    return found


def changed(clocks: Iterable[tuple[Key, Clock]], before: WorkCalendar, after: WorkCalendar) -> list[Moved[Key]]:
    """The clocks whose due moments move when the calendar becomes another, in the order given. Raises OutsideCalendar.

    Clocks that count continuous time, and those that stand without an end in sight, never do.
    """
    kept = [(key, clock) for key, clock in clocks if clock.by_calendar]
    of_them = [clock for _, clock in kept]
    was, is_now = due_many(of_them, before), due_many(of_them, after)
    standing = (was == STANDING) | (is_now == STANDING)
    return [
        Moved(kept[place][0], int(was[place]), int(is_now[place]))
        for place in np.flatnonzero((was != is_now) & ~standing).tolist()
    ]


def _along(clocks: Sequence[Clock], rise: Callable[[Column], Column], reached: Callable[[Column], Column]) -> Column:
    """Due moments of clocks that count along one measure: as `rules.due`, one pause of each at a time."""
    count = len(clocks)
    base = np.fromiter((clock.start for clock in clocks), np.int64, count)
    if clocks[0].by_closes:
        base = ((base + OFFSET) // DAY + 1) * DAY - OFFSET
    whole = np.fromiter((clock.whole * unit(clock) for clock in clocks), np.int64, count)
    goal = rise(base) + whole
    found = reached(goal)
    pauses = {place: merged(clock.pauses) for place, clock in enumerate(clocks) if clock.pauses}
    going = np.fromiter(pauses, np.int64, len(pauses))
    nth = 0
    while (going := _with_more(going, pauses, nth)).size:
        going = going[_starts(pauses, going, nth) < found[going]]
        until = _ends(pauses, going, nth)
        found[going[until == STANDING]] = STANDING
        going, until = going[until != STANDING], until[until != STANDING]
        first = np.maximum(_starts(pauses, going, nth), base[going])
        goal[going] += rise(np.maximum(until, base[going])) - rise(first)
        found[going] = reached(goal[going])
        nth += 1
    return found


Pauses = dict[int, tuple[Pause, ...]]


def _with_more(going: NDArray[np.int64], pauses: Pauses, nth: int) -> NDArray[np.int64]:
    return np.array([place for place in going.tolist() if len(pauses[place]) > nth], dtype=np.int64)


def _starts(pauses: Pauses, going: NDArray[np.int64], nth: int) -> Column:
    return np.fromiter((pauses[place][nth].start for place in going.tolist()), np.int64, going.size)


def _ends(pauses: Pauses, going: NDArray[np.int64], nth: int) -> Column:
    said = (pauses[place][nth].until for place in going.tolist())
    return np.fromiter((STANDING if until is None else until for until in said), np.int64, going.size)
