"""What may go wrong with an application, in the user's language."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Invalid, Problem, Text


class ApplicationTaken(Conflict):
    """Somebody else did something to the application since it was read; nothing was written."""

    code = "tiers.application_taken"
    text = Text(
        "{who} 刚刚办理了此申报，请按最新情况再办理；您填写的内容仍在。",
        "{who} has just acted on this application. Look at it as it is now; what you typed is kept.",
    )


class ApplicationNotNow(Conflict):
    """A step is not possible in the state the application is in, or a condition of it does not hold."""

    code = "tiers.application_not_now"
    text = Text("现在不能办理：{why}", "This cannot be done now: {why_en}")


class ApplicationsRefused(Invalid):
    """Communities cannot be planned; nothing was written."""

    code = "tiers.applications_refused"
    text = Text(
        "有 {count} 个社区不能列入计划，没有保存。", "{count} communities cannot be planned; nothing was saved."
    )


class PlanYearTaken(Conflict):
    """There is a plan of that year."""

    code = "tiers.plan_year_taken"
    text = Text("{year} 年度的创建计划已经有了。", "There is a plan of {year} already.")


class PlanYearChanged(Conflict):
    """Somebody else changed it since it was read."""

    code = "tiers.plan_year_changed"
    text = Text(
        "这一年度计划刚刚被他人修改，您填写的内容仍在，请对照后再保存。",
        "Somebody has just changed this plan. What you typed is still there; compare before you save.",
    )


class GapChanged(Conflict):
    """Somebody else changed it since it was read."""

    code = "tiers.gap_changed"
    text = Text(
        "这一整改项刚刚被他人修改，您填写的内容仍在，请对照后再保存。",
        "Somebody has just changed this gap. What you typed is still there; compare before you save.",
    )


class ObjectionAnswered(Conflict):
    """It is answered once."""

    code = "tiers.objection_answered"
    text = Text("这条异议已由 {who} 答复。", "This objection was answered by {who}.")


class ObjectionOfCommunity(Conflict):
    """What a community objects stays readable to it and to those it turns to."""

    code = "tiers.objection_of_community"
    text = Text("只能隐藏群众提出的异议。", "Only objections of the public can be hidden.")


class ObjectionSightSame(Conflict):
    """Somebody else hid it, or showed it again, first."""

    code = "tiers.objection_sight_same"
    text = Text(
        "这条异议刚刚已由他人隐藏或者恢复显示，请刷新后查看。",
        "Somebody has just hidden this objection, or shown it again. Load the page again.",
    )


class PublicationOver(Conflict):
    """Objections are taken until the last day of the publication."""

    code = "tiers.publication_over"
    text = Text(
        "公示已于 {day} 结束，不再受理异议；您填写的内容仍在。",
        "The publication ended on {day} and takes no more objections; what you typed is kept.",
    )


class TooManyObjections(Problem):
    """Somebody floods an application."""

    status, code = 429, "tiers.too_many_objections"
    text = Text(
        "这项公示收到的异议过多，请直接与区级主管部门联系；您填写的内容仍在。",
        "This publication has had too many objections; turn to the district's office. What you typed is kept.",
    )
