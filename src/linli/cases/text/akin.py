"""Words of one thing: by its fellows a model knows something of a word that no text it learnt from has.

Each line of `data/akin.txt` is one thing in the words that citizens use of it, and the lines under a heading are near to each
other. A text says something of every thing, namely the sum of its n-grams that are words of it. What is learnt of a thing is
then handed on to its words: two linear steps after one another are one, so a trained model holds n-grams alone, and whoever
reads it needs no list of words.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from . import grams
from .grams import Hashes

#: Longer words are known by their runs of so many characters.
LONGEST_WORD = 3
#: What a word says of its heading, beside what it says of its line.
HEADING = 0.4


class Kin(NamedTuple):
    """Which n-gram (`words`, with repetitions) says how much of which thing; `things` counts lines and headings."""

    words: Hashes
    of: npt.NDArray[np.int64]
    much: npt.NDArray[np.float32]
    things: int


@cache
def kin(longest: int = LONGEST_WORD) -> Kin:
    """All words of all things, as n-grams of at most `longest` characters."""
    words: list[np.uint64] = []
    of: list[int] = []
    much: list[float] = []
    things = 0
    for named in headings():
        heading, things = things, things + 1
        for line in named:
            for word in line:
                runs = _runs(word, min(longest, LONGEST_WORD))
                for thing, share in ((things, 1.0), (heading, HEADING)):
                    words += runs
                    of += [thing] * len(runs)
                    much += [share / len(runs) ** 0.5] * len(runs)
            things += 1
    return Kin(np.array(words, np.uint64), np.array(of, np.int64), np.array(much, np.float32), things)


def bridge(known: Hashes, length_weights: tuple[float, ...], longest: int) -> Any:
    """How much each known n-gram says of each thing, a sparse matrix; every word must be among the known.

    A word says the same whatever its length weighs: only sentences are remembered by long runs, things are not.
    """
    from scipy.sparse import csr_matrix

    all_kin = kin(longest)
    weights = np.array(length_weights, np.float32)[grams.lengths(all_kin.words) - 1]
    much = np.divide(all_kin.much, weights, out=np.zeros_like(all_kin.much), where=weights > 0)
    return csr_matrix((much, (np.searchsorted(known, all_kin.words), all_kin.of)), shape=(known.size, all_kin.things))


def _runs(word: str, longest: int) -> list[np.uint64]:
    found = grams.hashes(grams.plain(word), longest)
    lengths = grams.lengths(found)
    return list(found[lengths == lengths.max()])


def headings() -> Iterator[list[list[str]]]:
    """The words of each line under each heading."""
    lines: list[list[str]] = []
    for line in files("linli.cases.text").joinpath("data/akin.txt").read_text("utf-8").splitlines():
        if line.startswith("## "):
            if lines:
                yield lines
            lines = []
        elif line and not line.startswith("#"):
            lines.append(line.split())
    yield lines
