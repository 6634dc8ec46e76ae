"""What may go wrong with facilities and settlements."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Problem, Text


class SettledAlready(Conflict):
    """The month of the contract is settled."""

    code = "funding.settlement.done"
    text = Text(
        "{month} 已结算；如需更正，请先冲销结算凭证。",
        "The month {month} is settled; reverse its entry first to correct it.",
    )


class NothingToSettle(Problem):
    """There is no usage, or the contract does not hold in the month, or the month is not over."""

    status, code = 422, "funding.settlement.nothing"
    text = Text(
        "{month} 不能结算：该月未结束、合同不在有效期内，或还没有导入用量。",
        "The month {month} cannot be settled: it is not over, the contract does not hold in it, or no usage is in.",
    )


class RevenueNumberTaken(Conflict):
    """There is a contract of that number."""

    code = "funding.revenue.taken"
    text = Text("已有编号为“{number}”的合同。", "There is a contract {number} already.")
