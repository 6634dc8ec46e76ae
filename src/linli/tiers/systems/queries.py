"""Reads of systems: the versions, one with its indicators, the one that holds on a day, what differs between two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Prefetch, Q, QuerySet, Value

from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound

from .. import certainties, rules
from ..certainties import Sources, Sure
from ..permissions import SYSTEM_EDIT, VIEW
from .models import Indicator, IndicatorBound, IndicatorSystem
from .rows import Change, changes_between, row_of


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A version with how sure its indicators are: how many texts are official, how many of these have an inferred bound, how many
    are inferred."""

    system: IndicatorSystem
    sources: Sources

    @property
    def official(self) -> int:
        return self.sources.texts

    @property
    def inferred(self) -> int:
        return self.sources.inferred

    @property
    def indicators(self) -> int:
        return self.sources.of


@dataclass(frozen=True, slots=True)
class Differences:
    """What a version has that another has not, what it lacks, what is different."""

    added: Sequence[Indicator]
    removed: Sequence[Indicator]
    changed: Sequence[Change]


def standing() -> QuerySet[IndicatorSystem]:
    """The versions that hold, held or will hold: all but those that were withdrawn."""
    return IndicatorSystem.objects.filter(withdrawn_at=None)


def _sources(systems: Sequence[IndicatorSystem]) -> dict[UUID, Sources]:
    """How sure the indicators of each version are. One query."""
    kinds: dict[UUID, list[Sure]] = {each.id: [] for each in systems}
    of_bounds = ArrayAgg("bounds__certainty", filter=Q(bounds__isnull=False), default=Value([]))
    rows = Indicator.objects.filter(system__in=kinds).order_by().annotate(of_bounds=of_bounds)
    for system, certainty, bounds in rows.values_list("system_id", "certainty", "of_bounds"):
        kinds[system].append(certainties.sure(certainty, bounds))
    return {system: certainties.counted(found) for system, found in kinds.items()}


def _may(actor: Actor) -> None:
    """Reference data: for whoever sees standings or keeps systems, anywhere."""
    if not actor.may(VIEW):
        actor.require(SYSTEM_EDIT)


def systems(actor: Actor) -> list[SystemRow]:
    """Every version, the one that begins last first. Two queries."""
    _may(actor)
    found = list(IndicatorSystem.objects.order_by("-effective_from", "-version", "-id"))
    sources = _sources(found)
    return [SystemRow(each, sources[each.id]) for each in found]


def system_row(actor: Actor, system_id: UUID) -> SystemRow:
    """One version. Raises NotFound. Two queries."""
    _may(actor)
    found = IndicatorSystem.objects.filter(id=system_id).first()
    if found is None:
        raise NotFound()
    return SystemRow(found, _sources([found])[found.id])


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
    """What changes from one version to another. Eight queries. Raises NotFound."""
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
