"""The seven stages of a case and the states they consist of.

Stages after the published workflow of 数字城管 (信息采集 → 案卷建立 → 任务派遣 → 任务处理 → 处理反馈 → 核查结案 → 综合评价); the states
inside them are ours (inferred). 核实 is verifying a report before filing, 核查 checking a result before closing.
"""

from __future__ import annotations

from enum import StrEnum

from linli.kernel.errors import Text


class Stage(StrEnum):
    """A stage as the standards and the public name it; `ended` holds what never became a case."""

    COLLECTION = "collection"
    FILING = "filing"
    DISPATCH = "dispatch"
    HANDLING = "handling"
    FEEDBACK = "feedback"
    CLOSING = "closing"
    EVALUATION = "evaluation"
    ENDED = "ended"


class State(StrEnum):
    """Where a case stands: what has to happen next, and by whom."""

    REPORTED = "reported"
    VERIFY_REPORT = "verify_report"
    TO_FILE = "to_file"
    TO_DISPATCH = "to_dispatch"
    TO_TAKE = "to_take"
    HANDLING = "handling"
    WAITING = "waiting"
    SUSPENDED = "suspended"
    HANDED_BACK = "handed_back"
    CHECK_RESULT = "check_result"
    TO_CLOSE = "to_close"
    CLOSED = "closed"
    EVALUATED = "evaluated"
    NOT_ACCEPTED = "not_accepted"
    CANCELLED = "cancelled"
    MERGED = "merged"


#: Steps that are none of the table's actions: what becomes of a case by the sheet it came from (`cases.intake`), and by mending
#: what was entered of a proposal (`cases.proposals`).
BESIDE: dict[str, Text] = {
    "order_changed": Text("热线工单有变化", "The hotline's order changed"),
    "import_withdrawn": Text("撤销导入", "Import undone"),
    "proposal_amended": Text("修改登记内容", "Entries mended"),
}
#: The step that hands a case over to a body outside of the system.
OUT = "transfer_out"
#: The topic under which steps leave through the outbox.
STEP = "cases.step"
STAGES: dict[Stage, Text] = {
    Stage.COLLECTION: Text("信息采集", "Collection"),
    Stage.FILING: Text("案卷建立", "Filing"),
    Stage.DISPATCH: Text("任务派遣", "Dispatch"),
    Stage.HANDLING: Text("任务处理", "Handling"),
    Stage.FEEDBACK: Text("处理反馈", "Feedback"),
    Stage.CLOSING: Text("核查结案", "Check and closing"),
    Stage.EVALUATION: Text("综合评价", "Evaluation"),
    Stage.ENDED: Text("未立案", "Not filed"),
}
STATES: dict[State, Text] = {
    State.REPORTED: Text("待受理", "To be accepted"),
    State.VERIFY_REPORT: Text("待核实", "Report to be verified"),
    State.TO_FILE: Text("待立案", "To be filed"),
    State.TO_DISPATCH: Text("待派遣", "To be dispatched"),
    State.TO_TAKE: Text("待接收", "To be taken"),
    State.HANDLING: Text("处置中", "Being handled"),
    State.WAITING: Text("等待反映人", "Waiting for the reporter"),
    State.SUSPENDED: Text("挂账", "On account"),
    State.HANDED_BACK: Text("待确认反馈", "Handed back"),
    State.CHECK_RESULT: Text("待核查", "Result to be checked"),
    State.TO_CLOSE: Text("待结案", "To be closed"),
    State.CLOSED: Text("已结案，待评价", "Closed, to be rated"),
    State.EVALUATED: Text("已评价", "Rated"),
    State.NOT_ACCEPTED: Text("不予受理", "Not accepted"),
    State.CANCELLED: Text("已作废", "Cancelled"),
    State.MERGED: Text("已并案", "Merged"),
}
#: How a closed case is told of that a body outside of the system goes on with: nobody here rates it.
OUTSIDE = Text("已转出系统外", "Handed over outside")
STAGE_OF: dict[State, Stage] = {
    State.REPORTED: Stage.COLLECTION,
    State.VERIFY_REPORT: Stage.COLLECTION,
    State.TO_FILE: Stage.FILING,
    State.TO_DISPATCH: Stage.DISPATCH,
    State.TO_TAKE: Stage.HANDLING,
    State.HANDLING: Stage.HANDLING,
    State.WAITING: Stage.HANDLING,
    State.SUSPENDED: Stage.HANDLING,
    State.HANDED_BACK: Stage.FEEDBACK,
    State.CHECK_RESULT: Stage.CLOSING,
    State.TO_CLOSE: Stage.CLOSING,
    State.CLOSED: Stage.EVALUATION,
    State.EVALUATED: Stage.EVALUATION,
    State.NOT_ACCEPTED: Stage.ENDED,
    State.CANCELLED: Stage.ENDED,
    State.MERGED: Stage.ENDED,
}
#: The clock of handling stands still in these.
PAUSED = (State.WAITING, State.SUSPENDED)
#: Nothing waits for anybody any more. A closed case may still be rated, which holds nobody up.
FINISHED = (State.CLOSED, State.EVALUATED, State.NOT_ACCEPTED, State.CANCELLED, State.MERGED)
ENDED = (State.NOT_ACCEPTED, State.CANCELLED, State.MERGED)
OPEN = tuple(state for state in State if state not in FINISHED)
#: The unit works on it, or could until it is closed; before, it is nobody's.
WITH_UNIT = (State.TO_TAKE, State.HANDLING, State.WAITING, State.SUSPENDED)
#: It is a unit's until it is closed: what was handed back may come back to it.
HELD = (*WITH_UNIT, State.HANDED_BACK, State.CHECK_RESULT, State.TO_CLOSE)


def stands_as(state: str, transferred: bool) -> Text:
    """How a case stands, in words: what a body outside goes on with is over here and waits for no rating."""
    return OUTSIDE if transferred and state in (State.CLOSED, State.EVALUATED) else STATES[State(state)]


def states_of(stage: Stage) -> tuple[State, ...]:
    """The states a stage consists of, in their order."""
    return tuple(state for state, its in STAGE_OF.items() if its is stage)
