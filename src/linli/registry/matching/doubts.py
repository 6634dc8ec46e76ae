"""What is never enough by itself, however likely it makes two one person: then somebody is asked. Pure.

Twins share birth, sex, home, phone and head of household, and often all but a character of the name; no weight estimated from
districts sees so few of them. So a name that is written otherwise is taken for a slip only where something else is the
person's own: the phone of somebody grown up, born on the same day and of the same sex. And a name with a home says little
where a birth is unknown: who lived there before may have had it; with the same phone it is enough.

Ours (inferred), not of any standard.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from .comparisons import NULL, Comparison
from .score import Floats, Pairs, gammas

NONE, OTHERWISE, UNDATED = 0, 1, 2
Bools = np.ndarray[Any, np.dtype[np.bool_]]
Marks = np.ndarray[Any, np.dtype[np.int64]]
#: How clerks write a name wrongly; other differences are two names.
_SLIPS = ("sound", "near", "order", "dropped")
GROWN_UP = 18
_HELD = 0.99


def grown_up_before(today: date) -> int:
    """The latest birth (yyyymmdd) of who is grown up (民法典 art. 17: 18 years)."""
    return (today.year - GROWN_UP) * 10000 + today.month * 100 + today.day


def doubts(comparisons: Sequence[Comparison], pairs: Pairs, grown_up: Bools) -> Marks:
    """Why a pair is not enough by itself (NONE: it may be). `grown_up`: of each pair, whether both are."""
    levels, known = gammas(comparisons, pairs.pattern), {c.code: c for c in comparisons}

    def agree(code: str, *wanted: str) -> Bools:
        if code not in known:
            return np.zeros(len(pairs), np.bool_)
        return np.isin(levels[code], [known[code].gamma(level) for level in wanted])

    named = agree("name", "same") if "name" in known else agree("given", "same") & agree("family", "same")
    phone, born = agree("phone", "same"), agree("birth", "same")
    undated = levels["birth"] == NULL if "birth" in known else np.ones(len(pairs), np.bool_)
    own = agree("name", *_SLIPS) & born & agree("sex", "same") & phone & grown_up
    numbered = agree("number", "same", "widened")
    return np.select([numbered, ~named & ~own, named & undated & ~phone], [NONE, OTHERWISE, UNDATED], NONE)


def held(odds: Floats, doubted: Marks, merge: float) -> Floats:
    """The odds, of doubted pairs just under what puts two together."""
    most = merge / max(1.0 - merge, 1e-9) * _HELD
    return np.where(doubted == NONE, odds, np.minimum(odds, most))
