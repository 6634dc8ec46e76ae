"""Which papers an application has in its state, and which of them are drafts. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, cast

from linli.kernel.errors import Text

from ..applying.table import State

Kind = Literal[
    "application", "self_assessment", "gaps", "town_opinion", "acceptance", "publication", "report", "recognition", "certificate",
    "recheck",
]  # fmt: skip
TITLES: dict[Kind, Text] = {
    "application": Text("申报书", "Application"),
    "self_assessment": Text("自评报告", "Self-assessment"),
    "gaps": Text("整改清单", "Gaps to mend"),
    "town_opinion": Text("镇街核查意见", "Opinion of the town"),
    "acceptance": Text("验收意见书", "Opinion of the acceptance"),
    "publication": Text("公示", "Publication"),
    "report": Text("上报函", "Letter of report"),
    "recognition": Text("认定通知", "Notice of recognition"),
    "certificate": Text("证书", "Certificate"),
    "recheck": Text("复核意见", "Opinion of the re-check"),
}
#: How far a state is on the way; those that end beside it stand where they left it last.
_FAR: dict[State, int] = {
    "planned": 0, "self_assessing": 1, "town_checking": 2, "accepting": 3, "publicised": 4, "reported": 5, "recognised": 6,
    "rechecking": 6, "lapsed": 6,
}  # fmt: skip
#: How far an application is that has a paper for good.
_MADE: dict[Kind, int] = {
    "application": 2, "self_assessment": 2, "town_opinion": 3, "acceptance": 4, "publication": 4, "report": 5, "recognition": 6,
    "certificate": 6,
}  # fmt: skip
#: With which a re-check is over: one that a later application ended has no opinion.
_RECHECKED = ("keep", "lapse")


#: The step with which papers are issued: what they say then is kept, and is what is printed from there on.
ISSUED: Mapping[str, tuple[Kind, ...]] = {
    "submit": ("application", "self_assessment"), "pass_town": ("town_opinion",), "pass_acceptance": ("acceptance",),
    "fail_acceptance": ("acceptance",), "publish": ("publication",), "report": ("report",),
    "recognise": ("recognition", "certificate"), "keep": ("recheck",), "lapse": ("recheck",), "correct_report": ("report",),
    "correct_decision": ("recognition", "certificate"),
}  # fmt: skip
#: A list that goes on being worked on: it says the day it was printed on.
LIVE: frozenset[Kind] = frozenset({"gaps"})


@dataclass(frozen=True, slots=True)
class Offered:
    """A paper there is. `draft`: what it is about is not done yet."""

    kind: Kind
    draft: bool

    @property
    def title(self) -> Text:
        return TITLES[self.kind]


class Taken(Protocol):
    """A step as far as it says which papers there are. `version`: the application's after it."""

    version: int
    action: str
    from_state: str
    to_state: str


def offered(state: State, marks: Collection[str], steps: Sequence[Taken]) -> list[Offered]:
    """The papers of an application in `state` with `marks`, which came there by `steps`; in the order of the procedure."""
    far = _FAR[state] if state in _FAR else _left(steps)
    accepted = "accepted" in marks or far >= 4
    judged = accepted or (state == "refused" and far >= 3)
    found: list[tuple[Kind, bool, bool]] = [
        ("application", True, far < 2),
        ("self_assessment", far >= 1, far < 2),
        ("gaps", far >= 1, False),
        ("town_opinion", far >= 2, far < 3),
        ("acceptance", far >= 3, not judged),
        # It says that the community is to pass: of one that did not, it is issued no more.
        ("publication", accepted and state not in ("refused", "withdrawn"), far < 4),
        ("report", far >= 5 or state == "publicised", far < 5),
        ("recognition", far == 6 or state == "reported", far < 6),
        ("certificate", state in ("recognised", "rechecking"), False),
        ("recheck", state == "rechecking" or any(each.action in _RECHECKED for each in steps), state == "rechecking"),
    ]
    return [Offered(kind, draft) for kind, there, draft in found if there]


def _left(steps: Sequence[Taken]) -> int:
    """How far an application was where it left the way last: what was taken back before then is not counted."""
    return next((_FAR[each.from_state] for each in reversed(steps) if each.from_state in _FAR), 0)  # type: ignore[index]


def taken_back(kind: Kind, steps: Sequence[Taken]) -> int:
    """The version with which a paper of a kind was taken back last, by a step to where it is still to be issued; 0: never. What was
    issued up to then holds no more."""
    made = _MADE.get(kind, 0)
    return max((each.version for each in steps if _back(each) and _FAR[each.to_state] < made), default=0)  # type: ignore[index]


def _back(step: Taken) -> bool:
    """Whether a step leads back on the way, or onto it again."""
    if step.to_state not in _FAR or not step.from_state:
        return False
    return step.from_state not in _FAR or _FAR[step.to_state] < _FAR[step.from_state]  # type: ignore[index]


class Standing(Protocol):
    """An application as far as it says which papers there are."""

    state: str
    marks: list[str]


def papers_of(application: Standing, steps: Sequence[Taken]) -> list[Offered]:
    """The papers of an application that came where it is by `steps`."""
    return offered(cast(State, application.state), application.marks, steps)
