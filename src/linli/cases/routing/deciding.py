"""Routing a case: by which rule it goes where, and why, kept with the case as it is reported and filed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from linli.kernel import clock, prepared
from linli.kernel.ids import uuid7

from ..categories.models import Category
from ..categories.rules import CategoryKey
from ..engine.models import Case
from .compiled import Compiled, compiled
from .models import RoutedCase
from .owners import owners_of, owners_of_many
from .rules import Asked, Match, Rule


def decide(case: Case) -> RoutedCase | None:
    """Route a case as it is now and keep which rule said so. None where there are no rules, or it is routed so already.

    Three queries (one more where rules ask for owners).
    """
    routed = decided(case)
    if routed is not None:
        prepared.insert(routed)
    return routed


def decided(case: Case) -> RoutedCase | None:
    """How a case is routed as it is now, to be entered; None where there are no rules, or it is routed so already.

    One query at a report (one more where rules ask for owners), two later.
    """
    made = compiled()
    if not made.matcher:
        return None
    routed = _routed(case, *look(case, made), made)
    if case.version > 1:
        last = last_of(case.id)
        if last is not None and (last.rule_id, last.rule_version, last.unit_id) == (
            routed.rule_id, routed.rule_version, routed.unit_id,
        ):  # fmt: skip
            return None
    return routed


def decide_many(cases: Iterable[Case]) -> int:
    """Keep for many cases that have none by which rule they go, each as of its report; for loads in bulk. Answers how many.

    Their categories have to be loaded with them. Three queries, and an INSERT for each 2,000.
    """
    made, cases = compiled(), list(cases)
    if not made.matcher:
        return 0
    owners = owners_of_many([case.id for case in cases]) if made.matcher.asks_owners else {}
    rows = []
    for case in cases:
        asked = Asked(key_of(case.category), case.area_code, owners.get(case.id, frozenset()))
        row = _routed(case, made.matcher.match(asked, clock.today()), asked, made)
        row.at, row.case_version = case.reported_at, 1
        rows.append(row)
    return len(RoutedCase.objects.bulk_create(rows, batch_size=2000))


def look(case: Case, made: Compiled) -> tuple[Match | None, Asked]:
    """Which rule fits a case today; what the rules were asked."""
    category: Category | None = case.category
    owners = owners_of(case, category) if made.matcher.asks_owners else frozenset()
    asked = Asked(key_of(category), case.area_code, owners)
    return made.matcher.match(asked, clock.today()), asked


def last_of(case_id: UUID) -> RoutedCase | None:
    """The routing that counts for a case. One query."""
    found = prepared.read(RoutedCase, "case_id = %s ORDER BY case_version DESC LIMIT 1", [case_id])
    return found[0] if found else None


def key_of(category: Category | None) -> CategoryKey | None:
    """What routing knows a category by."""
    return CategoryKey(category.standard_ref, category.kind, category.code) if category else None


def why_of(match: Match | None, asked: Asked, case: Case, made: Compiled) -> dict[str, Any]:
    """What the words are made of: the rule as it is now, what it was held against, and the rules that had no unit."""
    category = case.category
    told: dict[str, Any] = {"category": f"{category.code} {category.name}" if category else ""}
    if match is not None:
        told["rule"] = _rule(match.rule, made)
        if match.rule.reach.ownership:
            told["owner"] = match.rule.reach.ownership
        if match.passed:
            told["passed"] = [rule.position for rule in match.passed]
    elif asked.owners:
        told["owners"] = sorted(asked.owners)
    return told


def _rule(rule: Rule, made: Compiled) -> dict[str, Any]:
    named = made.named[rule.id]
    return {
        "position": rule.position, "category": named.category, "kind": rule.reach.kind, "area": named.area,
        "ownership": rule.reach.ownership, "target": rule.target, "basis": rule.basis, "certainty": rule.certainty,
    }  # fmt: skip


def _routed(case: Case, match: Match | None, asked: Asked, made: Compiled) -> RoutedCase:
    return RoutedCase(
        id=uuid7(), case=case, case_version=case.version, at=clock.now(), why=why_of(match, asked, case, made),
        rule_id=UUID(match.rule.id) if match else None, rule_version=match.rule.version if match else None,
        unit_id=UUID(match.unit_id) if match else None,
        unit_name=made.matcher.units.names.get(match.unit_id, "") if match else "",
    )  # fmt: skip
