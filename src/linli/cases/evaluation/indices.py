"""The composite indices (综合指标值) as named, versioned definitions: terms with weights, bands of volume, grades A to E.

Formulas after the printed page of a city system (secondary, see `ratios`), not after its program, which contradicts all six:
区域 turns the closing rates round and its weights sum to 70 %; 值班长 takes 按时结案 for 按时立案; 受理员 counts the rate of 核实
twice; 派遣员 takes the number for its band; 专业部门 takes 返工数 for 立案数; 监督员 adds the 漏报率 instead of taking it off.
Golden tests hold what each error would give.

Indices of units and areas are told. Those of posts (监督员, 受理员, 值班长, 派遣员) are definitions for a private self-view alone,
which is off by default: central rules forbid ranking staff by points.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from linli.kernel.errors import Text

from .counts import Certainty
from .ratios import COPY

Subject = Literal["unit", "area", "post"]
Grade = Literal["A", "B", "C", "D", "E"]
#: `share`: the ratio x 100. `rest`: (1 - the ratio) x 100. `band`: the score of a number by its band.
How = Literal["share", "rest", "band"]
Class = Literal["first", "second"]


@dataclass(frozen=True, slots=True)
class Band:
    """A score for everything up to `upto`; None: whatever is more."""

    upto: int | None
    score: int


@dataclass(frozen=True, slots=True)
class Term:
    """A part of an index. `of`: a ratio, or for a band the number it looks at. `weight` in per cent."""

    code: str
    label: Text
    how: How
    of: str
    weight: int
    certainty: Certainty = "secondary"
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """A composite index, from 0 to 100. `bands`: of the number its band term looks at, by class of area where there are two."""

    code: str
    subject: Subject
    label: Text
    terms: tuple[Term, ...]
    bands: dict[Class, tuple[Band, ...]]
    version: int = 1
    clause: Text = COPY
    note: Text | None = None


VOLUME = (Band(100, 0), Band(300, 40), Band(500, 60), Band(1200, 75), Band(2000, 90), Band(None, 100))
UNIT_BANDS = (Band(50, 100), Band(100, 90), Band(200, 75), Band(500, 60), Band(1000, 40), Band(None, 0))
AREA_FIRST = (Band(0, 100), Band(2, 90), Band(4, 75), Band(6, 60), Band(8, 40), Band(None, 0))
AREA_SECOND = (Band(0, 100), Band(3, 90), Band(5, 75), Band(7, 60), Band(9, 40), Band(None, 0))

UNIT = Index(
    "unit", "unit", Text("专业部门综合指标值", "Index of a unit"),
    (
        Term("volume", Text("立案数分", "Volume"), "band", "filed", 10),
        Term("closing", Text("结案率", "Closing rate"), "share", "closing", 30),
        Term("handling_on_time", Text("按期处置率", "Handled in time"), "share", "handling_on_time", 30),
        Term("rework", Text("返工率分", "Rework, taken off"), "rest", "rework", 30),
    ),
    {"first": UNIT_BANDS},
    note=Text(
        "立案数的分段宜按部门职责分组设定；案件多不说明工作差，此分只占一成。只有可查看全区案件的人、以及本单位的经办人能看到指数；"
        "只看到一部分案件时仅列比率。",
        "Bands of volume should be set by groups of units with like duties; many cases do not say that work is bad, and weigh a tenth. "
        "An index is told to who sees all cases of the district, and to a unit's own people; from a part of the cases there are "
        "ratios alone.",
    ),
)  # fmt: skip
AREA = Index(
    "area", "area", Text("区域综合指标值", "Index of an area"),
    (
        Term(
            "public_report", Text("监督举报率分", "Public reports, taken off"), "rest", "public_report", 10, "inferred",
            Text("(1 − 监督举报率) × 100：群众反映多于巡查发现，得分较低。公式页未写明方向。",
                 "(1 - rate) x 100: what citizens have to report scores lower. The page does not say which way."),
        ),
        Term("volume", Text("立案数分", "Volume"), "band", "filed_per_grid", 20),
        Term("closing", Text("结案率分", "Closing rate"), "share", "closing", 30),
        Term(
            "closing_on_time", Text("按期结案率分", "Closed in time"), "share", "closing_on_time", 40, "inferred",
            Text("公式页写 10 %，各项相加只有 70 %；疑为 40 %。", "The page prints 10 %, which sums to 70 %; 40 % is likely."),
        ),
    ),
    {"first": AREA_FIRST, "second": AREA_SECOND},
    note=Text(
        "立案数按每个单元网格平均；平均数落在两段之间时取后一段。街道按一类区域、乡镇按二类区域计（推断）。只有可查看该区域全部案件的人"
        "能看到指数；只看到一部分案件时仅列比率。",
        "Filed cases per unit grid; an average between two bands takes the next. Streets count as areas of the first class, towns "
        "as the second (inferred). An index is told to who sees all cases of the area; from a part of them there are ratios alone.",
    ),
)  # fmt: skip
POSTS: tuple[Index, ...] = (
    Index(
        "collector", "post", Text("监督员综合指标值", "Index of a collector"),
        (
            Term("valid_report", Text("有效上报率", "Valid reports"), "share", "valid_report", 40),
            Term("missed_report", Text("漏报率分", "Missed reports, taken off"), "rest", "missed_report", 20),
            Term("verify_on_time", Text("按时核实率", "Verified in time"), "share", "verify_on_time", 20),
            Term("check_on_time", Text("按时核查率", "Checked in time"), "share", "check_on_time", 20),
        ),
        {},
    ),
    Index(
        "acceptor", "post", Text("受理员综合指标值", "Index of an acceptor"),
        (
            Term("volume", Text("受理数分", "Volume"), "band", "accepted", 25),
            Term("verify_send_on_time", Text("核实按时派发率", "Verifications sent in time"), "share", "verify_send_on_time", 40),
            Term("check_send_on_time", Text("核查按时派发率", "Checks sent in time"), "share", "check_send_on_time", 35),
        ),
        {"first": VOLUME},
    ),
    Index(
        "shift_leader", "post", Text("值班长综合指标值", "Index of a shift leader"),
        (
            Term("filing_on_time", Text("按时立案率", "Filed in time"), "share", "filing_on_time", 25),
            Term("filing_right", Text("准确立案率", "Filed rightly"), "share", "filing_right", 40),
            Term("closing_on_time", Text("按时结案率", "Closed in time"), "share", "closing_on_time", 35),
        ),
        {},
    ),
    Index(
        "dispatcher", "post", Text("派遣员综合指标值", "Index of a dispatcher"),
        (
            Term("volume", Text("派遣数分", "Volume"), "band", "dispatched", 20),
            Term("dispatch_on_time", Text("按时派遣率", "Dispatched in time"), "share", "dispatch_on_time", 40),
            Term("dispatch_right", Text("准确派遣率", "Dispatched rightly"), "share", "dispatch_right", 40),
        ),
        {"first": VOLUME},
    ),
)  # fmt: skip
INDICES: tuple[Index, ...] = (UNIT, AREA, *POSTS)
#: From which value a grade is given, and the colour it is shown in (secondary).
GRADES: tuple[tuple[Decimal, Grade], ...] = (
    (Decimal(90), "A"), (Decimal(75), "B"), (Decimal(60), "C"), (Decimal(40), "D"), (Decimal(0), "E"),
)  # fmt: skip
COLOURS: dict[Grade, Text] = {
    "A": Text("绿", "green"), "B": Text("蓝", "blue"), "C": Text("黄", "yellow"), "D": Text("红", "red"), "E": Text("黑", "black"),
}  # fmt: skip
