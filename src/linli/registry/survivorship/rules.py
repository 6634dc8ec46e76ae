"""What rules of survivorship may say, as pure functions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from linli.kernel.errors import FieldProblem, Text
from linli.registry.codes import MANUAL
from linli.registry.fields import FIELDS
from linli.registry.merge.priorities import GENERAL, Rule

#: By hand is 0 and stays first: a correction that an import outweighs is none.
FIRST, LAST = 1, 99
MOST = 200
AHEAD = timedelta(days=366)
KNOWN = frozenset({GENERAL, *(field.name for field in FIELDS)})
_NOTHING = Text("没有要修改的优先级。", "There is nothing to change.")
_MANY = Text("一次最多修改 {most} 项。", "At most {most} rules can be changed at once.")
_FIELD = Text("没有这一项。", "There is no such field.")
_SOURCE = Text("没有这个来源，或其优先级不可修改。", "There is no such source, or its priority is fixed.")
_RANGE = Text(
    "优先级应在 {first} 到 {last} 之间，数字小的优先。",
    "A priority lies between {first} and {last}; the lower counts more.",
)
_TWICE = Text("同一项和来源只能修改一次。", "A field and source can be changed once at a time.")
_DAY = Text("生效日期应从今天到一年之内。", "The day lies between today and a year ahead.")


def check(rules: Sequence[Rule], valid_from: date, sources: Collection[str], today: date) -> tuple[FieldProblem, ...]:
    """What is wrong with rules that somebody wants to enter; empty when nothing is."""
    problems = []
    if not rules:
        problems.append(FieldProblem("rules", "required", _NOTHING))
    if len(rules) > MOST:
        problems.append(FieldProblem("rules", "many", _MANY, {"most": MOST}))
    if len({(rule.field, rule.source) for rule in rules}) < len(rules):
        problems.append(FieldProblem("rules", "twice", _TWICE))
    for rule in rules:
        name = f"{rule.field}.{rule.source}"
        if rule.field not in KNOWN:
            problems.append(FieldProblem(name, "unknown", _FIELD))
        if rule.source not in sources or rule.source == MANUAL:
            problems.append(FieldProblem(name, "source", _SOURCE))
        if rule.priority is not None and not FIRST <= rule.priority <= LAST:
            problems.append(FieldProblem(name, "range", _RANGE, {"first": FIRST, "last": LAST}))
    if not today <= valid_from <= today + AHEAD:
        problems.append(FieldProblem("valid_from", "day", _DAY))
    return tuple(problems)


def concerned(rules: Sequence[Rule]) -> list[str]:
    """The fields rules may change, in the order of the declaration: all of them for a source's priority in general."""
    named = {rule.field for rule in rules}
    return [field.name for field in FIELDS if GENERAL in named or field.name in named]
