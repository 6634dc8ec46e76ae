"""What another edition of the directory would change: rows of a file against what holds, as pure decisions.

A category or rule that an edition does not name any more is closed from the day the edition takes effect, never deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Literal
from uuid import UUID

from linli.kernel.errors import Text

from .rules import CategoryKey

Params = Mapping[str, str | int]
Table = Literal["categories", "rules"]
#: How long texts may be, in characters, and limits in units of their clock.
LONGEST = {"name": 60, "major_name": 60, "filing_condition": 300, "closing_condition": 300}
LONGEST_OTHER = 200
LARGEST_LIMIT = 3650


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a row of the file; `row` as the user's sheet counts them."""

    row: int
    column: str
    text: Text
    params: Params = field(default_factory=dict)

    def say(self, language: str) -> str:
        return self.text.say(language, self.params)


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """What an edition says of a category, and what a change of it compares."""

    major: str
    major_name: str
    name: str
    procedure: str = "standard"
    dispatch_first: bool = False
    emergency_number: str = ""
    restricted_to: str = ""
    offered: bool = True
    certainty: str = "local"
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A row of a file of categories. `replaces`: keys it takes the place of; `successor`: what takes its own."""

    row: int
    key: CategoryKey
    facts: CategoryFacts
    replaces: tuple[CategoryKey, ...] = ()
    successor: CategoryKey | None = None


@dataclass(frozen=True, slots=True)
class KnownCategory:
    """A category as the base has it."""

    id: UUID
    facts: CategoryFacts
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a dry run. `what`: added, changed, closed, reopened. `details`: field, before, after."""

    what: str
    key: CategoryKey
    name: str
    details: tuple[tuple[str, str, str], ...] = ()
    successor: CategoryKey | None = None
    condition: str = ""


@dataclass(frozen=True, slots=True)
class CategoryPlan:
    """What loading an edition would do. `same`: how many categories stay as they are."""

    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    same: int = 0
    upserts: tuple[CategoryRow, ...] = ()


_TWICE = Text("同一编码在文件中出现两次（另见第 {other} 行）。", "The same key is in the file twice (see row {other}).")
_NO_SUCCESSOR = Text("找不到接替分类 {code}。", "There is no category {code} to take its place.")
_NO_REPLACED = Text("找不到被替代的分类 {code}。", "There is no category {code} to be replaced.")
_ITSELF = Text("分类不能接替自己。", "A category cannot take its own place.")
_CIRCLE = Text("接替关系成环。", "The successors form a circle.")
_BOTH = Text("被替代的分类 {code} 仍列在文件中。", "The replaced category {code} is still in the file.")
_NO_CATEGORY = Text("目录中没有分类 {code}。", "The directory has no category {code}.")
_CLOSED = Text("分类 {code} 在生效日已停用。", "The category {code} is closed on that day.")
_SAME_RULE = Text("同一分类、同一条件的规则出现两次（另见第 {other} 行）。", "The same rule is in the file twice (see row {other}).")  # fmt: skip


def plan_categories(
    rows: Sequence[CategoryRow], known: Mapping[CategoryKey, KnownCategory], effective_from: date
) -> CategoryPlan:
    """What an edition that takes effect on a day would change.

    It speaks for the standards and kinds it has rows of; nothing else is touched. A category of those that it does not
    name, or names with a successor, is closed from that day.
    """
    findings, mine = _twice(rows)
    successors = _successors(rows, mine, known, findings)
    findings.extend(_circles(rows, successors))
    staying = {key: row for key, row in mine.items() if key not in successors}
    covered = {(key.standard_ref, key.kind) for key in mine}
    changes, upserts, same = [], [], 0
    for key, row in staying.items():
        there = known.get(key)
        if there is None:
            changes.append(Change("added", key, row.facts.name))
        elif there.valid_until is not None and there.valid_until <= effective_from:
            changes.append(Change("reopened", key, row.facts.name, differences(there.facts, row.facts)))
        elif there.facts != row.facts or there.valid_until is not None:
            changes.append(Change("changed", key, row.facts.name, differences(there.facts, row.facts)))
        else:
            same += 1
            continue
        upserts.append(row)
    for key, there in known.items():
        gone = key in successors or ((key.standard_ref, key.kind) in covered and key not in staying)
        if gone and (there.valid_until is None or there.valid_until > effective_from):
            changes.append(Change("closed", key, there.facts.name, successor=successors.get(key)))
    return CategoryPlan(tuple(changes), tuple(sorted(findings, key=lambda f: f.row)), same, tuple(upserts))


def _twice(rows: Sequence[CategoryRow]) -> tuple[list[Finding], dict[CategoryKey, CategoryRow]]:
    mine: dict[CategoryKey, CategoryRow] = {}
    findings = []
    for row in rows:
        first = mine.setdefault(row.key, row)
        if first is not row:
            findings.append(Finding(row.row, "code", _TWICE, {"other": first.row}))
    return findings, mine


