"""What is wrong with a set of rules, for its editor: conflicts, rules that never come to use, units and areas that are gone.

Pure. Dead rules are found over the directory's categories: a rule is dead when earlier ones, each as wide in area, ownership
and days, have all its categories between them. Areas are compared one rule with one: that several areas together make up a
wider one is not looked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ..categories.rules import CategoryKey
from .rules import AREA_OF, Rule, Units

FindingCode = Literal[
    "conflict", "shadowed", "no_unit", "some_without_unit", "category_closed", "no_category", "area_ended"
]
#: Of these a rule does nothing, or not what it says; `some_without_unit` does so in places.
GRAVE: frozenset[FindingCode] = frozenset({"conflict", "no_unit", "category_closed", "no_category", "area_ended"})


@dataclass(frozen=True, slots=True)
class Known:
    """What rules are held against: categories that hold and all there ever were, areas that stand, units."""

    held: frozenset[CategoryKey]
    ever: frozenset[CategoryKey]
    areas: Collection[str]
    units: Units
    towns: Sequence[str] = ()
    villages: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """Something about the rule at `position`; `others`: the rules it has to do with; `areas`: where there is no unit."""

    position: int
    code: FindingCode
    others: tuple[int, ...] = ()
    areas: tuple[str, ...] = field(default=())


def findings(rules: Iterable[Rule], known: Known, day: date) -> list[RuleFinding]:
    """Everything to tell about the rules that hold on `day` or later, in their order."""
    live = sorted((r for r in rules if r.valid_until is None or r.valid_until > day), key=lambda rule: rule.position)
    cover: dict[int, frozenset[CategoryKey]] = {
        id(rule): frozenset(key for key in known.held if rule.reach.has_category(key)) for rule in live
    }
    found: list[RuleFinding] = []
    for at, rule in enumerate(live):
        found += _of_itself(rule, cover[id(rule)], known)
        found += _against(rule, live[:at], cover, day)
    return sorted(found, key=lambda finding: finding.position)


def _of_itself(rule: Rule, held: Collection[CategoryKey], known: Known) -> list[RuleFinding]:
    found = []
    if not held and not rule.reach.any_category:
        was = any(rule.reach.has_category(key) for key in known.ever)
        found.append(RuleFinding(rule.position, "category_closed" if was else "no_category"))
    if rule.reach.area and rule.reach.area not in known.areas:
        found.append(RuleFinding(rule.position, "area_ended"))
    if rule.target == "unit":
        if rule.unit_id not in known.units.names:
            found.append(RuleFinding(rule.position, "no_unit"))
        return found
    length = AREA_OF[rule.target]
    inside = [
        c for c in (known.towns if rule.target == "town" else known.villages) if c.startswith(rule.reach.area[:length])
    ]
    without = tuple(code for code in inside if code not in known.units.of_area)
    if without:
        found.append(
            RuleFinding(rule.position, "no_unit" if len(without) == len(inside) else "some_without_unit", (), without)
        )
    return found


def _against(
    rule: Rule, earlier: Sequence[Rule], cover: Mapping[int, frozenset[CategoryKey]], day: date
) -> list[RuleFinding]:
    clashing = tuple(
        other.position
        for other in earlier
        if _same_reach(rule, other, cover) and _meet(rule, other, day) and _goes(rule) != _goes(other)
    )
    if clashing:
        return [RuleFinding(rule.position, "conflict", clashing)]
    wider = [
        other
        for other in earlier
        if rule.reach.area.startswith(other.reach.area)
        and other.reach.ownership in ("", rule.reach.ownership)
        and _as_long(other, rule, day)
    ]
    if rule.reach.any_category:  # a case without a category is reached as well
        over = tuple(other.position for other in wider if other.reach.any_category)
        return [RuleFinding(rule.position, "shadowed", over[:1])] if over else []
    own = cover[id(rule)]
    helping = [other for other in wider if cover[id(other)] & own]
    if own and own <= frozenset().union(*(cover[id(other)] for other in helping)):
        alone = [other.position for other in helping if own <= cover[id(other)]]
        return [RuleFinding(rule.position, "shadowed", tuple(alone[:1]) or tuple(o.position for o in helping))]
    return []


def _same_reach(rule: Rule, other: Rule, cover: Mapping[int, frozenset[CategoryKey]]) -> bool:
    if (rule.reach.area, rule.reach.ownership) != (other.reach.area, other.reach.ownership):
        return False
    if rule.reach == other.reach:
        return True
    if rule.reach.any_category or other.reach.any_category:
        return False
    return bool(cover[id(rule)]) and cover[id(rule)] == cover[id(other)]


def _goes(rule: Rule) -> tuple[str, str]:
    return rule.target, rule.unit_id if rule.target == "unit" else ""


def _span(rule: Rule, day: date) -> tuple[date, date]:
    """The days from `day` on that a rule holds: from, to before."""
    return max(rule.valid_from, day), rule.valid_until or date.max


def _meet(rule: Rule, other: Rule, day: date) -> bool:
    (start, end), (begin, stop) = _span(rule, day), _span(other, day)
    return max(start, begin) < min(end, stop)


def _as_long(other: Rule, rule: Rule, day: date) -> bool:
    (start, end), (begin, stop) = _span(rule, day), _span(other, day)
    return begin <= start and stop >= end
