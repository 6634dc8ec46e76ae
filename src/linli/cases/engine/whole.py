"""A case with what hangs on it, read by one statement that its connection plans once: what every page and step begins or ends with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from linli.kernel import prepared
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound

from ..categories.models import Category, FilingRule
from . import sight
from .models import Adjustment, Case, CaseFlow, CasePause, FieldTask

#: What hangs on a case, and in which order it is read. Nothing was asked of a clock that has not begun.
_HANGING: tuple[tuple[Any, str, str], ...] = (
    (CaseFlow, "t.case_id = c.id", "t.version"),
    (CasePause, "t.case_id = c.id", "t.since"),
    (Adjustment, "t.case_id = c.id AND c.clock_from IS NOT NULL", "t.id"),
    (FieldTask, "t.case_id = c.id", "t.id"),
)


@dataclass(frozen=True, slots=True)
class Whole:
    """A case, with its category and rule, and its steps, pauses, requests and field tasks in order."""

    case: Case
    flow: Sequence[CaseFlow]
    pauses: Sequence[CasePause]
    adjustments: Sequence[Adjustment]
    tasks: Sequence[FieldTask]


def whole(actor: Actor, case_id: UUID) -> Whole:
    """A case the actor sees with what hangs on it. Raises NotFound. One query."""
    params: dict[str, Any] = {"id": case_id}
    arms = sight.arms(actor, params)
    values = prepared.row(_statement(tuple(arms)), params) if arms else None
    if values is None:
        raise NotFound()
    own, own_category, own_rule = (len(prepared.names(kind)) for kind in (Case, Category, FilingRule))
    case = prepared.made(Case, values[:own])
    if case.category_id is not None:
        case.category = prepared.made(Category, values[own : own + own_category])
    if case.rule_id is not None:
        case.rule = prepared.made(FilingRule, values[own + own_category : own + own_category + own_rule])
    hanging = values[own + own_category + own_rule :]
    return Whole(case, *(prepared.apart(kind, told) for (kind, _, _), told in zip(_HANGING, hanging, strict=True)))


@cache
def _statement(arms: tuple[str, ...]) -> str:
    read = ", ".join(
        [prepared.columns(Case, "c"), prepared.columns(Category, "g"), prepared.columns(FilingRule, "r")]
        + [prepared.gathered(*each) for each in _HANGING]
    )
    return (
        f"SELECT {read} FROM cases_case c LEFT JOIN cases_category g ON g.id = c.category_id "
        f"LEFT JOIN cases_filing_rule r ON r.id = c.rule_id WHERE c.id = %(id)s AND ({' OR '.join(arms)})"
    )
