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

from .rules import GREEN_UP_TO, Clock, Pause, merged, unit

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


def amber_many(clocks: Sequence[Clock], calendar: WorkCalendar) -> Column:
    """The last moment at which each clock is green, `STANDING` where it has none. None that counts ends of worked days.

    Raises OutsideCalendar, ValueError.
    """
    if any(clock.by_closes for clock in clocks):
        raise ValueError("the light of a clock that counts ends of days goes by hours")
    found, columns = np.empty(len(clocks), dtype=np.int64), Columns.of(calendar)
    same: Callable[[Column], Column] = lambda at: at  # noqa: E731
    for by_calendar, rise, reached in ((True, columns.total, columns.reached), (False, same, same)):
        chosen = [place for place, clock in enumerate(clocks) if clock.by_calendar is by_calendar]
        if chosen:
            found[chosen] = _along([clocks[place] for place in chosen], rise, reached, GREEN_UP_TO)
    return found


def provisional_many(calendar: WorkCalendar, first: Column, last: Column) -> NDArray[np.bool_]:
    """Whether a day between two moments of each row lies in a year whose arrangement is not known."""
    begins, ends = _years(first), _years(last)
    if not begins.size:
        return np.zeros(0, dtype=np.bool_)
    base = int(begins.min())
    unknown = np.cumsum([0, *(year not in calendar.settled for year in range(base, int(ends.max()) + 1))])
    return np.asarray(unknown[ends - base + 1] > unknown[begins - base])


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


def _along(
    clocks: Sequence[Clock],
    rise: Callable[[Column], Column],
    reached: Callable[[Column], Column],
    share: tuple[int, int] = (1, 1),
) -> Column:
    """When a share of the time of clocks that count along one measure is used: as `rules.due`, one pause at a time."""
    count = len(clocks)
    base = np.fromiter((clock.start for clock in clocks), np.int64, count)
    if clocks[0].by_closes:
        base = ((base + OFFSET) // DAY + 1) * DAY - OFFSET
    part, parts = share
    whole = np.fromiter((clock.whole * unit(clock) * part // parts for clock in clocks), np.int64, count)
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


def _years(at: Column) -> NDArray[np.int64]:
    days = ((at + OFFSET) // DAY).astype("datetime64[D]")
    return days.astype("datetime64[Y]").astype(np.int64) + 1970


Pauses = dict[int, tuple[Pause, ...]]


def _with_more(going: NDArray[np.int64], pauses: Pauses, nth: int) -> NDArray[np.int64]:
    return np.array([place for place in going.tolist() if len(pauses[place]) > nth], dtype=np.int64)


def _starts(pauses: Pauses, going: NDArray[np.int64], nth: int) -> Column:
    return np.fromiter((pauses[place][nth].start for place in going.tolist()), np.int64, going.size)


def _ends(pauses: Pauses, going: NDArray[np.int64], nth: int) -> Column:
    said = (pauses[place][nth].until for place in going.tolist())
    return np.fromiter((STANDING if until is None else until for until in said), np.int64, going.size)
