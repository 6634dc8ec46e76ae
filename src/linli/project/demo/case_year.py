"""When and where the demo's cases of a year arise: weekdays, seasons, busy towns, and places that come again and again.

The shape of a week follows daily counts of citizens' messages (fewer at weekends, most on Tuesdays; measured) softened by
collectors, who also walk at weekends (inferred); about 60 a day for 540,000 people is the issue's own figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from linli.kernel.worktime import HOLIDAY, WorkCalendar
from linli.kernel.worktime.many import Column
from linli.project.demo.case_kinds import KINDS

DAYS = 365
#: A day, of a district of so many people; never fewer than make a page worth looking at.
A_DAY, PEOPLE, LEAST = 60.0, 540_000, 7.0
#: The town that is loaded first has accounts to work with: so many of its cases a day at least.
FIRST_TOWN = 5.5
WEEK = (1.06, 1.20, 1.16, 1.10, 1.06, 0.72, 0.70)
ON_HOLIDAYS = 0.55
#: Days differ more than chance alone makes them.
UNEVEN = 12.0
SPOTS_A_GRID = 3
#: How steep it is between places: the share of the busiest tenth is about half.
STEEP = 0.9
#: How often a place is reported for what it is usually reported for.
AGAIN = 0.55
OFFSET = 8 * 3600


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where cases arise."""

    area: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Arisen:
    """Reports of a year in the order of time: when (seconds), at which spot, of which kind, whether residents made them."""

    at: Column
    spot: Column
    kind: Column
    public: np.ndarray


def days_of(last: date) -> list[date]:
    """The days of the year that ends with `last`."""
    return [last - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]


def a_day(people: int) -> float:
    """How many cases a day a district of `people` has in the demo."""
    return max(A_DAY * people / PEOPLE, LEAST)


def counts(rng: np.random.Generator, days: Sequence[date], calendar: WorkCalendar, mean: float) -> Column:
    """How many cases arise on each day."""
    seasons = np.array([[kind.weight * kind.months[day.month - 1] for kind in KINDS] for day in days]).sum(axis=1)
    shape = seasons / seasons.mean()
    shape *= np.array([WEEK[day.weekday()] for day in days])
    shape *= np.array([ON_HOLIDAYS if calendar.kind(day) is HOLIDAY else 1.0 for day in days])
    shape *= mean / shape.mean()
    return rng.poisson(rng.gamma(UNEVEN, shape / UNEVEN)).astype(np.int64)


def weights(
    rng: np.random.Generator, spots: Sequence[Spot], towns: Mapping[str, float], first: str, mean: float
) -> np.ndarray:
    """The share of each spot: by its town's share, and very unevenly inside a town."""
    shares = dict(towns)
    least = min(FIRST_TOWN / mean, 0.9)
    if shares[first] < least:
        rest = 1 - shares[first]
        shares = {code: share * (1 - least) / rest for code, share in shares.items()} | {first: least}
    of_town = np.array([spot.area[:9] for spot in spots])
    found = np.zeros(len(spots))
    for town, share in shares.items():
        here = np.flatnonzero(of_town == town)
        if here.size:
            steep = (1.0 + np.arange(here.size)) ** -STEEP
            found[rng.permutation(here)] = share * steep / steep.sum()
    return found / found.sum()


def arise(rng: np.random.Generator, days: Sequence[date], per_day: Column, shares: np.ndarray, until: int) -> Arisen:
    """The reports of these days, none after `until`."""
    total = int(per_day.sum())
    nth_day = np.repeat(np.arange(len(days)), per_day)
    spot = rng.choice(len(shares), size=total, p=shares)
    month = np.array([day.month - 1 for day in days])[nth_day]
    kind = _kinds(rng, month, spot, len(shares))
    public = rng.random(total) < np.array([each.public for each in KINDS])[kind]
    midnight = np.array([(day - date(1970, 1, 1)).days * 86_400 - OFFSET for day in days])[nth_day]
    at = midnight + _times(rng, public)
    order = np.argsort(at, kind="stable")
    order = order[at[order] <= until]
    return Arisen(at[order], spot[order], kind[order], public[order])


def _kinds(rng: np.random.Generator, month: Column, spot: Column, spots: int) -> Column:
    """What each is about: by the season, or what the place is usually reported for where that has a season now."""
    table = np.array([[kind.weight * kind.months[nth] for kind in KINDS] for nth in range(12)])
    sums = np.cumsum(table, axis=1)
    draw = rng.random(month.size) * sums[month, -1]
    found = (sums[month] <= draw[:, None]).sum(axis=1)
    even = np.array([kind.weight for kind in KINDS])
    usual = rng.choice(len(KINDS), size=spots, p=even / even.sum())[spot]
    again = (rng.random(month.size) < AGAIN) & (table[month, usual] >= even[usual] * 0.5)
    return np.where(again, usual, found)


def _times(rng: np.random.Generator, public: np.ndarray) -> Column:
    """The time of day: collectors by day, in two rounds; residents also in the evening."""
    round_at = rng.choice([9.4, 15.2, 19.2], size=public.size, p=[0.5, 0.45, 0.05])
    home_at = rng.choice([9.6, 14.8, 19.8], size=public.size, p=[0.4, 0.3, 0.3])
    hours = np.where(public, home_at, round_at) + rng.normal(0.0, 1.2, public.size)
    return (np.clip(hours, 0.2, 23.8) * 3600).astype(np.int64)
