"""Figures of quality for the areas of an actor, each from one pass over the people (and one over the homes) there.

They count exactly what the lists of people and homes show with the filter `quality` (and `source`): the conditions are the
same, and so is who stands in which area.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Length

from linli.kernel import areas, clock
from linli.kernel.actors import Actor
from linli.registry.facets.reading import sees_district
from linli.registry.permissions import VIEW
from linli.registry.queries import sql

from .indicators import (
    DISPUTED,
    HAS_TWIN,
    INDICATORS,
    OF_HOMES,
    OF_PEOPLE,
    SOURCES,
    SOURCES_OF_ALL,
    STATEMENTS,
    TWINS,
    Indicator,
    IndicatorCode,
)
from .models import QualityDay
from .rules import Day

#: What stands for the golden record where a source is named.
GOLDEN = ""
#: Areas of shorter codes are wide: it is quicker to read all statements than to look for those of each person.
VILLAGE_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """How many records fail an indicator, of how many it can be asked of."""

    failing: int = 0
    of: int = 0

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.failing + other.failing, self.of + other.of)


Figures = dict[IndicatorCode, Figure]


@dataclass(slots=True)
class Passed:
    """What a pass found: over everything, and by area (and source) below."""

    total: dict[str, Figures] = field(default_factory=dict)
    below: dict[tuple[str, str], Figures] = field(default_factory=dict)


def area_quality(
    actor: Actor, area: str | None = None, source: str = GOLDEN, only: Sequence[Indicator] | None = None
) -> tuple[Figures, dict[str, Figures]]:
    """The figures of an area (default: all the actor sees), and of the areas right below it, of which a grid has none.

    Of one source's statements where `source` names it. What is known only of a wider area than those below stands under
    that wider area's code.
    """
    held = sql.held(actor, VIEW, area)
    found = measure(actor, held, digits_below(held), (source,) if source else None, only)
    total = found.total.get(source, {})
    return total, {code: figures for (code, _), figures in found.below.items()}


def source_quality(actor: Actor, area: str | None = None) -> dict[str, Figures]:
    """The figures of every source's statements about the people of an area."""
    held = sql.held(actor, VIEW, area)
    return measure(actor, held, digits_below(held), ()).total


def by_area(actor: Actor, indicator: Indicator, digits: int, area: str | None = None) -> dict[str, Figure]:
    """One indicator per town (9 digits), village (12) or grid (15)."""
    held = sql.held(actor, VIEW, area)
    found = measure(actor, held, digits, None, (indicator,))
    return {code: f[indicator.code] for (code, _), f in found.below.items() if len(code) == digits}


def days_of(
    actor: Actor, indicator: IndicatorCode, area: str, source: str = GOLDEN, since: date | None = None
) -> list[Day]:
    """What was kept of an indicator in an area the actor sees as a whole, day by day; nothing elsewhere. One query."""
    if area not in sql.held(actor, VIEW, area):
        return []
    kept = QualityDay.objects.restrict(actor, VIEW, area).filter(area_code=area, source_code=source)
    if since is not None:
        kept = kept.filter(day__gte=since)
    found = kept.order_by("day").values_list("day", "figures")
    return [Day(day, *figures[indicator]) for day, figures in found if indicator in figures]


@dataclass(frozen=True, slots=True)
class Kept:
    """The figures of an area as they were kept last: its own, those of the areas right below it, and those by source."""

    measured_at: datetime
    figures: Figures
    below: dict[str, Figures]
    sources: dict[str, Figures]


def last_kept(actor: Actor, area: str, source: str = GOLDEN) -> Kept | None:
    """What was kept last of an area the actor sees as a whole; None elsewhere. Two queries.

    Figures of another version of an indicator are left out: they tell of something else.
    """
    held = sql.held(actor, VIEW, area)
    if area not in held:
        return None
    days = QualityDay.objects.restrict(actor, VIEW, area)
    last = days.filter(area_code=area, source_code=source).order_by("-day").first()
    if last is None:
        return None
    found = Kept(last.measured_at, _as_defined(last.figures), {}, {})
    same_day = days.filter(day=last.day).annotate(digits=Length("area_code"))
    shown = Q(area_code=area) | Q(source_code=source, digits=digits_below(held))
    for code, of, figures in same_day.filter(shown).values_list("area_code", "source_code", "figures"):
        if code != area:
            found.below[code] = _as_defined(figures)
        elif of != GOLDEN:
            found.sources[of] = _as_defined(figures)
    return found


def _as_defined(kept: dict[str, list[int]]) -> Figures:
    return {i.code: Figure(*kept[i.code][:2]) for i in INDICATORS if i.code in kept and kept[i.code][2] == i.version}


def digits_below(held: Sequence[str]) -> int:
    """The length of codes one level below one area; of several areas, their own."""
    wide = min((len(code) for code in held), default=areas.GRID_LENGTH)
    return wide if len(held) > 1 else min(wide + 3, areas.GRID_LENGTH)


