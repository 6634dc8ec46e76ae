"""What figures say of the indicators an application is judged by: from the last assessment, and what is declared now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from linli.kernel import clock

from .. import rules
from ..assessing.models import CommunityStanding
from ..assessing.queries import last_assessment
from ..rules import Reading, Verdict
from ..systems.models import Indicator
from ..systems.queries import indicators_of, judged
from ..values.queries import declared


@dataclass(frozen=True, slots=True)
class Asked:
    """The indicators of a system up to a tier: what a community has to meet to reach it."""

    indicators: Sequence[Indicator]
    judged: Sequence[rules.Indicator]

    @property
    def codes(self) -> list[str]:
        return [each.code for each in self.indicators]


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of a community, and what it says of each indicator. `live`: the verdicts by what was computed alone."""

    readings: Mapping[str, Reading] = field(default_factory=dict)
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    live: Mapping[str, Verdict] = field(default_factory=dict)


def asked_of(system_id: UUID) -> dict[str, Asked]:
    """The indicators asked for at each tier, those of the tiers below among them. Two queries."""
    indicators = indicators_of(system_id)
    both = list(zip(indicators, judged(indicators), strict=True))
    found: dict[str, Asked] = {}
    for tier in rules.TIERS:
        chosen = [(row, rule) for row, rule in both if rules.rank(rule.tier) <= rules.rank(tier)]
        found[tier] = Asked([row for row, _ in chosen], [rule for _, rule in chosen])
    return found


def readings_of(codes: Sequence[str]) -> dict[str, dict[str, Reading]]:
    """What is known of communities in sight, by code and metric. Three queries."""
    last = last_assessment()
    computed: dict[str, dict[str, Decimal]] = {}
    if last is not None:
        rows = CommunityStanding.objects.filter(assessment=last, area_code__in=list(codes))
        for code, readings in rows.values_list("area_code", "readings"):
            computed[code] = {metric: Decimal(kept[0]) for metric, kept in readings.items() if kept[0] is not None}
    said = declared(codes, clock.today())
    return {
        code: {
            metric: Reading(computed.get(code, {}).get(metric), said[code][metric].value if metric in said.get(code, {}) else None)
            for metric in {*computed.get(code, {}), *said.get(code, {})}
        }
        for code in codes
    }  # fmt: skip


def judge(asked: Asked, readings: Mapping[str, Reading]) -> Judged:
    """What readings say of the indicators."""
    live = {metric: Reading(reading.computed) for metric, reading in readings.items()}
    return Judged(
        readings,
        {rule.code: rules.judge(rule, readings) for rule in asked.judged},
        {rule.code: rules.judge(rule, live) for rule in asked.judged},
    )


def said_verdict(verdict: str | None) -> str | None:
    """A computed verdict as far as it says something: what is not known is none."""
    return None if verdict in (None, "unknown") else verdict
