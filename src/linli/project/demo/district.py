"""The synthetic district: `generate(people, seed, places)` gives people, households, dwellings and compounds.

Each town is generated from its own random stream, and people who live in another town than they are
registered in from one more, so any choice of towns yields exactly the rows the whole district would.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from linli.project.demo.ages import REFERENCE
from linli.project.demo.block import STEP, Block, core_block, movers_block
from linli.project.demo.compounds import town_compounds
from linli.project.demo.homes import Homes, settle
from linli.project.demo.places import DistrictPlaces, largest_remainder

#: people who live in another town of the district than the one they are registered in
MOVERS = 0.03


@dataclass(frozen=True)
class District:
    """A generated district, or the part of it that concerns `towns`.

    `people` has one row per person (see `block.PEOPLE`), with `home_town` and `register_town`, so that people
    of other towns registered in one of `towns` are in it too; `dwellings` and `compounds` are of `towns` alone.
    """

    seed: int
    total: int
    reference: date
    places: DistrictPlaces
    towns: tuple[str, ...]
    people: pl.DataFrame
    dwellings: pl.DataFrame
    compounds: pl.DataFrame

    def residents(self, town: str | None = None) -> pl.DataFrame:
        """People who really live in the town (or in any of `towns`), not counting those away."""
        here = pl.col("home_town") == town if town else pl.col("home_town").is_in(self.towns)
        return self.people.filter(here & ~pl.col("away"))

    def registered(self, town: str) -> pl.DataFrame:
        """People whose 户籍 lies in the town, wherever they live."""
        return self.people.filter(pl.col("register_town") == town)

    def part(self, town: str) -> District:
        """What concerns one of the towns alone: its residents, those registered in it, its dwellings."""
        concerned = (pl.col("home_town") == town) | (pl.col("register_town") == town)
        known = set(self.people.filter(concerned)["dwelling_no"].drop_nulls().to_list())
        inside = pl.col("village").str.starts_with(town)
        return replace(
            self,
            towns=(town,),
            people=self.people.filter(concerned),
            dwellings=self.dwellings.filter(inside | pl.col("dwelling_no").is_in(known)),
            compounds=self.compounds.filter(inside),
        )

    def fingerprint(self) -> str:
        """SHA-256 over all generated rows: equal for equal arguments, whatever machine."""
        digest = hashlib.sha256()
        for frame in (self.people, self.dwellings, self.compounds):
            digest.update(frame.write_csv().encode("utf-8"))
        return digest.hexdigest()


def generate(people: int, seed: int, places: DistrictPlaces, towns: Sequence[str] | None = None) -> District:
    """A district of `people` synthetic persons; with `towns` (9-digit codes) only what concerns those towns.

    The same people, seed and places give the same rows. ValueError for unknown towns or too few people.
    """
    if people < 1:
        raise ValueError("people must be positive")
    all_towns = [t.code for t in places.towns]
    wanted = tuple(all_towns) if towns is None else tuple(t for t in all_towns if t in set(towns))
    if towns is not None and len(wanted) != len(set(towns)):
        raise ValueError(f"unknown towns: {sorted(set(towns) - set(all_towns))}")
    several = len(all_towns) > 1
    moving = round(people * MOVERS) if several else 0
    counts = largest_remainder(places.town_shares(), people - moving)
    movers = movers_block(places, seed, moving) if moving else None
    blocks: list[Block] = []
    dwellings, compounds = [], []
    for town in wanted:
        position = all_towns.index(town)
        if not counts[position]:
            continue
        core = core_block(places, seed, town, int(counts[position]))
        blocks.append(core)
        incoming = movers.households.filter(pl.col("home_town") == town) if movers else None
        homes = _settle_town(places, seed, town, position, core, incoming)
        dwellings.append(homes.dwellings)
        compounds.append(homes.compounds)
        number = homes.of_household
        core.give_dwellings(number[: core.households.height])
        if movers and incoming is not None:
            movers.give_dwellings(number[core.households.height :], incoming["household"].to_numpy())
    frames = [block.people() for block in blocks]
    homes_frame = pl.concat(dwellings)
    if movers:
        here = pl.col("home_town").is_in(wanted) | pl.col("register_town").is_in(wanted)
        frames.append(movers.people().filter(here))
    everyone = pl.concat(frames).join(
        homes_frame.select("dwelling_no", home_grid="grid"),
        on="dwelling_no",
        how="left",
        maintain_order="left",
    )
    return District(seed, people, REFERENCE, places, wanted, everyone, homes_frame, pl.concat(compounds))


def _settle_town(
    places: DistrictPlaces, seed: int, town: str, position: int, core: Block, incoming: pl.DataFrame | None
) -> Homes:
    villages = {v.code: i for i, v in enumerate(places.villages_of(town))}
    homes = core.households["home_village"].to_list()
    if incoming is not None:
        homes += incoming["home_village"].to_list()
    rng = np.random.default_rng([seed, 13, int(town)])
    village_of = np.array([villages[code] for code in homes], dtype=np.int64)
    return settle(rng, places, town, town_compounds(places, town, seed), village_of, position * STEP)
