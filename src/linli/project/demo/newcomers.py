"""Two small files by which the demo shows what follows an upload: one to try the wizard with, one of newcomers.

The newcomers are people whom the base holds in another town: uploaded by a town's clerk, they open 迁入 requests.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from linli.project.demo.district import District, generate
from linli.project.demo.ledger import write_table
from linli.project.demo.places import DistrictPlaces
from linli.project.demo.rates import LEDGER, Rates
from linli.project.demo.sheets import SourceFile

#: people in the file to try, and of them those whom another town holds
TRIED, FROM_ELSEWHERE = 260, 6
NEWCOMERS = 14
#: many troubles in few rows, so that each kind can be seen
TRIED_RATES = replace(
    LEDGER,
    id_checksum=0.012,
    id_swapped=0.012,
    id_short=0.012,
    id_rounded=0.02,
    id_missing=0.015,
    id_old=0.02,
    sex_contradicts=0.012,
    phone_bad=0.03,
    village_unknown=0.012,
    duplicate=0.015,
    sex_label=0.08,
    name_spaced=0.08,
    vague_address=0.06,
)
_NOTHING = Rates(*([0.0] * len(Rates.__dataclass_fields__)))


def path_to_try(places: DistrictPlaces, village: str, folder: Path) -> Path:
    """Where the file to try the wizard with lies."""
    name = next(v.short for v in places.villages if v.code == village)
    return folder / f"试导入_{name}_人口采集表.xlsx"


def file_to_try(
    people: int, seed: int, places: DistrictPlaces, towns: tuple[str, str], village: str, folder: Path
) -> SourceFile:
    """A village's table with many troubles, for the wizard: residents of the first town's village, a few of the other.

    Its layout keeps homes as free text in single columns, the one whose mapping intake proposes best.
    """
    district = generate(people, seed, places, towns)
    rng = np.random.default_rng([seed, 51, int(village)])
    residents = district.residents(towns[0]).filter(pl.col("home_village") == village)
    residents = residents.sort("dwelling_no", "household_no", "relation").head(TRIED - FROM_ELSEWHERE)
    moved = _moved(district, towns[1], village, FROM_ELSEWHERE, rng)
    path = path_to_try(places, village, folder)
    file, _, _ = write_table(district, village, pl.concat([residents, moved]), path, TRIED_RATES, rng, layout_number=2)
    return file


def file_of_newcomers(
    people: int, seed: int, places: DistrictPlaces, towns: tuple[str, str], folder: Path
) -> SourceFile:
    """People of the second town who say they live in the first one now; nothing is wrong in it."""
    district = generate(people, seed, places, towns)
    rng = np.random.default_rng([seed, 52, int(towns[0])])
    homes = district.dwellings.filter(pl.col("village").str.starts_with(towns[0]))
    village = str(homes["village"].mode().sort()[0])
    moved = _moved(district, towns[1], village, NEWCOMERS, rng)
    path = folder / f"新迁入登记_{places.town(towns[0]).name}.xlsx"
    file, _, _ = write_table(district, towns[0], moved, path, _NOTHING, rng, layout_number=2)
    return file


def _moved(district: District, town: str, village: str, count: int, rng: np.random.Generator) -> pl.DataFrame:
    """People of a town, as if they lived in dwellings of the village."""
    settled = district.residents(town).filter(
        (pl.col("register_town") == town) & pl.col("age").is_between(24, 70) & (pl.col("id_kind") == "111")
    )
    moved = settled[np.sort(rng.permutation(settled.height)[:count])]
    homes = district.dwellings.filter(pl.col("village") == village)
    chosen = homes[rng.integers(0, homes.height, moved.height)]
    return moved.with_columns(
        dwelling_no=chosen["dwelling_no"],
        home_village=chosen["village"],
        home_town=pl.lit(village[:9]),
        home_grid=chosen["grid"],
    )
