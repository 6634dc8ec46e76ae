"""Dwellings and who lives in which: flats in compounds, houses by door number or lane in villages.

Works on the households of one town at once; everything it says about a dwelling is in columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from linli.project.demo.compounds import Compound
from linli.project.demo.places import DistrictPlaces, Village

#: share of a place's households that live in its compounds
_IN_COMPOUNDS = {True: 0.985, False: 0.38}
#: dwellings without a household
_VACANT = 0.12
#: households that share a dwelling with another one (分户不分房)
_SHARED = 0.025
DOOR, LANE, ROAD = 0, 1, 2
_LANES = "一二三四五六七八九十"
_ROADS = ("中心街", "文化路", "富强路", "振兴街", "和平路", "前街", "后街")


@dataclass(frozen=True)
class Homes:
    """Dwellings of a town, its compounds as columns, and the dwelling number of each household given."""

    dwellings: pl.DataFrame
    compounds: pl.DataFrame
    of_household: np.ndarray


def settle(
    rng: np.random.Generator,
    places: DistrictPlaces,
    town: str,
    compounds: tuple[Compound, ...],
    village_of: np.ndarray,
    first_number: int,
) -> Homes:
    """Settles households (`village_of`: index into the town's villages) in dwellings numbered from `first_number`."""
    villages = places.villages_of(town)
    place = _choose_place(rng, [v.is_community for v in villages], villages, compounds, village_of)
    slot = np.zeros(len(village_of), dtype=np.int64)
    capacity = np.zeros(len(compounds) + len(villages), dtype=np.int64)
    order = np.argsort(place, kind="stable")
    bounds = np.searchsorted(place[order], np.arange(len(capacity) + 1))
    for here in range(len(capacity)):
        rows = order[bounds[here] : bounds[here + 1]]
        room = int(np.ceil(len(rows) / (1 - _VACANT)))
        if here < len(compounds):
            per = compounds[here].per_building
            room = max(1, int(np.ceil(room / per))) * per
        capacity[here] = room
        slot[rows] = rng.permutation(room)[: len(rows)]
        sharing = rows[1:][rng.random(max(len(rows) - 1, 0)) < _SHARED]
        slot[sharing] = slot[rows[rng.integers(0, len(rows), len(sharing))]] if len(sharing) else 0
    key = place * 1_000_000 + slot
    unique, inverse = np.unique(key, return_inverse=True)
    dwellings = _dwelling_columns(places, town, compounds, unique // 1_000_000, unique % 1_000_000, capacity)
    dwellings = dwellings.with_columns(pl.Series("dwelling_no", first_number + np.arange(len(unique))))
    return Homes(dwellings, _compound_columns(places, compounds, capacity), first_number + inverse)


def _choose_place(
    rng: np.random.Generator,
    community: list[bool],
    villages: tuple[Village, ...],
    compounds: tuple[Compound, ...],
    village_of: np.ndarray,
) -> np.ndarray:
    """For each household a compound's index, or len(compounds) + village index for a door of the village."""
    place = len(compounds) + village_of
    position = {v.code: i for i, v in enumerate(villages)}
    home = np.array([position[c.village] for c in compounds], dtype=np.int64)
    for i in range(len(villages)):
        own = np.flatnonzero(home == i)
        rows = np.flatnonzero(village_of == i)
        if not len(own) or not len(rows):
            continue
        rows = rows[rng.random(len(rows)) < _IN_COMPOUNDS[community[i]]]
        size = np.array([compounds[k].per_building for k in own], dtype=float) ** 0.5 * np.exp(
            rng.normal(0, 0.5, len(own))
        )
        place[rows] = own[rng.choice(len(own), size=len(rows), p=size / size.sum())]
    return place


def _dwelling_columns(
    places: DistrictPlaces,
    town: str,
    compounds: tuple[Compound, ...],
    place: np.ndarray,
    slot: np.ndarray,
    capacity: np.ndarray,
) -> pl.DataFrame:
    villages = places.villages_of(town)
    flats = place < len(compounds)
    which = np.where(flats, place, 0)
    if not compounds:
        return _door_columns(places, town, place, slot, capacity)
    floors, _units, per_floor, per = (
        np.array([getattr(c, name) for c in compounds])[which]
        for name in ("floors", "units", "per_floor", "per_building")
    )
    building, rest = slot // per + 1, slot % per
    unit, rest = rest // (floors * per_floor) + 1, rest % (floors * per_floor)
    floor, room = rest // per_floor + 1, rest % per_floor + 1
    doors = _door_columns(
        places,
        town,
        np.where(flats, len(compounds), place) - len(compounds),
        slot,
        capacity[len(compounds) :],
    )
    village = np.array([c.village for c in compounds])[which]
    in_flat = pl.Series("flat", flats)
    frame = doors.with_columns(
        in_flat,
        pl.Series("c_village", village),
        pl.Series("c_number", np.array([c.number for c in compounds])[which]),
        pl.Series("c_name", np.array([c.name for c in compounds])[which]),
        pl.Series("c_building", building).cast(pl.Int32),
        pl.Series("c_unit", unit).cast(pl.Int32),
        pl.Series("c_floor", floor).cast(pl.Int32),
        pl.Series("c_room", floor * 100 + room).cast(pl.Int32),
        pl.Series("c_grid", _grid_codes(places, village, which)),
    )
    flat = pl.col("flat")
    return (
        frame.select(
            village=pl.when(flat).then("c_village").otherwise("village"),
            grid=pl.when(flat).then("c_grid").otherwise("grid"),
            compound_no=pl.when(flat).then("c_number"),
            compound=pl.when(flat).then("c_name"),
            building=pl.when(flat).then("c_building"),
            unit=pl.when(flat).then("c_unit"),
            floor=pl.when(flat).then("c_floor"),
            room=pl.when(flat).then("c_room"),
            road=pl.when(~flat).then("road"),
            door=pl.when(~flat).then("door"),
        )
        if len(villages)
        else frame
    )


def _door_columns(
    places: DistrictPlaces, town: str, village: np.ndarray, slot: np.ndarray, capacity: np.ndarray
) -> pl.DataFrame:
    """Village houses: plain door numbers in most villages, lanes in some, named streets in few."""
    villages = places.villages_of(town)
    codes = np.array([v.code for v in villages])[village]
    style = np.array([int(v.code) * 7919 % 10 for v in villages])[village]
    style = np.select([style < 5, style < 8], [DOOR, LANE], ROAD)
    lane = np.array([f"{a}巷" for a in [*_LANES, *(f"十{b}" for b in _LANES[:9])]])[(slot // 18) % 19]
    street = np.array(_ROADS)[(slot // 60 + village) % len(_ROADS)]
    road = np.select([style == LANE, style == ROAD], [lane, street], "")
    door = np.select(
        [style == LANE, style == ROAD],
        [slot % 18 + 1 + slot // (18 * 19) * 18, slot % 60 + 1 + slot // 420 * 60],
        slot + 1,
    )
    share = slot / np.maximum(capacity[village], 1)
    grids = [places.grids.get(v.code, ()) for v in villages]
    count = np.array([len(g) for g in grids])[village]
    nth = np.minimum((share * count).astype(int), np.maximum(count - 1, 0))
    return pl.DataFrame(
        {"village": codes, "road": road, "door": door.astype(np.int32), "grid": _nth_grid(places, codes, nth)}
    ).with_columns(road=pl.when(pl.col("road") != "").then("road"))


def _grid_codes(places: DistrictPlaces, village: np.ndarray, compound: np.ndarray) -> np.ndarray:
    """A compound lies in one grid; the compounds of a place are dealt over its grids."""
    count = {code: max(len(places.grids.get(code, ())), 1) for code in set(village.tolist())}
    nth = compound % np.array([count[v] for v in village.tolist()])
    return _nth_grid(places, village, nth)


def _nth_grid(places: DistrictPlaces, village: np.ndarray, nth: np.ndarray) -> np.ndarray:
    table = {code: [g.code for g in grids] for code, grids in places.grids.items()}
    frame = pl.DataFrame({"village": village, "nth": nth})
    flat = pl.DataFrame(
        [(code, i, grid) for code, grids in table.items() for i, grid in enumerate(grids)],
        schema={"village": pl.String, "nth": pl.Int64, "grid": pl.String},
        orient="row",
    )
    return (
        frame.cast({"nth": pl.Int64})
        .join(flat, on=["village", "nth"], how="left", maintain_order="left")["grid"]
        .to_numpy()
    )


def _compound_columns(places: DistrictPlaces, compounds: tuple[Compound, ...], capacity: np.ndarray) -> pl.DataFrame:
    buildings = [max(int(np.ceil(n / c.per_building)), 1) for n, c in zip(capacity, compounds, strict=False)]
    village = np.array([c.village for c in compounds], dtype=object)
    grid: np.ndarray = np.array([], dtype=str)
    if len(compounds):
        grid = _grid_codes(places, village, np.arange(len(compounds)))
    return pl.DataFrame(
        {
            "compound_no": [c.number for c in compounds],
            "village": village.astype(str),
            "grid": grid,
            "name": [c.name for c in compounds],
            "kind": [c.kind for c in compounds],
            "built_year": [c.built_year for c in compounds],
            "buildings": buildings,
            "floors": [c.floors for c in compounds],
            "units": [c.units for c in compounds],
            "per_floor": [c.per_floor for c in compounds],
        }
    )
