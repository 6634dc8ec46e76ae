"""A case that goes another way than before, chosen by somebody or by the category it is filed under."""

from __future__ import annotations

from typing import Any

from ..categories.models import Category
from . import procedure
from .models import Case, CaseFlow


def by_category(case: Case, category: Category, code: str) -> dict[str, Any]:
    """Have a case that is about to be filed under `category` go its way, where nobody chose another. The step `code` that files it
    must be one of that procedure as well, from the same state to the same. What the step tells of it; nothing where it stays."""
    usual = procedure.default_for(case.category.procedure if case.category else "", case.source)
    wanted = procedure.of(procedure.default_for(category.procedure, case.source))
    if case.filed_at is not None or case.procedure != usual or wanted.code == usual:
        return {}
    here, there = procedure.of(usual).by_code[code], wanted.by_code.get(code)
    if there is None or case.state not in there.sources or there.target != here.target:
        return {}
    return take(case, wanted)


def take(case: Case, wanted: procedure.Procedure) -> dict[str, Any]:
    """Another way for a case from now on; what the step tells of it. A procedure that is urgent of itself makes the case urgent for
    as long as it goes that way: what it was without is kept in the step."""
    before, urgent = case.procedure, case.urgent
    if procedure.of(before).urgent:
        came = CaseFlow.objects.filter(case_id=case.id, detail__procedure=before).order_by("-version").first()
        urgent = came.detail.get("urgent_before", urgent) if came else urgent
    case.procedure, case.urgent = wanted.code, urgent or wanted.urgent
    kept = {"urgent_before": urgent} if wanted.urgent else {}
    return {"procedure": wanted.code, "procedure_before": before, **kept}
