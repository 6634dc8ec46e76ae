"""The ratios of 绩效评价 as named, versioned definitions: one count over another.

Names and formulas after a city system that prints what reads like the annex of a standard (GB/T 30428.4, CJ/T 292; neither
text was seen): `secondary`. Where the copy leaves a choice, or the print and the program of that system differ, ours is
`inferred` and said. 三率 (响应, 解决, 满意) are those of 接诉即办 as press tells of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from linli.kernel.errors import Text

from .counts import Certainty, Code

Good = Literal["high", "low"]
COPY = Text("数字城管绩效评价公式，二手来源（疑出自 GB/T 30428.4、CJ/T 292，未见原文）",
            "Formulas of digital city management, secondary copy (perhaps GB/T 30428.4 or CJ/T 292; text not seen)")  # fmt: skip
PRESS = Text("接诉即办“三率”，据新闻报道", "The three rates of 接诉即办, from press reports")


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share of cases, from 0 to 1; none where the denominator is 0. `good`: which way it is better."""

    code: str
    label: Text
    numerator: Code
    denominator: Code
    good: Good = "high"
    version: int = 1
    certainty: Certainty = "secondary"
    clause: Text = COPY
    note: Text | None = None


RATIOS: tuple[Ratio, ...] = (
    Ratio("closing", Text("结案率", "Closing rate"), "closed", "to_close", version=3),
    Ratio("closing_on_time", Text("按期结案率", "Closed in time"), "closed_on_time", "to_close", version=3),
    Ratio("handling_on_time", Text("按期处置率", "Handled in time"), "handled_on_time", "to_handle", version=3),
    Ratio(
        "rework", Text("返工率", "Rework rate"), "reworked", "to_handle", "low", version=3, certainty="inferred",
        note=Text(
            "公式页写“处置数”，程序除以“应结案数”；本系统除以应处置数。",
            "The page prints 处置数, the program divides by 应结案数; here it is 应处置数.",
        ),
    ),
    Ratio("public_report", Text("监督举报率", "Public report rate"), "public_verified", "filed", "low", version=3),
    Ratio("missed_report", Text("漏报率", "Missed report rate"), "missed", "filed", "low", version=3),
    Ratio("valid_report", Text("监督员有效上报率", "Valid reports of collectors"), "collector_valid", "collector_reports", version=3),
    Ratio("filing_on_time", Text("按时立案率", "Filed in time"), "filed_on_time", "filed", version=3),
    Ratio("filing_right", Text("准确立案率", "Filed rightly"), "filed_right", "filed", version=2),
    Ratio("dispatch_on_time", Text("按时派遣率", "Dispatched in time"), "dispatched_on_time", "to_dispatch", version=2),
    Ratio(
        "dispatch_right", Text("准确派遣率", "Dispatched rightly"), "dispatched_right", "to_dispatch", version=2, certainty="inferred",
        note=Text(
            "有的程序以返工为不准确；本系统以被处置单位退回为不准确。",
            "Some programs take rework for wrong dispatch; here it is a return by the unit.",
        ),
    ),
    Ratio("verify_send_on_time", Text("核实按时派发率", "Verifications sent in time"), "verify_sent_on_time", "to_send_verify"),
    Ratio("verify_on_time", Text("按时核实率", "Verified in time"), "verified_on_time", "to_verify", version=2),
    Ratio("check_send_on_time", Text("核查按时派发率", "Checks sent in time"), "check_sent_on_time", "to_send_check", version=2),
    Ratio("check_on_time", Text("按时核查率", "Checked in time"), "checked_on_time", "to_check", version=2),
    Ratio("response", Text("响应率", "Response rate"), "responded", "asked_response", version=2, clause=PRESS),
    Ratio("solution", Text("解决率", "Solution rate"), "solved", "asked_solved", version=2, clause=PRESS),
    Ratio("satisfaction", Text("满意率", "Satisfaction rate"), "satisfied", "asked_satisfied", version=2, clause=PRESS),
)  # fmt: skip
BY_CODE: dict[str, Ratio] = {ratio.code: ratio for ratio in RATIOS}
