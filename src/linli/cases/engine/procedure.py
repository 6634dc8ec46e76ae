"""The ways a case can go: the standard one, which is the table of `rules`, and those read from data (`cases.procedures`).

A case keeps its procedure's code for life; its actions are those of the procedure, taken by the same engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from linli.kernel.errors import Text

from ..cooperation.steps import NAMES
from .rules import ACTIONS, BEGIN, BY_CODE, Action
from .states import BESIDE, State

STANDARD_CODE = "standard"
REPORTED = Text("上报", "Report")


@dataclass(frozen=True, slots=True)
class Procedure:
    """A table of actions with its name. `certainty` and `source`: how sure its shape is, and after what. `urgent`: its cases
    are dispatched first and filed afterwards. `sources`: cases that come through these doors take it by default. `own_door`:
    its cases are entered and worked at a door of their own; no other case takes it. `public`: its matters are of public space, so that
    what came by Open311 is listed there for everybody. `whole_days`: what is due on a day is due by the end of it, not by the minute
    at which the clock began."""

    code: str
    label: Text
    note: Text
    certainty: str
    source: str
    actions: tuple[Action, ...]
    begin: State = BEGIN
    urgent: bool = False
    sources: tuple[str, ...] = ()
    own_door: bool = False
    public: bool = False
    whole_days: bool = False
    by_code: Mapping[str, Action] = field(init=False)
    states: frozenset[State] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_code", {action.code: action for action in self.actions})
        met = {s for a in self.actions for s in a.sources} | {a.target for a in self.actions if a.target is not None}
        object.__setattr__(self, "states", frozenset({self.begin, *met}))


STANDARD = Procedure(
    STANDARD_CODE,
    Text("标准流程", "Standard"),
    Text("七个阶段：采集、立案、派遣、处置、反馈、核查结案、评价。", "Seven stages, from collection to evaluation."),
    "inferred",
    "公开的数字城管七阶段流程；状态和操作由本系统定义",
    ACTIONS,
    public=True,
)


@cache
def known() -> Mapping[str, Procedure]:
    """Every procedure by its code, the standard one first. Read once; raises BadProcedure where the data does not hold."""
    from ..procedures.shipped import shipped

    return {STANDARD.code: STANDARD} | {each.code: each for each in shipped()}


def choosable() -> Mapping[str, Procedure]:
    """The procedures that a case at the common doors may take."""
    return {code: each for code, each in known().items() if not each.own_door}


def public() -> tuple[str, ...]:
    """The codes of procedures whose cases may be listed for everybody."""
    return tuple(code for code, each in known().items() if each.public)


def of(code: str) -> Procedure:
    """A procedure; a code that is no more goes on as the standard one, so that no case is lost over it."""
    return known().get(code, STANDARD)


def default_for(category: str, source: str) -> str:
    """Which procedure a case takes that nobody chose one for: its category's, else that of the door it came through."""
    if category in choosable() and category != STANDARD_CODE:
        return category
    return next((each.code for each in known().values() if source in each.sources), STANDARD_CODE)


def label_of(code: str, action: str) -> Text:
    """What a step of a case is called: by its procedure, else as in the standard one (the procedure may have been changed), else
    as a step that is in no table."""
    found = of(code).by_code.get(action) or BY_CODE.get(action)
    if found is None:
        found = next((each.by_code[action] for each in known().values() if action in each.by_code), None)
    if found is not None:
        return found.label
    return NAMES[action][0] if action in NAMES else BESIDE.get(action, REPORTED)
