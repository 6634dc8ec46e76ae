"""What may go wrong with the books. None of it costs what was typed."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Problem, Text


class PeriodClosed(Problem):
    """The month of the entry is closed."""

    status, code = 409, "funding.period.closed"
    text = Text(
        "{month} 已结账，不能再记入该月。请改记到 {first} 及以后的日期；要更正已入账的内容，请冲销后重记。您填写的内容仍在。",
        "The month {month} is closed. Book it on {first} or later; to correct what was posted, reverse it and post anew. "
        "What you typed is kept.",
    )


class NotClosable(Conflict):
    """Another month has to be closed first, or the month is not over."""

    code = "funding.period.order"
    text = Text(
        "结账须按月依次进行，且只能结已过去的月份。现在可以结账的月份：{month}。",
        "Months are closed one after the other, once they are over. The one to close now: {month}.",
    )


class ReversedAlready(Conflict):
    """The entry was undone already, or is itself what undoes another."""

    code = "funding.entry.reversed"
    text = Text(
        "该凭证已被冲销，或本身就是冲销凭证；请直接另记一笔。",
        "This entry is reversed already, or is a reversal itself; post a new one instead.",
    )


class NameTaken(Conflict):
    """There is a source or a party of that name."""

    code = "funding.name.taken"
    text = Text("已有名为“{name}”的记录。", "There is one named {name} already.")


class ChangedMeanwhile(Conflict):
    """Somebody changed it since the page was opened."""

    code = "funding.changed"
    text = Text(
        "已被“{by}”修改，请核对后再保存；您填写的内容仍在。",
        "It was changed by {by} meanwhile. Look at it and save again; what you typed is kept.",
    )
