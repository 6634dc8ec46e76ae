"""The directory in the shapes of the API, in the reader's language."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from linli.access.queries.actors import Name, display_name
from linli.kernel.errors import Text

from . import rules
from .editions import Change, Finding
from .failures import FailureMode
from .models import Category, FilingRule
from .queries import Detail, Version
from .rules import Certainty

if TYPE_CHECKING:
    from .loading import DryRun

SHOWN = 500
FIELD_NAMES = {
    "major": Text("大类编码", "Major"), "major_name": Text("大类名称", "Name of the major"),
    "name": Text("名称", "Name"), "procedure": Text("办理流程", "Procedure"),
    "dispatch_first": Text("先派遣后立案", "Dispatched first"), "emergency_number": Text("先拨电话", "Emergency number"),
    "restricted_to": Text("限定人员", "Restricted readers"), "offered": Text("本地使用", "Offered here"),
    "certainty": Text("确定程度", "Certainty"), "source": Text("来源", "Source"), "note": Text("备注", "Note"),
    "limit_value": Text("时限值", "Limit"), "clock": Text("计时方式", "Clock"),
    "closing_condition": Text("结案条件", "Closing condition"), "unit_text": Text("处置单位", "Unit"),
    "photo_needed": Text("需照片", "Photo needed"), "code": Text("分类编码", "Code"), "kind": Text("类型", "Kind"),
    "standard_ref": Text("标准", "Standard"), "replaces": Text("替代分类", "Replaces"),
    "successor": Text("接替分类", "Successor"), "filing_condition": Text("立案条件", "Filing condition"),
    "rule_set": Text("规则集", "Rule set"), "target": Text("时限对象", "Target"),
    "source_class": Text("原表分类", "Class in its source"),
}  # fmt: skip
_VALUES: dict[str, dict[str, Text]] = {
    "procedure": rules.PROCEDURE_NAMES, "certainty": rules.CERTAINTY_NAMES, "clock": rules.CLOCK_NAMES,
    "restricted_to": rules.RESTRICTED_NAMES,
}  # fmt: skip
_FLAGS = {"True": Text("是", "yes"), "False": Text("否", "no")}
FAULTS = Text(
    "此部件没有立案规则。按故障类型取默认时限：由样例表中 375 条部件规则推断，没有文件依据。",
    "There is no filing rule for this component. Default limits by fault count: inferred from the 375 rules for "
    "components of the sample table, no document behind them.",
)


def category_out(category: Category, day: date, language: str) -> dict[str, Any]:
    """A category as lists tell it."""
    same = (
        "id", "standard_ref", "kind", "major", "major_name", "code", "name", "initials", "procedure", "dispatch_first",
        "emergency_number", "restricted_to", "offered", "certainty", "source", "note", "valid_until", "version",
    )  # fmt: skip
    readers = rules.RESTRICTED_NAMES.get(category.restricted_to)
    return {name: getattr(category, name) for name in same} | {
        "kind_label": rules.KIND_NAMES[category.kind].say(language),
        "procedure_label": rules.PROCEDURE_NAMES[category.procedure].say(language),
        "restricted_label": readers.say(language) if readers else "",
        **certainty_out(category.certainty, language),
        "valid_from": since(category.valid_from), "held": rules.holds(category, day),
        "superseded_by": category.superseded_by, "rules": getattr(category, "rule_count", 0),
    }  # fmt: skip


def certainty_out(certainty: str, language: str) -> dict[str, str]:
    """How sure we are, in a word and in words."""
    mark = Certainty(certainty)
    return {
        "certainty_label": rules.CERTAINTY_NAMES[mark].say(language),
        "certainty_words": rules.CERTAINTY_WORDS[mark].say(language),
    }


def since(day: date) -> date | None:
    """The day from which something holds; None where it always has."""
    return None if day == rules.SINCE_EVER else day


def detail_out(told: Detail, day: date, language: str, names: dict[str, Name]) -> dict[str, Any]:
    """A category with all that is told of it; `names` of whoever changed it, by id."""
    choice = told.choice
    default = {
        "limit": rules.in_words(choice.rule, language),
        "certainty_words": rules.CERTAINTY_WORDS[Certainty(choice.rule.certainty)].say(language),
        "assumed": choice.assumed, "note": rules.ASSUMED.say(language) if choice.assumed else "",
    } if choice else None  # fmt: skip
    return category_out(told.category, day, language) | {
        "rules": sum(rule.valid_until is None for rule in told.rules),
        "filing_rules": [rule_out(rule, rule.id in told.in_force, language) for rule in told.rules],
        "borrowed": told.borrowed, "default": default, "faults": [_fault(mode, language) for mode in told.faults],
        "faults_words": FAULTS.say(language) if told.faults else "",
        "versions": [_version(version, language, names) for version in told.versions], "replaced": list(told.replaced),
        "day": day,
    }  # fmt: skip


def rule_out(rule: FilingRule, in_force: bool, language: str) -> dict[str, Any]:
    """A filing rule with its limit in words."""
    same = (
        "id", "target", "filing_condition", "closing_condition", "limit_value", "clock", "unit_text", "photo_needed",
        "rule_set", "source_class", "certainty", "source", "valid_until", "changed_by_name",
    )  # fmt: skip
    return {name: getattr(rule, name) for name in same} | {
        "target_label": rules.TARGET_NAMES[rule.target].say(language), "limit": rules.in_words(rule, language),
        **certainty_out(rule.certainty, language), "valid_from": since(rule.valid_from), "in_force": in_force,
    }  # fmt: skip


def _fault(mode: FailureMode, language: str) -> dict[str, Any]:
    return {
        "code": mode.code, "name": mode.name.say(language), "limit": rules.in_words(mode, language),
        "rules": mode.rules, "spread": mode.spread.say(language),
    }  # fmt: skip


def _version(version: Version, language: str, names: dict[str, Name]) -> dict[str, Any]:
    same = ("until", "name", "offered", "valid_until", "version")
    return {name: getattr(version, name) for name in same} | {
        "by": display_name(version.by, names),
        "procedure_label": rules.PROCEDURE_NAMES[version.procedure].say(language),
        "certainty_label": rules.CERTAINTY_NAMES[Certainty(version.certainty)].say(language),
        "valid_from": since(version.valid_from),
    }


def dry_run_out(told: DryRun, language: str) -> dict[str, Any]:
    """What a file would change, or what is wrong with it."""
    kinds = ("added", "changed", "closed", "reopened")
    return {
        "table": told.table, "effective_from": told.effective_from, "same": told.same, "stamp": told.stamp,
        "counts": {what: sum(change.what == what for change in told.changes) for what in kinds},
        "changes": [_change(change, language) for change in told.changes[:SHOWN]], "total": len(told.changes),
        "findings": [_finding(finding, language) for finding in told.findings[:SHOWN]],
        "total_findings": len(told.findings),
    }  # fmt: skip


def _change(change: Change, language: str) -> dict[str, Any]:
    by = change.successor
    return {
        "what": change.what, "standard_ref": change.key.standard_ref,
        "kind_label": rules.KIND_NAMES[change.key.kind].say(language), "code": change.key.code, "name": change.name,
        "condition": change.condition, "successor": by.code if by else "",
        "details": [
            {"field": name, "label": FIELD_NAMES[name].say(language), "before": _value(name, before, language),
             "after": _value(name, after, language)}
            for name, before, after in change.details
        ],
    }  # fmt: skip


def _value(field: str, value: str, language: str) -> str:
    said = _VALUES.get(field, {}).get(value) or _FLAGS.get(value)
    return said.say(language) if said else value


def _finding(finding: Finding, language: str) -> dict[str, Any]:
    label = FIELD_NAMES.get(finding.column)
    return {
        "row": finding.row, "column": label.say(language) if label else finding.column, "message": finding.say(language)
    }  # fmt: skip
