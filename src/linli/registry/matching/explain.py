"""Why two records are thought to be one person, or not: the weight of each comparison, in words. Pure.

A weight is log₂(m/u): +4 means that the agreement is sixteen times as frequent among one person's records as among any
two people's. The weights of a pair and what everything starts from add up to the odds before rivals, but for relatives:
what speaks for two people of one household instead is a line of its own, and so is what keeps a pair from being enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log, log2
from typing import Any

import numpy as np

from .comparisons import Comparison
from .model import Model
from .score import PLACES, Pairs, gammas, odds

START, HOUSEHOLD, FOLLOWED, SOURCE = "start", "household", "followed", "source"
#: Why a pair is not enough by itself (see `doubts`), by mark.
DOUBTS = ("", "otherwise", "undated")
_OWN = {
    START: ("任意两条记录是同一人的可能", "how likely any two records are one person"),
    SOURCE: ("两个来源中同一人的多少", "how often these two sources share a person"),
    HOUSEHOLD: ("也可能是同住的家人", "may be a relative of the same home"),
    "otherwise": ("姓名写法不同，可能是双胞胎，须人工核对", "the name is written otherwise, may be a twin: not enough by itself"),
    "undated": ("出生日期不详，又无相同电话，须人工核对", "no birth and no common phone: not enough by itself"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line of an explanation: what was compared, how far it agrees (codes of `comparisons`), and its weight."""

    comparison: str
    level: str
    weight: float

    def say(self, language: str, words: Mapping[tuple[str, str], tuple[str, str]] | None = None) -> str:
        """The line in words: 姓名同音 +4.1 / same pinyin +4.1."""
        zh, en = (words or WORDS)[self.comparison, self.level]
        return f"{en if language.startswith('en') else zh} {signed(self.weight)}"


def signed(weight: float) -> str:
    """A weight as people read it: +4.1, −1.3, 0.0."""
    shown = f"{abs(weight):.1f}"
    return shown if shown == "0.0" else f"{'+' if weight > 0 else '−'}{shown}"


def explain(model: Model, pairs: Pairs, records: int) -> list[tuple[Evidence, ...]]:
    """For each pair its lines, the strongest first after what everything starts from; comparisons of what is unknown
    are left out."""
    used, levels = model.used, gammas(model.used, pairs.pattern)
    start = log2(model.matches * 2 / max(records - 1, 1))
    total = np.log2(odds(model, pairs, records))
    out = []
    for at in range(len(pairs)):
        lines = [_line(model, c, int(levels[c.code][at]), pairs, at) for c in used if levels[c.code][at] >= 0]
        if pairs.by_source is not None:
            lines.append(Evidence(SOURCE, SOURCE, float(pairs.by_source[at]) / log(2)))
        lines.sort(key=lambda line: -abs(line.weight))
        rest = float(total[at]) - start - sum(line.weight for line in lines)
        if rest < -0.05:
            lines.append(Evidence(HOUSEHOLD, HOUSEHOLD, rest))
        out.append((Evidence(START, START, start), *lines))
    return out


def _line(model: Model, comparison: Comparison, gamma: int, pairs: Pairs, at: int) -> Evidence:
    shares, level = model.shares[comparison.code], comparison.level(gamma)
    usual = shares.u[gamma]
    if comparison.code in pairs.shares and pairs.shares[comparison.code][at] > 0:
        usual = float(pairs.shares[comparison.code][at])
    moved = pairs.followed is not None and bool(pairs.followed[at]) and comparison.code in PLACES
    return Evidence(comparison.code, FOLLOWED if moved else level.code, log2(shares.m[gamma] / usual))


def doubted(mark: int, weight: float) -> Evidence:
    """The line of a doubt, with what it takes."""
    return Evidence(DOUBTS[mark], DOUBTS[mark], weight)


def as_json(lines: Iterable[Evidence]) -> list[dict[str, Any]]:
    """The form in which an explanation is kept: codes and weights, no values."""
    return [{"comparison": e.comparison, "level": e.level, "weight": round(e.weight, 2)} for e in lines]


def from_json(lines: Iterable[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    """A kept explanation."""
    return tuple(Evidence(str(e["comparison"]), str(e["level"]), float(e["weight"])) for e in lines)


def _words() -> dict[tuple[str, str], tuple[str, str]]:
    from .comparisons import BY_SCRIPT

    known = {(c.code, lv.code): (lv.zh, lv.en) for script in BY_SCRIPT.values() for c in script for lv in c.levels}
    moved = ("与同住家人一同搬迁", "moved with others of the household")
    return known | {(code, code): words for code, words in _OWN.items()} | {(p, FOLLOWED): moved for p in PLACES}


WORDS = _words()
