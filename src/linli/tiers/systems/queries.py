"""Reads of systems: the versions, one with its indicators, the one that holds on a day, what differs between two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound

from .. import certainties, rules
from ..certainties import Sure
from ..permissions import SYSTEM_EDIT, VIEW
from .models import Indicator, IndicatorBound, IndicatorSystem
from .rows import Change, changes_between, row_of


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A version with how many of its indicators are official and how many inferred."""

    system: IndicatorSystem
    official: int
    inferred: int

    @property
    def indicators(self) -> int:
        return self.official + self.inferred


@dataclass(frozen=True, slots=True)
class Differences:
    """What a version has that another has not, what it lacks, what is different."""

    added: Sequence[Indicator]
    removed: Sequence[Indicator]
    changed: Sequence[Change]


def standing() -> QuerySet[IndicatorSystem]:
    """The versions that hold, held or will hold: all but those that were withdrawn."""
    return IndicatorSystem.objects.filter(withdrawn_at=None)


def _rows() -> Any:
    return IndicatorSystem.objects.annotate(
        official=Count("indicators", filter=Q(indicators__certainty="official")),
        inferred=Count("indicators", filter=Q(indicators__certainty="inferred")),
    )


def _row(found: Any) -> SystemRow:
    return SystemRow(found, found.official, found.inferred)


def _may(actor: Actor) -> None:
    """Reference data: for whoever sees standings or keeps systems, anywhere."""
    if not actor.may(VIEW):
        actor.require(SYSTEM_EDIT)


def systems(actor: Actor) -> list[SystemRow]:
    """Every version, the one that begins last first. One query."""
    _may(actor)
    return [_row(each) for each in _rows().order_by("-effective_from", "-version", "-id")]


def system_row(actor: Actor, system_id: UUID) -> SystemRow:
    """One version. Raises NotFound. One query."""
    _may(actor)
    found = _rows().filter(id=system_id).first()
    if found is None:
        raise NotFound()
    return _row(found)


def indicators_of(system_id: UUID) -> list[Indicator]:
    """The indicators of a version with their bounds, in order. Two queries."""
    bounds = Prefetch("bounds", IndicatorBound.objects.order_by("position"))
    return list(Indicator.objects.filter(system_id=system_id).order_by("position").prefetch_related(bounds))


def sureness(indicator: Indicator) -> Sure:
    """How sure an indicator is; its bounds are read beforehand."""
    return certainties.sure(indicator.certainty, [each.certainty for each in indicator.bounds.all()])


def holding(day: date) -> IndicatorSystem | None:
    """The version that holds on a day; of several the one that began last, and none that was withdrawn. One query."""
    rows = standing().filter(Q(effective_to=None) | Q(effective_to__gt=day), effective_from__lte=day)
    return rows.order_by("-effective_from", "-version").first()


def judged(indicators: Sequence[Indicator]) -> list[rules.Indicator]:
    """The indicators as far as rules judge them."""
    return [
        rules.Indicator(
            each.code,
            cast(rules.Tier, each.tier),
            tuple(
                rules.Bound(b.metric, cast(rules.Operator, b.op), b.value, cast(rules.Unit, b.unit))
                for b in each.bounds.all()
            ),
        )
        for each in indicators
    ]


def differences(actor: Actor, before_id: UUID, after_id: UUID) -> Differences:
    """What changes from one version to another. Six queries. Raises NotFound."""
    system_row(actor, before_id)
    system_row(actor, after_id)
    before = {each.code: each for each in indicators_of(before_id)}
    after = {each.code: each for each in indicators_of(after_id)}
    changed = changes_between(
        {c: row_of(each) for c, each in before.items()}, {c: row_of(each) for c, each in after.items()}
    )
    return Differences(
        [each for code, each in after.items() if code not in before],
        [each for code, each in before.items() if code not in after],
        list(changed),
    )
