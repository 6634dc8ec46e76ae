"""Cases over HTTP: queues and lists, one case with what can be done with it, a report, a step."""

from __future__ import annotations

from typing import Annotated, Any, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from linli.access import reads
from linli.access.models import Unit
from linli.access.models.units import in_use
from linli.kernel import clock
from linli.kernel.area_names import names_of
from linli.kernel.http import PageOut, actor_of, language_of, require, written

from ..permissions import ACCEPT, CHECK, CLOSE, DISPATCH, HANDLE, REPORT, REVEAL, VIEW
from . import answers, placing, procedure, queries, restricted
from .act import act
from .choices import FEW, MOST, categories_to_choose, rules_to_choose
from .effects import Given
from .lines import line
from .report import NewCase, report
from .requests_api import router as adjustments
from .reveal import reveal
from .schemas import (
    CaseDetailOut,
    CaseIn,
    CaseOut,
    CasesQuery,
    CaseStepIn,
    CaseUnitOut,
    CategoryChoiceOut,
    PlaceOut,
    PlaceQuery,
    ProcedureOut,
    QueueOut,
    ReportedOut,
    ReporterOut,
    RevealReporterIn,
    RuleChoiceOut,
)  # fmt: skip
from .tasks_api import router as field_tasks

router = Router(tags=["cases"])
router.add_router("", adjustments)
router.add_router("", field_tasks)
MOST_UNITS = 500


@router.get("/cases", auth=require(VIEW, HANDLE), response=PageOut[CaseOut])
def list_cases(request: HttpRequest, wanted: Annotated[CasesQuery, Query()]) -> Any:
    """The cases in sight: by area, and those of the reader's unit."""
    actor, language = actor_of(request), language_of(request)
    page = queries.cases_page(actor, wanted.wanted(wanted.order), wanted.cursor, wanted.limit)
    reads.note("list", "case", area=wanted.area, over=[row.area_code for row in page.items], count=len(page.items))
    named = names_of(row.area_code for row in page.items)
    items = [line(row, named, language) for row in page.items]
    return written({"items": items, "next": page.next, "count": page.count}, request)


@router.get("/cases/queues", auth=require(VIEW, HANDLE), response=list[QueueOut])
def case_queues(request: HttpRequest, area: Annotated[str | None, Query(pattern=r"^\d{6}(\d{3}){0,3}$")] = None) -> Any:
    """The queues that are the reader's, and how many cases wait in each."""
    counted = queries.queue_counts(actor_of(request), area)
    return [QueueOut(code=queue.code, count=count.value, exact=count.exact) for queue, count in counted]


@router.get("/cases/units", auth=require(DISPATCH), response=list[CaseUnitOut])
def case_units(request: HttpRequest) -> Any:
    """The units in sight, to dispatch to: departments first, then by area."""
    rank = {"department": 0, "district": 1, "town": 2, "village": 3}
    standing = Unit.objects.restrict(actor_of(request), DISPATCH).filter(in_use(clock.today()))
    found = standing.order_by("area_code", "name")[:MOST_UNITS]
    return [
        CaseUnitOut(id=u.id, name=u.name, kind=u.kind, area_code=u.area_code)
        for u in sorted(found, key=lambda u: (rank[u.kind], u.area_code, u.name))
    ]


@router.get("/cases/procedures", auth=require(VIEW, HANDLE, REPORT), response=list[ProcedureOut])
def case_procedures(request: HttpRequest) -> Any:
    """The ways a case can go, the standard one first."""
    language = language_of(request)
    return [
        ProcedureOut(
            code=each.code, label=each.label.say(language), note=each.note.say(language), certainty=each.certainty,
            source=each.source, urgent=each.urgent, sources=cast(Any, list(each.sources)),
        )
        for each in procedure.choosable().values()
    ]  # fmt: skip


@router.get("/cases/categories", auth=require(REPORT, ACCEPT, DISPATCH), response=list[CategoryChoiceOut])
def case_categories(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=40)] = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = FEW,
) -> Any:
    """The categories a case may be given, by name, code or initials."""
    return [
        CategoryChoiceOut(
            id=c.id, code=c.code, name=c.name, kind=cast(Any, c.kind), major_name=c.major_name, urgent=c.dispatch_first,
            procedure=c.procedure, certainty=c.certainty, emergency_number=c.emergency_number,
        )
        for c in categories_to_choose(q, limit, restricted.marks_of(actor_of(request)))
    ]  # fmt: skip


@router.get("/cases/categories/{category_id}/rules", auth=require(ACCEPT, DISPATCH), response=list[RuleChoiceOut])
def case_rules(request: HttpRequest, category_id: UUID) -> Any:
    """The conditions a case of a category may be filed by today."""
    return [
        RuleChoiceOut(
            id=r.id, filing_condition=r.filing_condition, closing_condition=r.closing_condition, limit_value=r.limit_value,
            clock=cast(Any, r.clock), unit_text=r.unit_text, rule_set=r.rule_set, certainty=r.certainty,
        )
        for r in rules_to_choose(category_id)
    ]  # fmt: skip


@router.get("/cases/place", auth=require(REPORT), response=PlaceOut)
def place_of(request: HttpRequest, at: Annotated[PlaceQuery, Query()]) -> Any:
    """The grid a position lies in. Refused beyond the district."""
    place = placing.settle(lon=at.lon, lat=at.lat)
    return PlaceOut(
        area_code=place.area_code, area_name=names_of([place.area_code])[place.area_code], on_border=place.on_border
    )


@router.post("/cases", auth=require(REPORT), response={201: ReportedOut})
def report_case(request: HttpRequest, given: CaseIn) -> Any:
    """Enter a case."""
    case = report(actor_of(request), NewCase(**given.dict()))
    return 201, ReportedOut(
        id=case.id, number=case.number, area_code=case.area_code, area_name=names_of([case.area_code])[case.area_code],
        on_border=case.on_border,
    )  # fmt: skip


@router.get("/cases/{uuid:case_id}", auth=require(VIEW, HANDLE), response=CaseDetailOut)
def get_case(request: HttpRequest, case_id: UUID) -> Any:
    """One case with its flow, its clock and what can be done with it."""
    actor = actor_of(request)
    found = queries.case_detail(actor, case_id)
    reads.note("detail", "case", subject_id=case_id, area=found.case.area_code, count=1)
    return written(answers.detail(found, language_of(request)), request)


@router.post(
    "/cases/{case_id}/actions/{action}",
    auth=require(REPORT, ACCEPT, DISPATCH, HANDLE, CHECK, CLOSE),
    response=CaseDetailOut,
)
def take_step(request: HttpRequest, case_id: UUID, action: str, given: CaseStepIn) -> Any:
    """Take a step. Answers the case as it is then."""
    actor = actor_of(request)
    entries = given.dict()
    act(actor, case_id, action, Given(**(entries | {"clock": given.clock or ""})))
    return written(answers.detail(queries.case_detail(actor, case_id), language_of(request)))


@router.post("/cases/{case_id}/reveal", auth=require(REVEAL), response=ReporterOut)
def reveal_reporter(request: HttpRequest, case_id: UUID, given: RevealReporterIn) -> ReporterOut:
    """Name or phone of who reported, in full, for a purpose that is noted."""
    request.keep_answer = False  # type: ignore[attr-defined]  # a kept answer would be given again without a note
    return ReporterOut(value=reveal(actor_of(request), case_id, given.field, given.purpose))
