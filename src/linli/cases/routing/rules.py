"""Which unit a case goes to: the first rule, by priority, whose reach holds it. Pure; compiled once for many cases.

A rule reaches cases by category (one, a class of them by the beginning of its code, or any), by area (a code contains another
when it is its prefix) and by who owns or keeps the component. National standards leave the responsible unit to each place
(GB/T 47678.5 has only 主管部门 of a component), so all of this is data. Where nobody is named a case falls to the place
itself (属地): rules may name "the town of the place" instead of a unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ..categories.rules import CategoryKey, holds

Target = Literal["unit", "town", "village"]
TARGETS: tuple[Target, ...] = ("unit", "town", "village")
#: How long the code is of the area whose unit a rule without a unit of its own means.
AREA_OF: Mapping[str, int] = {"town": 9, "village": 12}


@dataclass(frozen=True, slots=True)
class Reach:
    """Which cases a rule is about; what is empty narrows nothing. `code`: a category's code, or its beginning (a major).

    `ownership`: name or credit code (GB 32100) of a component's owner, keeper or department, as the registry has it.
    """

    standard_ref: str = ""
    kind: str = ""
    code: str = ""
    area: str = ""
    ownership: str = ""

    @property
    def any_category(self) -> bool:
        return not (self.standard_ref or self.kind or self.code)

    def has_category(self, key: CategoryKey | None) -> bool:
        """Whether cases of a category are meant; `None`: a case that has none yet."""
        if key is None:
            return self.any_category
        return (
            (not self.standard_ref or self.standard_ref == key.standard_ref)
            and (not self.kind or self.kind == key.kind)
            and key.code.startswith(self.code)
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it holds from `valid_from` to before `valid_until`. `position` is its priority: the lowest goes first."""

    id: str
    version: int
    position: int
    reach: Reach
    target: Target
    unit_id: str = ""
    basis: str = ""
    certainty: str = "local"
    valid_from: date = date.min
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Units:
    """The units of the district: names by id, and the unit of each town and village by its code."""

    names: Mapping[str, str] = field(default_factory=dict)
    of_area: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A case as routing looks at it. `owners`: everything its component's owner, keeper and department go by."""

    category: CategoryKey | None
    area: str
    owners: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """The rule that names a unit for a case; `passed`: rules before it that reach the case and whose unit is none."""

    rule: Rule
    unit_id: str
    passed: tuple[Rule, ...] = ()


class Matcher:
    """Rules made ready for asking. What reaches a category is found once and kept, so a case costs a few comparisons."""

    def __init__(self, rules: Iterable[Rule], units: Units) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: rule.position))
        self.units = units
        self.asks_owners = any(rule.reach.ownership for rule in self.rules)
        self._of_category: dict[CategoryKey | None, tuple[Rule, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self.rules)

    def match(self, asked: Asked, day: date) -> Match | None:
        """The first rule that reaches a case on `day` and has a unit for it; None where none does."""
        passed: tuple[Rule, ...] = ()
        for rule in self._about(asked.category):
            reach = rule.reach
            if not asked.area.startswith(reach.area) or (reach.ownership and reach.ownership not in asked.owners):
                continue
            if not holds(rule, day):
                continue
            unit = self.unit_for(rule, asked.area)
            if unit:
                return Match(rule, unit, passed)
            passed += (rule,)
        return None

    def unit_for(self, rule: Rule, area: str) -> str:
        """The unit a rule names for a place; empty where there is none (any more)."""
        if rule.target == "unit":
            return rule.unit_id if rule.unit_id in self.units.names else ""
        return self.units.of_area.get(area[: AREA_OF[rule.target]], "")

    def _about(self, key: CategoryKey | None) -> tuple[Rule, ...]:
        found = self._of_category.get(key)
        if found is None:
            found = self._of_category[key] = tuple(rule for rule in self.rules if rule.reach.has_category(key))
        return found
