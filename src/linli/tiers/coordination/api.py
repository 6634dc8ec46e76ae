"""Planning and coordination over HTTP: plans with tasks, meetings with decisions and minutes, visits and trainings."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from linli.access import reads
from linli.kernel.http import actor_of, require

from ..papers import render_docx, render_pdf
from ..papers.api import TYPES
from ..permissions import COORDINATE
from . import actions, meetings, queries, tasks
from .entry import (
    board_out,
    choices_out,
    meeting_detail_out,
    meeting_out,
    parts_out,
    plan_detail_out,
    plan_out,
    tasks_out,
    visit_out,
)
from .held_schemas import (
    CommunityPartsOut,
    CoordinationCancelIn,
    CoordinationRestoreIn,
    DecisionTaskIn,
    MeetingDecisionIn,
    NewStudyVisitIn,
    NewTierMeetingIn,
    StudyVisitFieldsIn,
    StudyVisitIn,
    StudyVisitOut,
    StudyVisitsOut,
    TierMeetingDetailOut,
    TierMeetingFieldsIn,
    TierMeetingIn,
    TierMeetingsOut,
)
from .minutes import minutes
from .models import StudyVisit, TierMeeting
from .schemas import (
    CoordinationChoicesOut,
    CoordinationHeldQuery,
    CoordinationPlansQuery,
    CoordinationTasksQuery,
    ImplementationPlanDetailOut,
    ImplementationPlanIn,
    ImplementationPlanMoveIn,
    ImplementationPlansOut,
    NewImplementationPlanIn,
    NewPlanTaskIn,
    PlanTaskChangeIn,
    PlanTaskFieldsIn,
    PlanTaskMoveIn,
    PlanTaskOut,
    PlanTasksOut,
)

router = Router(tags=["planning and coordination"])
KEEPER = require(COORDINATE)
AT = "/tiers/coordination"


@router.get(f"{AT}/tasks", auth=KEEPER, response=PlanTasksOut, summary="任务 / Tasks")
def list_plan_tasks(request: HttpRequest, wanted: Annotated[CoordinationTasksQuery, Query()]) -> Any:
    """The tasks in sight, the earliest due first; the counts are of all that match, whatever state and mark are asked for."""
    actor = actor_of(request)
    narrowed = queries.TaskFilter(
        wanted.area, wanted.plan, wanted.meeting, wanted.state, wanted.mark, wanted.q, wanted.since, wanted.until
    )
    return board_out(actor, queries.board(actor, narrowed, wanted.cursor, wanted.limit))


@router.post(f"{AT}/tasks", auth=KEEPER, response={201: PlanTaskOut}, summary="新建任务 / A new task")
def add_plan_task(request: HttpRequest, given: NewPlanTaskIn) -> Any:
    """Set a task in a plan, or standing alone. What waits for one another in a circle is refused."""
    made = tasks.new_task(actor_of(request), given.area_code, _task(given), given.plan_id)
    return 201, _one_task(request, made.id)


@router.get(f"{AT}/tasks/{{uuid:task_id}}", auth=KEEPER, response=PlanTaskOut, summary="任务 / A task")
def get_plan_task(request: HttpRequest, task_id: UUID) -> Any:
    """A task in sight, as it is now."""
    return _one_task(request, task_id)


@router.put(f"{AT}/tasks/{{uuid:task_id}}", auth=KEEPER, response=PlanTaskOut, summary="修改任务 / Change a task")
def change_plan_task(request: HttpRequest, task_id: UUID, given: PlanTaskChangeIn) -> Any:
    """Change a task; one of a plan by those who keep the plan."""
    tasks.change_task(actor_of(request), task_id, given.version, _task(given))
    return _one_task(request, task_id)


@router.post(f"{AT}/tasks/{{uuid:task_id}}/state", auth=KEEPER, response=PlanTaskOut, summary="办理任务 / Move a task")
def move_plan_task(request: HttpRequest, task_id: UUID, given: PlanTaskMoveIn) -> Any:
    """Begin, end, drop or take up a task. Before what it needs it ends only with a reason."""
    tasks.move_task(actor_of(request), task_id, given.version, given.state, given.done_on, given.reason)
    return _one_task(request, task_id)


@router.get(f"{AT}/plans", auth=KEEPER, response=ImplementationPlansOut, summary="实施计划 / Implementation plans")
def list_implementation_plans(request: HttpRequest, wanted: Annotated[CoordinationPlansQuery, Query()]) -> Any:
    """The plans in sight: of one's areas, and those no drafts any more that have a task for them."""
    actor = actor_of(request)
    page, names = queries.plans_page(actor, wanted.area, wanted.state, wanted.q, wanted.cursor, wanted.limit)
    return ImplementationPlansOut(items=[plan_out(actor, each, names) for each in page.items], next=page.next)


