"""Ages and birth dates after the census pyramid, to the person.

Counts per single year are the pyramid's own, rounded without bias, so a small demo has the same shape.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from linli.project.demo.lists import age_pyramid

#: the day on which the demo's ages are true; fixed, so that the same seed gives the same people any day
REFERENCE = date(2026, 11, 1)
OLDEST = 104
#: share of each year of the open group 85+ relative to the year before
_SURVIVAL = 0.80
MALE, FEMALE = 1, 2


def single_years() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cells of (age, sex, weight) for ages 0–104: groups spread evenly, the open end falling by a fifth a year."""
    ages, sexes, weights = [], [], []
    for group in age_pyramid():
        years = np.arange(group.low, (OLDEST if group.high is None else group.high) + 1)
        share = _SURVIVAL ** (years - group.low) if group.high is None else np.ones(len(years))
        for sex, count in ((MALE, group.male), (FEMALE, group.female)):
            ages.append(years)
            sexes.append(np.full(len(years), sex))
            weights.append(count * share / share.sum())
    return np.concatenate(ages), np.concatenate(sexes), np.concatenate(weights)


def draw_ages(rng: np.random.Generator, people: int) -> tuple[np.ndarray, np.ndarray]:
    """Age in years and sex (1 male, 2 female) of `people` persons, shuffled."""
    ages, sexes, weights = single_years()
    # one random offset for all cells: whole numbers, each within one of its share, and no cell favoured when
    # many small blocks are added up (largest remainder would round the same small cells up in every town)
    edges = np.floor(np.cumsum(weights / weights.sum() * people) + rng.random()).astype(np.int64)
    edges[-1] = people
    counts = np.diff(np.concatenate([[0], edges]))
    order = rng.permutation(people)
    return np.repeat(ages, counts)[order], np.repeat(sexes, counts)[order]


def birth_dates(rng: np.random.Generator, age: np.ndarray) -> np.ndarray:
    """Birth dates (`datetime64[D]`) at which `age` is the completed age on the reference day."""
    months = np.datetime64(REFERENCE, "M") - age.astype("timedelta64[Y]").astype(int) * 12
    birthday = months.astype("datetime64[D]") + np.timedelta64(REFERENCE.day - 1, "D")
    return birthday - rng.integers(0, 365, len(age)).astype("timedelta64[D]")
