"""Which tier values reach, and what is missing to a tier. Pure.

A tier is reached when every bound of it and of the tiers below is met. What is not known is missed, but for the tiers a
community is recognised at: it passed them when it was accepted, and only a value that is known and misses a bound says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .instance import Bound, Community, Instance, directions

#: Values are compared with this slack, so that 0.1 + 0.2 meets 0.3.
SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Missing:
    """A bound that is missed: by a value, or because none is known (`value` None)."""

    indicator: str
    metric: str
    tier: int
    op: str
    bound: float
    value: float | None


@dataclass(frozen=True, slots=True)
class Ladder:
    """The bounds by metric: for each tier the hardest value asked there, None where nothing is asked."""

    tiers: int
    up: Mapping[str, bool]
    asked: Mapping[str, tuple[float | None, ...]]
    indicator: Mapping[tuple[str, int], str] = field(default_factory=dict)

    @classmethod
    def of(cls, asked: Instance) -> Ladder:
        return cls.made(asked.tiers, asked.bounds)

    @classmethod
    def made(cls, tiers: int, bounds: tuple[Bound, ...]) -> Ladder:
        up = directions(bounds)
        hardest: dict[str, list[float | None]] = {}
        indicator: dict[tuple[str, int], str] = {}
        for bound in bounds:
            if bound.value is None or (bound.op == ">=" and bound.value is not False and bound.value == 0):
                continue  # not known, or asks nothing
            row = hardest.setdefault(bound.metric, [None] * tiers)
            value, before = float(bound.value), row[bound.tier - 1]
            if before is None or (value > before) == up[bound.metric]:
                row[bound.tier - 1] = value
                indicator[bound.metric, bound.tier] = bound.indicator
        return cls(tiers, up, {metric: tuple(row) for metric, row in hardest.items()}, indicator)

    def meets(self, metric: str, tier: int, value: float | None, recognised: int) -> bool:
        """Whether a value meets what is asked of a metric at one tier."""
        bound = self.asked[metric][tier - 1]
        if bound is None:
            return True
        if value is None:
            return tier <= recognised
        return value >= bound - SLACK if self.up[metric] else value <= bound + SLACK

    def level(self, metric: str, value: float | None, recognised: int) -> int:
        """The highest tier up to which the metric meets everything."""
        for tier in range(1, self.tiers + 1):
            if not self.meets(metric, tier, value, recognised):
                return tier - 1
        return self.tiers

    def reached(self, community: Community) -> int:
        """The tier its values reach today."""
        return min(
            (self.level(metric, number(community.values.get(metric)), community.tier) for metric in self.asked),
            default=self.tiers,
        )

    def missing(self, community: Community, tier: int) -> list[Missing]:
        """What it misses of a tier and those below, the hardest bound of each metric."""
        found = []
        for metric in self.asked:
            value = number(community.values.get(metric))
            failed = [t for t in range(1, tier + 1) if not self.meets(metric, t, value, community.tier)]
            if failed:
                at = max(failed, key=lambda t: (self.asked[metric][t - 1] or 0.0) * (1 if self.up[metric] else -1))
                bound = self.asked[metric][at - 1]
                op = ">=" if self.up[metric] else "<="
                found.append(Missing(self.indicator[metric, at], metric, at, op, bound or 0.0, value))
        return found


def number(value: float | bool | None) -> float | None:
    """Yes is 1 and no is 0."""
    return None if value is None else float(value)
