"""A year of cases of the demo district, each somewhere on its way, written in bulk.

Every step is one the engine's table of actions allows at that point, and every clock is reckoned as for any case. The same
seed makes the same cases, as long ago. Nobody in them exists, and who enters them is called `system:demo`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from linli.access.calendar.queries import work_calendar
from linli.cases.categories.models import Category, FilingRule
from linli.cases.engine import numbering
from linli.cases.engine.choices import lending
from linli.cases.engine.models import Case
from linli.cases.evaluation.facts import draw_all
from linli.kernel import clock
from linli.kernel.ids import uuid7_many
from linli.kernel.scope import acting
from linli.kernel.worktime import WorkCalendar, seconds_of
from linli.kernel.worktime.many import Columns
from linli.project.demo import case_rows, case_year
from linli.project.demo.base import demo_actor
from linli.project.demo.case_kinds import KINDS
from linli.project.demo.case_paths import PUBLIC, STAFF, URGENT, WAYS
from linli.project.demo.case_rows import Batch, Filing
from linli.project.demo.case_year import Arisen, Spot
from linli.project.demo.places import DistrictPlaces

NEAR = 0.0012  # degrees: how far from the middle of its grid a spot lies at most
RULES_A_KIND = 3
#: Cases that lie about: of those reported today nearly half, and fewer the longer ago; those of four days a third of that.
LEFT_LYING, FORGET = 0.45, 4.0
#: And some for good, as everywhere.
FORGOTTEN = 0.006
SHARE_HOTLINE, SHARE_SUPERIOR = 0.4, 0.03


@dataclass(frozen=True)
class Ground:
    """What the cases of a district are made of."""

    spots: list[Spot]
    towns: Mapping[str, float]
    first: str
    units: dict[str, str]  # name: id
    own: dict[str, str]  # town: name of its unit
    filings: list[list[Filing]]  # of each kind
    calendar: WorkCalendar


def make_cases(places: DistrictPlaces, people: int, first_town: str, seed: int) -> int:
    """Make the cases of a year, once; returns how many."""
    with acting(demo_actor()) as actor:
        if Case.objects.exists():
            return 0
        made = enter_year(places, case_year.a_day(people), first_town, seed)
        draw_all(actor)  # figures of the year are there at once
        return made


def enter_year(places: DistrictPlaces, a_day: float, first_town: str, seed: int) -> int:
    """Enter a year of cases, about `a_day` each day, beside those that are there; returns how many. Run as the demo."""
    rng, now, ground = np.random.default_rng(seed), clock.now(), _ground(places, first_town)
    days = case_year.days_of(clock.today())
    shares = case_year.weights(rng, ground.spots, ground.towns, first_town, a_day)
    per_day = case_year.counts(rng, days, ground.calendar, a_day)
    arisen = case_year.arise(rng, days, per_day, shares, seconds_of(now))
    cases, flow, pauses = _frames(rng, ground, arisen, seconds_of(now))
    case_rows.enter(cases.with_columns(number=pl.Series(_numbers(cases["day"].to_list()))), flow, pauses)
    return cases.height


def _ground(places: DistrictPlaces, first: str) -> Ground:
    from linli.access.models import Unit

    units = {u.name: str(u.id) for u in Unit.objects.filter(kind__in=("department", "town"))}
    own = {u.area_code: u.name for u in Unit.objects.filter(kind="town")}
    towns = dict(zip((t.code for t in places.towns), places.town_shares().tolist(), strict=True))
    filings = [_filings(each.kind, each.code) for each in KINDS]
    return Ground(spots_of_grids(), towns, first, units, own, filings, work_calendar().calendar)


def spots_of_grids() -> list[Spot]:
    """A few places in each grid: around its middle, as far as the grid reaches."""
    from linli.places.models import Grid
    from linli.places.queries.lookup import locate_many

    grids = list(Grid.objects.filter(valid_to=None).order_by("code").values_list("code", "lon", "lat"))
    rng = np.random.default_rng(len(grids))
    codes = np.repeat(np.array([code for code, _, _ in grids]), case_year.SPOTS_A_GRID)
    middle = np.repeat(np.array([(lon, lat) for _, lon, lat in grids]), case_year.SPOTS_A_GRID, axis=0)
    moved = middle + rng.uniform(-NEAR, NEAR, middle.shape)
    inside = locate_many(moved[:, 0], moved[:, 1]) == codes
    places = np.where(inside[:, None], moved, middle).round(6).tolist()
    return [Spot(str(code), lon, lat) for code, (lon, lat) in zip(codes, places, strict=True)]


def _filings(kind: str, code: str) -> list[Filing]:
    """What cases of a kind are filed by: the first rules of its class, or three working days by hand."""
    category = Category.objects.get(kind=kind, code=code, offered=True, superseded_by=None)
    rules = FilingRule.objects.filter(lending(category), target="handle", valid_until=None).order_by("position", "id")
    return [Filing.of(category, rule) for rule in rules[:RULES_A_KIND]] or [Filing.of(category, None)]


def _frames(
    rng: np.random.Generator, ground: Ground, arisen: Arisen, now: int
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The rows of all cases: the cases in the order of time, their steps, the times their clocks stood."""
    count = arisen.at.size
    ids = np.array(uuid7_many(count), dtype=object)
    line = Columns.of(ground.calendar)
    urgent = np.array([kind.urgent for kind in KINDS])[arisen.kind] & (rng.random(count) < 0.5)
    nth_way = _ways(rng, urgent, arisen.public)
    draw = rng.random(count)
    filed_by = np.array([int(d * len(ground.filings[k])) for d, k in zip(draw, arisen.kind.tolist(), strict=True)])
    source = np.where(
        arisen.public, np.where(rng.random(count) < SHARE_HOTLINE, "hotline", "resident"),
        np.where(rng.random(count) < SHARE_SUPERIOR, "superior", "collector"),
    )  # fmt: skip
    parts = []
    for nth, way in enumerate(WAYS):
        mine = np.flatnonzero(nth_way == nth)
        if mine.size:
            batch = Batch(
                ids[mine], arisen.at[mine], [ground.spots[at] for at in arisen.spot[mine]], arisen.kind[mine],
                [ground.filings[k][f] for k, f in zip(arisen.kind[mine].tolist(), filed_by[mine].tolist(), strict=True)],
                source[mine], urgent[mine], _lying(rng, arisen.at[mine], len(way.steps), now),
            )  # fmt: skip
            parts.append(
                case_rows.rows(rng, way, batch, case_rows.Offices(ground.units, ground.own), line, ground.calendar, now)
            )
    cases, flow, pauses = (pl.concat([part[nth] for part in parts]) for nth in range(3))
    return cases.sort("reported_at", "id"), flow.sort("at", "case_id", "version"), pauses


def _ways(rng: np.random.Generator, urgent: np.ndarray, public: np.ndarray) -> np.ndarray:
    """Which way each case goes."""
    found = np.zeros(urgent.size, dtype=np.int64)
    for ways, chosen in ((STAFF, ~urgent & ~public), (PUBLIC, ~urgent & public), (URGENT, urgent)):
        first, share = WAYS.index(ways[0]), np.array([way.share for way in ways])
        found[chosen] = first + rng.choice(len(ways), size=int(chosen.sum()), p=share / share.sum())
    return found


def _lying(rng: np.random.Generator, reported: np.ndarray, steps: int, now: int) -> np.ndarray:
    """After how many steps a case is left lying; more than there are for most."""
    age = (now - reported) / 86_400
    lies = rng.random(reported.size) < np.maximum(LEFT_LYING * np.exp(-age / FORGET), FORGOTTEN)
    return np.where(lies, rng.integers(0, steps + 1, reported.size), steps + 1)


def _numbers(days: Sequence[date]) -> list[str]:
    """Numbers for cases in the order of time, which lie on `days`."""
    found: list[str] = []
    for day, count in pl.Series("day", days).value_counts().sort("day").iter_rows():
        found += numbering.take(day, count)
    return found
