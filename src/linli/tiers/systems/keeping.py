"""Writing a version of a system that was read: set-based, once; it is never changed, the next one follows it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.ids import uuid7

from .drafts import SystemDraft
from .models import Indicator, IndicatorBound, IndicatorSystem

#: Which areas of the village level are communities unless a system says otherwise.
KINDS = ("居委会", "社区")
#: Those that are assessed by choice only.
VILLAGES = ("村委会",)


def keep(
    actor: Actor, draft: SystemDraft, code: str, version: int, effective_from: date, note: str = "", using: str = "default",
    kinds: tuple[str, ...] = KINDS,
) -> IndicatorSystem:  # fmt: skip
    """Write a version with its indicators and bounds. Three statements; runs in the caller's transaction."""
    system = IndicatorSystem.objects.using(using).create(
        id=uuid7(), code=code, version=version, title=draft.title, authority=draft.authority, document=draft.document,
        issued_on=draft.issued_on, effective_from=effective_from, kinds=list(kinds), source=draft.source, note=note,
        loaded_at=clock.now(), loaded_by=actor.id, loaded_by_name=actor.name,
    )  # fmt: skip
    indicators, bounds = [], []
    for position, each in enumerate(draft.indicators):
        facts = asdict(each)
        del facts["bounds"]
        made = Indicator(id=uuid7(), system=system, position=position, **facts)
        indicators.append(made)
        bounds += [
            IndicatorBound(
                id=uuid7(), indicator=made, position=serial, metric=b.bound.metric, op=b.bound.op, value=b.bound.value,
                unit=b.bound.unit, certainty=b.certainty, source=b.source, note=b.note,
            )
            for serial, b in enumerate(each.bounds)
        ]  # fmt: skip
    Indicator.objects.using(using).bulk_create(indicators)
    IndicatorBound.objects.using(using).bulk_create(bounds)
    return system
