"""How likely two reports of one neighbourhood tell of one event: by place, time, category and words. Pure; loads numpy alone.

The weights are ours (inferred): the same words in one village are likely one event, another matter at the same spot is not,
and what the words leave open the distance decides. Unlike `likeness`, which looks through a whole file, this compares one
report with some dozens of candidates while somebody waits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from ..text import grams
from ..text.model import softened

LONGEST_GRAM = 3
#: What a run that every candidate has still weighs: two reports of the same four characters are alike.
COMMON = 0.3
#: From this chance on a case is proposed.
LIKELY = 0.5
METRES_OF_A_DEGREE = 111_320.0
_START, _WORDS = -2.6, 4.2
#: Two tellers of one event seldom share more of their words than this; from here on words tell no more.
_ALL_WORDS = 0.35
_DISTANCES = ((30.0, 1.6), (100.0, 0.8), (300.0, -0.8))
_FAR, _SAME_PLACE, _OTHER_PLACE = -3.0, 1.4, -0.2
_SAME_CATEGORY, _OTHER_CATEGORY = 0.8, -1.0
_DAYS = 20.0


@dataclass(frozen=True, slots=True)
class Told:
    """What is compared of a report. `place` is an address as written; without a position it counts as it is."""

    text: str
    at: datetime
    category: str = ""
    place: str = ""
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely another report (`index` of the candidates) tells of the same, and why."""

    index: int
    chance: float
    words: float
    metres: int | None
    days: int
    same_category: bool | None
    same_place: bool


def alike(report: Told, others: Sequence[Told], most: int = 5) -> list[Likeness]:
    """The candidates that may tell of the same event, the likeliest first."""
    if not others:
        return []
    words = likeness([report.text, *(other.text for other in others)])
    found = [_compared(report, other, index, float(words[index])) for index, other in enumerate(others)]
    return sorted((f for f in found if f.chance >= LIKELY), key=lambda f: (-f.chance, f.index))[:most]


def conceivable(report: Told, others: Sequence[Told]) -> bool:
    """Whether any of the candidates would be proposed if it had the same words: where none is, none needs to be read."""
    return any(_compared(report, other, index, 1.0).chance >= LIKELY for index, other in enumerate(others))


def _compared(report: Told, other: Told, index: int, words: float) -> Likeness:
    metres = distance(report.lon, report.lat, other.lon, other.lat)
    same_place = bool(report.place and other.place) and grams.plain(report.place) == grams.plain(other.place)
    days = abs((report.at - other.at).total_seconds()) / 86_400
    score = _START + _WORDS * min(1.0, words / _ALL_WORDS) - days / _DAYS
    if metres is not None:
        score += next((value for most, value in _DISTANCES if metres <= most), _FAR)
    elif same_place:
        score += _SAME_PLACE
    elif report.place and other.place:
        score += _OTHER_PLACE
    same_category = report.category == other.category if report.category and other.category else None
    if same_category is not None:
        score += _SAME_CATEGORY if same_category else _OTHER_CATEGORY
    return Likeness(
        index, 1 / (1 + math.exp(-score)), words, None if metres is None else round(metres), int(days), same_category,
        same_place,
    )  # fmt: skip


def distance(lon: float | None, lat: float | None, lon2: float | None, lat2: float | None) -> float | None:
    """Metres between two positions a few kilometres apart (equirectangular); None where one has none."""
    if lon is None or lat is None or lon2 is None or lat2 is None:
        return None
    east = (lon2 - lon) * math.cos(math.radians((lat + lat2) / 2))
    return math.hypot(east, lat2 - lat) * METRES_OF_A_DEGREE


def likeness(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """How alike the first text is to each of the others: the cosine over runs of two and three characters (of one, where
    a text has no more), those weighing most that few of them have."""
    counted = [grams.count(text, LONGEST_GRAM) for text in texts]
    known, column, spread = np.unique(
        np.concatenate([c.grams for c in counted]), return_inverse=True, return_counts=True
    )
    if not known.size:
        return np.zeros(len(texts) - 1, dtype=np.float32)
    weight = (COMMON + np.log((len(texts) + 1) / spread)).astype(np.float32)
    weight[grams.lengths(known) == 1] *= 0.1
    rows = np.repeat(np.arange(len(texts)), [c.grams.size for c in counted])
    told = softened(np.concatenate([c.times for c in counted])) * weight[column]
    mine = np.zeros(known.size, dtype=np.float32)
    mine[column[rows == 0]] = told[rows == 0]
    shared = np.bincount(rows, weights=told * mine[column], minlength=len(texts))
    lengths = np.sqrt(np.bincount(rows, weights=told**2, minlength=len(texts)))
    found = shared / np.maximum(lengths * lengths[0], 1e-9)
    return found[1:].astype(np.float32)
