"""Reads of assessments: the ladder of communities, one community with all its indicators, the runs. Fixed queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from linli.kernel import clock, measures, paging
from linli.kernel.actors import Actor
from linli.kernel.paging import Page
from linli.registry.queries import sql

from .. import communities, rules
from ..communities import Community
from ..cursors import after_id
from ..permissions import VIEW
from ..recognitions import queries as recognitions
from ..recognitions.models import Recognition
from ..rules import NOTHING, Reading, Standing, Verdict
from ..systems.models import Indicator, IndicatorBound, IndicatorSystem
from ..systems.queries import SystemRow, holding, indicators_of, judged, system_row
from ..values.catalogue import metrics
from ..values.queries import Declared, declared
from .models import Assessment, CommunityStanding

NONE = "none"
#: How many assessments a course over time shows, one a day.
COURSE = 24


@dataclass(frozen=True, slots=True)
class Rung:
    """A community on the ladder. `now` is the tier it was given, `computed` the one its figures reach, None where it was
    not assessed; `none` for no tier. `trend`: how many indicators were met in the last assessments, the newest last."""

    area_code: str
    name: str
    town_name: str
    people: int | None
    now: str
    computed: str | None
    next: str | None
    met: int
    missed: int
    unknown: int
    of: int
    contradictions: int
    trend: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class LadderFilter:
    """What the ladder may be narrowed by; `words`: a piece of the name."""

    area: str | None = None
    now: str | None = None
    computed: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Ladder:
    """A page of the ladder, with the assessment it shows and how many communities of the area stand where."""

    assessment: Assessment | None
    system: SystemRow | None
    counts: Mapping[str, Mapping[str, int]]
    page: Page[Rung]


@dataclass(frozen=True, slots=True)
class MetricStanding:
    """A bound with what is known of its metric. `path`: the list of records behind the computed figure; `synthetic`: what is
    declared is of a demo."""

    bound: IndicatorBound
    reading: Reading
    computed_on: date | None
    declared_on: date | None
    synthetic: bool
    path: str | None
    verdict: Verdict
    contradicts: bool


@dataclass(frozen=True, slots=True)
class IndicatorStanding:
    """An indicator with its verdict and what that rests on."""

    indicator: Indicator
    verdict: Verdict
    metrics: Sequence[MetricStanding]


@dataclass(frozen=True, slots=True)
class Point:
    """Where a community stood on a day."""

    day: date
    computed: str
    met: int


@dataclass(frozen=True, slots=True)
class CommunityDetail:
    """A community with all its page shows: figures computed in the last assessment, declared ones as they are now."""

    community: Community
    people: int | None
    now: str
    statements: Sequence[Recognition]
    standing: Standing | None
    assessment: Assessment | None
    system: SystemRow | None
    indicators: Sequence[IndicatorStanding]
    history: Sequence[Point] = field(default=())


def last_assessment() -> Assessment | None:
    """The assessment of the last day there is one of. One query."""
    rows = Assessment.objects.filter(state="finished").select_related("system")
    return rows.order_by("-day", "-finished_at", "-id").first()


def of_days(count: int = COURSE) -> list[Assessment]:
    """The last assessment of each of the last days, the earliest first. One query."""
    rows = Assessment.objects.filter(state="finished").order_by("-day", "-finished_at", "-id").distinct("day")
    return list(reversed(rows[:count]))


def ladder_base(*more: str) -> str:
    """Communities with where they stand, as SQL that ends in AND: takes `assessment` and `kinds`; `more` columns of s."""
    return f"""
SELECT r.code AS area_code, r.short_name AS name, coalesce(t.name, '') AS town_name, s.people,
    coalesce(n.tier, 'none') AS now, CASE WHEN s.id IS NOT NULL THEN coalesce(nullif(s.reached, ''), 'none') END AS computed,
    nullif(s.next, '') AS next, coalesce(s.met, 0) AS met, coalesce(s.missed, 0) AS missed, coalesce(s.unknown, 0) AS unknown,
    coalesce(s.of, 0) AS of, coalesce(s.contradictions, 0) AS contradictions{"".join(f", {column}" for column in more)}
