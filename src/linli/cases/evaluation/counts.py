"""What is counted of cases, each by name: in words and as a condition over `f`, the row of facts of a case's round.

The names of counts are those of the published formulas of 绩效评价 (`ratios`); what exactly belongs to each is nowhere
official in sight, and is said here: `certainty` is `secondary` where the copy of the formulas says it, `inferred` where it
is ours. A changed condition is a new version of the ratios that use it.

`by`: the month a case counts in. What is done with reports counts by the month of the report, filing by the month of filing,
dispatch by that month too or, for a reopened case, by the month it was reopened in, handling, check and closing by the month in
which handling was due, what reporters say by the month of closing. So "应处置" and "应结案" are what was due: a case whose time has
not run out is not counted before it is done (one of the two ways in use; the other counts everything filed).

Verifying, dispatching and checking are judged at each of their times, and a case is in time where each of them was (`steps`).

Cases with a door and figures of their own (proposals) count in none of these. A child case is filed, handled and closed like any
other, and says nothing of who came upon its matter: that is told of its parent, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from linli.kernel.errors import Text

By = Literal["reported", "filed", "dispatch", "due", "closed"]
BYS: tuple[By, ...] = get_args(By)
Certainty = Literal["official", "secondary", "inferred"]
Code = Literal[
    "collector_reports", "collector_valid", "to_send_verify", "verify_sent_on_time", "to_verify", "verified_on_time",
    "filed", "filed_on_time", "filed_right", "public_verified", "missed", "to_dispatch", "dispatched_on_time",
    "dispatched_right", "to_handle", "handled_on_time", "reworked", "to_close", "closed", "closed_on_time",
    "to_send_check", "check_sent_on_time", "to_check", "checked_on_time", "asked_response", "responded", "asked_solved",
    "solved", "asked_satisfied", "satisfied",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Count:
    """A number of cases. `needs`: the count it is a part of, whose condition it takes over."""

    code: Code
    by: By
    label: Text
    meaning: Text
    where: str
    needs: Code | None = None
    certainty: Certainty = "inferred"


#: A case that came to nothing, or goes on within another.
_LEFT = "NOT f.cancelled AND NOT f.merged"
#: Handling counts: filed, not cancelled or merged, its clock not standing since before it was due, no appeal
#: granted, and not handed over in time to a body outside.
_DUE = f"{_LEFT} AND NOT f.paused AND NOT f.exempt"

COUNTS: tuple[Count, ...] = (
    Count(
        "collector_reports", "reported", Text("监督员上报数", "Collectors' reports"),
        Text(
            "监督员（网格员）当月上报的案件，不含从中拆分的子案件",
            "Cases collectors (grid workers) reported in the month, less child cases split off them",
        ),
        "f.collector",
        certainty="secondary",
    ),
    Count(
        "collector_valid", "reported", Text("监督员有效上报数", "Collectors' valid reports"),
        Text("其中已立案且未作废的", "Those of them that were filed and not cancelled"),
        "f.filed_month IS NOT NULL AND NOT f.cancelled", "collector_reports",
    ),
    Count(
        "to_send_verify", "reported", Text("核实应派发数", "Verifications to send"),
        Text("当月上报、派过核实的案件", "Cases reported in the month that were sent to be verified"), "f.verify_sent_at IS NOT NULL",
    ),
    Count(
        "verify_sent_on_time", "reported", Text("核实按时派发数", "Verifications sent in time"),
        Text("其中在环节时限内派出的", "Those sent within the limit of the step"), "f.verify_sent_at <= f.verify_send_due", "to_send_verify",
    ),
    Count(
        "to_verify", "reported", Text("应核实数", "To be verified"),
        Text("派过核实，已核实或核实时限已到的", "Sent to be verified, and verified or out of time"),
        "f.verify_due IS NOT NULL AND (f.verified_at IS NOT NULL OR f.verify_due <= %(now)s)",
    ),
    Count(
        "verified_on_time", "reported", Text("按时核实数", "Verified in time"),
        Text("其中每次都在环节时限内核实的", "Those verified within the limit of the step each time"), "f.verified_at <= f.verify_due", "to_verify",
    ),
    Count(
        "filed", "filed", Text("立案数", "Filed"),
        Text(
            "当月立案的案件，不含并入其他案件的，也不含另有统计的提案建议",
            "Cases filed in the month, less those merged into another, and proposals, which have figures of their own",
        ),
        "NOT f.merged", certainty="secondary",
    ),
    Count(
        "filed_on_time", "filed", Text("按时立案数", "Filed in time"),
        Text(
            "自上报（派过核实的自核实，先行派遣的自派遣）起在环节时限内立案的",
            "Filed within the limit of the step after the report, its verification, or the dispatch of one that was dispatched first",
        ),
        "f.filed_at <= f.file_due", "filed",
    ),
    Count(
        "filed_right", "filed", Text("准确立案数", "Filed rightly"),
        Text("立案数减去其后作废的", "Filed, less those cancelled afterwards"), "NOT f.cancelled", "filed", "secondary",
    ),
    Count(
        "public_verified", "filed", Text("监督举报核实数", "Public reports verified"),
        Text(
            "群众、热线反映，经核实属实并立案的，子案件不另计",
            "Reported by the public or the hotline, found to be so, and filed; not child cases once more",
        ),
        "f.public AND f.confirmed", "filed",
    ),
    Count(
        "missed", "filed", Text("漏报数", "Missed by collectors"),
        Text(
            "应由监督员发现、却由群众反映的：群众、热线反映并立案的部件和事项，不含本地扩展类，子案件不另计",
            "What collectors should have reported and citizens did: filed components and matters of the directory that the "
            "public or the hotline reported, not child cases once more",
        ),
        "f.public AND f.patrolled AND NOT f.cancelled", "filed",
    ),
    Count(
        "to_dispatch", "dispatch", Text("应派遣数", "To be dispatched"),
        Text(
            "当月立案或重新办理，已派遣或派遣时限已到的（按案件计，不按次数）",
            "Filed or reopened in the month, and dispatched or out of time (cases, not times)",
        ),
        "f.dispatch_due IS NOT NULL AND (f.dispatched_at IS NOT NULL OR (f.dispatch_due <= %(now)s AND "
        f"{_LEFT}))",
    ),
    Count(
        "dispatched_on_time", "dispatch", Text("按时派遣数", "Dispatched in time"),
        Text(
            "其中每次派遣都在环节时限内的，退回、收回后再派的也算",
            "Those dispatched within the limit of the step each time, also after a return",
        ),
        "f.dispatched_at <= f.dispatch_due", "to_dispatch",
    ),
    Count(
        "dispatched_right", "dispatch", Text("准确派遣数", "Dispatched rightly"),
        Text("其中已派遣且没有被处置单位退回的", "Those dispatched that no unit returned"),
        "f.dispatched_at IS NOT NULL AND NOT f.returned", "to_dispatch",
    ),
    Count(
        "to_handle", "due", Text("应处置数", "To be handled"),
        Text(
            "处置期限在当月，已反馈或期限已到的；不含作废、并案、到期前停表、申诉成立和未超期即移交系统外单位的",
            "Due in the month, and handed back or out of time; not those cancelled or merged, whose "
            "clock stands since before, whose appeal was granted, or that were handed over outside in time",
        ),
        f"{_DUE} AND (f.handed_back_at IS NOT NULL OR f.due_at <= %(now)s)",
    ),
    Count(
        "handled_on_time", "due", Text("按期处置数", "Handled in time"),
        Text("其中单位反馈不晚于期限的", "Those the unit handed back no later than due"), "f.handed_back_at <= f.due_at", "to_handle",
        "secondary",
    ),
    Count(
        "reworked", "due", Text("返工数", "Reworked"),
        Text("其中至少退回重办一次的（按案件计，不按次数）", "Those sent back at least once (cases, not times)"), "f.reworked", "to_handle",
    ),
    Count(
        "to_close", "due", Text("应结案数", "To be closed"),
        Text(
            "处置期限在当月，已结案或期限已到的；不含作废、并案、到期前停表、申诉成立和未超期即移交系统外单位的",
            "Due in the month, and closed or out of time; not those cancelled or merged, whose "
            "clock stands since before, whose appeal was granted, or that were handed over outside in time",
        ),
        f"{_DUE} AND (f.closed OR f.due_at <= %(now)s)",
    ),
    Count("closed", "due", Text("结案数", "Closed"), Text("其中已结案的", "Those that are closed"), "f.closed", "to_close", "secondary"),
    Count(
        "closed_on_time", "due", Text("按期结案数", "Closed in time"),
        Text("其中已结案、且处置没有超期的", "Those closed whose handling was not overdue"), "f.closed AND f.handed_back_at <= f.due_at",
        "to_close",
    ),
    Count(
        "to_send_check", "due", Text("核查应派发数", "Checks to send"),
        Text("处置期限在当月，已反馈且已派核查或派发时限已到的", "Due in the month, handed back, and sent to be checked or out of time"),
        f"f.check_send_due IS NOT NULL AND {_LEFT} AND (f.check_sent_at IS NOT NULL OR f.check_send_due <= %(now)s)",
    ),
    Count(
        "check_sent_on_time", "due", Text("核查按时派发数", "Checks sent in time"),
        Text("其中每次都在环节时限内派出的", "Those sent within the limit of the step each time"),
        "f.check_sent_at <= f.check_send_due", "to_send_check",
    ),
    Count(
        "to_check", "due", Text("应核查数", "To be checked"),
        Text("派过核查，已核查或核查时限已到的", "Sent to be checked, and checked or out of time"),
        f"f.check_due IS NOT NULL AND {_LEFT} AND (f.checked_at IS NOT NULL OR f.check_due <= %(now)s)",
    ),
    Count(
        "checked_on_time", "due", Text("按时核查数", "Checked in time"),
        Text("其中每次都在环节时限内核查的", "Those checked within the limit of the step each time"), "f.checked_at <= f.check_due", "to_check",
    ),
    Count(
        "asked_response", "closed", Text("已评响应数", "Asked about response"),
        Text(
            "当月结案、登记了是否响应的，不含移交系统外单位的",
            "Closed in the month, with an answer about response; not those handed over to a body outside",
        ),
        "f.responded IS NOT NULL AND NOT f.transferred",
    ),
    Count(
        "responded", "closed", Text("响应数", "Responded"), Text("其中回答已响应的", "Those that say yes"), "f.responded", "asked_response",
    ),
    Count(
        "asked_solved", "closed", Text("已评解决数", "Asked about solution"),
        Text(
            "当月结案、登记了是否解决的，不含移交系统外单位的",
            "Closed in the month, with an answer about solution; not those handed over to a body outside",
        ),
        "f.solved IS NOT NULL AND NOT f.transferred",
    ),
    Count("solved", "closed", Text("解决数", "Solved"), Text("其中回答已解决的", "Those that say yes"), "f.solved", "asked_solved"),
    Count(
        "asked_satisfied", "closed", Text("已评满意数", "Asked about satisfaction"),
        Text(
            "当月结案、登记了是否满意的，不含移交系统外单位的",
            "Closed in the month, with an answer about satisfaction; not those handed over to a body outside",
        ),
        "f.satisfied IS NOT NULL AND NOT f.transferred",
    ),
    Count(
        "satisfied", "closed", Text("满意数", "Satisfied"), Text("其中回答满意的", "Those that say yes"), "f.satisfied", "asked_satisfied",
    ),
)  # fmt: skip
BY_CODE: dict[str, Count] = {count.code: count for count in COUNTS}
#: Limits of the steps of staff, in minutes of working time. No table of them is official: local, to be agreed on.
STEP_MINUTES = {"verify_send": 60, "verify": 240, "file": 60, "dispatch": 60, "check_send": 120, "check": 240}
#: Raised when what a step is judged by changes: every fact is drawn anew then. 3: every dispatch and check, not the first of each.
#: 4: nothing of proposals, and a matter that was split counts once by who reported it.
STEP_VERSION = 4


def condition(code: str) -> str:
    """A count's whole condition, with that of the count it is a part of, over facts `f`."""
    count = BY_CODE[code]
    return f"({condition(count.needs)} AND {count.where})" if count.needs else f"({count.where})"
