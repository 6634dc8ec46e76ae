"""What is computed of communities: the kernel's measures behind metrics, all communities at once, as one who sees the district.

A measure that fails leaves its metric unknown, never zero, and its failure is noted; nothing of the others is lost by it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction

from linli.kernel import clock, measures
from linli.kernel.actors import Actor
from linli.kernel.measures import Measure

from .. import rules
from ..values.catalogue import Metric, metrics

log = structlog.get_logger("linli.tiers")
VILLAGE = 12
PEOPLE = "people"
WIDEST = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class Computed:
    """What was computed: values by area and metric, people by area, and what could not be, by metric."""

    values: Mapping[str, Mapping[str, Decimal]]
    people: Mapping[str, int]
    failures: Mapping[str, str]


def compute(actor: Actor, day: date) -> Computed:
    """Every metric that a declared measure computes, and people. One statement each, in a savepoint of its own."""
    known = {measure.code: measure for measure in measures.catalogue()}
    values: dict[str, dict[str, Decimal]] = defaultdict(dict)
    failures: dict[str, str] = {}
    for metric in metrics().values():
        if metric.measure not in known:
            continue
        try:
            with transaction.atomic():
                figures = _figures(known[metric.measure], actor, day)
                found = {area: _value(metric, known[metric.measure], figure) for area, figure in figures.items()}
        except Exception as error:  # whatever it is, the other metrics stand
            log.warning("tiers.measure_failed", measure=metric.measure, error=type(error).__name__)
            failures[metric.code] = type(error).__name__
            continue
        for area, value in found.items():
            values[area][metric.code] = value
    return Computed(values, _people(known.get(PEOPLE), actor), failures)


def _figures(measure: Measure, actor: Actor, day: date) -> Mapping[str, float]:
    """A measure of a day. One that can tell only of today says nothing of another day: it is unknown then."""
    district = str(settings.LINLI_DISTRICT)
    if day == clock.today():
        return measure.by_area(actor, VILLAGE, district)
    as_of: Any = getattr(measure, "as_of", None)
    return as_of(actor, VILLAGE, district, day) if as_of and day < clock.today() else {}


def _value(metric: Metric, measure: Measure, figure: float) -> Decimal:
    """A figure in the unit of its metric. Raises ValueError for what is no number or cannot be one of that unit."""
    if not math.isfinite(figure) or figure < 0:
        raise ValueError("figure")
    if metric.unit == "bool":
        return Decimal(int(figure >= 1))
    value = rules.from_share(figure) if measure.unit == "share" else Decimal(repr(float(figure)))
    if (metric.unit == "%" and value > rules.HUNDRED) or value >= WIDEST:
        raise ValueError("figure")
    return value


def _people(measure: Measure | None, actor: Actor) -> Mapping[str, int]:
    """How many people live in each area, as it is now; nothing where that cannot be counted."""
    if measure is None:
        return {}
    try:
        with transaction.atomic():
            return {area: int(n) for area, n in measure.by_area(actor, VILLAGE, str(settings.LINLI_DISTRICT)).items()}
    except Exception as error:
        log.warning("tiers.measure_failed", measure=PEOPLE, error=type(error).__name__)
        return {}
