"""What may go wrong with a case, in the user's language. `fields` carry the sentence where it depends on the case."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Invalid, Problem, Text


class OutsideDistrict(Invalid):
    """The place lies outside of the district."""

    code = "cases.outside_district"
    text = Text(
        "这个位置不在本区范围内，本系统不能受理。", "This place lies outside of the district, which cannot take it on."
    )


class InFuture(Invalid):
    """Something that has not happened yet."""

    code = "cases.in_future"
    text = Text("发生时间不能晚于现在。", "It cannot have happened later than now.")


class NotNow(Conflict):
    """The action is not possible in the state the case is in, or a condition of it does not hold."""

    code = "cases.not_now"
    text = Text("此操作现在不能办理。", "This cannot be done now.")


class TakenMeanwhile(Conflict):
    """Somebody else took a step since the page was read: they are named, and what they did."""

    code = "cases.taken_meanwhile"
    text = Text(
        "{who} 刚刚办理了此案件，请按最新情况再办理；您填写的内容仍在。",
        "{who} has just acted on this case. Look at it as it is now; what you typed is kept.",
    )


class PurposeMissing(Problem):
    """A reason is required to see who reported."""

    status, code = 422, "cases.purpose_missing"
    text = Text("请写明用途（至少 4 个字）。", "Please state the purpose (at least 4 characters).")
