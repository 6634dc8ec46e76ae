"""The month's figures as tables of a report, whatever they are written to: columns, rows, and the definitions behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Text

from . import counts, indices
from .counts import Certainty
from .queries import Figures, MonthFigures
from .ratios import BY_CODE, RATIOS

TITLE = Text("案件综合评价月报", "Evaluation of cases, monthly report")
UNITS, AREAS, WHAT = Text("部门", "Units"), Text("区域", "Areas"), Text("指标定义", "Definitions")
NAME, FILED, INDEX, GRADE = (
    Text("名称", "Name"),
    Text("立案数", "Filed"),
    Text("综合指标值", "Index"),
    Text("等级", "Grade"),
)
ALL = Text("合计", "All")
NOTE = Text(
    "本表只评价单位和区域，不评价个人。空白表示当月没有可计的案件；指数空白也可能因导出人只看到一部分案件。",
    "Units and areas are evaluated, never persons. A blank: there were no cases to count in the month, or, for an index, whoever "
    "took it sees a part of the cases only.",
)
AS_OF, TAKEN, MARK = Text("数据截至", "As of"), Text("导出", "Taken by"), Text("确定性", "Certainty")
VERSION, NUMERATOR, DENOMINATOR = Text("版本", "Version"), Text("分子", "Numerator"), Text("分母", "Denominator")
SOURCE = Text("依据与说明", "Basis and remarks")
MARKS: dict[Certainty, Text] = {
    "official": Text("正式文本", "official"), "secondary": Text("二手来源", "secondary copy"), "inferred": Text("推断", "inferred"),
}  # fmt: skip
#: What fits a page; a workbook has all.
CHIEF = (
    "closing", "closing_on_time", "handling_on_time", "rework", "public_report", "missed_report", "filing_on_time",
    "dispatch_on_time", "dispatch_right", "check_on_time", "solution", "satisfaction",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A row: name, cases filed, ratios (None where there is none), index and grade."""

    name: str
    filed: int
    shares: Sequence[float | None]
    index: float | None
    grade: str


def lines(figures: Sequence[Figures], codes: Sequence[str]) -> list[Line]:
    """Units or areas as rows, in the order given."""
    found = []
    for each in figures:
        shares, result = each.shares, each.index
        value = None if result is None or result.value is None else float(result.value)
        grade = (result.grade or "") if result else ""
        found.append(Line(each.name, each.counts.get("filed", 0), [shares[code].value for code in codes], value, grade))
    return found


def totals(found: MonthFigures, codes: Sequence[str], language: str) -> Line:
    """All in sight as a row."""
    (line,) = lines([found.all], codes)
    return Line(ALL.say(language), line.filed, line.shares, None, "")


def head(codes: Sequence[str], language: str) -> list[str]:
    """The columns of both tables."""
    return [each.say(language) for each in (NAME, FILED, *(BY_CODE[code].label for code in codes), INDEX, GRADE)]


def heading(actor: Actor, found: MonthFigures, language: str) -> list[str]:
    """What stands above the tables: title with place and month; as of when, taken by whom and when."""
    month = f"{found.month // 100}-{found.month % 100:02d}"
    as_of = f"{found.as_of.astimezone(clock.LOCAL):%Y-%m-%d %H:%M}" if found.as_of else "–"
    now = f"{clock.now().astimezone(clock.LOCAL):%Y-%m-%d %H:%M}"
    who = f"{actor.name} {actor.unit_name}".strip()
    return [
        f"{TITLE.say(language)}  {found.all.name}  {month}",
        f"{AS_OF.say(language)} {as_of}    {TAKEN.say(language)} {who} {now}",
        NOTE.say(language),
    ]


def definitions(language: str) -> list[list[str]]:
    """Every definition the report was made by: name, version, what over what, certainty, basis."""
    rows = [[each.say(language) for each in (NAME, VERSION, NUMERATOR, DENOMINATOR, MARK, SOURCE)]]
    for ratio in RATIOS:
        top, below = counts.BY_CODE[ratio.numerator], counts.BY_CODE[ratio.denominator]
        said = [ratio.clause.say(language), *([ratio.note.say(language)] if ratio.note else [])]
        rows.append(
            [
                ratio.label.say(language), str(ratio.version), f"{top.label.say(language)}：{top.meaning.say(language)}",
                f"{below.label.say(language)}：{below.meaning.say(language)}", MARKS[ratio.certainty].say(language), " ".join(said),
            ]
        )  # fmt: skip
    for index in (indices.UNIT, indices.AREA):
        parts = " + ".join(f"{term.label.say(language)} {term.weight}%" for term in index.terms)
        notes = [
            each.say(language) for each in (index.clause, index.note, *(term.note for term in index.terms)) if each
        ]
        worst: Certainty = "inferred" if any(term.certainty == "inferred" for term in index.terms) else "secondary"
        rows.append(
            [index.label.say(language), str(index.version), parts, "", MARKS[worst].say(language), " ".join(notes)]
        )
    return rows
