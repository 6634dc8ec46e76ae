"""How often a record of one source and one of another are one person's: learnt, not assumed. Pure.

A register that has everybody once holds nobody twice, so that two who look alike in it are namesakes or twins; while whoever
stands in another list stands in that register too. Which source is such a register nobody says: it shows in how many of the
possible pairs of two sources (or of one with itself) are one person's, compared with any two records.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Rows = np.ndarray[Any, np.dtype[np.signedinteger[Any]]]

# Sources told apart, the largest; all others are one group with those who name none.
MOST = 12
# As many matches of each two sources are assumed to be as frequent as anybody's.
HELD = 20.0


def groups(source: pl.Series | None) -> Ints | None:
    """A number for the source of each row; None where all are of one."""
    if source is None:
        return None
    named = source.str.strip_chars()
    largest = named.drop_nulls().value_counts(sort=True).head(MOST)[named.name].to_list()
    if not largest or (len(largest) == 1 and not int((named != largest[0]).fill_null(True).sum())):
        return None
    numbers = named.replace_strict({name: at for at, name in enumerate(largest, 1)}, default=0, return_dtype=pl.Int64)
    found: Ints = numbers.fill_null(0).to_numpy()
    return found


def raised(group: Ints, first: Rows, second: Rows, chance: Floats, usual: float) -> Floats:
    """For each pair the logarithm of how much more often its two sources share a person than any two records do (`usual`, a
    share of all pairs), by the chances that the pairs looked at have so far."""
    count = int(group.max()) + 1
    one, other = np.minimum(group[first], group[second]), np.maximum(group[first], group[second])
    code = one * count + other
    matches = np.bincount(code, weights=chance, minlength=count * count)
    sizes = np.bincount(group, minlength=count).astype(np.float64)
    possible = np.outer(sizes, sizes)
    np.fill_diagonal(possible, sizes * (sizes - 1.0) / 2.0)
    told = (matches + HELD) / (possible.ravel() + HELD / usual) / usual
    found: Floats = np.log(told)[code]
    return found
