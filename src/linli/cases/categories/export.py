"""The directory as workbooks that can be loaded again: the same columns that a load reads."""

from __future__ import annotations

from linli.kernel.actors import Actor
from linli.kernel.workbook import workbook

from . import queries
from .editions import Table
from .models import Category, FilingRule
from .reading import CATEGORY_COLUMNS, RULE_COLUMNS
from .rules import (
    CERTAINTY_NAMES,
    CLOCK_NAMES,
    KIND_NAMES,
    PROCEDURE_NAMES,
    RESTRICTED_NAMES,
    TARGET_NAMES,
    Certainty,
)  # fmt: skip

_TITLES = {"categories": "案件分类", "rules": "立案规则"}
_WIDE = {"name": 24, "filing_condition": 60, "closing_condition": 24, "source": 30, "note": 24, "standard_ref": 24}


def export(actor: Actor, table: Table, language: str) -> bytes:
    """All categories that are not closed, or all rules that have not ended. Raises Forbidden."""
    if table == "categories":
        columns = tuple(c for c in CATEGORY_COLUMNS if c not in ("replaces", "successor"))
        lines = [_category(c) for c in queries.categories(actor) if c.valid_until is None]
    else:
        columns, lines = tuple(RULE_COLUMNS), [_rule(rule) for rule in queries.every_rule(actor)]
    names = CATEGORY_COLUMNS | RULE_COLUMNS
    head, widths = [names[c][0] for c in columns], [_WIDE.get(c, 12) for c in columns]
    return workbook(actor, _TITLES[table], head, widths, ([line[c] for c in columns] for line in lines), language)


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _category(c: Category) -> dict[str, object]:
    return {
        "standard_ref": c.standard_ref, "kind": KIND_NAMES[c.kind].zh, "major": c.major, "major_name": c.major_name,
        "code": c.code, "name": c.name, "procedure": PROCEDURE_NAMES[c.procedure].zh,
        "dispatch_first": _yes(c.dispatch_first), "emergency_number": c.emergency_number,
        "restricted_to": RESTRICTED_NAMES[c.restricted_to].zh if c.restricted_to else "", "offered": _yes(c.offered),
        "certainty": CERTAINTY_NAMES[Certainty(c.certainty)].zh, "source": c.source, "note": c.note,
    }  # fmt: skip


def _rule(r: FilingRule) -> dict[str, object]:
    return {
        "standard_ref": r.category.standard_ref, "kind": KIND_NAMES[r.category.kind].zh, "code": r.category.code,
        "name": r.category.name, "target": TARGET_NAMES[r.target].zh, "filing_condition": r.filing_condition,
        "closing_condition": r.closing_condition, "limit_value": r.limit_value, "clock": CLOCK_NAMES[r.clock].zh,
        "unit_text": r.unit_text, "photo_needed": _yes(r.photo_needed), "rule_set": r.rule_set,
        "source_class": r.source_class, "certainty": CERTAINTY_NAMES[Certainty(r.certainty)].zh, "source": r.source,
    }  # fmt: skip
