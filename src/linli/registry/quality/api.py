"""Figures of quality over HTTP: the indicators, an area's figures with those below it, and by source."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from linli.kernel import areas, clock
from linli.kernel.area_names import names_of
from linli.kernel.errors import Text
from linli.kernel.http import actor_of, language_of, require
from linli.registry.permissions import VIEW
from linli.registry.queries.codes import sources
from linli.registry.schemas import AreaRef

from . import rules
from .indicators import DIMENSIONS, INDICATORS, Dimension, Indicator, IndicatorCode
from .queries import GOLDEN, Figures, area_quality, days_of, last_kept, source_quality

router = Router(tags=["quality"])
Area = Annotated[str | None, Query(pattern=r"^\d{6}(\d{3}){0,3}$")]
UNITS = {"person": Text("人", "people"), "home": Text("套", "homes")}


class IndicatorOut(Schema):
    """What an indicator counts of what. `path` is the list of the records that fail; `certainty` tells whether a law or
    standard gives the bound (`official`) or we chose it by one (`inferred`)."""

    code: IndicatorCode
    dimension: Dimension
    dimension_label: str
    subject: Literal["person", "home"]
    label: str
    numerator: str
    denominator: str
    unit: str
    version: int
    basis: str
    certainty: Literal["official", "inferred"]
    by_source: bool
    path: str


class SourceNameOut(Schema):
    code: str
    name: str


class IndicatorsOut(Schema):
    items: list[IndicatorOut]
    sources: list[SourceNameOut]
    least: int = Field(description="of fewer records no share is told")


class QualityFigureOut(Schema):
    """How many records fail, of how many; `share` of those in order, null of too few records."""

    indicator: IndicatorCode
    failing: int
    of: int
    share: float | None


class AreaQualityOut(Schema):
    """Figures of one area; `wider` where its records are known to lie in it and no nearer."""

    area: AreaRef
    wider: bool
    figures: list[QualityFigureOut]


class QualityOut(Schema):
    area: AreaRef
    figures: list[QualityFigureOut]
    below: list[AreaQualityOut]


class SourceQualityOut(Schema):
    """Figures of what one source states of the people of an area."""

    code: str
    name: str
    figures: list[QualityFigureOut]


class SourcesQualityOut(Schema):
    items: list[SourceQualityOut]


class KeptQualityOut(QualityOut):
    """The same as it was measured last by night, at `measured_at`, with the figures by source; empty, and without a time,
    where nothing was kept or the caller does not see the whole area."""

    measured_at: datetime | None
    sources: list[SourceQualityOut]


class QualityDayOut(Schema):
    """An indicator on one day. Where `version` differs from the day before, the two do not compare."""

    day: date
    failing: int
    of: int
    share: float | None
    version: int


class TrendOut(Schema):
    """The days in order; empty for an area that the caller does not see as a whole, or that has too few people."""

    items: list[QualityDayOut]


@router.get(
    "/quality/indicators", auth=require(VIEW), response=IndicatorsOut, summary="质量指标 / Indicators of quality"
)
def get_indicators(request: HttpRequest) -> IndicatorsOut:
    """Every indicator with its definition."""
    language = language_of(request)
    return IndicatorsOut(
        items=[_indicator(i, language) for i in INDICATORS],
        sources=[SourceNameOut(code=c, name=n) for c, n in _source_names(language).items()],
        least=rules.LEAST,
    )


@router.get("/quality", auth=require(VIEW), response=QualityOut, summary="数据质量 / Quality of an area")
def get_quality(
    request: HttpRequest, area: Area = None, source: Annotated[str, Query(max_length=40)] = GOLDEN
) -> QualityOut:
    """Figures of an area (default: all the caller sees) and of those right below it, in the order of their codes."""
    actor = actor_of(request)
    total, below = area_quality(actor, area, source)
    return QualityOut(**_shown(area or next(iter(actor.areas_for(VIEW)), ""), total, below))


@router.get(
    "/quality/kept", auth=require(VIEW), response=KeptQualityOut, summary="夜间统计的数据质量 / Quality as kept last"
)
def get_kept(
    request: HttpRequest, area: Area = None, source: Annotated[str, Query(max_length=40)] = GOLDEN
) -> KeptQualityOut:
    """What the last night measured, at once: to be shown until `/quality` has counted. People known in a wider area only
    stand in none of those below."""
    actor = actor_of(request)
    code = area or next(iter(actor.areas_for(VIEW)), "")
    found = last_kept(actor, code, source) if code else None
    if found is None:
        return KeptQualityOut(**_shown(code, {}, {}), measured_at=None, sources=[])
    shown = _shown(code, found.figures, found.below)
    sources = _of_sources(found.sources, language_of(request))
    return KeptQualityOut(**shown, measured_at=found.measured_at, sources=sources)


@router.get("/quality/sources", auth=require(VIEW), response=SourcesQualityOut, summary="按来源 / Quality by source")
def get_sources(request: HttpRequest, area: Area = None) -> SourcesQualityOut:
    """Figures of what each source states of the people of an area, as far as its statements lie in the caller's."""
    actor = actor_of(request)
    return SourcesQualityOut(items=_of_sources(source_quality(actor, area), language_of(request)))


