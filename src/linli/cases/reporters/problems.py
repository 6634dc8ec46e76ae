"""What keeps a reporter from doing something, in their words. Never who of the staff did what."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Invalid, NotFound, Text


class UnknownNumber(NotFound):
    """No case goes by this number."""

    code = "cases.unknown_tracking"
    text = Text("没有这个查询码，请核对后再试。", "There is no such tracking number; please check it.")


class UnknownCode(NotFound):
    """No message of ours carried this code."""

    code = "cases.unknown_code"
    text = Text("没有这个通知码，请逐个核对字母和数字。", "There is no such code; please check each letter and digit.")


class StaleForm(Invalid):
    """The page a report came from was not given out by us."""

    code = "cases.stale_form"
    text = Text(
        "页面已过期，请再提交一次，您填写的内容仍在。",
        "This page has expired. Send it once more; what you typed is kept.",
    )


class NotForYouNow(Conflict):
    """The case went on meanwhile."""

    code = "cases.reporter_not_now"
    text = Text(
        "事项刚刚有了新进展，现在不能这样办理。请看下面的最新情况。",
        "The matter has just gone on; this cannot be done now. See below.",
    )


class NotToldOutside(Conflict):
    """What is for restricted readers is found by no number."""

    code = "cases.reporter_not_told"
    text = Text(
        "这是限定人员办理的案件，不对外查询，不能发查询码。请当面或电话回复反映人。",
        "This case is for restricted readers: nobody follows it by number. Answer whoever reported it in person or by telephone.",
    )


class FollowedOtherwise(Conflict):
    """Whoever reported it holds a number from the page or an app; nobody else is given one."""

    code = "cases.reporter_has_number"
    text = Text(
        "这件事是反映人自己在网上提交的，查询码只有反映人有，不能由工作人员另发。",
        "Whoever reported this did so by themselves and holds its tracking number; staff cannot give out another.",
    )
