"""The demo's own word lists: surnames, given-name characters by decade, the age pyramid.

Everything is read once from `data/` and handed out as frozen values; sources stand in `data/README.md`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.str_]


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


@dataclass(frozen=True)
class AgeGroup:
    """One line of the pyramid: ages `low` to `high` inclusive (`high` None: open end)."""

    low: int
    high: int | None
    male: int
    female: int


@dataclass(frozen=True)
class GivenNames:
    """Characters usual for one decade and sex, most usual first, and names usual as a whole."""

    first: Words
    second: Words
    single: Words
    whole: Words


@dataclass(frozen=True)
class Nation:
    """A nationality of the demo: GB/T 3304 code, weight, how its names are made and from what."""

    code: str
    weight: float
    style: str
    given_male: Words
    given_female: Words
    surnames: Words


@cache
def age_pyramid() -> tuple[AgeGroup, ...]:
    """Age groups with counts of men and women (桓台县, census of 2020; 85+ is the open end)."""
    groups = []
    for row in _rows("age_pyramid.csv"):
        age = row["age"]
        if age.endswith("+"):
            low, high = int(age[:-1]), None
        elif "-" in age:
            low, high = (int(part) for part in age.split("-"))
        else:
            low = high = int(age)
        groups.append(AgeGroup(low, high, int(row["male"]), int(row["female"])))
    return tuple(groups)


@cache
def surnames() -> tuple[Words, NDArray[np.float64]]:
    """Surnames and their probabilities (sum 1)."""
    rows = _rows("surnames.csv")
    weights = np.array([float(row["weight"]) for row in rows])
    return np.array([row["surname"] for row in rows]), weights / weights.sum()


@cache
def given_names() -> dict[tuple[int, str], GivenNames]:
    """Given names by (decade of birth, sex code of GB/T 2261.1), decades 1930 to 2020."""
    parts: dict[tuple[int, str], dict[str, Words]] = {}
    for row in _rows("given_names.csv"):
        if row["position"] in ("first", "second", "single"):
            key = (int(row["decade"]), row["sex"])
            parts.setdefault(key, {})[row["position"]] = np.array(list(row["characters"]))
    whole = {(int(r["decade"]), r["sex"]): np.array(r["names"].split()) for r in _rows("whole_names.csv")}
    empty = np.array([], dtype="<U2")
    return {
        key: GivenNames(part["first"], part["second"], part["single"], whole.get(key, empty))
        for key, part in parts.items()
    }


@cache
def tail_characters() -> dict[int, Words]:
    """Seldom given-name characters by twenty-year cohort (1930, 1950, 1970, 1990, 2010)."""
    return {
        int(row["decade"]): np.array(sorted(set(row["characters"])))
        for row in _rows("given_names.csv")
        if row["position"] == "tail"
    }


@cache
def rare_characters() -> Words:
    """Characters outside common fonts and code pages (𠮷, 䶮 …): what real registers trip over."""
    for row in _rows("given_names.csv"):
        if row["position"] == "rare":
            return np.array(list(row["characters"]))
    raise LookupError("given_names.csv has no line of rare characters")


@cache
def nations() -> tuple[Nation, ...]:
    """Nationalities other than 汉 that occur in the demo."""
    families = {row["nation"]: np.array(row["surnames"].split()) for row in _rows("minority_surnames.csv")}
    return tuple(
        Nation(
            row["nation"],
            float(row["weight"]),
            row["style"],
            np.array((row["given_male"] or "").split()),
            np.array((row["given_female"] or "").split()),
            families.get(row["nation"], np.array([], dtype="<U2")),
        )
        for row in _rows("minority_names.csv")
    )


@cache
def town_weights() -> dict[str, float]:
    """Invented share of people by 9-digit town code; a district without lines here is weighted by kind."""
    return {row["town_code"]: float(row["weight"]) for row in _rows("zichuan_town_weights.csv")}


@cache
def words(kind: str) -> tuple[str, ...]:
    """Invented words of a kind: parts of compounds' names, employers, villages outside the district."""
    for row in _rows("words.csv"):
        if row["kind"] == kind:
            return tuple(row["words"].split())
    raise LookupError(kind)
