"""The problems of planning and coordination."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Text


class ChangedMeanwhile(Conflict):
    """Somebody else changed it since it was read: they are named."""

    code = "tiers.coordination_changed"
    text = Text(
        "{who} 刚刚修改了“{title}”，您填写的内容仍在，请对照最新内容后再保存。",
        "{who} has just changed “{title}”. What you typed is still there; compare it with how it is now, then save.",
    )


class StepRefused(Conflict):
    """A plan or task does not go from the state it is in to the one wanted."""

    code = "tiers.coordination_step"
    text = Text("现在的状态不能这样办理。", "That cannot be done in the state it is in.")


class PlanEnded(Conflict):
    """A plan that is done or dropped takes no tasks."""

    code = "tiers.implementation_plan_ended"
    text = Text(
        "计划已结束，不能再改任务；请先恢复计划。",
        "The plan has ended and its tasks are changed no more; take it up again first.",
    )


class PlanUnready(Conflict):
    """A plan begins once it has tasks, each with an owner."""

    code = "tiers.implementation_plan_unready"
    text = Text(
        "开始实施前，计划至少要有一项任务，且每项任务都要有责任单位；还缺 {count} 项。",
        "A plan begins with at least one task, each with an owner; {count} have none yet.",
    )


class TooManyTasks(Conflict):
    """There are as many tasks as a plan may have."""

    code = "tiers.plan_task_most"
    text = Text("一个计划最多 {most} 项任务。", "A plan has {most} tasks at most.")


class CalledOff(Conflict):
    """What does not take place is changed no more."""

    code = "tiers.coordination_called_off"
    text = Text("已取消，恢复后才能修改。", "It was called off: take it up again before it is changed.")


class NotCalledOff(Conflict):
    """Only what was called off is taken up again."""

    code = "tiers.coordination_not_called_off"
    text = Text("没有取消，不用恢复。", "It was not called off: there is nothing to take up again.")


class HeldAlready(Conflict):
    """A meeting that decided something was held."""

    code = "tiers.meeting_held"
    text = Text(
        "会上已有决定，不能取消；内容有误请修改会议。",
        "It decided something, so it was held and is not called off; correct it where it is wrong.",
    )


class DecisionTaken(Conflict):
    """A decision becomes one task."""

    code = "tiers.decision_taken"
    text = Text("这项决定已经转为任务。", "A task was made of this decision already.")
