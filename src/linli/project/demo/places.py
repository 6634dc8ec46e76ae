"""The places the synthetic people are spread over, as a plain value the generator can be given.

Filled from a district package for pure work and tests, or from the places room when it is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from linli.places.packages import DistrictPackage, packaged
from linli.project.demo.lists import town_weights

#: grids of the model district (issue of the demo: 885 grids over 474 villages and communities)
GRIDS = 885
#: compounds of the model district
COMPOUNDS = 2200
COMMUNITY, VILLAGE = "居委会", "村委会"


@dataclass(frozen=True)
class Town:
    """A town or street office: 9-digit code, official name, 镇 or 街道."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True)
class Village:
    """A village or community: 12-digit code, official and short name, 居委会 or 村委会."""

    code: str
    name: str
    short: str
    kind: str

    @property
    def town(self) -> str:
        return self.code[:9]

    @property
    def is_community(self) -> bool:
        return self.kind == COMMUNITY


@dataclass(frozen=True)
class Grid:
    """A governance grid: 15-digit code whose first 12 digits are its village, and its name."""

    code: str
    name: str


@dataclass(frozen=True)
class DistrictPlaces:
    """Towns, villages and (per village code) grids of one district, each in code order."""

    code: str
    name: str
    province: str
    city: str
    towns: tuple[Town, ...]
    villages: tuple[Village, ...]
    grids: Mapping[str, tuple[Grid, ...]] = field(default_factory=dict)

    def villages_of(self, town: str) -> tuple[Village, ...]:
        """The villages of a town (9-digit code), in code order."""
        return tuple(v for v in self.villages if v.town == town)

    def town(self, code: str) -> Town:
        """The town with this 9-digit code; LookupError when there is none."""
        for town in self.towns:
            if town.code == code:
                return town
        raise LookupError(f"no town {code}")

    def town_shares(self) -> np.ndarray:
        """Share of the people in each town, summing to 1: the list in data, else by its villages' kinds."""
        listed = town_weights()
        by_kind = {t.code: sum(8.0 if v.is_community else 1.2 for v in self.villages_of(t.code)) for t in self.towns}
        weights = np.array([listed.get(t.code, by_kind[t.code]) for t in self.towns], dtype=float)
        return weights / weights.sum()

    def with_default_grids(self, total: int = GRIDS) -> DistrictPlaces:
        """The same places with about `total` numbered grids, for work without the places room."""
        weights = np.array([2.4 if v.is_community else 1.0 for v in self.villages])
        extra = largest_remainder(weights, max(total - len(self.villages), 0))
        grids = {
            village.code: tuple(
                Grid(f"{village.code}{i:03d}", f"{village.short}第{i}网格") for i in range(1, 2 + int(more))
            )
            for village, more in zip(self.villages, extra, strict=True)
        }
        return replace(self, grids=grids)


def largest_remainder(weights: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers in proportion to `weights` that sum to `total` exactly (Hare–Niemeyer)."""
    shares = np.asarray(weights, dtype=float)
    exact = shares / shares.sum() * total
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def from_package(package: DistrictPackage) -> DistrictPlaces:
    """The places of a district package, without grids (they are made when the places room is loaded)."""
    above = package.district.above
    return DistrictPlaces(
        code=package.district.code,
        name=package.district.name,
        province=above[0] if above else "",
        city=above[1] if len(above) > 1 else "",
        towns=tuple(sorted((Town(t.code, t.name, t.kind) for t in package.towns), key=lambda t: t.code)),
        villages=tuple(
            sorted((Village(v.code, v.name, v.short, v.kind) for v in package.villages), key=lambda v: v.code)
        ),
    )


def shipped() -> DistrictPlaces:
    """The model district that comes with the program, with default grids."""
    return from_package(packaged()).with_default_grids()
