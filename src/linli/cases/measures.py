"""The measures of cases: ratios of the last whole month by area, from the definitions of evaluation; and those of some cases over
twelve months, which indicators of communities ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.measures import Definition, Measure, declare

from .evaluation import counts
from .evaluation.behind import Group, failing, last_month
from .evaluation.queries import shares_by_area
from .evaluation.ratios import BY_CODE, RATIOS, Ratio
from .evaluation.years import year_shares
from .permissions import VIEW

#: Shares of few cases tell more of chance than of work.
LEAST = 3
#: Over a year there are more of them; of fewer than these an indicator is not judged (inferred).
LEAST_OF_YEAR = 5
LAST_MONTH = Text("（上月）", " (last month)")


def _by_area(ratio: Ratio, actor: Actor, digits: int, area: str | None) -> dict[str, float]:
    found = shares_by_area(actor, ratio, last_month(), digits, area)
    return {code: s.value for code, s in found.items() if s.value is not None and s.denominator >= LEAST}


def _measure(ratio: Ratio) -> Measure:
    top, below = counts.BY_CODE[ratio.numerator], counts.BY_CODE[ratio.denominator]
    definition = Definition(
        top.meaning,
        below.meaning,
        ratio.version,
        ratio.clause,
        "official" if ratio.certainty == "official" else "inferred",
    )
    label = Text(f"案件：{ratio.label.zh}{LAST_MONTH.zh}", f"Cases: {ratio.label.en}{LAST_MONTH.en}")
    path = f"/cases?figure=last:{failing(ratio)}"
    return Measure(f"cases_{ratio.code}", "share", label, (VIEW,), path, partial(_by_area, ratio), definition)


@dataclass(frozen=True, slots=True)
class _OfYear:
    """A ratio of a group of cases over the twelve whole months before a day, which a metric of the ladder means."""

    metric: str
    ratio: str
    group: Group
    label: Text
    among: Text

    def shares(self, actor: Actor, digits: int, area: str | None, on: date | None = None) -> dict[str, float]:
        """By area; none of fewer than LEAST_OF_YEAR cases."""
        found = year_shares(
            actor, BY_CODE[self.ratio], self.group, on or clock.today(), digits, area, then=on is not None
        )
        return {c: s.value for c, s in found.items() if s.value is not None and s.denominator >= LEAST_OF_YEAR}

    def measure(self) -> Measure:
        ratio = BY_CODE[self.ratio]
        top, below = counts.BY_CODE[ratio.numerator], counts.BY_CODE[ratio.denominator]
        definition = Definition(
            top.meaning,
            Text(f"{YEAR.zh}，{self.among.zh}：{below.label.zh}", f"{YEAR.en}, {self.among.en}: {below.label.en.lower()}"),
            ratio.version, LADDER, "inferred",
        )  # fmt: skip
        label = Text(f"智慧社区：{self.label.zh}", f"Smart community: {self.label.en}")
        group = f"@{self.group}" if self.group != "all" else ""
        path = f"/cases?figure=year:{failing(ratio)}{group}"
        return Measure(self.metric, "share", label, (VIEW,), path, self.shares, definition, self.shares, ladder=True)


YEAR = Text("近 12 个整月", "In the twelve whole months before")
LADDER = Text(
    "山东省智慧社区建设指标，算法为推断", "Shandong's indicators of smart communities; the formula is inferred"
)
_GRID = Text("监督员（网格员）上报的案件", "cases that collectors (grid workers) reported")
OF_YEAR = (
    _OfYear("grid_event_closed_rate", "closing", "collector", Text("网格事件办结率", "Events of grids closed"), _GRID),
    _OfYear(
        "grid_event_on_time_rate", "closing_on_time", "collector", Text("网格事件按时办结率", "Events of grids closed in time"), _GRID
    ),
    _OfYear(
        "resident_report_closed_rate", "closing", "public", Text("居民上报办结率", "Reports of residents closed"),
        Text("群众、热线反映的案件", "cases that residents or the hotline reported"),
    ),
    _OfYear(
        "repair_closed_rate", "closing", "property", Text("物业报修办结率", "Requests to property managers closed"),
        Text("类别为“物业服务”的案件（含报修）", "cases of the category 物业服务, repairs among them"),
    ),
    _OfYear(
        "satisfaction_rate", "satisfaction", "all", Text("居民满意度", "Satisfaction of residents"),
        Text("结案回访的案件", "cases whose reporters were asked after closing"),
    ),
)  # fmt: skip
declare(*(_measure(ratio) for ratio in RATIOS), *(each.measure() for each in OF_YEAR))