@router.get("/quality/trend", auth=require(VIEW), response=TrendOut, summary="质量趋势 / Quality by day")
def get_trend(
    request: HttpRequest,
    indicator: IndicatorCode,
    area: Area = None,
    source: Annotated[str, Query(max_length=40)] = GOLDEN,
    days: Annotated[int, Query(ge=1, le=3660)] = 366,
) -> TrendOut:
    """An indicator as it was kept each night; of days over three months ago, the first of each month."""
    actor = actor_of(request)
    code = area or next(iter(actor.areas_for(VIEW)), "")
    found = days_of(actor, indicator, code, source, clock.today() - timedelta(days=days)) if areas.is_code(code) else []
    return TrendOut(
        items=[
            QualityDayOut(day=d.day, failing=d.failing, of=d.of, share=rules.share(d.failing, d.of), version=d.version)
            for d in found
        ]
    )


def _source_names(language: str) -> dict[str, str]:
    return {s.code: s.name_en or s.name if language == "en" else s.name for s in sources()}


def _of_sources(found: dict[str, Figures], language: str) -> list[SourceQualityOut]:
    names = _source_names(language)
    return [SourceQualityOut(code=c, name=n, figures=_figures(found[c])) for c, n in names.items() if c in found]


def _shown(code: str, total: Figures, below: dict[str, Figures]) -> dict[str, Any]:
    """An area's figures and those below it, in the order of their codes, as `QualityOut` has them."""
    named, nearest = names_of([code, *below]), max(map(len, below), default=0)
    areas_below = [] if list(below) == [code] else sorted(below)
    return {
        "area": AreaRef(code=code, name=named.get(code, "")),
        "figures": _figures(total),
        "below": [
            AreaQualityOut(
                area=AreaRef(code=c, name=named.get(c, c)), wider=len(c) < nearest, figures=_figures(below[c])
            )
            for c in areas_below
        ],
    }


def _figures(found: Figures) -> list[QualityFigureOut]:
    return [
        QualityFigureOut(
            indicator=code, failing=figure.failing, of=figure.of, share=rules.share(figure.failing, figure.of)
        )
        for code, figure in found.items()
    ]


def _indicator(indicator: Indicator, language: str) -> IndicatorOut:
    return IndicatorOut(
        code=indicator.code,
        dimension=indicator.dimension,
        dimension_label=DIMENSIONS[indicator.dimension].say(language),
        subject=indicator.subject,
        label=indicator.label.say(language),
        numerator=indicator.failing.say(language),
        denominator=indicator.of.say(language),
        unit=UNITS[indicator.subject].say(language),
        version=indicator.version,
        basis=indicator.basis.say(language),
        certainty=indicator.certainty,
        by_source=indicator.by_source,
        path=indicator.path,
    )