def measure(
    actor: Actor,
    held: Sequence[str],
    digits: int,
    sources: Sequence[str] | None = None,
    only: Sequence[Indicator] | None = None,
) -> Passed:
    """Everything that can be measured in the areas `held`, by area of `digits`. `sources`: None for golden records, the
    statements of these sources otherwise, of all of them when empty."""
    passed = Passed()
    if not held:
        return passed
    people = [i for i in OF_PEOPLE if (only is None or i in only) and (sources is None or i.by_source)]
    homes = [i for i in OF_HOMES if (only is None or i in only) and sources is None]
    if people:
        asked = (
            _golden(actor, held, digits, people) if sources is None else _stated(actor, held, digits, sources, people)
        )
        _pass(passed, people, *asked)
    if homes:
        _pass(passed, homes, *_homes(held, digits, homes))
    return passed


def _pass(passed: Passed, indicators: Sequence[Indicator], statement: str, params: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        for code, source, again, again_below, *counts in cursor.fetchall():
            found = {
                i.code: Figure(failing, of)
                for i, of, failing in zip(indicators, counts[::2], counts[1::2], strict=True)
            }
            if not again:
                _add(passed.total.setdefault(source, {}), found)
            if not again_below:
                _add(passed.below.setdefault((code, source), {}), found)


def _add(figures: Figures, found: Figures) -> None:
    for code, figure in found.items():
        figures[code] = figures.get(code, Figure()) + figure


def _counts(conditions: Iterable[tuple[str, str]]) -> str:
    """Columns that count what is asked and what of it fails."""
    return ", ".join(
        f"count(*) FILTER (WHERE {among}), count(*) FILTER (WHERE ({among}) AND ({fails}))"
        for among, fails in conditions
    )


def _again(row: str) -> str:
    """Whether a row lists a person who is listed before: in all of the areas held, in the area below that is measured."""
    before = f"({row}.prior_areas IS NOT NULL AND EXISTS (SELECT FROM unnest({row}.prior_areas) x WHERE x ^@ {{0}}))"
    held, below = before.format("ANY(%(held)s::text[])"), before.format(f"left({row}.area_code, %(digits)s)")
    return f"{held} AS again, {below} AS again_below"


def _golden(
    actor: Actor, held: Sequence[str], digits: int, indicators: Sequence[Indicator]
) -> tuple[str, dict[str, Any]]:
    params: dict[str, Any] = {"q_today": clock.today(), "digits": digits, "held": list(held)}
    where = sql.ranges(held, "f.area_code", params)
    seen, disputed, joined = "f.seen", "f.disputed", ""
    if any(i.statements for i in indicators) and not sees_district(actor.areas_for(VIEW)):
        # What was stated elsewhere is not in sight: of these few the statements that are have to be looked at.
        joined = all_statements(actor, params, "f.person_id AND f.stated_elsewhere")
        seen = f"CASE WHEN f.stated_elsewhere THEN s.seen ELSE {seen} END"
        disputed = f"CASE WHEN f.stated_elsewhere THEN {DISPUTED.replace('{x}', 'f')} ELSE {disputed} END"
    counts = _counts(i.of_facets() for i in indicators).replace("{seen}", seen).replace("{disputed}", disputed)
    if HAS_TWIN in counts:
        joined += TWINS.format(areas=sql.ranges(held, "o.area_code", params))
    return (
        f"""
        SELECT left(f.area_code, %(digits)s) AS code, '' AS source, {_again("f")}, {counts}
        FROM registry_person_facet f {joined} WHERE {where} GROUP BY 1, 2, 3, 4
        """,
        params,
    )


def _stated(
    actor: Actor, held: Sequence[str], digits: int, sources: Sequence[str], indicators: Sequence[Indicator]
) -> tuple[str, dict[str, Any]]:
    params: dict[str, Any] = {"q_today": clock.today(), "digits": digits, "held": list(held)}
    where = sql.ranges(held, "a.area_code", params)
    joined = statements_of(actor, sources, params, any(len(code) < VILLAGE_LENGTH for code in held))
    return (
        f"""
        SELECT left(a.area_code, %(digits)s) AS code, r.source_code AS source, {_again("a")},
               {_counts(i.conditions(True) for i in indicators)}
        FROM registry_person_area a JOIN registry_person p ON p.id = a.person_id {joined}
        WHERE {where} GROUP BY 1, 2, 3, 4
        """,
        params,
    )


def _homes(held: Sequence[str], digits: int, indicators: Sequence[Indicator]) -> tuple[str, dict[str, Any]]:
    params: dict[str, Any] = {"digits": digits}
    where = sql.ranges(held, "d.area_code", params)
    return (
        f"SELECT left(d.area_code, %(digits)s) AS code, '' AS source, false AS again, false AS again_below, "
        f"{_counts(i.conditions() for i in indicators)} FROM places_dwelling d WHERE {where} GROUP BY 1",
        params,
    )


def all_statements(actor: Actor, params: dict[str, Any], whose: str = "p.id") -> str:
    """The join that says what all statements in the actor's sight say of a person (`s`)."""
    return STATEMENTS.format(sight=sql.ranges(actor.areas_for(VIEW), "r.area_code", params, "s"), whose=whose)


def statements_of(actor: Actor, sources: Sequence[str], params: dict[str, Any], wide: bool = False) -> str:
    """The join with the latest statement in the actor's sight of each source (`r`); all sources when none is named."""
    sight = sql.ranges(actor.areas_for(VIEW), "r.area_code", params, "s")
    if sources:
        params["q_sources"] = list(sources)
    which = " AND r.source_code = ANY(%(q_sources)s)" if sources else ""
    return (SOURCES_OF_ALL if wide else SOURCES).format(sight=sight, which=which)
