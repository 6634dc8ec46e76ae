"""The read log and the change log, latest first."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q

from linli.kernel import clock, paging
from linli.kernel.actors import Actor
from linli.kernel.scoped import ScopedQuerySet

from .. import permissions, subjects
from ..models import ChangeLog, ReadLog
from .actors import display_name, names_of

VIEW = permissions.LOG_VIEW
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class ReadItem:
    id: uuid.UUID
    at: datetime
    actor_id: str
    actor_name: str
    unit_name: str
    viewing_as: str
    kind: str
    subject: str
    subject_id: str
    area_code: str
    count: int | None
    purpose: str
    ip: str


@dataclass(frozen=True, slots=True)
class ChangeItem:
    id: uuid.UUID
    at: datetime
    actor_id: str
    actor_name: str
    room: str
    action: str
    subject: str
    subject_id: str
    area_code: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """The days looked at, both included; an open end is None."""

    first: date | None = None
    last: date | None = None


def reads(
    actor: Actor,
    *,
    account: str = "",
    person: str = "",
    kind: str = "",
    area: str | None = None,
    span: Span = Span(),
    cursor: str | None = None,
    limit: int | None = None,
) -> paging.Page[ReadItem]:
    """A page of the read log: by or through whom (`account`), about whom (`person`), of a kind, in days."""
    rows = _in(ReadLog.objects.restrict(actor, VIEW, area), span)
    if account:
        rows = rows.filter(Q(actor=account) | Q(viewing_as=account))
    if person:
        rows = rows.filter(subject_id__in=subjects.all_ids(person))
    if kind:
        rows = rows.filter(kind=kind)
    page, following, count = _page(rows, cursor, limit)
    names = names_of(who for row in page for who in (row.actor, row.viewing_as))
    items = [
        ReadItem(
            id=row.id,
            at=row.at,
            actor_id=row.actor,
            actor_name=display_name(row.actor, names),
            unit_name=names[row.actor].unit if row.actor in names else "",
            viewing_as=display_name(row.viewing_as, names) if row.viewing_as else "",
            kind=row.kind,
            subject=row.subject_type,
            subject_id=row.subject_id,
            area_code=row.area_code,
            count=row.count,
            purpose=row.purpose,
            ip=row.ip,
        )
        for row in page
    ]
    return paging.Page(items, following, count)


def changes(
    actor: Actor,
    *,
    account: str = "",
    room: str = "",
    subject: str = "",
    area: str | None = None,
    span: Span = Span(),
    cursor: str | None = None,
    limit: int | None = None,
) -> paging.Page[ChangeItem]:
    """A page of the change log: by whom, in which room, about what, in days."""
    rows = _in(ChangeLog.objects.restrict(actor, VIEW, area), span)
    if account:
        rows = rows.filter(actor=account)
    if room:
        rows = rows.filter(room=room)
    if subject:
        rows = rows.filter(subject_id__in=subjects.all_ids(subject))
    page, following, count = _page(rows, cursor, limit)
    names = names_of(row.actor for row in page)
    items = [
        ChangeItem(
            id=row.id,
            at=row.at,
            actor_id=row.actor,
            actor_name=display_name(row.actor, names),
            room=row.room,
            action=row.action,
            subject=row.subject_type,
            subject_id=row.subject_id,
            area_code=row.area_code,
            detail=row.detail,
        )
        for row in page
    ]
    return paging.Page(items, following, count)


def reads_count(actor: Actor, kind: str, span: Span) -> paging.Count:
    """How many entries `reads` lists of a kind, in days. One query."""
    return _counted(_in(ReadLog.objects.restrict(actor, VIEW), span).filter(kind=kind))


def changes_count(actor: Actor, room: str, span: Span) -> paging.Count:
    """How many entries `changes` lists of a room, in days. One query."""
    return _counted(_in(ChangeLog.objects.restrict(actor, VIEW), span).filter(room=room))


def _in(rows: ScopedQuerySet[Row], span: Span) -> ScopedQuerySet[Row]:
    if span.first is not None:
        rows = rows.filter(at__gte=datetime.combine(span.first, time(), clock.LOCAL))
    if span.last is not None:
        rows = rows.filter(at__lt=datetime.combine(span.last + timedelta(days=1), time(), clock.LOCAL))
    return rows


def _counted(rows: ScopedQuerySet[Any]) -> paging.Count:
    total = rows.order_by()[: paging.EXACT_TO + 1].count()
    return paging.Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO)


def _page(
    rows: ScopedQuerySet[Any], cursor: str | None, limit: int | None
) -> tuple[list[Any], str | None, paging.Count]:
    total = _counted(rows)
    after, size = paging.decode(cursor, 2), paging.limit(limit)
    if after is not None:
        rows = rows.filter(Q(at__lt=after[0]) | Q(at=after[0], id__lt=after[1]))
    page = list(rows.order_by("-at", "-id")[: size + 1])
    more, page = len(page) > size, page[:size]
    following = paging.encode([page[-1].at.isoformat(), str(page[-1].id)]) if more else None
    return page, following, total
