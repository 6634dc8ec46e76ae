"""Blocking of a city: candidate pairs of five million standardised records, with the memory it takes.

Columns are drawn with the frequencies of people: births over 80 years, names as common as the synthetic district's, villages of
1,400, homes of three, phones of two. Nothing is read or compared.

Run: python bench/blocking.py [--records 5000000]
"""

from __future__ import annotations

import argparse
import time

import _setting
import numpy as np
import polars as pl


def columns(records: int, seed: int = 1) -> pl.DataFrame:
    """The columns of `standard` that keys are made of, of people of whom every eighth is there twice."""
    rng = np.random.default_rng(seed)
    people = records * 8 // 9
    which = np.concatenate([np.arange(people), rng.integers(0, people, records - people)])
    day = rng.integers(0, 80 * 365, people)
    born = (np.datetime64("1944-01-01") + day).astype("datetime64[D]")
    months = born.astype("datetime64[M]").astype(int)
    year = months // 12 + 1970
    birth = year * 10000 + (months % 12 + 1) * 100 + (born - born.astype("datetime64[M]")).astype(int) + 1
    family = np.minimum(rng.zipf(1.6, people), 400)
    given = np.minimum(rng.zipf(1.25, people), 60_000)
    village, home = rng.integers(0, max(people // 1400, 1), people), rng.integers(0, max(people // 3, 1), people)
    serial = rng.integers(0, 10_000, people)
    number = pl.Series(birth).cast(pl.String) + pl.Series(serial).cast(pl.String).str.zfill(4)

    def code(values: np.ndarray, salt: int) -> pl.Series:
        return (pl.Series(values.astype(np.uint64)) * 0x9E3779B97F4A7C15 + salt)[which.tolist()]

    told = {
        "birth": pl.Series(birth.astype(np.int32)), "year": pl.Series(year.astype(np.int32)),
        "number": "370302" + number,
    }  # fmt: skip
    at = pl.Series(which)
    frame = pl.DataFrame({name: column.gather(at) for name, column in told.items()})
    name = family * 100_003 + given
    return frame.with_columns(
        near_family_code=code(family, 1), given_code=code(given, 2), letters_code=code(name, 3), near_code=code(name, 4),
        village_code=code(village, 5), town_code=code(village // 20, 6), dwelling_code=code(home, 7), door_code=code(home, 8),
        phone_code=code(rng.integers(0, max(people // 2, 1), people), 9), number_code=pl.col("number").hash(),
    )  # fmt: skip


def main() -> None:
    """Print one line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=5_000_000)
    chosen = options.parse_args()
    from linli.registry.matching.blocking import HAN, candidates

    print(_setting.machine())
    frame = columns(chosen.records)
    before, started = _setting.own_megabytes(), time.perf_counter()
    first, _ = candidates(frame, HAN)
    seconds = time.perf_counter() - started
    print(
        f"{chosen.records:,} records: {len(first):,} pairs, {len(first) / chosen.records:.2f} a record, {seconds:.1f} s, "
        f"peak {_setting.own_megabytes():,} MB ({before:,} MB before blocking)"
    )


if __name__ == "__main__":
    main()
