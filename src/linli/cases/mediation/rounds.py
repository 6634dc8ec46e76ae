"""Which record of a mediation is that of the round a case is in: a case that was reopened is mediated anew."""

from __future__ import annotations

from django.db.models import QuerySet

from ..engine.models import Case, CaseFlow
from .models import Mediation


def round_of(case: Case) -> int:
    """How many times a case was reopened. One query."""
    return CaseFlow.objects.filter(case_id=case.id, detail__has_key="round").count()


def of_round(case: Case) -> QuerySet[Mediation]:
    """The record of the round a case is in; empty until it is written. One query, and the one that counts."""
    return Mediation.objects.filter(case_id=case.id, round=round_of(case))
