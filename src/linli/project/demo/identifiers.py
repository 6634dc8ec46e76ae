"""Identity numbers and phones that are well formed and cannot be anyone's.

The county part 990302 is in no edition of GB/T 2260: its province parts run from 11 to 83. The permanent
residence cards of foreigners issued since 2023 also begin with 9, followed by a province part and a country
number; 90 is no province and 302 no country of ISO 3166-1. So no such number was or can be issued.

Phones begin with 1007 and have 11 digits. Numbers of subscribers begin with 13–19 (工信部 电信网编号计划);
100 opens the short service numbers of operators, so no 11-digit number behind it can be given to anyone, and
intake takes them in demo databases only. Within 100, the services known to us lie in 1000–1006 and 1008–1009;
1007 is left, lest somebody who dials a demo number is put through to one of them (as 120… or 123… would be).
"""

from __future__ import annotations

import numpy as np
import polars as pl

#: county part of every identity number of the demo
COUNTY = "990302"
#: first digits of every phone of the demo
PHONE_PREFIX = "1007"
#: sequence numbers of one day and sex under GB 11643: 000–999, odd for men and even for women
_PER_DAY_AND_SEX = 500
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = np.array(list("10X98765432"))


def check_characters(first17: pl.Series) -> pl.Series:
    """Check characters (GB 11643, MOD 11-2) for strings of 17 digits."""
    digits = np.frombuffer("".join(first17.to_list()).encode("ascii"), dtype=np.uint8).reshape(-1, 17) - 48
    total = digits.astype(np.int64) @ np.array(_WEIGHTS)
    return pl.Series(first17.name, _CHECKS[total % 11])


def spread_births(birth: np.ndarray, male: np.ndarray, blocks: int) -> np.ndarray:
    """Birth dates moved by a day or two where one block has more people on a day than it has numbers.

    Each of `blocks` generator blocks owns 500 // blocks sequence numbers per day and sex, so that towns
    can be generated apart and still never share a number.
    """
    width = _PER_DAY_AND_SEX // blocks
    if width < 1:
        raise ValueError(f"{blocks} towns are more than GB 11643 leaves room for")
    birth = birth.copy()
    for _ in range(400):
        over = _rank_in_day(birth, male) >= width
        if not over.any():
            return birth
        birth[over] -= np.timedelta64(1, "D")
    raise ValueError("more people than identity numbers: fewer people, please")


def identity_numbers(birth: np.ndarray, male: np.ndarray, block: int, blocks: int) -> pl.Series:
    """18-character numbers, unique across blocks, for births as `datetime64[D]` that `spread_births` passed."""
    width = _PER_DAY_AND_SEX // blocks
    order = _rank_in_day(birth, male)
    serial = (block * width + order) * 263 % _PER_DAY_AND_SEX  # 263 is coprime to 500: looks drawn, never repeats
    sequence = serial * 2 + male
    frame = pl.DataFrame({"birth": birth, "sequence": sequence})
    first17 = frame.select(
        pl.concat_str(
            pl.lit(COUNTY),
            pl.col("birth").dt.strftime("%Y%m%d"),
            pl.col("sequence").cast(pl.String).str.zfill(3),
        )
    ).to_series()
    return first17 + check_characters(first17)


def phone_numbers(serial: np.ndarray, seed: int) -> pl.Series:
    """11-digit phones, one for each distinct serial below 10⁷; ValueError above."""
    if len(serial) and int(serial.max()) >= 10**7:
        raise ValueError("more people than phone numbers: fewer people, please")
    spread = (serial.astype(np.uint64) * np.uint64(6_180_339) + np.uint64(seed % 9_999_991)) % np.uint64(10**7)
    return PHONE_PREFIX + pl.Series(spread).cast(pl.String).str.zfill(7)


def _rank_in_day(birth: np.ndarray, male: np.ndarray) -> np.ndarray:
    """Position of each person among those of the same birth date and sex, in row order."""
    key = birth.astype("datetime64[D]").astype(np.int64) * 2 + male
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    starts = np.flatnonzero(np.r_[True, sorted_key[1:] != sorted_key[:-1]])
    lengths = np.diff(np.r_[starts, len(key)])
    rank = np.empty(len(key), dtype=np.int64)
    rank[order] = np.arange(len(key)) - np.repeat(starts, lengths)
    return rank
