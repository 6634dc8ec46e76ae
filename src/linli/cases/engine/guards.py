"""What the table of actions asks about a case and about who would act, and the conditions it is asked in. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from linli.kernel.errors import Text

from ..clocks.adjustments import Refusal as Denial
from ..clocks.adjustments import Reviewer
from .states import State


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that waits for a decision: whose turn it is, and who asked for or reviewed it so far."""

    turn: Reviewer
    involved: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards look at of a case. `no_extension`, `no_appeal`: why none can be asked for now."""

    state: State
    urgent: bool = False
    filed: bool = False
    unit_id: str | None = None
    suspensions: int = 0
    extension: Asked | None = None
    appeal: Asked | None = None
    no_extension: Denial | None = None
    no_appeal: Denial | None = Denial.IN_TIME
    reported_by: str = ""
    lacks: frozenset[str] = frozenset()  # what is still wanting, by the names guards ask for (`lacking`)
    transferred: bool = False  # a body outside of the system goes on with it


@dataclass(frozen=True, slots=True)
class Doer:
    """Who would act: the permissions held where the case lies, and the unit whose cases they may handle."""

    permissions: frozenset[str]
    unit_id: str | None = None
    handles: bool = False  # holds cases.case.handle, which is by unit
    decides: bool = False  # holds cases.adjustment.decide, by unit as well
    id: str = ""
    system: bool = False  # the program itself


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition of an action, with what to tell where it does not hold. `hides`: then there is nothing to tell about, the
    action is none of such a case. `lack`: what it asks for of the case beyond its row, looked up only where it counts."""

    code: str
    text: Text
    holds: Callable[[Facts, Doer], bool]
    hides: bool = False
    lack: str = ""


def unless_lacking(code: str, text: Text) -> Guard:
    """A guard that holds unless `code` is wanting, which `lacking.declare` says how to look up."""
    return Guard(code, text, lambda case, _: code not in case.lacks, lack=code)


URGENT = Guard(
    "not_urgent",
    Text("只有紧急案件可以先派遣、后立案。", "Only an urgent case is dispatched before it is filed."),
    lambda case, _: case.urgent,
    hides=True,
)
UNFILED = Guard("filed", Text("已经立案。", "It is filed already."), lambda case, _: not case.filed, hides=True)
WAS_FILED = Guard("not_filed", Text("还没有立案。", "It is not filed yet."), lambda case, _: case.filed, hides=True)
FILED = Guard(
    "not_filed",
    Text("先派遣的紧急案件还没有补办立案。", "This urgent case was dispatched first and is still to be filed."),
    lambda case, _: case.filed,
)
OTHER_UNIT = Guard(
    "own_result",
    Text("处置单位不能核查自己的处置结果。", "A unit does not check its own result."),
    lambda case, doer: case.unit_id is None or doer.unit_id != case.unit_id,
)
SUSPENDED_ONCE = Guard(
    "suspended_before",
    Text("每个案件只能挂账一次。", "A case is put on account once only."),
    lambda case, _: case.suspensions == 0,
)

HANDLED_HERE = Guard(
    "transferred",
    Text(
        "已移交系统外单位办理，本系统没有可评价的结果。",
        "A body outside goes on with it: there is no result here to rate.",
    ),
    lambda case, _: not case.transferred,
    hides=True,
)
OWN_REPORT = Guard(
    "not_reporter",
    Text("只有上报人可以当场办结。", "Only who reported it settles it on the spot."),
    lambda case, doer: bool(doer.id) and doer.id == case.reported_by,
)
PHOTO = unless_lacking(
    "photo",
    Text(
        "立案规则要求处置后照片，请先上传“处置后”的照片。",
        "The filing rule wants a photo of the result: attach one taken “after” first.",
    ),
)

PROGRAM = Guard(
    "program", Text("由系统自动办理。", "The program does it itself."), lambda _, doer: doer.system, hides=True
)

# --- extensions and appeals -----------------------------------------------------------------------------------
IN_TIME = Guard(
    "overdue",
    Text("已经超期，不能再申请延期。", "It is overdue; an extension is asked for before."),
    lambda case, _: case.no_extension is not Denial.OVERDUE,
)
NONE_WAITS = Guard(
    "waiting",
    Text("上一次延期申请还没有审核。", "An extension that was asked for waits for its decision."),
    lambda case, _: case.no_extension is not Denial.WAITING,
)
EXTENSIONS_LEFT = Guard(
    "spent",
    Text("最多批准延期两次，已用完。", "Two extensions at most are granted, and they were."),
    lambda case, _: case.no_extension is not Denial.SPENT,
)
WAS_LATE = Guard(
    "in_time",
    Text("没有超期，不需要申诉。", "It was in time; there is nothing to appeal against."),
    lambda case, _: case.no_appeal not in (Denial.IN_TIME, Denial.OPEN),
    hides=True,
)
APPEALED_ONCE = Guard(
    "spent",
    Text("每个案件只能申诉一次。", "A case is appealed against once only."),
    lambda case, _: case.no_appeal is not Denial.SPENT,
)


def _waits(name: str, turn: Reviewer) -> Guard:
    def holds(case: Facts, _: Doer) -> bool:
        asked: Asked | None = getattr(case, name)
        return asked is not None and asked.turn is turn

    return Guard("nothing_asked", Text("没有等待审核的申请。", "Nothing waits for a decision."), holds, hides=True)


def _not_own(name: str) -> Guard:
    def holds(case: Facts, doer: Doer) -> bool:
        asked: Asked | None = getattr(case, name)
        return asked is None or doer.id not in asked.involved

    return Guard(
        "own_request",
        Text("申请人和已审核的人不能再审核，须由另一人审核。", "Whoever asked for or reviewed it does not review it; another has to."),
        holds,
    )  # fmt: skip


EXTENSION_AT_UNIT = (_waits("extension", Reviewer.UNIT), _not_own("extension"))
EXTENSION_AT_DISPATCHER = (_waits("extension", Reviewer.DISPATCHER), _not_own("extension"))
APPEAL_AT_DISPATCHER = (_waits("appeal", Reviewer.DISPATCHER), _not_own("appeal"))
APPEAL_AT_ACCEPTOR = (_waits("appeal", Reviewer.ACCEPTOR), _not_own("appeal"))

#: The guards that procedures name (`cases.procedures`); packages add their own.
GUARDS: dict[str, tuple[Guard, ...]] = {
    "urgent": (URGENT,),
    "unfiled": (UNFILED,),
    "was_filed": (WAS_FILED,),
    "filed": (FILED,),
    "other_unit": (OTHER_UNIT,),
    "suspended_once": (SUSPENDED_ONCE,),
    "photo": (PHOTO,),
    "own_report": (OWN_REPORT,),
    "handled_here": (HANDLED_HERE,),
}


def register(name: str, *guards: Guard) -> None:
    """Let procedures ask for `guards` by a name. Raises ValueError for a name that is taken."""
    if GUARDS.setdefault(name, guards) != guards:
        raise ValueError(f"guard {name} is registered twice")
