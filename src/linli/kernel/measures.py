"""Measures: one number for each area, declared by the room that can count it, for the map and whatever compares areas.

Each room declares its own in `<room>/measures.py`. A measure says in words what it counts, where the list behind it is, and by
which definition; whoever asks gets figures of the areas that are theirs, and nothing of others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from . import clock
from .actors import Actor
from .errors import NotFound, Text

#: `count`: how many there are; of an area without any it is left out and stands for none. `share`: from 0 to 1, left out where
#: there is nothing, or too little, to have a share of. A measure of the ladder that leaves an area out knows nothing of it, of whatever
#: unit: where it knows that there are none, it says 0.
Unit = Literal["count", "share"]


@dataclass(frozen=True, slots=True)
class Definition:
    """What is counted of what, with the version that changes when the counting does. `certainty` says whether `basis` gives
    the bound (official) or the method is ours (inferred)."""

    numerator: Text
    denominator: Text
    version: int
    basis: Text
    certainty: Literal["official", "inferred"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One number per area. `needs` are the permissions that are all asked for; `path` is the list behind it, with its filters.

    `by_area(actor, digits, area)` answers it for towns (9 digits), villages (12) or grids (15) inside `area`, by code, in one
    statement within the actor's areas. `as_of` answers the same of another day, where what is recorded can tell of it: by what is
    known now of that day, not by what was known then. `ladder`: it is an indicator's number (智慧社区), offered after the others.
    """

    code: str
    unit: Unit
    label: Text
    needs: tuple[str, ...]
    path: str
    by_area: Callable[[Actor, int, str | None], dict[str, float]]
    definition: Definition | None = None
    as_of: Callable[[Actor, int, str | None, date], dict[str, float]] | None = None
    ladder: bool = False

    def figures(self, actor: Actor, digits: int, area: str | None = None, on: date | None = None) -> dict[str, float]:
        """The number of each area on a day (default: as it stands now). Empty where nobody can tell of that day any more, or yet."""
        if on is None or on == clock.today():
            return self.by_area(actor, digits, area)
        return self.as_of(actor, digits, area, on) if self.as_of and on < clock.today() else {}


_declared: dict[str, Measure] = {}
_loaded = False


def declare(*measures: Measure) -> None:
    """Enter measures, in the order in which they are offered."""
    for measure in measures:
        _declared.setdefault(measure.code, measure)


def catalogue() -> tuple[Measure, ...]:
    """Every measure of the rooms that are installed, in order of declaration; those of the ladder after the others."""
    global _loaded
    if not _loaded:
        from django.utils.module_loading import autodiscover_modules

        _loaded = True
        autodiscover_modules("measures")
    return tuple(sorted(_declared.values(), key=lambda measure: measure.ladder))


def of(actor: Actor) -> list[Measure]:
    """The measures an actor may see."""
    return [m for m in catalogue() if all(actor.may(permission) for permission in m.needs)]


def named(code: str) -> Measure:
    """The measure of a code. Raises NotFound."""
    catalogue()
    if code not in _declared:
        raise NotFound()
    return _declared[code]