FROM places_region r
LEFT JOIN places_region t ON t.code = r.parent_code
LEFT JOIN tiers_standing s ON s.assessment_id = %(assessment)s AND s.area_code = r.code
{recognitions.NOW}
WHERE r.level = 'village' AND r.kind = ANY(%(kinds)s) AND r.valid_to IS NULL AND
"""


def ladder(actor: Actor, wanted: LadderFilter, cursor: str | None = None, limit: int | None = None) -> Ladder:
    """A page of the communities in sight by code. At most seven queries."""
    size = paging.limit(limit)
    after = paging.decode(cursor, 1)
    last = last_assessment()
    system = last.system if last else holding(clock.today())
    params: dict[str, Any] = {
        "assessment": last.id if last else None, "kinds": list(last.kinds) if last else communities.kinds_of(system), "size": size + 1,
        "now": wanted.now, "computed": wanted.computed, "words": wanted.words.strip(), "after": str(after[0]) if after else "",
    }  # fmt: skip
    base = ladder_base() + sql.ranges(sql.held(actor, VIEW, wanted.area), "r.code", params)
    found = sql.rows(
        Rung,
        f"SELECT * FROM ({base}) c WHERE (%(now)s::text IS NULL OR now = %(now)s) "
        "AND (%(computed)s::text IS NULL OR computed = %(computed)s) "
        "AND (%(words)s = '' OR position(%(words)s IN name) > 0) AND area_code > %(after)s::text COLLATE \"C\" "
        "ORDER BY area_code LIMIT %(size)s",
        params,
    )
    shown = found[:size]
    trends = _trends([rung.area_code for rung in shown])
    items = [_with_trend(rung, trends.get(rung.area_code, ())) for rung in shown]
    following = paging.encode((shown[-1].area_code,)) if len(found) > size else None
    row = system_row(actor, system.id) if system else None
    return Ladder(last, row, _counts(base, params), Page(items, following))


def _counts(base: str, params: dict[str, Any]) -> dict[str, dict[str, int]]:
    """How many communities of an area stand where, whatever else is asked for. One query."""
    told: dict[str, dict[str, int]] = {by: dict.fromkeys((NONE, *rules.TIERS), 0) for by in ("now", "computed")}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT now, computed, count(*) FROM ({base}) c GROUP BY 1, 2", params)
        for now, computed, count in cursor.fetchall():
            told["now"][now] += count
            if computed is not None:
                told["computed"][computed] += count
    return told


def _with_trend(rung: Rung, trend: Sequence[int]) -> Rung:
    values = {name: getattr(rung, name) for name in Rung.__match_args__ if name != "trend"}
    return Rung(**values, trend=tuple(trend))


def _trends(codes: Sequence[str], count: int = 12) -> dict[str, list[int]]:
    """How many indicators each community met in the last assessments of different days. Two queries."""
    days = {each.id: each.day for each in of_days(count)}
    if not days or not codes:
        return {}
    rows = CommunityStanding.objects.filter(assessment_id__in=list(days), area_code__in=list(codes))
    found: dict[str, list[tuple[date, int]]] = {}
    for assessment_id, code, passed in rows.values_list("assessment_id", "area_code", "passed"):
        found.setdefault(code, []).append((days[assessment_id], passed))
    return {code: [passed for _, passed in sorted(points)] for code, points in found.items()}


def community(actor: Actor, code: str) -> CommunityDetail:
    """A community in sight with its indicators. Raises NotFound. At most eleven queries."""
    last = last_assessment()
    system: IndicatorSystem | None = last.system if last else holding(clock.today())
    # One that was assessed, and one that will be by what was chosen since.
    place = communities.seen(actor, VIEW, code, [*communities.kinds_of(system), *(last.kinds if last else ())])
    statements = recognitions.of_community(actor, code)
    now = recognitions.tier_of(statements) or NONE
    if system is None:
        return CommunityDetail(place, None, now, statements, None, None, None, ())
    stood = None
    if last is not None:
        rows = CommunityStanding.objects.restrict(actor, VIEW, code)
        stood = rows.filter(assessment=last, area_code=code).first()
    computed = _computed(stood.readings) if stood else {}
    said = declared([code], clock.today()).get(code, {})
    indicators = indicators_of(system.id)
    readings = {metric: Reading(computed.get(metric), _said(said.get(metric))) for metric in {*computed, *said}}
    judging = judged(indicators)
    paths = record_paths(actor, code)
    day = last.day if last else None
    found = [
        IndicatorStanding(
            each, rules.judge(rule, readings),
            [_metric(b, part, readings, said, paths, day) for b, part in zip(each.bounds.all(), rule.bounds, strict=True)],
        )
        for each, rule in zip(indicators, judging, strict=True)
    ]  # fmt: skip
    standing = rules.stand(judging, readings) if stood or readings else None
    return CommunityDetail(
        place, stood.people if stood else None, now, statements, standing, last if stood else None,
        system_row(actor, system.id), found, _history(actor, code),
    )  # fmt: skip


def _metric(
    bound: IndicatorBound, rule: rules.Bound, readings: Mapping[str, Reading], said: Mapping[str, Declared],
    paths: Mapping[str, str], day: date | None,
) -> MetricStanding:  # fmt: skip
    reading = readings.get(bound.metric, NOTHING)
    return MetricStanding(
        bound, reading, day if reading.computed is not None else None,
        said[bound.metric].as_of if bound.metric in said else None, bound.metric in said and said[bound.metric].synthetic, paths.get(bound.metric),
        rules.judge_bound(rule, reading.value), rules.contradicts(rule, reading),
    )  # fmt: skip


def _computed(readings: Mapping[str, Sequence[str | None]]) -> dict[str, Decimal]:
    return {metric: Decimal(kept[0]) for metric, kept in readings.items() if kept[0] is not None}


def _said(found: Declared | None) -> Decimal | None:
    return found.value if found else None


def record_paths(actor: Actor, code: str) -> dict[str, str]:
    """The lists behind computed metrics, narrowed to the community: of those the actor may open."""
    known = {measure.code: measure for measure in measures.of(actor)}
    found = {}
    for metric in metrics().values():
        measure = known.get(metric.measure)
        if measure is not None and measure.path:
            found[metric.code] = f"{measure.path}{'&' if '?' in measure.path else '?'}area={code}"
    return found


def _history(actor: Actor, code: str) -> list[Point]:
    """Where a community stood on the last days there are assessments of. Two queries."""
    days = {each.id: each.day for each in of_days()}
    rows = CommunityStanding.objects.restrict(actor, VIEW, code).filter(assessment_id__in=list(days), area_code=code)
    found = rows.values_list("assessment_id", "reached", "passed")
    return sorted((Point(days[run], reached or NONE, met) for run, reached, met in found), key=lambda point: point.day)


def assessments_page(actor: Actor, cursor: str | None = None, limit: int | None = None) -> Page[Assessment]:
    """The assessments, the last asked for first. One query."""
    actor.require(VIEW)
    size = paging.limit(limit)
    rows = Assessment.objects.select_related("system").order_by("-id")
    if (after := after_id(cursor)) is not None:
        rows = rows.filter(id__lt=after)
    found = list(rows[: size + 1])
    return Page(found[:size], paging.encode((found[size - 1].id,)) if len(found) > size else None)
