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


class SettlementChanged(Conflict):
    """The month comes to another amount than the one that was looked at."""

    code = "funding.settlement.changed"
    text = Text(
        "{month} 现为 {amount} 元，与您看到的不同：用量或单价已变更。请核对后再结算。",
        "The month {month} comes to {amount} CNY now, which is not what you saw: its usage or rate changed. Look at it again.",
    )


class NothingToSettle(Problem):
    """There is no usage, or the contract does not hold in the month, or the month is not over."""

    status, code = 422, "funding.settlement.nothing"
    text = Text(
        "{month} 不能结算：该月未结束、合同不在有效期内，或还没有导入用量。",
        "The month {month} cannot be settled: it is not over, the contract does not hold in it, or no usage is in.",
    )


class RevenueCancelled(Conflict):
    """The contract was cancelled: it never held."""

    code = "funding.revenue.cancelled"
    text = Text("合同已于 {day} 作废。", "The contract was cancelled on {day}.")


class RevenueSettled(Conflict):
    """Something of the contract is settled: it held, and can only be ended."""

    code = "funding.revenue.settled"
    text = Text(
        "已结算到 {month}，不能作废；请改为终止，或先冲销结算凭证。",
        "It is settled to {month} and cannot be cancelled; end it, or reverse its settlements first.",
    )


class RevenueNumberTaken(Conflict):
    """There is a contract of that number."""

    code = "funding.revenue.taken"
    text = Text(
        "本镇街（或本区）已有编号为“{number}”的合同。", "This town (or the district) has a contract {number} already."
    )
