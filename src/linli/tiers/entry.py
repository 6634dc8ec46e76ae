"""Answers of the API made from what reads found: one place where tables become schemas."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from .assessing.models import Assessment
from .assessing.queries import CommunityDetail, IndicatorStanding, Ladder, MetricStanding, Rung
from .recognitions.models import Recognition
from .schemas import (
    AssessmentOut,
    CommunityStandingOut,
    CommunityTierOut,
    DeclarationOut,
    IndicatorBoundOut,
    IndicatorChangeOut,
    IndicatorStandingOut,
    IndicatorSystemDetailOut,
    IndicatorSystemOut,
    LadderAssessmentOut,
    LadderCountsOut,
    LadderOut,
    MetricStandingOut,
    RecognitionOut,
    RungOut,
    StandingPointOut,
    TierIndicatorOut,
    TierTextOut,
)
from .systems.keeping import VILLAGES
from .systems.models import Indicator
from .systems.queries import SystemRow
from .systems.rows import Change
from .values.catalogue import metrics, name_of
from .values.models import Declaration


def value_out(value: Decimal | None, unit: str) -> Any:
    """A value as JSON has it: a number, or for yes and no true and false."""
    if value is None:
        return None
    return value == 1 if unit == "bool" else float(value)


def text_out(metric: str) -> TierTextOut:
    """The name of a metric."""
    name = name_of(metric)
    return TierTextOut(zh=name.zh, en=name.en)


def _system_fields(row: SystemRow) -> dict[str, Any]:
    system = row.system
    return {
        "id": system.id, "code": system.code, "version": str(system.version), "title": system.title, "authority": system.authority,
        "document": system.document, "issued_on": system.issued_on, "effective_from": system.effective_from,
        "effective_to": system.effective_to, "kinds": list(system.kinds),
        "villages": any(kind in system.kinds for kind in VILLAGES), "source": system.source, "note": system.note,
        "official": row.official, "inferred": row.inferred, "withdrawn_at": system.withdrawn_at,
        "withdrawn_by_name": system.withdrawn_by_name, "withdrawn_reason": system.withdrawn_reason,
    }  # fmt: skip


def system_out(row: SystemRow) -> IndicatorSystemOut:
    return IndicatorSystemOut(**_system_fields(row), indicators=row.indicators)


def system_detail_out(row: SystemRow, indicators: list[Indicator]) -> IndicatorSystemDetailOut:
    return IndicatorSystemDetailOut(**_system_fields(row), indicators=[indicator_out(each) for each in indicators])


def indicator_out(each: Indicator) -> TierIndicatorOut:
    """An indicator with its bounds."""
    return TierIndicatorOut(
        code=each.code, tier=cast(Any, each.tier), level1=each.level1, level1_certainty=cast(Any, each.level1_certainty),
        seq=each.seq, name=each.name, definition=each.definition, requirement=each.requirement, mode=each.mode,
        weight=float(each.weight) if each.weight is not None else None, records=each.records,
        evidence_wanted=each.evidence_wanted, certainty=cast(Any, each.certainty), strength=each.strength,
        completeness=each.completeness, source=each.source,
        bounds=[
            IndicatorBoundOut(
                metric=b.metric, metric_name=text_out(b.metric), op=b.op, value=value_out(b.value, b.unit), unit=b.unit,
                certainty=cast(Any, b.certainty), source=b.source, note=b.note,
            )
            for b in each.bounds.all()
        ],
    )  # fmt: skip


def change_out(each: Change) -> IndicatorChangeOut:
    """A difference; the name of the metric where it is one of a bound."""
    metric = each.field.partition(".")[0]
    name = text_out(metric) if metric in metrics() else None
    return IndicatorChangeOut(code=each.code, field=each.field, metric_name=name, before=each.before, after=each.after)


def ladder_out(found: Ladder) -> LadderOut:
    return LadderOut(
        assessment=_assessment_brief(found.assessment, found.system),
        counts=LadderCountsOut(**cast(Any, found.counts)),
        items=[_rung(each) for each in found.page.items],
        next=found.page.next,
    )


def _assessment_brief(last: Assessment | None, system: SystemRow | None) -> LadderAssessmentOut | None:
    if last is None or system is None:
        return None
    return LadderAssessmentOut(
        id=last.id, on=last.day, finished_at=last.finished_at, system_id=system.system.id, system_title=system.system.title,
        version=str(system.system.version), official=system.official, inferred=system.inferred, failures=sorted(last.failures),
    )  # fmt: skip


def _rung(each: Rung) -> RungOut:
    fields = {name: getattr(each, name) for name in RungOut.model_fields if name != "trend"}
    return RungOut(**fields, trend=list(each.trend))


def recognition_out(each: Recognition) -> RecognitionOut:
    return RecognitionOut(
        id=each.id, scope=cast(Any, each.scope), area_code=each.area_code, about=each.about, tier=cast(Any, each.tier or None),
        outcome=each.outcome, count=each.count, year=each.year, until_year=each.until_year, authority=each.authority,
        date=each.said_on, source=each.source, certainty=each.certainty, note=each.note,
    )  # fmt: skip


def community_out(found: CommunityDetail, may_declare: bool) -> CommunityTierOut:
    """A community with all its page shows."""
    standing = None
    if (stood := found.standing) is not None:
        standing = CommunityStandingOut(
            now=cast(Any, found.now), computed=stood.reached or "none", next=stood.next, met=stood.met, missed=stood.missed,
            unknown=stood.unknown, of=stood.of,
        )  # fmt: skip
    place = found.community
    return CommunityTierOut(
        area_code=place.code, name=place.name, town_name=place.town_name, people=found.people,
        recognitions=[recognition_out(each) for each in found.statements], standing=standing,
        assessment=_assessment_brief(found.assessment, found.system),
        indicators=[_indicator_standing(each) for each in found.indicators],
        history=[StandingPointOut(on=p.day, computed=cast(Any, p.computed), met=p.met) for p in found.history],
        may_declare=may_declare,
    )  # fmt: skip


def _indicator_standing(found: IndicatorStanding) -> IndicatorStandingOut:
    each = found.indicator
    return IndicatorStandingOut(
        code=each.code, tier=cast(Any, each.tier), level1=each.level1, name=each.name, definition=each.definition,
        requirement=each.requirement, certainty=cast(Any, each.certainty), mode=each.mode,
        evidence_wanted=each.evidence_wanted, verdict=found.verdict, metrics=[_metric_standing(m) for m in found.metrics],
    )  # fmt: skip


def _metric_standing(found: MetricStanding) -> MetricStandingOut:
    bound, reading = found.bound, found.reading
    return MetricStandingOut(
        metric=bound.metric, name=text_out(bound.metric), unit=bound.unit, op=bound.op, bound=value_out(bound.value, bound.unit),
        certainty=cast(Any, bound.certainty), computed=value_out(reading.computed, bound.unit), computed_on=found.computed_on,
        declared=value_out(reading.declared, bound.unit), declared_on=found.declared_on, synthetic=found.synthetic, used=reading.used,
        contradicts=found.contradicts, path=found.path, verdict=found.verdict,
    )  # fmt: skip


def declaration_out(each: Declaration, unit: str) -> DeclarationOut:
    return DeclarationOut(
        id=each.id, metric=each.metric, value=value_out(each.value, unit), as_of=each.as_of, note=each.note,
        synthetic=each.synthetic, declared_at=each.declared_at, declared_by_name=each.declared_by_name,
        declared_by_unit=each.declared_by_unit,
    )  # fmt: skip


def assessment_out(each: Assessment) -> AssessmentOut:
    return AssessmentOut(
        id=each.id, on=each.day, state=cast(Any, each.state), system_id=each.system_id, system_title=each.system.title,
        version=str(each.system.version), communities=each.communities, failures=sorted(each.failures), reason=each.why or None,
        asked_at=each.asked_at, asked_by_name=each.asked_by_name, started_at=each.started_at, finished_at=each.finished_at,
    )  # fmt: skip
