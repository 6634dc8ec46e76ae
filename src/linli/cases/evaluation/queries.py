"""Figures of a month by unit and area, their course over months, and the cases behind each. One pass over a month's facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from linli.access.models import Unit
from linli.kernel import area_names, areas, clock
from linli.kernel.actors import Actor
from linli.places.models import Grid

from ..engine import sight
from ..permissions import VIEW
from . import rules
from .behind import months_back
from .counts import BY_CODE, BYS, COUNTS, condition
from .indices import AREA, UNIT
from .models import FactRun
from .ratios import Ratio

MONTHS = 13
KINDS = ("department", "district", "town", "village")
#: Below an area the next level is told: towns of a district, villages of a town, grids of a village.
BELOW = {6: 9, 9: 12, 12: 15, 15: 15}


@dataclass(frozen=True, slots=True)
class Figures:
    """What a unit or an area did in a month: counts by code, ratios, and its index where it has one."""

    key: str  # a unit's id or an area's code; empty for all in sight
    name: str
    counts: Mapping[str, int]
    index: rules.Result | None

    @property
    def shares(self) -> dict[str, rules.Share]:
        return rules.shares(self.counts)


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """A month: all in sight, each unit, each area of the next level. `as_of`: when the facts were drawn last."""

    month: int
    area: str | None
    level: areas.Level
    as_of: datetime | None
    all: Figures
    units: Sequence[Figures]
    areas: Sequence[Figures]


@dataclass(frozen=True, slots=True)
class Point:
    """A ratio in a month."""

    month: int
    share: rules.Share


def month_figures(actor: Actor, month: int, area: str | None = None) -> MonthFigures:
    """The figures of a month in sight, inside `area` where it is given. At most five queries."""
    top = area or _top(actor)
    digits = BELOW[len(top)]
    found = _counted(actor, month, area)
    by_unit: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    by_area: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    everything: dict[str, int] = defaultdict(int)
    for unit, code, counts in found:
        goes_to = [everything]
        if unit is not None:
            goes_to.append(by_unit[str(unit)])
        if len(code) >= digits:
            goes_to.append(by_area[code[:digits]])
        for name, number in counts:
            if number:
                for place in goes_to:
                    place[name] += number
    units = {str(u.id): u for u in Unit.objects.filter(id__in=list(by_unit))} if by_unit else {}
    names = area_names.names_of([top, *by_area])
    grids = _grids(top)
    last = FactRun.objects.order_by("-id").first()
    return MonthFigures(
        month, area, areas.LENGTHS[digits], last.at if last else None,
        _of_area(actor, top, names.get(top, top), everything, grids),
[_of_unit(actor, unit, units[unit].name if unit in units else "", by_unit[unit]) for unit in sorted(by_unit, key=partial(_place, units))],
        [_of_area(actor, code, names.get(code, code), by_area[code], grids) for code in sorted(by_area)],
    )  # fmt: skip


def trend(
    actor: Actor, ratio: Ratio, month: int, area: str | None = None, unit: UUID | None = None, count: int = MONTHS
) -> list[Point]:
    """A ratio over the months that end with `month`. One query."""
    wanted = months_back(month, count)
    by = BY_CODE[ratio.denominator].by
    params: dict[str, Any] = {"now": clock.now(), "first": wanted[0], "last": wanted[-1]}
    seen = in_sight(actor, params, area)
    of_unit = ""
    if unit is not None:
        params["unit"], of_unit = unit, " AND f.unit_id = %(unit)s"
    statement = (
        f"SELECT f.{by}_month, count(*) FILTER (WHERE {condition(ratio.numerator)}), "
        f"count(*) FILTER (WHERE {condition(ratio.denominator)}) FROM cases_evaluation_fact f "
        f"WHERE f.{by}_month >= %(first)s AND f.{by}_month <= %(last)s AND {seen}{of_unit} GROUP BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found = {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
    return [Point(each, rules.Share(ratio, *found.get(each, (0, 0)))) for each in wanted]


def shares_by_area(actor: Actor, ratio: Ratio, month: int, digits: int, area: str | None) -> dict[str, rules.Share]:
    """A ratio of a month for each area of so many digits. One statement."""
    by = BY_CODE[ratio.denominator].by
    params: dict[str, Any] = {"now": clock.now(), "month": month, "digits": digits}
    seen = in_sight(actor, params, area)
    statement = (
        f"SELECT left(f.area_code, %(digits)s), count(*) FILTER (WHERE {condition(ratio.numerator)}), "
        f"count(*) FILTER (WHERE {condition(ratio.denominator)}) FROM cases_evaluation_fact f "
        f"WHERE f.{by}_month = %(month)s AND length(f.area_code) >= %(digits)s AND {seen} GROUP BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return {code: rules.Share(ratio, top, below) for code, top, below in cursor.fetchall()}


def in_sight(actor: Actor, params: dict[str, Any], area: str | None) -> str:
    """What is in sight of an actor, by area or by unit, as one condition: a month is read in one pass. Facts hold nothing of what is
    for restricted readers."""
    arms = [
        arm.replace("c.area_code", "f.area_code").replace("c.unit_id", "f.unit_id")
        for arm in sight.arms(actor, params, area, supported=False, marked=False)
    ]
    return f"({' OR '.join(arms)})" if arms else "false"


def _counted(actor: Actor, month: int, area: str | None) -> Iterable[tuple[UUID | None, str, list[tuple[str, int]]]]:
    """Every count of a month by unit and area code, in one pass."""
    params: dict[str, Any] = {"now": clock.now(), "month": month}
    seen = in_sight(actor, params, area)
    columns = ", ".join(f"count(*) FILTER (WHERE f.{c.by}_month = %(month)s AND {condition(c.code)})" for c in COUNTS)
    of_month = " OR ".join(f"f.{by}_month = %(month)s" for by in BYS)
    statement = f"SELECT f.unit_id, f.area_code, {columns} FROM cases_evaluation_fact f WHERE ({of_month}) AND {seen} GROUP BY 1, 2"
    codes = [count.code for count in COUNTS]
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [(unit, code, list(zip(codes, numbers, strict=True))) for unit, code, *numbers in cursor.fetchall()]


def _top(actor: Actor) -> str:
    """The one area an actor sees, or what the ones have in common."""
    held = actor.areas
    return held[0] if len(held) == 1 else held[0][:6] if held else ""


def _grids(top: str) -> dict[str, int]:
    """How many grids each area inside `top` has, of every level."""
    found: dict[str, int] = defaultdict(int)
    for code in Grid.objects.filter(code__gte=top, code__lt=top + areas.END, valid_to=None).values_list(
        "code", flat=True
    ):
        for digits in areas.LENGTHS:
            found[code[:digits]] += 1
    return found


def _place(units: Mapping[str, Unit], unit: str) -> tuple[int, str, str, str]:
    """Where a unit stands: departments by name, then towns and villages by code; never by how they did."""
    found = units.get(unit)
    if found is None:
        return len(KINDS), "", "", unit
    return KINDS.index(found.kind), "" if found.kind == "department" else found.area_code, found.name, unit


def _of_unit(actor: Actor, unit: str, name: str, counts: Mapping[str, int]) -> Figures:
    """A unit's index, for who sees whatever it has anywhere: from a part of its cases there are ratios alone."""
    index = None
    if actor.may(VIEW, settings.LINLI_DISTRICT) or unit == sight.unit_of(actor):
        index = rules.compose(UNIT, rules.shares(counts), {"filed": Fraction(counts.get("filed", 0))})
    return Figures(unit, name, counts, index)


def _of_area(actor: Actor, code: str, name: str, counts: Mapping[str, int], grids: Mapping[str, int]) -> Figures:
    """An area's index, for who sees all of it; the district as a whole has none, for it has no class."""
    index = None
    if len(code) > 6 and grids.get(code) and actor.may(VIEW, code):
        numbers = {"filed_per_grid": Fraction(counts.get("filed", 0), grids[code])}
        index = rules.compose(AREA, rules.shares(counts), numbers, rules.class_of(code))
    return Figures(code, name, counts, index)
