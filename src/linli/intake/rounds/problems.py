"""What keeps a round or a return from going on."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Problem, Text


class OpenAlready(Conflict):
    code = "intake.round.open_already"
    text = Text(
        "此表在该区划的“{period}”报送正在进行，不能重复发起。",
        "This form is being asked for over that area already, for “{period}”.",
    )


class Closed(Conflict):
    code = "intake.round.closed"
    text = Text("此次报送已结束。", "This round is closed.")


class WrongState(Conflict):
    code = "intake.return.state"
    text = Text(
        "该报送表现在的状态不能进行此操作，请刷新后再看。",
        "The return is in a state in which this cannot be done; load it again.",
    )


class BelowWaiting(Conflict):
    code = "intake.return.below_waiting"
    text = Text(
        "还有 {count} 个村居没有上报或没有通过审核，不能上报。",
        "{count} villages have not sent in theirs, or it is not accepted yet.",
    )


class SentOn(Conflict):
    code = "intake.return.sent_on"
    text = Text(
        "上级区划的报送表已上报，不能再退回。", "The area above has sent on its own return; this one stays as it is."
    )


class VersionGone(Problem):
    status, code = 410, "intake.return.version_gone"
    text = Text(
        "这一版的内容已按保存期限于 {on} 销毁，只留下统计数和校验和。",
        "The rows of this version were destroyed on {on} when their time was over; its figures and checksum remain.",
    )


class ReasonWanted(Problem):
    status, code = 422, "intake.return.reason"
    text = Text("请写明退回的原因。", "Say why it is returned.")


class NotAsked(Conflict):
    """Somebody answers what is not asked for: it was answered meanwhile, or belongs to another return."""

    code = "intake.return.not_asked"
    text = Text(
        "这一项不在本次报送中，或不可在此填写。", "This is not asked for in the return, or cannot be entered here."
    )
