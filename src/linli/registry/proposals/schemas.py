"""Why two may be one, as the API tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ninja import Schema

from linli.registry.matching import explain


class WeightOut(Schema):
    """What one comparison speaks for (above 0) or against, in bits; `text` says it in words with its weight.

    The first line is what any two start from; with it, weights add up to the odds before rivals.
    """

    comparison: str
    level: str
    text: str
    weight: float


def weights_out(lines: Iterable[Mapping[str, Any]], language: str) -> list[WeightOut]:
    """Kept lines in the reader's language."""
    return [
        WeightOut(comparison=e.comparison, level=e.level, text=e.say(language), weight=e.weight)
        for e in explain.from_json(lines)
    ]
