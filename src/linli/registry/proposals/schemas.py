"""Why two may be one, as the API tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ninja import Schema

from linli.registry.matching import explain
from linli.registry.matching.parameters import Thresholds


class WeightOut(Schema):
    """What one comparison speaks for (above 0) or against, in bits; `text` says it in words with its weight.

    The first line is what any two start from; with it, weights add up to the odds before rivals.
    """

    comparison: str
    level: str
    text: str
    weight: float


class LikenessOut(Schema):
    """How likely two were one person by all that both stated, when they were put together, and why."""

    probability: float
    weights: list[WeightOut]


class ThresholdsOut(Schema):
    """From `merge` on two are put together where nothing else speaks against it, from `review` on somebody is asked; today's."""

    merge: float
    review: float


def thresholds_out(known: Thresholds) -> ThresholdsOut:
    """The thresholds of a day."""
    return ThresholdsOut(merge=known.merge, review=known.review)


def weights_out(lines: Iterable[Mapping[str, Any]], language: str) -> list[WeightOut]:
    """Kept lines in the reader's language."""
    return [
        WeightOut(comparison=e.comparison, level=e.level, text=e.say(language), weight=e.weight)
        for e in explain.from_json(lines)
    ]