@router.post(f"{AT}/plans", auth=KEEPER, response={201: ImplementationPlanDetailOut}, summary="新建计划 / A new plan")
def add_implementation_plan(request: HttpRequest, given: NewImplementationPlanIn) -> Any:
    """Draft a plan, with a task for each upgrade measure that is named."""
    actor = actor_of(request)
    made = actions.draft_plan(actor, given.area_code, given.title, given.measures, "", given.note)
    return 201, plan_detail_out(actor, queries.plan_detail(actor, made))


@router.get(f"{AT}/plans/{{uuid:plan_id}}", auth=KEEPER, response=ImplementationPlanDetailOut, summary="计划 / A plan")
def get_implementation_plan(request: HttpRequest, plan_id: UUID) -> Any:
    """A plan with the tasks of it that are in sight."""
    actor = actor_of(request)
    return plan_detail_out(actor, queries.plan_detail(actor, plan_id))


@router.put(
    f"{AT}/plans/{{uuid:plan_id}}",
    auth=KEEPER,
    response=ImplementationPlanDetailOut,
    summary="修改计划 / Change a plan",
)
def change_implementation_plan(request: HttpRequest, plan_id: UUID, given: ImplementationPlanIn) -> Any:
    """Change what a plan is called and says."""
    actor = actor_of(request)
    actions.change_plan(actor, plan_id, given.version, given.title, given.note)
    return plan_detail_out(actor, queries.plan_detail(actor, plan_id))


@router.post(
    f"{AT}/plans/{{uuid:plan_id}}/state", auth=KEEPER, response=ImplementationPlanDetailOut,
    summary="办理计划 / Move a plan",
)  # fmt: skip
def move_implementation_plan(request: HttpRequest, plan_id: UUID, given: ImplementationPlanMoveIn) -> Any:
    """Begin, end, drop or take up a plan. It begins once every task has an owner."""
    actor = actor_of(request)
    actions.move_plan(actor, plan_id, given.version, given.state, given.reason)
    return plan_detail_out(actor, queries.plan_detail(actor, plan_id))


@router.get(f"{AT}/meetings", auth=KEEPER, response=TierMeetingsOut, summary="推进会 / Meetings")
def list_tier_meetings(request: HttpRequest, wanted: Annotated[CoordinationHeldQuery, Query()]) -> Any:
    """The meetings of one's areas, and those they take part in; the last first."""
    actor = actor_of(request)
    page, names = queries.held_page(TierMeeting, actor, wanted.area, wanted.cursor, wanted.limit)
    return TierMeetingsOut(items=[meeting_out(actor, each, names) for each in page.items], next=page.next)


@router.post(f"{AT}/meetings", auth=KEEPER, response={201: TierMeetingDetailOut}, summary="新建会议 / A new meeting")
def add_tier_meeting(request: HttpRequest, given: NewTierMeetingIn) -> Any:
    """Call a meeting with its agenda; who takes part sees it."""
    made = meetings.new_meeting(actor_of(request), given.area_code, _meeting(given))
    return 201, _one_meeting(request, made.id)


@router.get(
    f"{AT}/meetings/{{uuid:meeting_id}}", auth=KEEPER, response=TierMeetingDetailOut, summary="会议 / A meeting"
)
def get_tier_meeting(request: HttpRequest, meeting_id: UUID) -> Any:
    """A meeting with its agenda, its decisions and what became of them."""
    return _one_meeting(request, meeting_id)


@router.put(
    f"{AT}/meetings/{{uuid:meeting_id}}", auth=KEEPER, response=TierMeetingDetailOut,
    summary="修改会议 / Change a meeting",
)  # fmt: skip
def change_tier_meeting(request: HttpRequest, meeting_id: UUID, given: TierMeetingIn) -> Any:
    """Change a meeting, its agenda and what was said."""
    meetings.change_meeting(actor_of(request), meeting_id, given.version, _meeting(given))
    return _one_meeting(request, meeting_id)


