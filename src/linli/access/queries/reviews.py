"""Marks of access reviews: who looked through which rights when, and when it is due again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from linli.kernel import area_names, clock, paging
from linli.kernel.actors import Actor

from .. import permissions
from ..models import AccessReview
from .actors import display_name, names_of


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """`latest`: no later review of the same permission in the same area; only then does `due_on` count."""

    id: uuid.UUID
    area_code: str
    area_name: str
    permission: str
    accounts: int
    reviewed_on: date
    reviewed_by: str
    due_on: date
    note: str
    latest: bool
    overdue: bool


def reviews(
    actor: Actor,
    *,
    area: str | None = None,
    permission: str = "",
    only_latest: bool = False,
    cursor: str | None = None,
    limit: int | None = None,
) -> paging.Page[ReviewItem]:
    """A page of marks, newest first. Four queries, whatever the size."""
    later = AccessReview.objects.filter(
        area_code=OuterRef("area_code"), permission=OuterRef("permission"), id__gt=OuterRef("id")
    )
    rows = AccessReview.objects.restrict(actor, permissions.REVIEW, area).annotate(replaced=Exists(later))
    if permission:
        rows = rows.filter(permission=permission)
    if only_latest:
        rows = rows.filter(replaced=False)
    total = rows.order_by()[: paging.EXACT_TO + 1].count()
    after, size = paging.decode(cursor, 1), paging.limit(limit)
    if after is not None:
        rows = rows.filter(id__lt=after[0])
    page: list[Any] = list(rows.order_by("-id")[: size + 1])
    more, page = len(page) > size, page[:size]
    count = paging.Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO)
    return paging.Page(_items(page), paging.encode([str(page[-1].id)]) if more else None, count)


def _items(rows: list[Any]) -> list[ReviewItem]:
    names, people = area_names.names_of(row.area_code for row in rows), names_of(row.reviewed_by for row in rows)
    today = clock.today()
    return [
        ReviewItem(
            id=row.id,
            area_code=row.area_code,
            area_name=names[row.area_code],
            permission=row.permission,
            accounts=row.accounts,
            reviewed_on=row.reviewed_on,
            reviewed_by=display_name(row.reviewed_by, people),
            due_on=row.due_on,
            note=row.note,
            latest=not row.replaced,
            overdue=not row.replaced and row.due_on < today,
        )
        for row in rows
    ]
