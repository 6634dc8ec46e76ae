"""The steps of a proposal, which are its procedure's, and the conditions they have beside the engine's. No database.

That a reply is drafted, reviewed by another and signed off within the host follows how documents of offices are made; that
whoever is not satisfied is answered again, with a clock of its own, is usual for proposals. Both are ours in detail (inferred).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linli.kernel.errors import Text

from ..engine import procedure
from ..engine.guards import Doer
from ..engine.guards import Facts as CaseFacts
from ..engine.rules import NO_RIGHT, Action, Option, Refusal, refusal
from ..engine.states import State

PROCEDURE = "proposal"
ASSIGN, REASSIGN, TAKE, DECLINE = "proposal_assign", "proposal_reassign", "proposal_take", "proposal_decline"
SUBMIT, REVIEW, REVISE, SIGN = "proposal_submit", "proposal_review", "proposal_revise", "proposal_sign"
PUBLISH, CONCLUDE, WITHDRAW, DISCLOSE = (
    "proposal_publish", "proposal_conclude", "proposal_withdraw", "proposal_disclose",
)  # fmt: skip
RATE, REHANDLE = "proposal_rate", "proposal_rehandle"
#: By who registers: whatever becomes of the host, a proposal does not stay with it.
RECALL = "proposal_recall"


def table() -> Mapping[str, Action]:
    """The steps of a proposal by their codes, as `cases/data/procedures/proposal.toml` has them."""
    return {code: each for code, each in procedure.of(PROCEDURE).by_code.items() if code.startswith("proposal_")}


REGISTERED = Text("登记", "Registered")
#: No action of the table: what was entered is mended in a form of its own (`engine.states.BESIDE`).
AMENDED = "proposal_amended"


def label_of(action: str) -> Text:
    """What a step of its case is called."""
    return REGISTERED if action == "report" else procedure.label_of(PROCEDURE, action)


#: What a proposal's states are called: the same states as of any case, in the words of proposals.
STANDS: dict[State, Text] = {
    State.REPORTED: Text("待交办", "To be assigned"),
    State.TO_FILE: Text("待交办", "To be assigned"),
    State.TO_DISPATCH: Text("待重新交办", "To be assigned again"),
    State.TO_TAKE: Text("待主办单位接收", "To be taken by the host"),
    State.HANDLING: Text("答复起草中", "Reply being drafted"),
    State.HANDED_BACK: Text("待审核", "To be reviewed"),
    State.CHECK_RESULT: Text("待签发", "To be signed off"),
    State.TO_CLOSE: Text("已签发，待公开", "Signed off, to be published"),
    State.CLOSED: Text("已答复，待评价", "Answered, to be rated"),
    State.EVALUATED: Text("已评价", "Rated"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the conditions look at of a proposal. `drafters`: all who wrote at the draft of the round, nobody where
    there is no text."""

    drafters: frozenset[str] = frozenset()
    published: bool = False
    answered: bool = False
    opinion: str = ""


NO_DRAFT = Refusal("no_draft", Text("请先起草答复。", "Draft the reply first."))
OWN_DRAFT = Refusal("own_draft", Text("参与起草的人不能审核该答复。", "Nobody who wrote at a reply reviews it."))
IS_OPEN = Refusal("published", Text("已经公开。", "It is published already."))
NOT_OPEN = Refusal("not_published", Text("没有公开。", "It is not published."))
CONTENT = Refusal(
    "satisfied", Text("建议人没有表示不满意，不需要重新办理。", "The proposer did not say they were not satisfied.")
)


def why_not(action: Action, case: CaseFacts, proposal: Facts, doer: Doer, held: frozenset[str]) -> Refusal | None:
    """Why `doer` cannot take a step now; None where they can. `held`: their permissions by unit."""
    refused = refusal(action, case, doer)
    if refused is not None:
        return refused
    if action.reach == "unit" and action.permission not in held:
        return Refusal("right", NO_RIGHT)
    if action.code == SUBMIT and not proposal.drafters:
        return NO_DRAFT
    if action.code == REVIEW and doer.id in proposal.drafters:
        return OWN_DRAFT
    if action.code == WITHDRAW and not proposal.published:
        return NOT_OPEN
    if action.code == DISCLOSE and proposal.published:
        return IS_OPEN
    if action.code == REHANDLE and proposal.opinion != "dissatisfied":
        return CONTENT
    return None


def options(case: CaseFacts, proposal: Facts, doer: Doer, held: frozenset[str]) -> tuple[Option, ...]:
    """The steps that have to do with a proposal as it stands, with why `doer` cannot take them."""
    hidden = WITHDRAW if not proposal.published else DISCLOSE
    return tuple(
        Option(step, why_not(step, case, proposal, doer, held))
        for step in table().values()
        if case.state in step.sources and step.code != hidden
    )
