"""Plans, tasks, a meeting and visits of the demo, made through the same actions as everybody's and marked as such (演示)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.scope import acting
from linli.places.models import Region
from linli.project.demo.base import demo_actor
from linli.tiers.coordination import actions, meetings, tasks
from linli.tiers.coordination.meetings import MeetingText, NewDecision, Point, VisitText
from linli.tiers.coordination.tasks import TaskText
from linli.tiers.models import ImplementationPlan, PlanTask, StudyVisit, TierMeeting, UpgradeMeasure

NOTE = "演示数据，非真实情况"
#: Of the town's plan: what, by whom, from and to in days from today, how it stands, and the number of the one it waits for.
TASKS: Sequence[tuple[str, str, int, int, str, int | None]] = (
    ("摸清社区设施和数据缺口", "社区居委会", -60, -35, "done", None),
    ("接入统建智慧社区平台", "镇街智慧办", -34, -3, "doing", 0),
    ("补齐微型消防站物资", "镇街应急办", -20, 4, "doing", None),
    ("小区视频汇聚上云", "镇街综治中心", -2, 40, "waiting", 1),
    ("组织网格员使用培训", "镇街智慧办", 10, 24, "waiting", 1),
    ("整理佐证材料", "社区居委会", 41, 70, "waiting", 3),
)  # fmt: skip


def make_coordination(town: str) -> int:
    """Make it for a town, once; returns how many tasks."""
    with acting(demo_actor()) as actor:
        rows = Region.objects.filter(parent_code=town, level="village", valid_to=None)
        codes = list(rows.filter(kind="居委会").order_by("code").values_list("code", flat=True)[:3])
        if ImplementationPlan.objects.exists() or not codes:
            return 0
        plan = _town_plan(actor, town, codes)
        known = list(UpgradeMeasure.objects.order_by("theme", "code").values_list("code", flat=True)[:3])
        actions.draft_plan(actor, codes[0], "本社区提升计划草稿（演示）", known, "", NOTE)
        _meeting(actor, town, codes, plan)
        _visits(actor, town, codes)
        for model in (ImplementationPlan, PlanTask, TierMeeting, StudyVisit):
            model.objects.all().update(synthetic=True)
        return int(PlanTask.objects.count())


def _day(days: int) -> date:
    return clock.today() + timedelta(days=days)


def _town_plan(actor: Actor, town: str, codes: Sequence[str]) -> UUID:
    plan = actions.draft_plan(actor, town, "年度智慧社区创建实施计划（演示）", [], "", NOTE)
    made: list[PlanTask] = []
    for number, (title, owner, begins, due, _, need) in enumerate(TASKS):
        words = TaskText(title, owner, _day(begins), _day(due), [made[need].id] if need is not None else [], note=NOTE)
        made.append(tasks.new_task(actor, codes[number % len(codes)], words, plan))
    actions.move_plan(actor, plan, 1, "running")
    for task, (_, _, _, due, state, _) in zip(made, TASKS, strict=True):
        if state == "done":
            tasks.move_task(actor, task.id, 1, "done", _day(due))
        elif state == "doing":
            tasks.move_task(actor, task.id, 1, "doing")
    return plan


def _meeting(actor: Actor, town: str, codes: Sequence[str], plan: UUID) -> None:
    agenda = [
        Point("通报各社区创建进度", "镇街智慧办", "各社区逐项通报进度和困难（演示）。"),
        Point("研究视频汇聚的经费和时限", "镇街综治中心"),
    ]
    text = MeetingText(
        "智慧社区创建第二次推进会（演示）",
        _day(-8),
        "09:30",
        "镇街会议室",
        "镇街分管负责人",
        "各社区居委会、镇街有关科室",
        codes,
        agenda,
    )
    meeting = meetings.new_meeting(actor, town, text)
    first, second = (UUID(point["id"]) for point in meeting.agenda)
    task = TaskText("报送视频点位清单", "社区居委会", _day(-8), _day(6), note=NOTE)
    meetings.decide(actor, meeting.id, 1, NewDecision("各社区一周内报送视频点位清单。", second, task, codes[0], plan))
    alone = TaskText("走访进度落后的社区", "镇街智慧办", _day(-8), _day(-1), note=NOTE)
    meetings.decide(actor, meeting.id, 2, NewDecision("镇街智慧办走访进度落后的社区。", first, alone, codes[-1]))
    meetings.decide(actor, meeting.id, 3, NewDecision("下次推进会通报佐证材料整理情况。", first))


def _visits(actor: Actor, town: str, codes: Sequence[str]) -> None:
    meetings.new_visit(
        actor,
        town,
        VisitText("visit", "考察标杆型社区的智慧服务（演示）", _day(-20), "演示社区居委会", "区内", 18, NOTE, codes),
    )
    meetings.new_visit(
        actor,
        town,
        VisitText(
            "training", "指标填报和佐证材料培训（演示）", _day(12), "镇街智慧办", "镇街会议室", None, NOTE, codes[:2]
        ),
    )
