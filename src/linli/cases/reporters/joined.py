"""Reporters whose report was joined to another (并案): they follow, answer and object in the case it went into, and rate it for
themselves. When that is undone they are back in their own."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from ..duplicates.models import CaseMerge
from ..engine.models import Case
from .models import Reporter


def merge_of(case_id: UUID) -> CaseMerge | None:
    """The merge by which a case is dealt with in another now, with that one. One query."""
    found: CaseMerge | None = CaseMerge.objects.select_related("main").filter(case_id=case_id, undone_at=None).first()
    return found


def going_on_in(case: Case) -> tuple[Case, bool]:
    """The case in which a reporter's own goes on, and whether it is another one. One query."""
    found = merge_of(case.id)
    return (found.main, True) if found else (case, False)


def reporters_of(case_ids: Collection[UUID]) -> QuerySet[Reporter]:
    """Who follows any of these cases from outside, their own or the one theirs went into."""
    joined = CaseMerge.objects.filter(main_id__in=case_ids, undone_at=None).values("case_id")
    return Reporter.objects.filter(Q(case_id__in=case_ids) | Q(case_id__in=joined))