@router.post(
    f"{AT}/meetings/{{uuid:meeting_id}}/cancel", auth=KEEPER, response=TierMeetingDetailOut,
    summary="取消会议 / Call a meeting off",
)  # fmt: skip
def cancel_tier_meeting(request: HttpRequest, meeting_id: UUID, given: CoordinationCancelIn) -> Any:
    """Say that a meeting does not take place, and why; one that decided something was held."""
    meetings.cancel_meeting(actor_of(request), meeting_id, given.version, given.reason)
    return _one_meeting(request, meeting_id)


@router.post(
    f"{AT}/meetings/{{uuid:meeting_id}}/restore", auth=KEEPER, response=TierMeetingDetailOut,
    summary="恢复会议 / Hold a meeting after all",
)  # fmt: skip
def restore_tier_meeting(request: HttpRequest, meeting_id: UUID, given: CoordinationRestoreIn) -> Any:
    """Say that a meeting that was called off takes place after all, and why; the history keeps the calling-off."""
    meetings.restore_meeting(actor_of(request), meeting_id, given.version, given.reason)
    return _one_meeting(request, meeting_id)


@router.post(
    f"{AT}/meetings/{{uuid:meeting_id}}/decisions", auth=KEEPER, response={201: TierMeetingDetailOut},
    summary="记录决定 / A decision",
)  # fmt: skip
def add_meeting_decision(request: HttpRequest, meeting_id: UUID, given: MeetingDecisionIn) -> Any:
    """Write down a decision, and the task it becomes."""
    task = given.task
    wanted = meetings.NewDecision(
        given.text,
        given.item,
        _task(task) if task else None,
        task.area_code if task else "",
        task.plan_id if task else None,
    )
    meetings.decide(actor_of(request), meeting_id, given.version, wanted)
    return 201, _one_meeting(request, meeting_id)


@router.post(
    f"{AT}/meetings/{{uuid:meeting_id}}/decisions/{{uuid:decision_id}}/task", auth=KEEPER,
    response={201: TierMeetingDetailOut}, summary="决定转任务 / A task of a decision",
)  # fmt: skip
def make_decision_task(request: HttpRequest, meeting_id: UUID, decision_id: UUID, given: DecisionTaskIn) -> Any:
    """Make a task of a decision that has none."""
    task = given.task
    wanted = meetings.NewDecision("", None, _task(task), task.area_code, task.plan_id)
    meetings.make_task(actor_of(request), meeting_id, decision_id, given.version, wanted)
    return 201, _one_meeting(request, meeting_id)


@router.get(
    f"{AT}/meetings/{{uuid:meeting_id}}/minutes", auth=KEEPER, response={200: None}, summary="会议纪要 / Minutes"
)
def get_meeting_minutes(
    request: HttpRequest, meeting_id: UUID, form: Annotated[Literal["docx", "pdf"], Query()] = "docx"
) -> HttpResponse:
    """The minutes as docx or PDF, which say the same."""
    meeting, made, names = queries.one_meeting(actor_of(request), meeting_id)
    paper = minutes(meeting, made, names.areas.get(meeting.area_code, ""))
    reads.note("export", "tiers.minutes", subject_id=meeting.id, area=meeting.area_code, count=1)
    content = render_docx(paper) if form == "docx" else render_pdf(paper)
    response = HttpResponse(content, content_type=TYPES[form])
    name = quote(f"会议纪要-{meeting.held_on}.{form}")
    response["Content-Disposition"] = (
        f"attachment; filename=\"minutes-{meeting.held_on}.{form}\"; filename*=UTF-8''{name}"
    )
    return response


@router.get(f"{AT}/visits", auth=KEEPER, response=StudyVisitsOut, summary="考察、培训 / Visits and trainings")
def list_study_visits(request: HttpRequest, wanted: Annotated[CoordinationHeldQuery, Query()]) -> Any:
    """The visits and trainings of one's areas, and those they take part in; the last first."""
    actor = actor_of(request)
    page, names = queries.held_page(StudyVisit, actor, wanted.area, wanted.cursor, wanted.limit)
    return StudyVisitsOut(items=[visit_out(actor, each, names) for each in page.items], next=page.next)


