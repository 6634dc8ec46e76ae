"""Another edition of the directory, or of a table of rules, taken from a file: a dry run, and the same carried out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from linli.access import changes as change_log
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.kernel.ids import uuid7_many
from linli.kernel.pinyin import initials

from ..permissions import CATEGORY_EDIT
from .editions import (
    CategoryFacts,
    CategoryPlan,
    Change,
    Finding,
    KnownCategory,
    KnownRule,
    RuleFacts,
    RuleKey,
    RulePlan,
    Table,
    plan_categories,
    plan_rules,
)
from .marks import mark_cases
from .models import Category, FilingRule
from .problems import DirectoryMoved, NothingChanges
from .reading import read_categories, read_rules
from .rules import CategoryKey

SHOWN_FINDINGS = 50
SHORTEST_REASON = 2
_WHY = Text("请写明依据（如文号）。", "Please say on what ground (a document's number).")
_ROW = Text("第 {row} 行：{said}", "Row {row}: {said}")


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a file would change from a day on. `stamp` is what the carrying out has to name; empty where it cannot be."""

    table: Table
    effective_from: date
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    same: int
    stamp: str


def preview(actor: Actor, path: Path, table: Table, effective_from: date, filename: str | None = None) -> DryRun:
    """What a file would change; nothing is written. Raises Forbidden, and what reading raises."""
    actor.require(CATEGORY_EDIT, settings.LINLI_DISTRICT)
    return _told(table, effective_from, _plan(path, table, effective_from, filename))


def load(
    actor: Actor, path: Path, table: Table, effective_from: date, reason: str, *,
    stamp: str | None = None, filename: str | None = None,
) -> DryRun:  # fmt: skip
    """Carry out what a dry run told. With `stamp`, only if it is still what would happen.

    Raises Forbidden, Invalid with every finding, DirectoryMoved, NothingChanges, and what reading raises.
    """
    actor.require(CATEGORY_EDIT, settings.LINLI_DISTRICT)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(fields=(FieldProblem("reason", "required", _WHY),))
    with transaction.atomic():
        _alone()
        plan = _plan(path, table, effective_from, filename)
        told = _told(table, effective_from, plan)
        if told.findings:
            raise Invalid(fields=_fields(told.findings))
        if stamp is not None and stamp != told.stamp:
            raise DirectoryMoved()
        if not told.changes:
            raise NothingChanges()
        if isinstance(plan, CategoryPlan):
            _write_categories(actor, plan, effective_from)
            mark_cases()
        else:
            _write_rules(actor, plan, effective_from)
        counts = {
            what: sum(c.what == what for c in told.changes) for what in ("added", "changed", "closed", "reopened")
        }
        change_log.record(
            actor, f"cases.{table}.load", "case_directory", told.stamp[:16], settings.LINLI_DISTRICT,
            {"file": filename or path.name, "effective_from": str(effective_from), "reason": reason.strip(), **counts},
        )  # fmt: skip
    return told


