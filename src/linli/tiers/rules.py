"""Decisions of the ladder as pure functions: a bound's verdict, an indicator's, the tier that is reached, contradictions.

A value that is not known is never taken for zero: its verdict is `unknown`, and a tier with an unknown indicator is not reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Tier = Literal["basic", "growing", "model"]
Verdict = Literal["met", "missed", "unknown", "not_asked"]
Operator = Literal[">=", "<=", "==", ">", "<"]
Unit = Literal["%", "count", "bool", "minute"]
Used = Literal["computed", "declared"]
#: In the order in which they are climbed: 基础型, 成长型, 标杆型.
TIERS: tuple[Tier, ...] = ("basic", "growing", "model")
OPERATORS: tuple[Operator, ...] = (">=", "<=", "==", ">", "<")
UNITS: tuple[Unit, ...] = ("%", "count", "bool", "minute")
#: Figures are told to one place behind the point: two that agree so far do not contradict each other.
TOLD = Decimal("0.1")
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound (标准值): what a metric has to be. `value` None: not known, not judged; yes is 1 and no is 0."""

    metric: str
    op: Operator
    value: Decimal | None
    unit: Unit = "%"


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator (指标) as far as it is judged."""

    code: str
    tier: Tier
    bounds: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a metric of a community: what was computed from records, what it declared."""

    computed: Decimal | None = None
    declared: Decimal | None = None

    @property
    def used(self) -> Used | None:
        """Which of the two is judged: records go before what is declared."""
        if self.computed is not None:
            return "computed"
        return "declared" if self.declared is not None else None

    @property
    def value(self) -> Decimal | None:
        return self.computed if self.computed is not None else self.declared

    @property
    def contradicts(self) -> bool:
        """Whether both are there and differ as they are told."""
        if self.computed is None or self.declared is None:
            return False
        return self.computed.quantize(TOLD) != self.declared.quantize(TOLD)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a community stands. `reached` None: no tier yet; `next` None: there is none above.

    `met`, `missed`, `unknown` count the indicators that are asked for on the way to the next tier, `of` is their sum;
    `passed` counts those met in all tiers, by which two assessments are compared.
    """

    reached: Tier | None
    next: Tier | None
    met: int
    missed: int
    unknown: int
    of: int
    passed: int


NOTHING = Reading()


def asks_nothing(bound: Bound) -> bool:
    """Whether a bound asks nothing at its tier: it is not known, or every value holds (`>= 0`)."""
    return bound.value is None or (bound.op == ">=" and bound.value == 0)


def judge_bound(bound: Bound, value: Decimal | None) -> Verdict:
    """The verdict of a bound on a value, None for one that is not known."""
    if asks_nothing(bound) or bound.value is None:
        return "not_asked"
    if value is None:
        return "unknown"
    match bound.op:
        case ">=":
            holds = value >= bound.value
        case "<=":
            holds = value <= bound.value
        case ">":
            holds = value > bound.value
        case "<":
            holds = value < bound.value
        case "==":
            holds = value == bound.value
    return "met" if holds else "missed"


def contradicts(bound: Bound, reading: Reading) -> bool:
    """Whether records and what was declared differ as they are told, or in the verdict: 69.95 misses where 70.0 meets."""
    if reading.computed is None or reading.declared is None:
        return False
    return reading.contradicts or judge_bound(bound, reading.computed) != judge_bound(bound, reading.declared)


def contradictions(indicators: Iterable[Indicator], readings: Mapping[str, Reading]) -> int:
    """Of how many metrics records and what was declared contradict each other, by themselves or at any bound."""
    told = {metric for metric, reading in readings.items() if reading.contradicts}
    bounds = (bound for indicator in indicators for bound in indicator.bounds)
    return len(told | {b.metric for b in bounds if contradicts(b, readings.get(b.metric, NOTHING))})


def judge(indicator: Indicator, readings: Mapping[str, Reading]) -> Verdict:
    """The verdict of an indicator: missed where one bound is, else unknown where one is, met where all that are asked are."""
    found = {judge_bound(bound, readings.get(bound.metric, NOTHING).value) for bound in indicator.bounds}
    for verdict in ("missed", "unknown", "met"):
        if verdict in found:
            return verdict
    return "not_asked"


def reached(verdicts: Iterable[tuple[Tier, Verdict]]) -> Tier | None:
    """The highest tier of which every indicator, and every one of the tiers below, is met or asks nothing."""
    failing = {tier for tier, verdict in verdicts if verdict in ("missed", "unknown")}
    found: Tier | None = None
    for tier in TIERS:
        if tier in failing:
            break
        found = tier
    return found


def above(tier: Tier | None) -> Tier | None:
    """The tier after one; None above the highest."""
    place = 0 if tier is None else TIERS.index(tier) + 1
    return TIERS[place] if place < len(TIERS) else None


def stand(indicators: Sequence[Indicator], readings: Mapping[str, Reading]) -> Standing:
    """Where a community with such readings stands."""
    verdicts = [(each.tier, judge(each, readings)) for each in indicators]
    top = reached(verdicts)
    following = above(top)
    far = TIERS.index(following if following is not None else TIERS[-1])
    way = [verdict for tier, verdict in verdicts if TIERS.index(tier) <= far]
    met, missed, unknown = way.count("met"), way.count("missed"), way.count("unknown")
    passed = sum(verdict == "met" for _, verdict in verdicts)
    return Standing(top, following, met, missed, unknown, met + missed + unknown, passed)


def from_share(share: float) -> Decimal:
    """A share from 0 to 1 as a percentage. Eight places keep apart what denominators up to a million can tell apart, so that
    nothing is rounded up to its bound."""
    return (Decimal(repr(share)) * HUNDRED).quantize(Decimal("0.00000001"))


def rank(tier: Tier | None) -> int:
    """0 for none, then 1 to 3: for comparing."""
    return 0 if tier is None else TIERS.index(tier) + 1
