"""Plans of upgrades over HTTP: measures with their costs, scenarios asked for, solved by a job, compared, asked again."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.kernel.http import actor_of, language_of, require

from ..permissions import PLAN_EDIT, PLAN_VIEW
from . import actions, jobs, queries
from .actions import MeasureChange
from .entry import brief_out, change_out, compared_out, measure_out, scenario_out
from .problems import ScenarioOpen
from .schemas import (
    NewScenarioIn,
    PlanTownOut,
    ScenarioAgainIn,
    ScenarioBriefOut,
    ScenarioOut,
    ScenariosComparedOut,
    ScenariosOut,
    UpgradeMeasureIn,
    UpgradeMeasureLogOut,
    UpgradeMeasureOut,
    UpgradeMeasuresOut,
)

router = Router(tags=["plans of upgrades"])
VIEWER, EDITOR = require(PLAN_VIEW), require(PLAN_EDIT)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_IDS = Text("请给出 1 到 6 个情景。", "Name one to six scenarios.")


@router.get("/tiers/measures", auth=VIEWER, response=UpgradeMeasuresOut, summary="提升措施 / Upgrade measures")
def list_measures(request: HttpRequest) -> Any:
    """The catalogue of measures: a reference list, given whole. Costs marked "assumption" are nobody's price."""
    actor = actor_of(request)
    return UpgradeMeasuresOut(
        items=[measure_out(each) for each in queries.measures(actor)],
        towns=[PlanTownOut(code=code, name=name) for code, name in queries.towns(actor)],
        may_edit=actor.may(PLAN_EDIT, settings.LINLI_DISTRICT),
    )


@router.get("/tiers/measures/{code}/log", auth=VIEWER, response=UpgradeMeasureLogOut, summary="措施改动记录 / Changes")
def list_measure_changes(request: HttpRequest, code: str) -> Any:
    """Who changed a measure and when, with each value before and after, the last change first."""
    return UpgradeMeasureLogOut(items=[change_out(each) for each in queries.measure_log(actor_of(request), code)])


@router.patch("/tiers/measures/{code}", auth=EDITOR, response=UpgradeMeasureOut, summary="调整措施 / Change a measure")
def change_measure(request: HttpRequest, code: str, given: UpgradeMeasureIn) -> Any:
    """Change what a measure costs and how long it takes, for the plans asked for from now on."""
    change = MeasureChange(**given.model_dump())
    return measure_out(actions.change_measure(actor_of(request), code, change))


@router.get("/tiers/plans", auth=VIEWER, response=ScenariosOut, summary="方案情景 / Scenarios")
def list_scenarios(
    request: HttpRequest,
    plan: UUID | None = None,
    cursor: str | None = None,
    limit: Annotated[int | None, Query(ge=1, le=200)] = None,
) -> Any:
    """The scenarios in sight, the last asked for first."""
    actor = actor_of(request)
    page = queries.scenarios(actor, plan, cursor, limit)
    return ScenariosOut(items=[brief_out(s) for s in page.items], next=page.next, may_edit=actor.may(PLAN_EDIT))


@router.post("/tiers/plans", auth=EDITOR, response={202: ScenarioBriefOut}, summary="编制方案 / Ask for a plan")
def ask_scenario(request: HttpRequest, given: NewScenarioIn) -> Any:
    """Ask for a scenario; it is solved by a job. A budget of zero or below is refused at once."""
    asked = given.asked.model_dump(mode="json")
    made = actions.ask(actor_of(request), asked, given.area, given.plan_id)
    jobs.enqueue(made.id)
    return 202, brief_out(made)


@router.get("/tiers/plans/compare", auth=VIEWER, response=ScenariosComparedOut, summary="方案比较 / Compare")
def compare_scenarios(request: HttpRequest, ids: Annotated[str, Query(max_length=300)]) -> Any:
    """Scenarios side by side (ids with commas between): their figures, and the communities that do not end alike."""
    try:
        wanted = [UUID(part) for part in ids.split(",")]
    except ValueError:
        raise Invalid(fields=(FieldProblem("ids", "ids", _IDS),)) from None
    if len(set(wanted)) > queries.MOST_COMPARED:
        raise Invalid(fields=(FieldProblem("ids", "ids", _IDS),))
    return compared_out(queries.compared(actor_of(request), wanted))


@router.get("/tiers/plans/{scenario}", auth=VIEWER, response=ScenarioOut, summary="方案情景 / A scenario")
def get_scenario(request: HttpRequest, scenario: UUID) -> Any:
    """A scenario: what was asked, from which assessment, and the plan; the names of communities its conditions name."""
    found = queries.scenario(actor_of(request), scenario)
    return scenario_out(found, queries.named(found))


@router.post(
    "/tiers/plans/{scenario}/again", auth=EDITOR, response={202: ScenarioBriefOut}, summary="锁定后重算 / Solve again"
)
def solve_again(request: HttpRequest, scenario: UUID, given: ScenarioAgainIn) -> Any:
    """A further scenario of the same plan. Locks and bans that are given take the place of those before, so they can be lifted too."""
    actor = actor_of(request)
    before = queries.scenario(actor, scenario)
    chosen = given.model_dump(mode="json", include=given.model_fields_set & {"locks", "bans"})
    asked = {**before.asked, "title": given.title or before.title, **chosen}
    made = actions.ask(actor, asked, plan_id=before.plan_id)
    jobs.enqueue(made.id)
    return 202, brief_out(made)


@router.get("/tiers/plans/{scenario}/export", auth=VIEWER, response={200: None}, summary="导出方案 / Export a plan")
def export_scenario(request: HttpRequest, scenario: UUID, format: Literal["xlsx", "json"] = "xlsx") -> HttpResponse:
    """A solved scenario as a workbook or as JSON."""
    from .writing import as_json, as_workbook

    found = queries.scenario(actor_of(request), scenario)
    if found.result is None:
        raise ScenarioOpen()
    content = as_workbook(found, language_of(request)) if format == "xlsx" else as_json(found)
    response = HttpResponse(content, content_type=XLSX if format == "xlsx" else "application/json")
    response["Content-Disposition"] = f'attachment; filename="plan-{found.id}.{format}"'
    return response