def _alone() -> None:
    """One change of the directory at a time."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE cases_category IN SHARE ROW EXCLUSIVE MODE")


def _plan(path: Path, table: Table, effective_from: date, filename: str | None) -> CategoryPlan | RulePlan:
    categories = known_categories()
    plan: CategoryPlan | RulePlan
    if table == "categories":
        rows, findings = read_categories(path, filename)
        plan = plan_categories(rows, categories, effective_from)
    else:
        lines, findings = read_rules(path, filename)
        plan = plan_rules(lines, known_rules(), categories, effective_from)
    if findings:
        both = sorted((*findings, *plan.findings), key=lambda finding: finding.row)
        return CategoryPlan(findings=tuple(both)) if table == "categories" else RulePlan(findings=tuple(both))
    return plan


def _told(table: Table, effective_from: date, plan: CategoryPlan | RulePlan) -> DryRun:
    if plan.findings:
        return DryRun(table, effective_from, (), plan.findings, 0, "")
    said = json.dumps(
        [table, str(effective_from), [asdict(change) for change in plan.changes]], ensure_ascii=False, sort_keys=True
    )
    return DryRun(
        table, effective_from, plan.changes, (), plan.same, hashlib.sha256(said.encode()).hexdigest()
    )  # fmt: skip


def _fields(findings: tuple[Finding, ...]) -> tuple[FieldProblem, ...]:
    return tuple(
        FieldProblem(
            f"rows.{f.row}.{f.column}", "row",
            Text(*(_ROW.say(language, {"row": f.row, "said": f.say(language)}) for language in ("zh", "en"))),
        )
        for f in findings[:SHOWN_FINDINGS]
    )  # fmt: skip


def known_categories() -> dict[CategoryKey, KnownCategory]:
    """Every category the base has. One query."""
    facts = tuple(CategoryFacts.__dataclass_fields__)
    return {
        CategoryKey(c.standard_ref, c.kind, c.code): KnownCategory(
            c.id, CategoryFacts(**{name: getattr(c, name) for name in facts}), c.valid_from, c.valid_until
        )
        for c in Category.objects.order_by("standard_ref", "kind", "code")
    }


def known_rules() -> dict[RuleKey, KnownRule]:
    """Every rule that has not ended. One query."""
    facts = tuple(RuleFacts.__dataclass_fields__)
    found = FilingRule.objects.filter(valid_until=None).select_related("category").order_by("position", "id")
    return {
        RuleKey(
            CategoryKey(r.category.standard_ref, r.category.kind, r.category.code),
            r.rule_set, r.source_class, r.target, r.filing_condition,
        ): KnownRule(r.id, RuleFacts(**{name: getattr(r, name) for name in facts}))
        for r in found
    }  # fmt: skip


def _write_categories(actor: Actor, plan: CategoryPlan, effective_from: date) -> None:
    rows = [
        asdict(row.facts) | asdict(row.key) | {"id": str(made), "initials": initials(row.facts.name)}
        for row, made in zip(plan.upserts, uuid7_many(len(plan.upserts)), strict=True)
    ]
    closed = [
        asdict(change.key) | {f"by_{k}": v for k, v in (asdict(change.successor) if change.successor else {}).items()}
        for change in plan.changes
        if change.what == "closed"
    ]
    traces = _traces(actor, effective_from)
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, traces | {"rows": json.dumps(rows)})
        cursor.execute(_CLOSE, traces | {"rows": json.dumps(closed)})


def _write_rules(actor: Actor, plan: RulePlan, effective_from: date) -> None:
    rows = [
        asdict(row.facts) | asdict(row.key.category) | {
            "id": str(made), "position": row.row, "rule_set": row.key.rule_set, "source_class": row.key.source_class,
            "target": row.key.target, "filing_condition": row.key.filing_condition,
        }
        for row, made in zip(plan.adds, uuid7_many(len(plan.adds)), strict=True)
    ]  # fmt: skip
    with connection.cursor() as cursor:
        traces = _traces(actor, effective_from)
        cursor.execute(_END_RULES, traces | {"ids": list(plan.ends)})
        cursor.execute(_ADD_RULES, traces | {"rows": json.dumps(rows)})


def _traces(actor: Actor, effective_from: date) -> dict[str, Any]:
    return {"from": effective_from, "now": clock.now(), "by": actor.id, "name": actor.name}


_FACTS = (
    "major text, major_name text, name text, initials text, procedure text, dispatch_first boolean, "
    "emergency_number text, restricted_to text, offered boolean, certainty text, source text, note text"
)
_NAMES = ", ".join(part.split()[0] for part in _FACTS.split(", "))
# A category that comes back holds from the day of the edition; one that was to end does not.
_UPSERT = f"""
INSERT INTO cases_category AS c (id, standard_ref, kind, code, {_NAMES}, valid_from, version, changed_at, changed_by,
                                 changed_by_name)
SELECT r.id, r.standard_ref, r.kind, r.code, {", ".join("r." + n for n in _NAMES.split(", "))}, %(from)s, 1, %(now)s,
       %(by)s, %(name)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (id uuid, standard_ref text, kind text, code text, {_FACTS})
ON CONFLICT (standard_ref, kind, code) DO UPDATE SET
    ({_NAMES}) = ROW({", ".join("excluded." + n for n in _NAMES.split(", "))}),
    valid_from = CASE WHEN c.valid_until <= excluded.valid_from THEN excluded.valid_from ELSE c.valid_from END,
    valid_until = NULL, superseded_by_id = NULL, version = c.version + 1, changed_at = excluded.changed_at,
    changed_by = excluded.changed_by, changed_by_name = excluded.changed_by_name
"""
_CLOSE = """
UPDATE cases_category c SET
    valid_until = greatest(%(from)s, c.valid_from), superseded_by_id = s.id, version = c.version + 1,
    changed_at = %(now)s, changed_by = %(by)s, changed_by_name = %(name)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r
    (standard_ref text, kind text, code text, by_standard_ref text, by_kind text, by_code text)
LEFT JOIN cases_category s ON (s.standard_ref, s.kind, s.code) = (r.by_standard_ref, r.by_kind, r.by_code)
WHERE (c.standard_ref, c.kind, c.code) = (r.standard_ref, r.kind, r.code)
"""
# A rule that had not begun by then holds on no day.
_END_RULES = """
UPDATE cases_filing_rule SET valid_until = greatest(%(from)s, valid_from), changed_at = %(now)s, changed_by = %(by)s,
    changed_by_name = %(name)s
WHERE id = ANY(%(ids)s::uuid[])
"""
_ADD_RULES = """
INSERT INTO cases_filing_rule (id, category_id, target, filing_condition, closing_condition, limit_value, clock,
    unit_text, photo_needed, rule_set, source_class, certainty, source, position, valid_from, changed_at, changed_by,
    changed_by_name)
SELECT r.id, c.id, r.target, r.filing_condition, r.closing_condition, r.limit_value, r.clock, r.unit_text,
    r.photo_needed, r.rule_set, r.source_class, r.certainty, r.source, r.position, %(from)s, %(now)s, %(by)s, %(name)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (id uuid, standard_ref text, kind text, code text, target text,
    filing_condition text, closing_condition text, limit_value integer, clock text, unit_text text,
    photo_needed boolean, rule_set text, source_class text, certainty text, source text, position integer)
JOIN cases_category c ON (c.standard_ref, c.kind, c.code) = (r.standard_ref, r.kind, r.code)
"""
