"""Routing in the shapes of the API, in the reader's language: a rule's reach, why a case goes where it goes, what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from linli.kernel.area_names import names_of
from linli.kernel.errors import Text

from ..categories.rules import CERTAINTY_NAMES, CERTAINTY_WORDS, KIND_NAMES, SINCE_EVER, Certainty
from .compiled import Named
from .drafts import Line
from .dry_run import RoutingDryRun
from .findings import GRAVE, RuleFinding
from .models import RoutedCase, RoutingRule
from .past import Past
from .queries import CaseRouting, Proposal, RuleSet
from .tables import TARGET_NAMES, RowFinding

ALL_CASES = Text("所有案件", "all cases")
ANY_CATEGORY = Text("所有类别", "all categories")
CATEGORY = Text("类别 {name}", "category {name}")
AREA = Text("区域 {name}", "area {name}")
OWNERSHIP = Text("权属 {name}", "owned by {name}")
BY_RULE = Text("按第 {position} 条派遣规则（{reach}）派往{unit}。", "By rule {position} ({reach}): to {unit}.")
OWNER = Text("附近同类部件属于{name}。", "The component there belongs to {name}.")
PASSED = Text("跳过第 {positions} 条：其单位已不存在。", "Passed over: {positions}, whose unit is no more.")
NO_RULE = Text("没有适用的派遣规则。", "No rule fits.")
PAST = Text(
    "近 {days} 天，{area}的同类案件 {total} 件，其中 {count} 件由{unit}办结。",
    "Of {total} cases of this category closed in {area} within {days} days, {count} were handled by {unit}.",
)
NO_PAST = Text("也没有足够的同类案件可供参考。", "Too few cases of this category were closed to suggest a unit.")
FINDINGS: dict[str, Text] = {
    "conflict": Text("与第 {others} 条适用范围相同而单位不同，按先后只有前一条生效。",
        "The same reach as {others} and another unit: only the first counts."),
    "shadowed": Text("永远用不到：第 {others} 条在前，已包含它的全部范围。", "Never comes to use: {others} before it has all of its reach."),
    "no_unit": Text("没有对应的单位，这条规则不会生效。", "There is no such unit any more; the rule does nothing."),
    "some_without_unit": Text("这些区域没有对应的单位：{areas}。", "These areas have no unit: {areas}."),
    "category_closed": Text("类别已停用，这条规则不会生效。", "The category is closed; the rule does nothing."),
    "no_category": Text("分类目录中没有这个类别。", "The directory has no such category."),
    "area_ended": Text("区域已撤销或不存在，请改为现在的区域。", "The area has ended or does not exist."),
}  # fmt: skip
SHOWN_AREAS = 5


def rules_out(told: RuleSet, language: str) -> dict[str, Any]:
    """The rules with what is wrong with them."""
    return {
        "items": [rule_out(row, told.named[str(row.id)], told.units, language) for row in told.rules],
        "findings": findings_out(told.findings, language), "stamp": told.stamp, "may_edit": told.may_edit,
    }  # fmt: skip


def rule_out(row: RoutingRule, named: Named, units: Mapping[str, str], language: str) -> dict[str, Any]:
    """A rule with what its reach is called."""
    same = ("id", "position", "standard_ref", "kind", "code", "ownership", "target", "unit_id", "basis", "certainty",
            "valid_until", "version", "changed_at", "changed_by_name")  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "area_code": row.area_code or "", "valid_from": None if row.valid_from == SINCE_EVER else row.valid_from,
        "category": named.category, "area_name": named.area, "unit_name": unit_words(row.target, units.get(str(row.unit_id), ""), language),
        "certainty_label": CERTAINTY_NAMES[Certainty(row.certainty)].say(language),
        "reach": reach_words(row.kind, named.category, named.area, row.ownership, language),
    }  # fmt: skip


def line_out(at: int, line: Line, named: Named, units: Mapping[str, str], language: str) -> dict[str, Any]:
    """A line of a file as a rule of a draft."""
    reach = line.reach
    return {
        "id": line.id or None, "position": at, "standard_ref": reach.standard_ref, "kind": reach.kind, "code": reach.code,
        "area_code": reach.area, "ownership": reach.ownership, "target": line.target, "unit_id": line.unit_id or None,
        "unit_name": unit_words(line.target, units.get(line.unit_id, ""), language), "basis": line.basis, "certainty": line.certainty,
        "certainty_label": CERTAINTY_NAMES[Certainty(line.certainty)].say(language),
        "valid_from": None if line.valid_from == SINCE_EVER else line.valid_from, "valid_until": line.valid_until,
        "category": named.category, "area_name": named.area,
        "reach": reach_words(reach.kind, named.category, named.area, reach.ownership, language), "version": 0,
        "changed_at": None, "changed_by_name": "",
    }  # fmt: skip


def unit_words(target: str, name: str, language: str) -> str:
    """The unit a rule names, or whose it is."""
    return name if target == "unit" else TARGET_NAMES[target].say(language)


def reach_words(kind: str, category: str, area: str, ownership: str, language: str) -> str:
    """A reach in words."""
    what = f"{KIND_NAMES[kind].say(language)} {category}".strip() if kind else category
    parts = [CATEGORY.say(language, {"name": what}) if what else ""]
    parts += [
        AREA.say(language, {"name": area}) if area else "",
        OWNERSHIP.say(language, {"name": ownership}) if ownership else "",
    ]
    said = [part for part in parts if part]
    if not said:
        return ALL_CASES.say(language)
    return " · ".join(said if what else [ANY_CATEGORY.say(language), *said])


def findings_out(found: Iterable[RuleFinding], language: str) -> list[dict[str, Any]]:
    """What is wrong, in words."""
    found = list(found)
    names = names_of(code for finding in found for code in finding.areas[:SHOWN_AREAS])
    mark = "、" if language == "zh-CN" else ", "
    return [
        {
            "position": f.position, "code": f.code, "grave": f.code in GRAVE,
            "words": FINDINGS[f.code].say(language, {
                "others": mark.join(map(str, f.others)),
                "areas": mark.join(names[code] for code in f.areas[:SHOWN_AREAS]) + ("…" if len(f.areas) > SHOWN_AREAS else ""),
            }),
        }
        for f in found
    ]  # fmt: skip


def why_words(why: Mapping[str, Any], unit: str, language: str) -> str:
    """Why a case goes where it goes."""
    rule, mark = why.get("rule"), "、" if language == "zh-CN" else ", "
    said = []
    if rule:
        reach = reach_words(rule["kind"], rule["category"], rule["area"], rule["ownership"], language)
        said.append(BY_RULE.say(language, {"position": rule["position"], "reach": reach, "unit": unit}))
        if owner := why.get("owner"):
            said.append(OWNER.say(language, {"name": owner}))
    else:
        said.append(NO_RULE.say(language))
    if passed := why.get("passed"):
        said.append(PASSED.say(language, {"positions": mark.join(map(str, passed))}))
    return ("" if language == "zh-CN" else " ").join(said)


def past_words(past: Past | None, language: str) -> str:
    """Why past cases suggest a unit."""
    if past is None:
        return NO_PAST.say(language)
    return PAST.say(language, {
        "days": past.days, "area": past.area_name, "total": past.total, "count": past.count, "unit": past.unit_name,
    })  # fmt: skip


def case_out(told: CaseRouting, language: str) -> dict[str, Any]:
    """How a case was routed and where it should go."""
    return {
        "routed": _routed(told.routed, language) if told.routed else None,
        "proposal": _proposal(told.proposal, language) if told.proposal else None,
    }


def _routed(row: RoutedCase, language: str) -> dict[str, Any]:
    rule = row.why.get("rule") or {}
    same = ("at", "rule_id", "rule_version", "unit_id", "unit_name")
    return {name: getattr(row, name) for name in same} | {
        "position": rule.get("position"), "words": why_words(row.why, row.unit_name, language), "basis": rule.get("basis", ""),
        "certainty": rule.get("certainty"), "certainty_label": _certainty(rule, language),
    }  # fmt: skip


def _proposal(proposal: Proposal, language: str) -> dict[str, Any]:
    rule: Any = proposal.why.get("rule") or {}
    words = why_words(proposal.why, proposal.unit_name, language)
    if not rule:
        words += ("" if language == "zh-CN" else " ") + past_words(proposal.past, language)
    return {
        "by": "rule" if rule else "past" if proposal.past else "none", "unit_id": proposal.unit_id,
        "unit_name": proposal.unit_name, "words": words, "basis": rule.get("basis", ""),
        "certainty_label": _certainty(rule, language), "in_sight": proposal.in_sight,
    }  # fmt: skip


def _certainty(rule: Mapping[str, Any], language: str) -> str:
    return CERTAINTY_WORDS[Certainty(rule["certainty"])].say(language) if rule.get("certainty") else ""


def dry_run_out(told: RoutingDryRun, language: str) -> dict[str, Any]:
    """What a draft would do."""
    units, made = told.checked.units.names, told.checked.plan
    return {
        "since": told.since, "on": told.on, "cases": told.cases, "changed": told.changed,
        "flows": [
            {
                "before": flow.before or None, "before_name": units.get(flow.before, ""), "after": flow.after or None,
                "after_name": units.get(flow.after, ""), "count": flow.count, "handed": flow.handed, "agreeing": flow.agreeing,
            }
            for flow in told.flows
        ],
        "uses": [{"position": use.position, "count": use.count} for use in told.uses],
        "findings": findings_out(told.findings, language),
        "rules": {name: len(getattr(made, name)) for name in ("added", "changed", "moved", "ended")},
    }  # fmt: skip


def row_out(finding: RowFinding, language: str) -> dict[str, Any]:
    """A cell that was not understood; its column as the program's own tables call it."""
    from .tables import COLUMNS

    column = COLUMNS[finding.column][0] if language == "zh-CN" else finding.column
    return {"row": finding.row, "column": column, "words": finding.say(language)}


def since(day: date | None) -> date:
    """A day that may be left out as the day something holds from."""
    return day or SINCE_EVER
