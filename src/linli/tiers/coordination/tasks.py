"""Tasks are set, changed, begun, done and dropped: in a plan, decided in a meeting, or standing alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from linli.access import changes
from linli.kernel import areas, clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.kernel.ids import uuid7

from ..plans.models import UpgradeMeasure
from ..systems.models import Indicator
from . import rules, writing
from .models import ImplementationPlan, PlanTask, TierMeeting
from .problems import PlanEnded, StepRefused, TooManyTasks
from .rules import Step, TaskState

_ORDER = Text("结束日期不能早于开始日期。", "It cannot end before it begins.")
_OUTSIDE = Text("任务所在区域须在计划的区域之内。", "A task lies in the area of its plan.")
_UNKNOWN_NEED = Text("前置任务须是同一计划中的任务。", "What it needs has to be a task of the same plan.")
_CIRCLE = Text("前置关系成环：{path}。请去掉其中一项。", "These wait for one another: {path}. Take one of them out.")
_BEFORE = Text(
    "“{title}”在 {day} 才完成，本任务却更早结束。请改日期，或写明理由。",
    "“{title}” ends on {day}, after this one. Change the day, or give the reason.",
)
_AFTER = Text(
    "“{title}”要等本任务完成，却在 {day} 就到期。请先改它的日期。",
    "“{title}” waits for this one and is due on {day} already. Change its day first.",
)
_HELD = Text(
    "还有前置任务未完成（或不在您的可见范围内）：{titles}。确要完成，请写明理由。",
    "What it needs is not done yet (or you do not see it): {titles}. To end it all the same, give the reason.",
)
_INDICATOR = Text("没有编号为“{code}”的指标。", "There is no indicator “{code}”.")
_MEASURE = Text("没有编号为“{code}”的提升措施。", "There is no upgrade measure “{code}”.")
_FUTURE = Text("完成日期不能晚于今天。", "It cannot have been done later than today.")
_MANY = Text("最多 {most} 项。", "At most {most}.")
UNSEEN = "—"
#: From which state a task goes to which.
STEPS: dict[TaskState, tuple[TaskState, ...]] = {
    "waiting": ("doing", "done", "dropped"), "doing": ("waiting", "done", "dropped"), "done": ("doing",), "dropped": ("waiting",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaskText:
    """What is entered of a task and may be changed. `reason` says why it may end before what it needs."""

    title: str
    owner: str
    starts_on: date
    due_on: date
    needs: Sequence[UUID] = ()
    indicator: str = ""
    measure: str = ""
    note: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """The other tasks of the plan a task is in."""

    steps: dict[UUID, Step]
    titles: dict[UUID, str]
    excused: frozenset[UUID]


def new_task(
    actor: Actor, area_code: str, wanted: TaskText, plan_id: UUID | None = None, meeting: TierMeeting | None = None
) -> PlanTask:
    """Set a task. Raises Forbidden, NotFound, PlanEnded, TooManyTasks, Invalid."""
    writing.place(actor, area_code)
    with transaction.atomic():
        plan = _plan(actor, plan_id) if plan_id is not None else None
        around = _around(plan)
        if plan is not None and len(around.steps) >= rules.MOST_TASKS:
            raise TooManyTasks(most=rules.MOST_TASKS)
        made = PlanTask(
            id=uuid7(), area_code=area_code, plan=plan, meeting=meeting,
            synthetic=bool(plan and plan.synthetic) or bool(meeting and meeting.synthetic), **writing.born(actor),
        )  # fmt: skip
        check_task(made, wanted, around)
        _write(made, wanted)
        made.save(force_insert=True)
        if plan is not None:
            _tell(plan, area_code)
        changes.record(actor, "tiers.plan_task.add", "plan_task", made.id, area_code)
    return made


def change_task(actor: Actor, task_id: UUID, version: int, wanted: TaskText) -> PlanTask:
    """Change a task; one of a plan by those who keep the plan. Raises NotFound, Forbidden, ChangedMeanwhile, PlanEnded, Invalid."""
    with transaction.atomic():
        task = writing.locked(PlanTask, actor, task_id, version)
        plan = _plan(actor, task.plan_id) if task.plan_id is not None else None
        check_task(task, wanted, _around(plan))
        _write(task, wanted)
        writing.keep(actor, task)
        changes.record(actor, "tiers.plan_task.change", "plan_task", task.id, task.area_code)
    return task


def move_task(
    actor: Actor, task_id: UUID, version: int, state: TaskState, done_on: date | None = None, reason: str = ""
) -> PlanTask:
    """Begin, end, drop or take up a task: by those it is for. Raises NotFound, ChangedMeanwhile, StepRefused, PlanEnded, Invalid."""
    with transaction.atomic():
        task = writing.locked(PlanTask, actor, task_id, version)
        check_move(task, state, done_on, reason)
        # What was said of its end holds no more once it is taken up again.
        said = "" if task.state in ("done", "dropped") else task.reason
        task.state, task.done_on = state, (done_on or clock.today()) if state == "done" else None
        task.reason = reason.strip() or said
        writing.keep(actor, task)
        changes.record(actor, "tiers.plan_task.move", "plan_task", task.id, task.area_code, {"state": state})
    return task


def check_task(task: PlanTask, wanted: TaskText, around: Around) -> None:
    """Whether a task may be as it is wanted. Raises Invalid. At most two queries."""
    problems = writing.check_line("title", wanted.title, needed=True) + writing.check_line(
        "owner", wanted.owner, post=True
    )
    problems += writing.check_text("note", wanted.note) + writing.check_text("reason", wanted.reason)
    if task.plan is not None and not areas.contains(task.plan.area_code, task.area_code):
        problems.append(FieldProblem("area_code", "outside", _OUTSIDE))
    # A plan begins once each of its tasks has an owner: while it runs none comes in without one.
    if (task.plan is None or task.plan.state == "running") and not wanted.owner.strip():
        problems.append(FieldProblem("owner", "required", writing.NEEDED))
    if wanted.due_on < wanted.starts_on:
        problems.append(FieldProblem("due_on", "order", _ORDER))
    if wanted.indicator and not Indicator.objects.filter(code=wanted.indicator).exists():
        problems.append(FieldProblem("indicator", "unknown", _INDICATOR, {"code": wanted.indicator[:20]}))
    if wanted.measure and not UpgradeMeasure.objects.filter(code=wanted.measure).exists():
        problems.append(FieldProblem("measure", "unknown", _MEASURE, {"code": wanted.measure[:60]}))
    problems += _order_problems(task, wanted, around)
    if problems:
        raise Invalid(fields=tuple(problems))


def _order_problems(task: PlanTask, wanted: TaskText, around: Around) -> list[FieldProblem]:
    needs = tuple(dict.fromkeys(wanted.needs))
    if len(needs) > rules.MOST_NEEDS:
        return [FieldProblem("needs", "many", _MANY, {"most": rules.MOST_NEEDS})]
    if any(need not in around.steps or need == task.id for need in needs):
        return [FieldProblem("needs", "unknown", _UNKNOWN_NEED)]
    titles = {**around.titles, task.id: wanted.title}
    edges = {each.id: each.needs for each in around.steps.values()} | {task.id: needs}
    if found := rules.circle(edges):
        return [
            FieldProblem("needs", "circle", _CIRCLE, {"path": " → ".join(titles[each] for each in (*found, found[0]))})
        ]
    step = Step(task.id, wanted.due_on, _state(task), needs)
    if task.state == "dropped":
        return []
    problems = []
    if (early := rules.ends_before(step, around.steps)) and len(wanted.reason.strip()) < rules.SHORTEST_REASON:
        last = max(early, key=lambda each: around.steps[each].due_on)
        told = {"title": titles[last], "day": str(around.steps[last].due_on)}
        problems.append(FieldProblem("due_on", "before", _BEFORE, told))
    waiting = [each for each in around.steps.values() if task.id in each.needs and each.id not in around.excused]
    for each in waiting:
        if each.state != "dropped" and each.due_on < wanted.due_on:
            told = {"title": titles[each.id], "day": str(each.due_on)}
            problems.append(FieldProblem("due_on", "after", _AFTER, told))
    return problems[:1]


def check_move(task: PlanTask, state: TaskState, done_on: date | None, reason: str) -> None:
    """Whether a task goes to a state. Raises StepRefused, PlanEnded, Invalid. At most two queries."""
    if state not in STEPS[_state(task)]:
        raise StepRefused(state=task.state, wanted=state)
    if task.plan_id is not None:
        plan = ImplementationPlan.objects.only("state").get(id=task.plan_id)
        if plan.state in ("done", "dropped"):
            raise PlanEnded()
        if plan.state == "draft" and state in ("doing", "done"):
            raise StepRefused(state=task.state, wanted=state)
    if problems := writing.check_reason(reason) if state == "dropped" else writing.check_text("reason", reason):
        raise Invalid(fields=tuple(problems))
    if state == "done":
        _check_done(task, done_on, reason)


def _check_done(task: PlanTask, done_on: date | None, reason: str) -> None:
    problems = []
    if done_on is not None and done_on > clock.today():
        problems.append(FieldProblem("done_on", "future", _FUTURE))
    if task.needs and len(reason.strip()) < rules.SHORTEST_REASON:
        around = _around_ids(task.needs)
        held = rules.held_up(Step(task.id, task.due_on, "doing", tuple(task.needs)), around.steps)
        if held:
            titles = "、".join(around.titles.get(each, UNSEEN) for each in held[:5])
            problems.append(FieldProblem("reason", "held_up", _HELD, {"titles": titles}))
    if problems:
        raise Invalid(fields=tuple(problems))


def _plan(actor: Actor, plan_id: UUID) -> ImplementationPlan:
    """A plan whose tasks are to change, held so that two changes together make no circle."""
    plan = writing.locked(ImplementationPlan, actor, plan_id, None)
    if plan.state in ("done", "dropped"):
        raise PlanEnded()
    return plan


def _around(plan: ImplementationPlan | None) -> Around:
    return _read(PlanTask.objects.filter(plan=plan)) if plan is not None else _read(PlanTask.objects.none())


def _around_ids(ids: Sequence[UUID]) -> Around:
    return _read(PlanTask.objects.filter(id__in=list(ids)))


def _read(rows: QuerySet[PlanTask]) -> Around:
    found = list(rows.only("id", "due_on", "state", "needs", "title", "reason"))
    return Around(
        {each.id: Step(each.id, each.due_on, _state(each), tuple(each.needs)) for each in found},
        {each.id: each.title for each in found},
        frozenset(each.id for each in found if len(each.reason.strip()) >= rules.SHORTEST_REASON),
    )


def _write(task: PlanTask, wanted: TaskText) -> None:
    task.title, task.owner = wanted.title.strip(), wanted.owner.strip()
    task.starts_on, task.due_on = wanted.starts_on, wanted.due_on
    task.needs = list(dict.fromkeys(wanted.needs))
    task.indicator, task.measure = wanted.indicator, wanted.measure
    task.note, task.reason = wanted.note.strip(), wanted.reason.strip()


def _tell(plan: ImplementationPlan, area_code: str) -> None:
    """Whom a task is for sees its plan, once that is no draft."""
    areas_now = writing.with_towns([*plan.areas, area_code])
    if areas_now != plan.areas:
        plan.areas = areas_now
        plan.save(update_fields=["areas"])


def _state(task: PlanTask) -> TaskState:
    return next(each for each in rules.TASK_STATES if each == task.state)