@router.post(f"{AT}/visits", auth=KEEPER, response={201: StudyVisitOut}, summary="新建考察、培训 / A new visit")
def add_study_visit(request: HttpRequest, given: NewStudyVisitIn) -> Any:
    """Enter a study visit or a training."""
    made = meetings.new_visit(actor_of(request), given.area_code, _visit(given))
    return 201, _one_visit(request, made.id)


@router.get(f"{AT}/visits/{{uuid:visit_id}}", auth=KEEPER, response=StudyVisitOut, summary="考察、培训 / A visit")
def get_study_visit(request: HttpRequest, visit_id: UUID) -> Any:
    """A visit or a training in sight, as it is now."""
    return _one_visit(request, visit_id)


@router.put(f"{AT}/visits/{{uuid:visit_id}}", auth=KEEPER, response=StudyVisitOut, summary="修改 / Change a visit")
def change_study_visit(request: HttpRequest, visit_id: UUID, given: StudyVisitIn) -> Any:
    """Change one, such as how many took part."""
    meetings.change_visit(actor_of(request), visit_id, given.version, _visit(given))
    return _one_visit(request, visit_id)


@router.post(
    f"{AT}/visits/{{uuid:visit_id}}/cancel", auth=KEEPER, response=StudyVisitOut, summary="取消 / Call a visit off"
)
def cancel_study_visit(request: HttpRequest, visit_id: UUID, given: CoordinationCancelIn) -> Any:
    """Say that one does not take place, and why."""
    meetings.cancel_visit(actor_of(request), visit_id, given.version, given.reason)
    return _one_visit(request, visit_id)


@router.post(
    f"{AT}/visits/{{uuid:visit_id}}/restore",
    auth=KEEPER,
    response=StudyVisitOut,
    summary="恢复 / Hold a visit after all",
)
def restore_study_visit(request: HttpRequest, visit_id: UUID, given: CoordinationRestoreIn) -> Any:
    """Say that one that was called off takes place after all, and why."""
    meetings.restore_visit(actor_of(request), visit_id, given.version, given.reason)
    return _one_visit(request, visit_id)


@router.get(
    f"{AT}/communities/{{code}}", auth=KEEPER, response=CommunityPartsOut, summary="社区参与 / A community's parts"
)
def get_community_parts(request: HttpRequest, code: str) -> Any:
    """Everything a community takes part in: plans, tasks that are open, meetings, visits and trainings."""
    actor = actor_of(request)
    return parts_out(actor, queries.parts_of(actor, code))


@router.get(f"{AT}/choices", auth=KEEPER, response=CoordinationChoicesOut, summary="可选项 / Choices")
def coordination_choices(request: HttpRequest) -> Any:
    """Areas one may write in, indicators and upgrade measures: what forms choose from."""
    return choices_out(queries.choices(actor_of(request)))


def _task(given: PlanTaskFieldsIn) -> tasks.TaskText:
    return tasks.TaskText(
        given.title,
        given.owner,
        given.starts_on,
        given.due_on,
        given.needs,
        given.indicator,
        given.measure,
        given.note,
        given.reason,
    )


def _meeting(given: TierMeetingFieldsIn) -> meetings.MeetingText:
    points = [meetings.Point(each.title, each.by, each.notes, each.id) for each in given.agenda]
    return meetings.MeetingText(
        given.title, given.held_on, given.begins, given.place, given.chair, given.attending, given.areas, points
    )


def _visit(given: StudyVisitFieldsIn) -> meetings.VisitText:
    return meetings.VisitText(
        given.kind, given.topic, given.held_on, given.host, given.place, given.attendance, given.note, given.areas
    )


def _one_task(request: HttpRequest, task_id: UUID) -> Any:
    actor = actor_of(request)
    found, names = queries.one_task(actor, task_id)
    return tasks_out(actor, [found], names)[0]


def _one_meeting(request: HttpRequest, meeting_id: UUID) -> Any:
    actor = actor_of(request)
    return meeting_detail_out(actor, *queries.one_meeting(actor, meeting_id))


def _one_visit(request: HttpRequest, visit_id: UUID) -> Any:
    actor = actor_of(request)
    return visit_out(actor, *queries.one_visit(actor, visit_id))
