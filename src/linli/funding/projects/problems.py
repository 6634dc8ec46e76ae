"""What may go wrong with projects and contracts."""

from __future__ import annotations

from typing import Any

from linli.kernel.errors import Conflict, Problem, Text

from ..rules import contracts as rules


class NotNext(Conflict):
    """The project is at another step; `state` is its code."""

    code = "funding.project.step"
    text = Text("项目现在是“{state}”，不能做这一步。", "The project is at {state}; this is not its next step.")

    def document(self, language: str, request_id: str = "") -> dict[str, Any]:
        """The problem document, with the state in the reader's language."""
        told = Conflict.document(self, language, request_id)
        params = told["params"] | {"state": rules.STATES[self.params["state"]].say(language)}
        said = self.text.say(language, params)
        return told | {"title": said, "detail": said, "params": params}


class MoreThanAgreed(Problem):
    """A payment goes beyond the contract."""

    status, code = 422, "funding.payment.beyond"
    text = Text("合同还可支付 {left} 元，不能多付。", "Of the contract {left} CNY may still be paid, no more.")


class MoreThanPart(MoreThanAgreed):
    """A payment goes beyond the milestone it is for."""

    code = "funding.payment.beyond_part"
    text = Text(
        "节点“{name}”还可支付 {left} 元，不能多付。",
        "Of the milestone {name}, {left} CNY may still be paid, no more.",
    )


class AcceptedAlready(Conflict):
    """The contract was accepted before."""

    code = "funding.contract.accepted"
    text = Text("合同已于 {day} 验收。", "The contract was accepted on {day}.")


class ContractCancelled(Conflict):
    """The contract was cancelled: nothing comes of it."""

    code = "funding.contract.cancelled"
    text = Text("合同已于 {day} 作废。", "The contract was cancelled on {day}.")


class PaidAlready(Conflict):
    """Something of the contract is paid: it cannot be cancelled."""

    code = "funding.contract.paid"
    text = Text(
        "合同已有付款，不能作废；请先冲销付款凭证。",
        "Something of the contract is paid; reverse the payments' entries before it is cancelled.",
    )


class ContractNumberTaken(Conflict):
    """Whoever keeps the contract has one of that number."""

    code = "funding.contract.taken"
    text = Text(
        "本镇街（或本区）已有编号为“{number}”的合同。", "This town (or the district) has a contract {number} already."
    )
