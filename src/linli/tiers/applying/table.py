"""The table of states and actions of an application (申报), from which its diagram in `docs/tiers.md` is generated. Pure.

An application stands in one state and carries marks: `accepted` (the district passed it), `ended` (its publication is over and
every objection answered), `awarded`, `superseded` (the community reached
the same or a higher tier by a later one). An action leads from one of its states to another, or stays and sets a mark. The steps seen in
the province are: apply, self-assess, town check, district acceptance, publication, report, decision, award, yearly re-check; which
body may take which is inferred.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from linli.kernel.errors import Text

State = Literal[
    "planned", "self_assessing", "town_checking", "accepting", "publicised", "reported", "recognised", "rechecking", "refused",
    "withdrawn", "lapsed",
]  # fmt: skip
Mark = Literal["accepted", "ended", "awarded", "superseded"]
Stage = Literal["self", "town", "district"]
Body = Literal["community", "town", "district"]
Need = Literal["reason", "document", "authority", "on", "cents", "until"]

STATES: dict[State, Text] = {
    "planned": Text("拟创建", "Planned"),
    "self_assessing": Text("自评", "Self-assessment"),
    "town_checking": Text("镇街核查", "Town check"),
    "accepting": Text("区级验收", "District acceptance"),
    "publicised": Text("公示", "Published"),
    "reported": Text("已上报", "Reported"),
    "recognised": Text("已认定", "Recognised"),
    "rechecking": Text("复核", "Re-check"),
    "refused": Text("未通过", "Refused"),
    "withdrawn": Text("已撤回", "Withdrawn"),
    "lapsed": Text("已失效", "Lapsed"),
}
#: Where an application ends, unless that was a mistake; one that is recognised rests until its next re-check.
ENDS: frozenset[State] = frozenset({"refused", "withdrawn", "lapsed"})
#: States in which the public record is open to everybody.
PUBLIC: frozenset[State] = frozenset({"publicised", "reported", "recognised", "rechecking", "lapsed"})
#: States in which somebody has a next step with a day to it.
MOVING: frozenset[State] = frozenset(
    {"planned", "self_assessing", "town_checking", "accepting", "publicised", "reported", "rechecking"}
)
#: States in which the community is warned of indicators that slip.
WATCHED: frozenset[State] = frozenset({"recognised", "rechecking"})
#: In which state the verdicts of a stage are written, and by whom.
STAGES: dict[Stage, tuple[State, Body]] = {
    "self": ("self_assessing", "community"),
    "town": ("town_checking", "town"),
    "district": ("accepting", "district"),
}
STAGE_NAMES: dict[Stage, Text] = {
    "self": Text("自评", "Self-assessment"),
    "town": Text("镇街核查", "Town check"),
    "district": Text("区级验收", "District acceptance"),
}
#: Verdicts a stage may give; one that is not known is none.
VERDICTS = ("met", "missed", "not_asked")


@dataclass(frozen=True, slots=True)
class Action:
    """A row of the table. `to` None: it stays in its state. `asks`: what is given with it; `wants`, `without`: marks it asks for
    and marks it is not taken with; `sets`, `clears`: marks it changes."""

    name: str
    title: Text
    bodies: tuple[Body, ...]
    sources: tuple[State, ...]
    to: State | None
    asks: tuple[Need, ...] = ()
    wants: Mark | None = None
    without: Mark | None = None
    sets: Mark | None = None
    clears: tuple[Mark, ...] = ()

    def leads(self, state: State) -> State:
        """The state after it."""
        return self.to or state


TABLE: tuple[Action, ...] = (
    Action("begin", Text("开始自评", "Begin"), ("community",), ("planned",), "self_assessing"),
    Action("submit", Text("提交镇街核查", "Submit to the town"), ("community",), ("self_assessing",), "town_checking"),
    Action(
        "return_to_community", Text("退回社区", "Return to the community"), ("town",), ("town_checking",), "self_assessing",
        asks=("reason",),
    ),
    Action("pass_town", Text("核查通过，报区验收", "Pass on to the district"), ("town",), ("town_checking",), "accepting"),
    Action(
        "return_to_town", Text("退回镇街", "Return to the town"), ("district",), ("accepting",), "town_checking", asks=("reason",),
        clears=("accepted",),
    ),
    Action(
        "pass_acceptance", Text("验收通过", "Pass the acceptance"), ("district",), ("accepting",), None, without="accepted",
        sets="accepted",
    ),
    Action(
        "fail_acceptance", Text("验收不通过", "Fail the acceptance"), ("district",), ("accepting", "publicised"), "refused",
        asks=("reason",), clears=("accepted", "ended"),
    ),
    Action(
        "publish", Text("公示", "Publish"), ("district",), ("accepting",), "publicised", asks=("until",), wants="accepted",
    ),
    Action(
        "end_publication", Text("公示结束", "End the publication"), ("district",), ("publicised",), None, without="ended",
        sets="ended",
    ),
    Action(
        "report", Text("上报", "Report to city and province"), ("district",), ("publicised",), "reported", asks=("document", "on"),
        wants="ended",
    ),
    Action(
        "recognise", Text("登记认定", "Enter the recognition"), ("district",), ("reported",), "recognised",
        asks=("document", "authority", "on"),
    ),
    Action(
        "refuse", Text("登记未通过", "Enter the refusal"), ("district",), ("reported",), "refused",
        asks=("document", "authority", "on"),
    ),
    Action(
        "award", Text("登记奖补", "Enter the award"), ("district",), ("recognised",), None, asks=("cents", "on", "document"),
        without="awarded", sets="awarded",
    ),
    Action("open_recheck", Text("开展复核", "Open a re-check"), ("district",), ("recognised",), "rechecking", asks=("until",)),
    Action(
        "keep", Text("复核通过，保留等级", "Keep the tier"), ("district",), ("rechecking",), "recognised", asks=("reason",),
    ),
    Action("lapse", Text("取消等级", "Let the tier lapse"), ("district",), ("rechecking",), "lapsed", asks=("reason",)),
    Action(
        "uphold_objection", Text("异议成立，退回验收", "Uphold an objection"), ("district",), ("publicised",), "accepting",
        asks=("reason",), clears=("accepted", "ended"),
    ),
    Action(
        "reopen", Text("重新受理", "Take it up again"), ("district",), ("refused",), "accepting", asks=("reason",),
        clears=("accepted", "ended"),
    ),
    Action(
        "correct_report", Text("更正上报", "Correct the report"), ("district",), ("reported", "recognised", "rechecking", "lapsed"),
        None, asks=("document", "on", "reason"),
    ),
    Action(
        "correct_decision", Text("更正认定", "Correct the decision"), ("district",), ("recognised", "rechecking", "lapsed", "refused"),
        None, asks=("document", "authority", "on", "reason"),
    ),
    Action(
        "correct_award", Text("更正奖补", "Correct the award"), ("district",), ("recognised", "rechecking", "lapsed"), None,
        asks=("cents", "on", "document", "reason"), wants="awarded",
    ),
    Action(
        "withdraw", Text("撤回", "Withdraw"), ("community", "district"),
        ("planned", "self_assessing", "town_checking", "accepting", "publicised"), "withdrawn", asks=("reason",),
    ),
)  # fmt: skip
ACTIONS: dict[str, Action] = {action.name: action for action in TABLE}
#: Ways back from a mistake: what was entered is put right where it stands, or the application is taken up again.
CORRECTIONS = frozenset({"correct_report", "correct_decision", "correct_award"})

NOT_HERE = Text("在“{state}”阶段不能进行此操作。", "This is not done in the state “{state}”.")
SUPERSEDED = Text(
    "该社区已由之后的申报取得同级或更高等级，请对之后的申报复核。",
    "A later application reached the same or a higher tier: re-check that one.",
)
#: Not taken any more once a later application says which tier the community has.
_RECHECKS = ("open_recheck", "keep", "lapse")
_WANTS: dict[Mark, Text] = {
    "accepted": Text("请先登记验收通过。", "Pass the acceptance first."),
    "ended": Text("请先登记公示结束。", "End the publication first."),
    "awarded": Text("请先登记奖补。", "Enter the award first."),
    "superseded": SUPERSEDED,
}
_WITHOUT: dict[Mark, Text] = {
    "accepted": Text("已登记验收通过。", "The acceptance is passed already."),
    "ended": Text("已登记公示结束。", "The publication is ended already."),
    "awarded": Text("已登记奖补。", "The award is entered already."),
    "superseded": SUPERSEDED,
}


def of(state: State) -> list[Action]:
    """The actions of a state, in the order of the table."""
    return [action for action in TABLE if state in action.sources]


def why_not(action: Action, state: State, marks: Iterable[str]) -> Text | None:
    """Why the table has no such step from here; None where it has."""
    held = set(marks)
    if state not in action.sources:
        return Text(NOT_HERE.zh.format(state=STATES[state].zh), NOT_HERE.en.format(state=STATES[state].en))
    if action.name in _RECHECKS and "superseded" in held:
        return SUPERSEDED
    if action.wants is not None and action.wants not in held:
        return _WANTS[action.wants]
    if action.without is not None and action.without in held:
        return _WITHOUT[action.without]
    return None


def after(action: Action, state: State, marks: Iterable[str]) -> tuple[State, frozenset[str]]:
    """State and marks after an action. Raises ValueError where the table has no such step."""
    held = set(marks)
    if why_not(action, state, held) is not None:
        raise ValueError(f"{action.name} from {state}")
    kept = held - set(action.clears) | ({action.sets} if action.sets else set())
    return action.leads(state), frozenset(kept)
