"""Why units cannot be brought together in a case as asked, in the user's language."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Text


class NotTogether(Conflict):
    """What was asked for does not fit how the case stands: `fields` say why."""

    code = "cases.not_together"
    text = Text("现在不能这样办理。", "That cannot be done as the case stands.")


NOT_HANDLED = Text(
    "案件不在处置阶段，不能请其他单位协办。", "The case is not being handled; support is asked for while it is."
)
OWN_DOOR = Text(
    "此类案件在专门页面办理，不能在这里请求协办或移交。",
    "Cases like this are worked at a page of their own; support and hand-over are not asked for here.",
)
IS_LEAD = Text("这是主办单位，不能协办自己的案件。", "That is the lead unit; it does not support itself.")
ASKED_ALREADY = Text("已请这个单位协办，它还没有答复。", "That unit was asked already and has not answered yet.")
PAST = Text("答复期限须在今天或以后。", "The day an answer is wanted by is today or later.")
WHAT = Text("请写明需要协办什么（至少 2 个字）。", "Say for what support is asked (at least 2 characters).")
ANSWER = Text("请写明办理情况（至少 2 个字）。", "Say what was done (at least 2 characters).")
HANDED_ALREADY = Text(
    "已请另一个单位接收，它还没有答复。", "Another unit was asked to take the case and has not answered yet."
)
NOT_WITH_UNIT = Text("案件待接收或处置中才能移交。", "A case is handed over while it is to be taken or being handled.")
LONG_NUMBER = Text("文号过长。", "The document number is too long.")
PART = Text("请写明子案件要办什么（至少 2 个字）。", "Say what the child case is about (at least 2 characters).")
LONG_PART = Text("内容过长。", "This is too long.")
IS_CHILD = Text("这是子案件，不能再拆分。", "This is a child case; it is not divided again.")
NOT_DIVISIBLE = Text(
    "标准流程中已立案、尚未反馈结果的案件才能拆分。",
    "A case of the standard procedure is divided once it is filed and before its result is there.",
)
CHILDREN_OPEN = Text(
    "还有子案件没有办结（{numbers}），办结后才能结案。",
    "Child cases are still open ({numbers}); this one is closed after them.",
)
NOTE = Text("请写明督办内容（至少 2 个字）。", "Say what is to be looked after (at least 2 characters).")
LEVEL = Text("没有这个督办级别。", "There is no such level of supervision.")
NOT_OPEN = Text("案件已经办结，不能督办。", "The case is over; there is nothing to supervise.")
STILL_OPEN = Text(
    "还有协办单位没有答复（{units}）。请等待答复，或写明不再等待的原因。",
    "Supporting units have not answered yet ({units}). Wait for them, or say why you do not.",
)
