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
from linli.kernel import permissions as catalogue
from linli.kernel.area_names import names_of
from linli.kernel.http import PageOut, actor_of, language_of, require, written

from ..permissions import ACCEPT, CHECK, CLOSE, DISPATCH, HANDLE, REPORT, REVEAL, VIEW
from . import placing, procedure, queries
from .act import act
from .choices import FEW, MOST, categories_to_choose, rules_to_choose
from .effects import Given
from .lines import line
from .models import Case, CaseFlow
from .queries import CaseDetail
from .report import NewCase, report
from .requests_api import adjustment_fields
from .requests_api import router as adjustments
from .reveal import reveal
from .rules import NO_RIGHT, NOT_OWN_UNIT, Option
from .schemas import (
    AdjustmentOut,
    CaseDetailOut,
    CaseIn,
    CaseOut,
    CasesQuery,
    CaseStepIn,
    CaseUnitOut,
    CategoryChoiceOut,
    CategoryRef,
    FieldTaskOut,
    FlowOut,
    OptionOut,
    PauseOut,
    PlaceOut,
    PlaceQuery,
    ProcedureOut,
    QueueOut,
    ReportedOut,
    ReporterOut,
    RevealReporterIn,
    RuleChoiceOut,
    RuleRef,
    StageOut,
)  # fmt: skip
from .standing import PROGRAM_ID
from .states import STAGE_OF, STAGES, STATES, Stage, State
from .tasks_api import router as field_tasks

router = Router(tags=["cases"])
router.add_router("", adjustments)
router.add_router("", field_tasks)
#: What a step set, of what its row keeps.
TOLD = (
    "unit", "result", "limit", "clock", "condition", "until", "amount", "due_before", "due_after", "assignee", "task_due", "round",
    "merged_into", "merged_from", "level", "channel",
)  # fmt: skip
MOST_UNITS = 500


@router.get("/cases", auth=require(VIEW, HANDLE), response=PageOut[CaseOut])
def list_cases(request: HttpRequest, wanted: Annotated[CasesQuery, Query()]) -> Any:
    """The cases in sight: by area, and those of the reader's unit."""
    actor, language = actor_of(request), language_of(request)
    page = queries.cases_page(actor, wanted.wanted(wanted.order), wanted.cursor, wanted.limit)
    reads.note("list", "case", area=wanted.area, over=[row.area_code for row in page.items], count=len(page.items))
    named = names_of(row.area_code for row in page.items)
    return written(
        {"items": [line(row, named, language) for row in page.items], "next": page.next, "count": page.count}
    )


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
        for c in categories_to_choose(q, limit)
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
    return written(_detail(found, language_of(request)).model_dump())


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
    return written(_detail(queries.case_detail(actor, case_id), language_of(request)).model_dump())


@router.post("/cases/{case_id}/reveal", auth=require(REVEAL), response=ReporterOut)
def reveal_reporter(request: HttpRequest, case_id: UUID, given: RevealReporterIn) -> ReporterOut:
    """Name or phone of who reported, in full, for a purpose that is noted."""
    return ReporterOut(value=reveal(actor_of(request), case_id, given.field, given.purpose))


# --- answers --------------------------------------------------------------------------------------------------


def _detail(found: CaseDetail, language: str) -> CaseDetailOut:
    case, state = found.case, State(found.case.state)
    category, rule = case.category, case.rule
    return CaseDetailOut(
        id=case.id, number=case.number, procedure=case.procedure,
        procedure_name=procedure.of(case.procedure).label.say(language), state=state,
        level=next((step.detail["level"] for step in reversed(found.flow) if step.detail.get("level")), None),
        state_name=STATES[state].say(language), stage=STAGE_OF[state],
        source=cast(Any, case.source), urgent=case.urgent, beginning=case.description[: queries.BEGINNING],
        description=case.description, area_code=case.area_code, area_name=names_of([case.area_code])[case.area_code],
        place_text=case.place_text, lon=case.lon, lat=case.lat, on_border=case.on_border, occurred_at=case.occurred_at,
        category_name=category.name if category else None,
        category=CategoryRef(id=category.id, code=category.code, name=category.name, standard_ref=category.standard_ref)
        if category else None,
        rule=RuleRef(
            id=rule.id, filing_condition=rule.filing_condition, closing_condition=rule.closing_condition,
            rule_set=rule.rule_set, certainty=rule.certainty,
        ) if rule else None,
        unit_name=case.unit_name, reported_at=case.reported_at, limit_value=case.limit_value, clock=case.clock,
        clock_from=case.clock_from, filed_at=case.filed_at, amber_at=case.amber_at, due_at=case.due_at,
        paused_at=case.paused_at, provisional=case.provisional, light=found.light, handed_back_at=case.handed_back_at,
        extended_by=case.extended_by, exempt=case.exempt, closed_at=case.closed_at, result=case.result,
        reworks=case.reworks, responded=case.responded, solved=case.solved,
        satisfied=case.satisfied, reporter_name=found.reporter_name, reporter_phone=found.reporter_phone,
        may_reveal=found.may_reveal, version=case.version,
        stages=[StageOut(code=s, name=STAGES[s].say(language)) for s in Stage if s is not Stage.ENDED],
        flow=[_step(step, case.procedure, language) for step in found.flow],
        pauses=[PauseOut(kind=cast(Any, p.kind), since=p.since, until=p.until, planned=p.planned) for p in found.pauses],
        tasks=[
            FieldTaskOut(**{name: getattr(each, name) for name in FieldTaskOut.model_fields}) for each in found.tasks
        ],
        photo_needed=rule is not None and rule.photo_needed,
        adjustments=[AdjustmentOut(**adjustment_fields(each)) for each in found.adjustments],
        actions=[_option(option, case, language) for option in found.options],
    )  # fmt: skip


def _step(step: CaseFlow, way: str, language: str) -> FlowOut:
    told = {name: step.detail.get(name) for name in TOLD}
    changed = step.detail.get("procedure")
    return FlowOut(
        version=step.version, at=step.at, action=step.action, label=procedure.label_of(way, step.action).say(language),
        procedure=procedure.of(changed).label.say(language) if changed else None, kind=cast(Any, step.kind),
        from_state=step.from_state, to_state=State(step.to_state), to_name=STATES[State(step.to_state)].say(language),
        actor_name=step.actor_name, actor_unit=step.actor_unit, reason=step.reason,
        by_program=step.actor == PROGRAM_ID, **told,
    )  # fmt: skip


def _option(option: Option, case: Case, language: str) -> OptionOut:
    action, why = option.action, None
    if option.refusal is not None:
        right = catalogue.label(action.permission).say(language) if option.refusal.text is NO_RIGHT else ""
        unit = case.unit_name if option.refusal.text is NOT_OWN_UNIT else ""
        why = option.refusal.text.say(language, {"permission": right, "unit": unit})
    return OptionOut(
        code=action.code, label=action.label.say(language), kind=action.kind, main=action.main, asks=list(action.asks),
        refused=why, permission=action.permission,
    )  # fmt: skip