def _successors(
    rows: Sequence[CategoryRow],
    mine: Mapping[CategoryKey, CategoryRow],
    known: Mapping[CategoryKey, KnownCategory],
    findings: list[Finding],
) -> dict[CategoryKey, CategoryKey]:
    """Which category takes the place of which; what is wrong with that goes to `findings`."""
    found: dict[CategoryKey, CategoryKey] = {}
    for row in rows:
        if row.successor is not None:
            if row.successor == row.key:
                findings.append(Finding(row.row, "successor", _ITSELF))
            elif row.successor not in mine and row.successor not in known:
                findings.append(Finding(row.row, "successor", _NO_SUCCESSOR, {"code": row.successor.code}))
            elif row.key in known:
                found[row.key] = row.successor
            else:
                findings.append(Finding(row.row, "successor", _NO_REPLACED, {"code": row.key.code}))
        for old in row.replaces:
            if old == row.key:
                findings.append(Finding(row.row, "replaces", _ITSELF))
            elif old not in known:
                findings.append(Finding(row.row, "replaces", _NO_REPLACED, {"code": old.code}))
            elif old in mine and mine[old].successor is None:
                findings.append(Finding(row.row, "replaces", _BOTH, {"code": old.code}))
            else:
                found[old] = row.key
    return found


def _circles(rows: Sequence[CategoryRow], successors: Mapping[CategoryKey, CategoryKey]) -> list[Finding]:
    at = {row.key: row.row for row in rows} | {old: row.row for row in rows for old in row.replaces}
    findings = []
    for start in successors:
        seen, here = {start}, successors[start]
        while here in successors and here not in seen:
            seen.add(here)
            here = successors[here]
        if here == start:
            findings.append(Finding(at.get(start, 0), "successor", _CIRCLE))
    return findings


def differences(before: Any, after: Any) -> tuple[tuple[str, str, str], ...]:
    """The fields in which two states differ, with both as texts."""
    return tuple(
        (f.name, str(getattr(before, f.name)), str(getattr(after, f.name)))
        for f in fields(before)
        if getattr(before, f.name) != getattr(after, f.name)
    )


# Rules


@dataclass(frozen=True, slots=True)
class RuleKey:
    """What a filing rule is about: one condition of one category, in one table."""

    category: CategoryKey
    rule_set: str
    source_class: str
    target: str
    filing_condition: str


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What a filing rule says."""

    limit_value: int
    clock: str
    closing_condition: str = ""
    unit_text: str = ""
    photo_needed: bool = False
    certainty: str = "local"
    source: str = ""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A row of a file of rules."""

    row: int
    key: RuleKey
    facts: RuleFacts


@dataclass(frozen=True, slots=True)
class KnownRule:
    """A rule of the base that has not ended."""

    id: UUID
    facts: RuleFacts


@dataclass(frozen=True, slots=True)
class RulePlan:
    """What loading a table of rules would do: `ends` are ids of rules that end, `adds` rows that begin."""

    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    same: int = 0
    ends: tuple[UUID, ...] = ()
    adds: tuple[RuleRow, ...] = ()


def plan_rules(
    rows: Sequence[RuleRow],
    known: Mapping[RuleKey, KnownRule],
    categories: Mapping[CategoryKey, KnownCategory],
    effective_from: date,
) -> RulePlan:
    """What a table of rules that takes effect on a day would change.

    It speaks for the rule sets it has rows of. A rule that says something else is ended on that day and another begins;
    one that the table does not have any more is ended.
    """
    findings: list[Finding] = []
    mine: dict[RuleKey, RuleRow] = {}
    for row in rows:
        first = mine.setdefault(row.key, row)
        if first is not row:
            findings.append(Finding(row.row, "filing_condition", _SAME_RULE, {"other": first.row}))
        category = categories.get(row.key.category)
        if category is None:
            findings.append(Finding(row.row, "code", _NO_CATEGORY, {"code": row.key.category.code}))
        elif category.valid_until is not None and category.valid_until <= effective_from:
            findings.append(Finding(row.row, "code", _CLOSED, {"code": row.key.category.code}))
    changes, ends, adds, same = [], [], [], 0
    for key, row in mine.items():
        there = known.get(key)
        if there is not None and there.facts == row.facts:
            same += 1
            continue
        if there is not None:
            ends.append(there.id)
        details = differences(there.facts, row.facts) if there is not None else ()
        changes.append(_change("changed" if there is not None else "added", key, categories, details))
        adds.append(row)
    sets = {key.rule_set for key in mine}
    for key, there in known.items():
        if key.rule_set in sets and key not in mine:
            changes.append(_change("closed", key, categories))
            ends.append(there.id)
    return RulePlan(tuple(changes), tuple(sorted(findings, key=lambda f: f.row)), same, tuple(ends), tuple(adds))


def _change(
    what: str,
    key: RuleKey,
    categories: Mapping[CategoryKey, KnownCategory],
    details: Iterable[tuple[str, str, str]] = (),
) -> Change:
    category = categories.get(key.category)
    name = category.facts.name if category is not None else ""
    return Change(what, key.category, name, tuple(details), condition=key.filing_condition)
