"""Which papers an application has in its state, and which of them are drafts. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
#: How far a state is on the way; those that end beside it stand where they left it.
_FAR: dict[State, int] = {
    "planned": 0, "self_assessing": 1, "town_checking": 2, "accepting": 3, "publicised": 4, "reported": 5, "recognised": 6,
    "rechecking": 6, "lapsed": 6,
}  # fmt: skip


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


def offered(state: State, marks: Collection[str], been: Collection[str]) -> list[Offered]:
    """The papers of an application in `state` with `marks`, which has `been` in states before; in the order of the procedure."""
    far = _FAR[state] if state in _FAR else max((_FAR.get(each, 0) for each in been), default=0)  # type: ignore[call-overload]
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
        ("recheck", "rechecking" in been or state == "rechecking", state == "rechecking"),
    ]
    return [Offered(kind, draft) for kind, there, draft in found if there]


class Standing(Protocol):
    """An application as far as it says which papers there are."""

    state: str
    marks: list[str]


def papers_of(application: Standing, been: Collection[str]) -> list[Offered]:
    """The papers of an application; `been`: the states its steps led to."""
    return offered(cast(State, application.state), application.marks, been)
