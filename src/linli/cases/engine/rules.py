"""What can be done with a case, by whom, when, and why not: one table, from which pages and docs/cases.md are drawn.

Stages, returns with a reason, append-only steps and the separation of check and handling follow the published practice of
数字城管 (任务处理 units return what is not theirs with a reason; 监督 and 处置 apart); the states in between are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from linli.kernel.errors import Text

from ..permissions import ACCEPT, CHECK, CLOSE, DECIDE, DISPATCH, HANDLE
from .guards import (
    APPEAL_AT_ACCEPTOR,
    APPEAL_AT_DISPATCHER,
    APPEALED_ONCE,
    EXTENSION_AT_DISPATCHER,
    EXTENSION_AT_UNIT,
    EXTENSIONS_LEFT,
    FILED,
    HANDLED_HERE,
    IN_TIME,
    NONE_WAITS,
    OTHER_UNIT,
    PHOTO,
    PROGRAM,
    SUSPENDED_ONCE,
    UNFILED,
    URGENT,
    WAS_FILED,
    WAS_LATE,
    Doer,
    Facts,
    Guard,
)
from .states import FINISHED, OPEN, PAUSED, STAGE_OF, STATES, WITH_UNIT, Stage, State

Kind = Literal[
    "forward", "return", "cancel", "close", "pause", "resume", "reopen", "request", "decide", "clock", "imported"
]
Reach = Literal["area", "unit"]
Entry = Literal[
    "reason", "limit", "unit", "result", "until", "rating", "amount", "task", "procedure", "level", "channel", "body",
    "document",
]  # fmt: skip
#: What a sentence on a page asks for at most; the same as `reason` elsewhere.
LONGEST = 500
SUSPENDED_AT_MOST = 366  # days; 挂账 to a date within a year (published practice of one city)


@dataclass(frozen=True, slots=True)
class Action:
    """A step. `target` None: the state stays; `back`: it is again the one before the step that is undone. `main`: the step
    by which a stage is done (the others turn aside). `effects`: what it does besides what belongs to its code, by name."""

    code: str
    label: Text
    sources: tuple[State, ...]
    target: State | None
    permission: str
    kind: Kind
    asks: tuple[Entry, ...] = ()
    guards: tuple[Guard, ...] = ()
    main: bool = False
    reach: Reach = "area"
    back: bool = False
    effects: tuple[str, ...] = ()

    @property
    def by_program(self) -> bool:
        """Whether nobody takes it: the program does, as the time for it comes."""
        return PROGRAM in self.guards


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an action cannot be done now."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Option:
    """An action of a case as somebody sees it: possible, or not and why."""

    action: Action
    refusal: Refusal | None

    @property
    def allowed(self) -> bool:
        return self.refusal is None


#: An urgent case may be filed as long as it is at work.
AFTERWARDS = (
    State.TO_DISPATCH, State.TO_TAKE, State.HANDLING, State.WAITING, State.SUSPENDED, State.HANDED_BACK, State.CHECK_RESULT,
    State.TO_CLOSE,
)  # fmt: skip

#: A request made in time is decided as long as the case is open and with the unit that made it.
DECIDED_IN = (
    State.HANDLING, State.WAITING, State.SUSPENDED, State.HANDED_BACK, State.CHECK_RESULT, State.TO_CLOSE,
)  # fmt: skip
RATED = (State.CLOSED, State.EVALUATED)

ACTIONS: tuple[Action, ...] = (
    # --- collection and filing ---
    Action(
        "ask_verify", Text("派核实", "Have it verified"), (State.REPORTED, State.TO_FILE), State.VERIFY_REPORT, ACCEPT, "forward",
        ("task",),
    ),
    Action(
        "give_verify", Text("改派核实", "Give the verifying to another"), (State.VERIFY_REPORT,), None, ACCEPT, "forward", ("task",),
    ),
    Action(
        "confirm_report", Text("核实属实", "It is so"), (State.VERIFY_REPORT,), State.TO_FILE, CHECK, "forward", ("result",),
        main=True,
    ),
    Action(
        "deny_report", Text("核实不属实", "It is not so"), (State.VERIFY_REPORT,), State.TO_FILE, CHECK, "forward", ("result",),
    ),
    Action(
        "file", Text("立案", "File"), (State.REPORTED, State.TO_FILE), State.TO_DISPATCH, ACCEPT, "forward", ("limit",), (UNFILED,),
        main=True,
    ),
    Action(
        "refile", Text("重新立案", "File again"), (State.TO_FILE,), State.TO_DISPATCH, ACCEPT, "forward", ("limit",), (WAS_FILED,),
        main=True,
    ),
    Action(
        "set_procedure", Text("改用流程", "Change the procedure"), (State.REPORTED, State.TO_FILE), None, ACCEPT, "forward",
        ("procedure",), (UNFILED,),
    ),
    Action(
        "refuse", Text("不予受理", "Do not accept"), (State.REPORTED, State.TO_FILE), State.NOT_ACCEPTED, ACCEPT, "cancel",
        ("reason",), (UNFILED,),
    ),
    Action(
        "cancel", Text("作废", "Cancel"), (State.TO_FILE, State.TO_DISPATCH), State.CANCELLED, ACCEPT, "cancel", ("reason",),
        (WAS_FILED,),
    ),
    # --- dispatch ---
    Action(
        "dispatch", Text("派遣", "Dispatch"), (State.TO_DISPATCH,), State.TO_TAKE, DISPATCH, "forward", ("unit",), main=True,
    ),
    Action(
        "dispatch_first", Text("先行派遣", "Dispatch first"), (State.REPORTED, State.TO_FILE), State.TO_TAKE, DISPATCH, "forward",
        ("unit", "limit"), (URGENT, UNFILED), main=True,
    ),
    Action(
        "file_afterwards", Text("补办立案", "File afterwards"), AFTERWARDS, None, ACCEPT, "forward", ("limit",), (UNFILED,),
    ),
    Action(
        "return_to_acceptor", Text("退回受理", "Return to the acceptor"), (State.TO_DISPATCH,), State.TO_FILE, DISPATCH, "return",
        ("reason",),
    ),
    # --- handling ---
    Action("take", Text("接收", "Take"), (State.TO_TAKE,), State.HANDLING, HANDLE, "forward", reach="unit"),
    Action(
        "return_to_dispatcher", Text("退回派遣", "Return to the dispatcher"), (State.TO_TAKE, State.HANDLING), State.TO_DISPATCH,
        HANDLE, "return", ("reason",), reach="unit",
    ),
    Action(
        "hand_back", Text("反馈结果", "Hand back with the result"), (State.HANDLING,), State.HANDED_BACK, HANDLE, "forward",
        ("result",), (PHOTO,), main=True, reach="unit",
    ),
    Action(
        "ask_reporter", Text("等待反映人", "Wait for the reporter"), (State.HANDLING,), State.WAITING, HANDLE, "pause", ("reason",),
        reach="unit",
    ),
    Action("resume", Text("恢复处置", "Go on"), PAUSED, State.HANDLING, HANDLE, "resume", ("reason",), reach="unit"),
    Action(
        "recall", Text("收回", "Take back"), (State.TO_TAKE, State.HANDLING), State.TO_DISPATCH, DISPATCH, "return", ("reason",),
    ),
    Action(
        "transfer_out", Text("移交系统外单位", "Hand over to a body outside"), (State.TO_DISPATCH, State.TO_TAKE, State.HANDLING),
        State.CLOSED, DISPATCH, "close", ("body", "document", "reason"), (FILED,),
    ),
    Action(
        "suspend", Text("挂账", "Put on account"), (State.HANDLING,), State.SUSPENDED, DISPATCH, "pause", ("until", "reason"),
        (SUSPENDED_ONCE,),
    ),
    Action(
        "end_suspension", Text("挂账到期", "Suspension ended"), (State.SUSPENDED,), State.HANDLING, DISPATCH, "resume",
        guards=(PROGRAM,),
    ),
    Action(
        "unit_gone", Text("单位撤销，退回派遣", "Unit gone, back to dispatch"), WITH_UNIT, State.TO_DISPATCH, DISPATCH, "return",
        ("reason",), (PROGRAM,),
    ),
    Action(
        "reckon_again", Text("按新日历重算时限", "Reckoned by the new calendar"), OPEN, None, DISPATCH, "clock", guards=(PROGRAM,),
    ),
    # --- extension (延期) ---
    Action(
        "ask_extension", Text("申请延期", "Ask for an extension"), (State.HANDLING, *PAUSED), None, HANDLE, "request",
        ("amount", "reason"), (IN_TIME, NONE_WAITS, EXTENSIONS_LEFT), reach="unit",
    ),
    Action(
        "endorse_extension", Text("单位同意延期", "Endorse the extension"), DECIDED_IN, None, DECIDE, "decide",
        guards=EXTENSION_AT_UNIT, reach="unit",
    ),
    Action(
        "decline_extension", Text("单位不同意延期", "Decline the extension"), DECIDED_IN, None, DECIDE, "decide", ("reason",),
        EXTENSION_AT_UNIT, reach="unit",
    ),
    Action(
        "grant_extension", Text("批准延期", "Grant the extension"), DECIDED_IN, None, DISPATCH, "decide",
        guards=EXTENSION_AT_DISPATCHER,
    ),
    Action(
        "deny_extension", Text("不批准延期", "Deny the extension"), DECIDED_IN, None, DISPATCH, "decide", ("reason",),
        EXTENSION_AT_DISPATCHER,
    ),
    # --- feedback, check and closing ---
    Action(
        "ask_check", Text("派核查", "Have it checked"), (State.HANDED_BACK,), State.CHECK_RESULT, DISPATCH, "forward", ("task",),
        main=True,
    ),
    Action(
        "give_check", Text("改派核查", "Give the check to another"), (State.CHECK_RESULT,), None, DISPATCH, "forward", ("task",),
    ),
    Action(
        "rework", Text("退回重办", "Return for rework"), (State.HANDED_BACK,), State.HANDLING, DISPATCH, "return", ("reason",),
    ),
    Action(
        "pass_check", Text("核查通过", "Check passed"), (State.CHECK_RESULT,), State.TO_CLOSE, CHECK, "forward", ("result",),
        (OTHER_UNIT,), main=True,
    ),
    Action(
        "fail_check", Text("核查不通过", "Check failed"), (State.CHECK_RESULT,), State.HANDLING, CHECK, "return", ("reason",),
        (OTHER_UNIT,),
    ),
    Action(
        "close", Text("结案", "Close"), (State.TO_CLOSE,), State.CLOSED, CLOSE, "close", guards=(FILED,), main=True,
    ),
    Action(
        "check_again", Text("退回核查", "Have it checked again"), (State.TO_CLOSE,), State.CHECK_RESULT, CLOSE, "return",
        ("reason", "task"),
    ),
    # --- evaluation ---
    Action(
        "rate", Text("登记评价", "Record the rating"), (State.CLOSED,), State.EVALUATED, CLOSE, "forward", ("rating",),
        (HANDLED_HERE,), main=True,
    ),
    Action(
        "reopen", Text("重新办理", "Reopen"), (State.CLOSED, State.EVALUATED), State.TO_DISPATCH, CLOSE, "reopen", ("reason",),
    ),
    # --- appeal (申诉) ---
    Action(
        "ask_appeal", Text("申诉", "Appeal"), RATED, None, HANDLE, "request", ("reason",), (WAS_LATE, APPEALED_ONCE),
        reach="unit",
    ),
    Action(
        "endorse_appeal", Text("同意申诉", "Endorse the appeal"), RATED, None, DISPATCH, "decide", guards=APPEAL_AT_DISPATCHER,
    ),
    Action(
        "decline_appeal", Text("不同意申诉", "Decline the appeal"), RATED, None, DISPATCH, "decide", ("reason",),
        APPEAL_AT_DISPATCHER,
    ),
    Action(
        "grant_appeal", Text("批准申诉", "Grant the appeal"), RATED, None, ACCEPT, "decide", guards=APPEAL_AT_ACCEPTOR,
    ),
    Action(
        "deny_appeal", Text("不批准申诉", "Deny the appeal"), RATED, None, ACCEPT, "decide", ("reason",), APPEAL_AT_ACCEPTOR,
    ),
    # --- duplicates: taken by `cases.duplicates.merging`, which knows the other case and shows the step in both flows ---
    Action(
        "merge", Text("并案", "Merge"),
        (State.REPORTED, State.VERIFY_REPORT, State.TO_FILE, State.TO_DISPATCH, State.TO_TAKE, State.HANDLING),
        State.MERGED, ACCEPT, "cancel", ("reason",),
    ),
    Action("unmerge", Text("撤销并案", "Undo the merge"), (State.MERGED,), None, ACCEPT, "reopen", ("reason",), back=True),
)  # fmt: skip
#: These lead through doors of their own and are no steps for `act`.
OWN_DOORS = ("merge", "unmerge")
BY_CODE = {action.code: action for action in ACTIONS}
BEGIN = State.REPORTED

NO_RIGHT = Text("您没有“{permission}”的权限。", "You may not do this: it takes the right “{permission}”.")
NOT_OWN_UNIT = Text("案件在{unit}，不在您的单位。", "The case is with {unit}, not with your unit.")
NOT_NOW = Text("现在是“{state}”，此操作只用于：{states}。", "It stands at “{state}”; this is for: {states}.")


def options(case: Facts, doer: Doer, actions: Sequence[Action] = ACTIONS) -> tuple[Option, ...]:
    """Every action of a procedure that has to do with a case as it stands, with why `doer` cannot do it."""
    return tuple(
        Option(action, refusal(action, case, doer))
        for action in actions
        if case.state in action.sources and all(guard.holds(case, doer) for guard in action.guards if guard.hides)
    )


def refusal(action: Action, case: Facts, doer: Doer) -> Refusal | None:
    """Why `doer` cannot do `action` now; None where they can. The state first, then the right, then the guards."""
    if case.state not in action.sources:
        return Refusal("state", _not_now(action, case.state))
    if action.reach == "unit":
        if not (doer.decides if action.permission == DECIDE else doer.handles):
            return Refusal("right", NO_RIGHT)
        if case.unit_id is None or doer.unit_id != case.unit_id:
            return Refusal("unit", NOT_OWN_UNIT)
    elif action.permission not in doer.permissions:
        return Refusal("right", NO_RIGHT)
    for guard in action.guards:
        if not guard.holds(case, doer):
            return Refusal(guard.code, guard.text)
    return None


def _not_now(action: Action, state: State) -> Text:
    def said(language: str) -> str:
        return ("、" if language == "zh-CN" else ", ").join(STATES[each].say(language) for each in action.sources)

    return Text(
        f"现在是“{STATES[state].zh}”，此操作只用于：{said('zh-CN')}。",
        f"It stands at “{STATES[state].en}”; this is for: {said('en')}.",
    )


def target_of(action: Action, state: State) -> State:
    """Where an action leads from `state`."""
    return action.target if action.target is not None else state


def diagram(actions: Sequence[Action] = ACTIONS, begin: State = BEGIN) -> str:
    """A table as a Mermaid state diagram (docs/cases.md, docs/procedures.md)."""
    met = {begin, *(s for a in actions for s in a.sources), *(a.target for a in actions if a.target)}
    lines = ["stateDiagram-v2", "    direction TB", f"    [*] --> {begin}: 上报 report"]
    for stage in Stage:
        held = [state for state, its in STAGE_OF.items() if its is stage and state in met]
        if not held:
            continue
        lines += [
            f"    state {stage} {{",
            *(f"        {state}: {STATES[state].zh} {STATES[state].en}" for state in held),
            "    }",
        ]
    for action in actions:
        for source in action.sources:
            if action.target is not None:
                lines.append(f"    {source} --> {action.target}: {action.label.zh} {action.label.en}")
    lines += [f"    {state} --> [*]" for state in FINISHED if state is not State.CLOSED and state in met]
    return "\n".join(lines)


def table(actions: Sequence[Action] = ACTIONS) -> str:
    """A table as Markdown: action, from, to, who, what is asked for, what must hold."""
    head = "| 操作 Action | 从 From | 到 To | 权限 Right | 须填 Asked for | 条件 Only if |\n| --- | --- | --- | --- | --- | --- |"

    def to(a: Action) -> str:
        return STATES[a.target].zh if a.target else "回到原处 back" if a.back else "不变 stays"

    rows = [
        f"| {a.label.zh} {a.label.en} | {'、'.join(STATES[s].zh for s in a.sources)} "
        f"| {to(a)} | `{a.permission}`{' 本单位 own unit' if a.reach == 'unit' else ''} "
        f"| {', '.join(a.asks) or '–'} | {' '.join(g.text.zh for g in a.guards) or '–'} |"
        for a in actions
    ]
    return "\n".join([head, *rows])


__all__ = [
    "ACTIONS", "BEGIN", "BY_CODE", "FINISHED", "LONGEST", "OPEN", "Action", "Doer", "Facts", "Guard", "Option", "Refusal",
    "Stage", "State", "diagram", "options", "refusal", "table", "target_of",
]  # fmt: skip
