"""The plan as a linear program over columns: one column of each block, within the money, the staff and what is fair. HiGHS.

Money is counted in `unit` cents, so that the numbers stay where a solver is exact. Rows, in this order: one column for each
block; what each class of money takes in a year is paid by its sources; what each source pays in a year is there; staff; towns;
old compounds. `slack` columns make the last kinds elastic where a group of conditions is to be tried without force.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from linli.kernel.errors import Text

from .instance import Instance, Source
from .pricing import Column, Prices, Space

INF = highspy.kHighsInf
GROUPS = ("budget", "staff", "town", "old")


@dataclass(frozen=True, slots=True)
class Solved:
    """A solution of the relaxation: its value, its prices, what each row leaves, how much slack had to be taken."""

    value: float
    prices: Prices
    conv: list[float]
    source: dict[tuple[str, int], float]
    slack: float
    fixed: float


def all_sources(asked: Instance) -> list[Source]:
    """The sources with that of awards, made where there is none."""
    sources = list(asked.sources)
    if asked.awards.amounts and asked.awards.source not in {s.code for s in sources}:
        sources.append(Source(asked.awards.source, (0,) * asked.years))
    return sources


def town_needs(space: Space) -> dict[str, int]:
    """How many communities each town must see raised: what is asked, or as many as are below the top."""
    below: dict[str, int] = {}
    for choice in space.choices:
        below.setdefault(choice.community.town, 0)
        below[choice.community.town] += choice.recognised < space.asked.tiers
    asked = space.asked.fairness.per_town
    return {town: min(asked, count) for town, count in sorted(below.items()) if min(asked, count) > 0}


class Master:
    """The program with the columns known so far. `penalty` is what a unit of slack costs in points."""

    def __init__(self, space: Space, *, worth: float, penalty: float) -> None:
        self.space, self.worth, self.penalty = space, worth, penalty
        asked = space.asked
        self.years = asked.years
        self.sources = all_sources(asked)
        total = sum(sum(s.amounts) for s in self.sources)
        self.unit = 10 ** max(0, len(str(max(1, total))) - 7)
        self.columns: list[Column] = []
        self.seen: set[object] = set()
        self.towns = town_needs(space)
        self.share = asked.fairness.old_share
        self.solver = highspy.Highs()  # type: ignore[no-untyped-call]
        self.solver.silent()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", 1),
            ("mip_feasibility_tolerance", 1e-9),
            ("primal_feasibility_tolerance", 1e-9),
            ("dual_feasibility_tolerance", 1e-9),
        ):
            self.solver.setOptionValue(option, value)
        self.solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self._rows(asked)
        self._money(penalty)
        self.first = self.solver.getNumCol()

    def _rows(self, asked: Instance) -> None:
        blocks, classes, years = len(self.space.blocks), len(self.space.classes), self.years
        none: tuple[int, list[int], list[float]] = (0, [], [])
        self.at_class = blocks
        self.at_source = blocks + classes * years
        self.at_staff = self.at_source + len(self.sources) * years
        self.at_town = self.at_staff + years
        self.at_old = self.at_town + len(self.towns)
        for _ in range(blocks):
            self.solver.addRow(1.0, 1.0, *none)
        for _ in range(classes * years):
            self.solver.addRow(-INF, 0.0, *none)
        for source in self.sources:
            for amount in source.amounts:
                self.solver.addRow(-INF, amount / self.unit, *none)
        self.caps = [float(n) for n in asked.staff] if asked.staff else [INF] * years
        for cap in self.caps:
            self.solver.addRow(-INF, cap, *none)
        for count in self.towns.values():
            self.solver.addRow(float(count), INF, *none)
        self.solver.addRow(0.0 if self.share else -INF, INF, *none)

    def _money(self, penalty: float) -> None:
        """Columns of who pays what, of what is carried into the next year, and of slack."""
        years = self.years
        for f, source in enumerate(self.sources):
            for year in range(years):
                row = self.at_source + f * years + year
                for k, payers in enumerate(self.space.classes):
                    if source.code in payers:
                        self.solver.addCol(0.0, 0.0, INF, 2, [self.at_class + k * years + year, row], [-1.0, 1.0])
                if source.carries and year + 1 < years:
                    self.solver.addCol(0.0, 0.0, INF, 2, [row, row + 1], [1.0, -1.0])
        self.slack_at = self.solver.getNumCol()
        for row in range(self.at_class, self.at_source):
            self.solver.addCol(-penalty, 0.0, INF, 1, [row], [-1.0])
        for row in range(self.at_staff, self.at_town):
            self.solver.addCol(-penalty, 0.0, INF, 1, [row], [-1.0])
        for row in range(self.at_town, self.at_old + 1):
            self.solver.addCol(-penalty, 0.0, INF, 1, [row], [1.0])

    def telling(self, price: float) -> float | None:
        """A price of a cent that says something; None where it is that of slack: no money there, or nothing it could do."""
        return None if price * self.unit >= 0.01 * self.penalty > 0 else price

    def loosen(self, groups: set[str]) -> None:
        """Let go of groups of conditions: their slack costs nothing."""
        at = self.slack_at
        for group, count in (
            ("budget", self.at_source - self.at_class),
            ("staff", self.years),
            ("town", len(self.towns)),
            ("old", 1),
        ):
            if group in groups:
                for column in range(at, at + count):
                    self.solver.changeColCost(column, 0.0)
            at += count

    def add(self, column: Column) -> bool:
        """Take a column in; False where it is there already."""
        if column.key in self.seen:
            return False
        self.seen.add(column.key)
        rows, values = self.takes(column.spent, column.staff, column.income, dict(column.raised), column.old)
        rows.append(column.block)
        values.append(1.0)
        # No upper bound: one for each block says it, and prices stay whole.
        self.solver.addCol(self.worth * column.points, 0.0, INF, len(rows), rows, values)
        self.columns.append(column)
        return True

    def takes(
        self, spent: Sequence[int], staff: Sequence[int], income: Sequence[int], raised: Mapping[str, int], old: int
    ) -> tuple[list[int], list[float]]:
        """The rows a column stands in beside its own block's."""
        rows: list[int] = []
        values: list[float] = []

        def enter(row: int, value: float) -> None:
            if value:
                rows.append(row)
                values.append(float(value))

        for at, amount in enumerate(spent):
            enter(self.at_class + at, amount / self.unit)
        if any(income):
            award = next(f for f, s in enumerate(self.sources) if s.code == self.space.asked.awards.source)
            for year, amount in enumerate(income):
                enter(self.at_source + award * self.years + year, -amount / self.unit)
        for year, days in enumerate(staff):
            enter(self.at_staff + year, days)
        for place, town in enumerate(self.towns):
            enter(self.at_town + place, raised.get(town, 0))
        if self.share:
            enter(self.at_old, old - self.share * sum(raised.values()))
        return rows, values

    def relax(self) -> Solved:
        """Solve the relaxation over the columns known."""
        self.solver.run()
        answer = self.solver.getSolution()
        dual = np.array(answer.row_dual)
        value = float(self.solver.getInfo().objective_function_value)
        slack = float(sum(answer.col_value[self.slack_at : self.first]))
        years, awards = self.years, self.space.asked.awards
        money = np.maximum(dual[self.at_class : self.at_source], 0.0) / self.unit
        income = np.zeros(years)
        source = {}
        for f, one in enumerate(self.sources):
            prices = np.maximum(dual[self.at_source + f * years : self.at_source + (f + 1) * years], 0.0)
            source.update({(one.code, year): float(prices[year]) / self.unit for year in range(years)})
            if awards.amounts and one.code == awards.source:
                income = prices / self.unit
        staff = np.maximum(dual[self.at_staff : self.at_town], 0.0)
        towns = {town: max(0.0, -float(dual[self.at_town + i])) for i, town in enumerate(self.towns)}
        old = max(0.0, -float(dual[self.at_old])) if self.share else 0.0
        fixed = sum(
            price * amount
            for s in self.sources
            for price, amount in ((source[s.code, y], s.amounts[y]) for y in range(years))
        )
        fixed += sum(float(p) * c for p, c in zip(staff, self.caps, strict=True) if p > 0)
        fixed -= sum(towns[t] * n for t, n in self.towns.items())
        prices_ = Prices(money, staff, income, towns, old, -old * self.share)
        return Solved(value, prices_, [float(x) for x in dual[: self.at_class]], source, slack, fixed)


#: What a group of conditions is called where it collides with others.
GROUP_NAMES: dict[str, Text] = {
    "budget": Text("各年预算(含专款用途)", "the budgets of the years, with their earmarks"),
    "staff": Text("各年人力", "the staff of the years"),
    "town": Text("每个镇街至少提升的社区数", "so many communities raised in every town"),
    "old": Text("老旧小区优先的比例", "the share of old compounds"),
    "keep": Text("任何社区不得退级", "no community falls back"),
    "locks": Text("锁定的选择", "the choices that are locked"),
    "bans": Text("禁止的选择", "the choices that are forbidden"),
}
