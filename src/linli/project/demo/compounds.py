"""Compounds of the synthetic district: invented names, kinds and shapes, spread over villages and communities.

Which compounds there are depends on the seed and the town alone, never on how many people are generated;
how many buildings each has follows from the households that live there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linli.project.demo.lists import words
from linli.project.demo.places import COMPOUNDS, DistrictPlaces, Village, largest_remainder

#: kinds of compound (小区类型): 商品房, 老旧, 单位院, 农村聚居
ESTATE, OLD, STAFF, RURAL = "商品房", "老旧", "单位院", "农村聚居"


@dataclass(frozen=True)
class Compound:
    """A compound: number unique in the district, its village, name, kind, and the shape of its buildings."""

    number: int
    village: str
    name: str
    kind: str
    built_year: int
    floors: int
    units: int
    per_floor: int

    @property
    def per_building(self) -> int:
        """Dwellings in one building."""
        return self.floors * self.units * self.per_floor


def village_weights(places: DistrictPlaces, town: str, seed: int) -> np.ndarray:
    """Share of a town's people in each of its villages: communities several times as many, all unequal."""
    villages = places.villages_of(town)
    rng = np.random.default_rng([seed, 11, int(town)])
    kind = np.array([5.0 if v.is_community else 1.0 for v in villages])
    weights = kind * np.exp(rng.normal(0, 0.45, len(villages)))
    return weights / weights.sum()


def town_compounds(places: DistrictPlaces, town: str, seed: int, total: int = COMPOUNDS) -> tuple[Compound, ...]:
    """The town's part of the district's `total` compounds, in village order."""
    codes = [t.code for t in places.towns]
    position = codes.index(town)
    counts = largest_remainder(places.town_shares(), total)
    first = int(counts[:position].sum())
    villages = places.villages_of(town)
    rng = np.random.default_rng([seed, 12, int(town)])
    weights = village_weights(places, town, seed) * np.array([1.5 if v.is_community else 1.0 for v in villages])
    least = np.array([2 if v.is_community else 0 for v in villages])
    each = least + largest_remainder(weights, max(int(counts[position]) - int(least.sum()), 0))
    taken: set[str] = set()
    compounds: list[Compound] = []
    for village, count in zip(villages, each, strict=True):
        for _ in range(int(count)):
            compounds.append(_compound(rng, first + len(compounds), village, taken))
    return tuple(compounds[: int(counts[position])])


def _compound(rng: np.random.Generator, number: int, village: Village, taken: set[str]) -> Compound:
    kind = RURAL
    if village.is_community:
        kind = (ESTATE, OLD, STAFF)[rng.choice(3, p=[0.55, 0.3, 0.15])]
    name = _name(rng, kind, village)
    for attempt in range(60):
        if name not in taken:
            break
        name = (
            _name(rng, kind, village)
            if attempt < 40
            else f"{_name(rng, kind, village)}{'二三四五六七八九'[attempt % 8]}期"
        )
    taken.add(name)
    if kind == ESTATE and rng.random() < 0.35:
        floors, units, per_floor, year = (
            int(rng.choice([11, 17, 18, 26])),
            int(rng.integers(1, 3)),
            4,
            int(rng.integers(2011, 2026)),
        )
    elif kind == ESTATE:
        floors, units, per_floor, year = (
            int(rng.choice([5, 6])),
            int(rng.integers(3, 6)),
            2,
            int(rng.integers(1998, 2018)),
        )
    elif kind == RURAL:
        floors, units, per_floor, year = (
            int(rng.choice([2, 4, 5, 6])),
            int(rng.integers(2, 5)),
            2,
            int(rng.integers(2004, 2023)),
        )
    else:
        floors, units, per_floor, year = (
            int(rng.choice([3, 4, 5, 6])),
            int(rng.integers(2, 5)),
            2,
            int(rng.integers(1975, 2002)),
        )
    return Compound(number, village.code, name, kind, year, floors, units, per_floor)


def _name(rng: np.random.Generator, kind: str, village: Village) -> str:
    if kind == RURAL:
        stem = village.short.removesuffix("村") or village.short
        return stem + _one(rng, "compound_last_rural") if rng.random() < 0.7 else _drawn(rng, ESTATE)
    if kind == STAFF:
        return _one(rng, "employer") + _one(rng, "compound_last_staff")
    return _drawn(rng, kind)


def _drawn(rng: np.random.Generator, kind: str) -> str:
    return _one(rng, "compound_first") + _one(rng, "compound_last_old" if kind == OLD else "compound_last_estate")


def _one(rng: np.random.Generator, kind: str) -> str:
    choice = words(kind)
    return choice[rng.integers(len(choice))]
