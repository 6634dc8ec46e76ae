"""Evaluation over HTTP: a month's figures, their course, their definitions, and the month's report as a file."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from linli.kernel.errors import NotFound, Text
from linli.kernel.http import actor_of, language_of, require

from ..permissions import CHECK, DISPATCH, HANDLE, VIEW
from . import counts, indices, own, paper, queries, rules, sheet
from .behind import failing
from .queries import Figures
from .ratios import BY_CODE, RATIOS
from .schemas import (
    BandOut,
    BandsOut,
    EvaluatedOut,
    EvaluationDefinitionsOut,
    EvaluationOut,
    GradeOut,
    IndexDefinitionOut,
    IndexFigureOut,
    OwnMonthOut,
    OwnWorkOut,
    RatioDefinitionOut,
    RatioFigureOut,
    StepLimitOut,
    TermFigureOut,
    TermOut,
    TrendPointOut,
)

router = Router(tags=["evaluation"])
Area = Annotated[str | None, Query(pattern=r"^\d{6}(\d{3}){0,3}$")]
Month = Annotated[int, Query(ge=200001, le=209912)]
STEPS = {
    "verify_send": Text("派发核实", "Send to be verified"), "verify": Text("核实", "Verify"), "file": Text("立案", "File"),
    "dispatch": Text("派遣", "Dispatch"), "check_send": Text("派发核查", "Send to be checked"), "check": Text("核查", "Check"),
}  # fmt: skip
TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "pdf": "application/pdf"}


@router.get(
    "/case-evaluation", auth=require(VIEW, HANDLE), response=EvaluationOut, summary="综合评价 / Figures of a month"
)
def get_evaluation(request: HttpRequest, month: Month, area: Area = None) -> Any:
    """Ratios and indices of a month: all in sight, each unit, each area of the next level. Never of persons."""
    found = queries.month_figures(actor_of(request), _month(month), area)
    return EvaluationOut(
        month=found.month, area=found.area, level=found.level, as_of=found.as_of, all=_evaluated(found.all),
        units=[_evaluated(each) for each in found.units], areas=[_evaluated(each) for each in found.areas],
    )  # fmt: skip


@router.get(
    "/case-evaluation/trend",
    auth=require(VIEW, HANDLE),
    response=list[TrendPointOut],
    summary="指标走势 / A ratio over months",
)
def get_evaluation_trend(
    request: HttpRequest, ratio: str, month: Month, area: Area = None, unit: UUID | None = None
) -> Any:
    """A ratio of all in sight, a unit or an area over the thirteen months that end with `month`."""
    if ratio not in BY_CODE:
        raise NotFound()
    points = queries.trend(actor_of(request), BY_CODE[ratio], _month(month), area, unit)
    return [
        TrendPointOut(month=p.month, numerator=p.share.numerator, denominator=p.share.denominator, value=p.share.value)
        for p in points
    ]


@router.get(
    "/case-evaluation/definitions",
    auth=require(VIEW, HANDLE),
    response=EvaluationDefinitionsOut,
    summary="指标定义 / Definitions",
)
def get_evaluation_definitions(request: HttpRequest) -> Any:
    """Every ratio and index by which units and areas are evaluated: numerator, denominator, weights, bands, version, certainty."""
    language = language_of(request)
    return EvaluationDefinitionsOut(
        ratios=[_ratio(each.code, language) for each in RATIOS],
        indices=[_index(each, language) for each in (indices.UNIT, indices.AREA)],
        grades=[
            GradeOut(grade=letter, least=float(least), colour=indices.COLOURS[letter].say(language))
            for least, letter in indices.GRADES
        ],
        steps=[
            StepLimitOut(step=code, label=STEPS[code].say(language), minutes=m)
            for code, m in counts.STEP_MINUTES.items()
        ],
    )


@router.get("/case-evaluation/report", auth=require(VIEW, HANDLE), summary="月度报告 / The month's report")
def get_evaluation_report(
    request: HttpRequest, month: Month, format: Literal["xlsx", "pdf"] = "xlsx", area: Area = None
) -> HttpResponse:
    """The month's figures with the definitions they were made by, as a workbook or for print."""
    actor, language = actor_of(request), language_of(request)
    found = queries.month_figures(actor, _month(month), area)
    content = sheet.workbook(actor, found, language) if format == "xlsx" else paper.document(actor, found, language)
    response = HttpResponse(content, content_type=TYPES[format])
    name = f"综合评价-{found.all.name}-{month}.{format}"
    response["Content-Disposition"] = (
        f"attachment; filename=\"evaluation-{month}.{format}\"; filename*=UTF-8''{quote(name)}"
    )
    response["Cache-Control"] = "no-store"
    return response


@router.get("/case-evaluation/own", auth=require(DISPATCH, HANDLE, CHECK), response=OwnMonthOut)
def own_work(request: HttpRequest, month: Month) -> Any:
    """What the reader did in a month: theirs alone, and nobody else's whatever is asked."""
    found = own.own_month(actor_of(request), _month(month))
    return OwnMonthOut(
        on=found.on,
        month=found.month,
        work=[OwnWorkOut(work=w.work, count=w.count, minutes=w.minutes) for w in found.work],
    )


# --- answers --------------------------------------------------------------------------------------------------


def _month(month: int) -> int:
    """A month there is. Raises NotFound."""
    if not 1 <= month % 100 <= 12:
        raise NotFound()
    return month


def _evaluated(figures: Figures) -> EvaluatedOut:
    return EvaluatedOut(
        key=figures.key, name=figures.name, filed=figures.counts.get("filed", 0),
        ratios=[
            RatioFigureOut(ratio=code, numerator=s.numerator, denominator=s.denominator, value=s.value)
            for code, s in figures.shares.items()
        ],
        index=_result(figures.index) if figures.index else None,
    )  # fmt: skip


def _result(result: rules.Result) -> IndexFigureOut:
    return IndexFigureOut(
        index=result.index.code, version=result.index.version, value=None if result.value is None else float(result.value),
        grade=result.grade,
        terms=[
            TermFigureOut(term=t.term.code, seen=t.seen, score=None if t.score is None else float(t.score)) for t in result.terms
        ],
    )  # fmt: skip


def _ratio(code: str, language: str) -> RatioDefinitionOut:
    ratio = BY_CODE[code]
    top, below = counts.BY_CODE[ratio.numerator], counts.BY_CODE[ratio.denominator]
    return RatioDefinitionOut(
        code=ratio.code, label=ratio.label.say(language), numerator=top.code, numerator_label=top.label.say(language),
        numerator_meaning=top.meaning.say(language), denominator=below.code, denominator_label=below.label.say(language),
        denominator_meaning=below.meaning.say(language), good=ratio.good, version=ratio.version, certainty=ratio.certainty,
        clause=ratio.clause.say(language), note=ratio.note.say(language) if ratio.note else None, behind=failing(ratio),
    )  # fmt: skip


def _index(index: indices.Index, language: str) -> IndexDefinitionOut:
    return IndexDefinitionOut(
        code=index.code, subject="unit" if index.subject == "unit" else "area", label=index.label.say(language), version=index.version,
        clause=index.clause.say(language), note=index.note.say(language) if index.note else None,
        terms=[
            TermOut(
                code=t.code, label=t.label.say(language), how=t.how, weight=t.weight, certainty=t.certainty,
                note=t.note.say(language) if t.note else None,
            )
            for t in index.terms
        ],
        bands=[BandsOut(of_class=of, bands=[BandOut(upto=b.upto, score=b.score) for b in each]) for of, each in index.bands.items()],
    )  # fmt: skip
