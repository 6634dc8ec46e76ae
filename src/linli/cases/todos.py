"""What waits in the queues of cases, for who works them."""

from __future__ import annotations

from functools import partial

from linli.kernel import todos
from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.paging import Count

from .cooperation.supervised import NoteFilter, notes_count
from .engine.queries import QUEUES, CaseFilter, QueueCode, cases_count
from .engine.requested import RequestFilter, requests_count
from .engine.states import State
from .permissions import (
    ACCEPT,
    DECIDE,
    DISPATCH,
    HANDLE,
    PROPOSAL_PUBLISH,
    PROPOSAL_REGISTER,
    PROPOSAL_REVIEW,
    PROPOSAL_SIGN,
)
from .proposals.queries import waiting_for

_WORDS: dict[QueueCode, tuple[Text, Text]] = {
    "acceptance": (Text("待受理、立案的案件", "Cases to accept and file"), Text("受理后时限开始计算", "Filing starts the clock")),
    "verify": (Text("待核实的上报", "Reports to verify"), Text("到现场看是否属实", "See on the spot whether it is so")),
    "dispatch": (Text("待派遣、待确认反馈的案件", "Cases to dispatch or confirm"), Text("派给负责的单位", "Hand them to the unit responsible")),
    "unit": (Text("本单位在办案件", "Cases with your unit"), Text("先办快到期的", "Those due soonest first")),
    "supporting": (
        Text("请本单位协办、接收的案件", "Cases your unit is asked to support or take"),
        Text("答复协办，或说明接收不接收", "Say what you contribute, or whether you take it"),
    ),
    "check": (Text("待核查的处置结果", "Results to check"), Text("核查通过后才能结案", "A case closes after its check")),
    "closing": (Text("待结案的案件", "Cases to close"), Text("核查已通过", "Their check was passed")),
}  # fmt: skip


def _waiting(code: QueueCode, actor: Actor) -> Count:
    return cases_count(actor, CaseFilter(queue=code))


todos.declare(
    *(
        todos.Todo(
            f"cases_{queue.code}", "waiting", *_WORDS[queue.code], (queue.permission,), f"/cases?queue={queue.code}",
            partial(_waiting, queue.code),
        )
        for queue in QUEUES
        if queue.code in _WORDS
    )
)  # fmt: skip


todos.declare(
    todos.Todo(
        "cases_supervised", "waiting", Text("待答复的督办", "Supervision to answer"),
        Text("写明办理情况", "Say what was done"), (HANDLE,), "/cases/supervision?view=answer",
        lambda actor: notes_count(actor, NoteFilter(view="answer")),
    )
)  # fmt: skip


_TURNS: dict[str, tuple[str, Text, Text]] = {
    "unit": (
        DECIDE, Text("待本单位审核的延期", "Extensions for your unit to review"),
        Text("须由申请人以外的人审核", "By somebody else than who asked"),
    ),
    "dispatcher": (
        DISPATCH, Text("待派遣员审核的延期、申诉", "Extensions and appeals to review"),
        Text("在到期前审核", "Before the time runs out"),
    ),
    "acceptor": (
        ACCEPT, Text("待受理员审核的申诉", "Appeals to decide"),
        Text("批准的不计入超期", "A granted one counts as overdue no more"),
    ),
}  # fmt: skip


def _asked(turn: str, actor: Actor) -> Count:
    return requests_count(actor, RequestFilter(turn=turn))


todos.declare(
    *(
        todos.Todo(
            f"cases_asked_{turn}", "waiting", label, hint, (permission,), f"/cases/adjustments?turn={turn}", partial(_asked, turn)
        )
        for turn, (permission, label, hint) in _TURNS.items()
    )
)  # fmt: skip


_PROPOSALS: dict[State, tuple[str, str, Text, Text]] = {
    State.REPORTED: (
        "assign", PROPOSAL_REGISTER, Text("待交办的提案建议", "Proposals to assign"),
        Text("交办后答复期限开始计算", "Assigning starts the time to answer"),
    ),
    State.HANDED_BACK: (
        "review", PROPOSAL_REVIEW, Text("待审核的答复", "Replies to review"),
        Text("起草人以外的人审核", "By somebody else than who drafted"),
    ),
    State.CHECK_RESULT: (
        "sign", PROPOSAL_SIGN, Text("待签发的答复", "Replies to sign off"),
        Text("签发之日为答复时间", "The day it is signed is that of the answer"),
    ),
    State.TO_CLOSE: (
        "publish", PROPOSAL_PUBLISH, Text("待公开的答复", "Replies to publish"),
        Text("公开或说明不公开的原因", "Publish, or say why not"),
    ),
}  # fmt: skip


def _proposals(state: State, actor: Actor) -> Count:
    return waiting_for(actor, state)


todos.declare(
    *(
        todos.Todo(
            f"proposals_{code}", "waiting", label, hint, (permission,), f"/cases/proposals?state={state}", partial(_proposals, state)
        )
        for state, (code, permission, label, hint) in _PROPOSALS.items()
    )
)  # fmt: skip
