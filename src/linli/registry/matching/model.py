"""The parameters of matching, with their version: what is kept, what a later run starts from. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .comparisons import BY_SCRIPT, NULL, Comparison

VERSION = 1
FLOOR = 1e-9


@dataclass(frozen=True, slots=True)
class Shares:
    """How often each level occurs, by gamma from 0: among one person's records, any two people's, and housemates'."""

    m: tuple[float, ...]
    u: tuple[float, ...]
    kin: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """What is known of a set of sources. `matches` and `kin_pairs` are the expected numbers of pairs for each record.

    `seen` says what it was estimated from; `version` is that of this form, `comparisons` those it knows.
    """

    script: str
    comparisons: tuple[str, ...]
    shares: Mapping[str, Shares]
    matches: float
    kin_pairs: float
    seen: Mapping[str, Any]
    version: int = VERSION

    @property
    def used(self) -> tuple[Comparison, ...]:
        """The comparisons, in their order."""
        return tuple(c for c in BY_SCRIPT[self.script] if c.code in self.comparisons)

    def to_json(self) -> str:
        """The form in which it is kept."""
        shares = {
            code: {"m": list(s.m), "u": list(s.u), "kin": list(s.kin), "levels": [lv.code for lv in _known(code, self.script).levels[::-1]]}
            for code, s in self.shares.items()
        }  # fmt: skip
        return json.dumps(
            {
                "version": self.version,
                "script": self.script,
                "comparisons": list(self.comparisons),
                "shares": shares,
                "matches": self.matches,
                "kin_pairs": self.kin_pairs,
                "seen": dict(self.seen),
            },
            ensure_ascii=False,
            indent=1,
        )


def _known(code: str, script: str) -> Comparison:
    return next(c for c in BY_SCRIPT[script] if c.code == code)


def from_json(text: str) -> Model:
    """A kept model. ValueError where it is of another form, or knows other levels than this program."""
    try:
        told = json.loads(text)
        if told["version"] != VERSION or told["script"] not in BY_SCRIPT:
            raise ValueError(f"version {told['version']}")
        for code, shares in told["shares"].items():
            levels = [lv.code for lv in _known(code, told["script"]).levels[::-1]]
            if shares["levels"] != levels or any(len(shares[k]) != len(levels) for k in ("m", "u", "kin")):
                raise ValueError(f"levels of {code}")
        return Model(
            told["script"],
            tuple(told["comparisons"]),
            {c: Shares(tuple(s["m"]), tuple(s["u"]), tuple(s["kin"])) for c, s in told["shares"].items()},
            float(told["matches"]),
            float(told["kin_pairs"]),
            told["seen"],
        )
    except (KeyError, TypeError, StopIteration, json.JSONDecodeError) as error:
        raise ValueError(str(error)) from error


def prior(script: str, comparisons: Sequence[Comparison]) -> Model:
    """What is assumed before any record is seen."""
    shares = {
        c.code: Shares(
            normal([lv.m for lv in c.levels[::-1]]),
            normal([lv.u for lv in c.levels[::-1]]),
            normal([lv.kin for lv in c.levels[::-1]]),
        )
        for c in comparisons
    }
    return Model(script, tuple(c.code for c in comparisons), shares, 0.12, 1.0, {"records": 0})


def normal(values: Sequence[float]) -> tuple[float, ...]:
    """Shares that are never nothing and sum to one."""
    held = [max(float(v), FLOOR) for v in values]
    total = sum(held)
    return tuple(v / total for v in held)


def blend(seen: Sequence[float], weight: float, before: Sequence[float], weight_before: float) -> tuple[float, ...]:
    """Counts seen (as shares of `weight`) on top of what was assumed, held as if it had been seen `weight_before` times."""
    return normal(
        [(s * weight + b * weight_before) / (weight + weight_before) for s, b in zip(seen, before, strict=True)]
    )


def radix(comparisons: Sequence[Comparison]) -> dict[str, int]:
    """How patterns are numbered: the factor of each comparison's gamma + 1."""
    factors, factor = {}, 1
    for comparison in comparisons:
        factors[comparison.code] = factor
        factor *= comparison.size + 1
    return factors


__all__ = ["NULL", "VERSION", "Model", "Shares", "blend", "from_json", "normal", "prior", "radix"]
