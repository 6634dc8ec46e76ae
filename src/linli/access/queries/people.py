"""Lists of accounts, their sessions and posts."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from django.db.models import Exists, Max, OuterRef, Q

from linli.kernel import clock, paging
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.scoped import ScopedQuerySet

from .. import permissions, separation
from ..models import Account, Appointment, Identity, SecondFactor, Session

VIEW = permissions.ACCOUNT_VIEW
#: Of accounts that are open: locked after wrong passwords, in no post today, with a one-time password still, or linked
#: to the identity provider by one administrator whom neither the holder nor another has confirmed.
AccountState = Literal["locked", "postless", "one_time", "unconfirmed"]


@dataclass(frozen=True, slots=True)
class UnitRef:
    id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class HeldPost:
    id: uuid.UUID
    title: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class AccountItem:
    """One account as administrators see it.

    `last_seen_at` serves to find accounts that lie unused and should be closed. It is cut to the day, so that it
    cannot serve to watch when anyone works.
    """

    id: uuid.UUID
    username: str
    name: str
    language: str
    unit: UnitRef
    posts: list[HeldPost]
    active: bool
    must_change_password: bool
    second_factor: bool
    locked_until: datetime | None
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionItem:
    id: uuid.UUID
    current: bool
    created_at: datetime
    last_seen_at: datetime | None
    ip: str
    user_agent: str


def accounts(
    actor: Actor,
    *,
    q: str = "",
    unit_id: uuid.UUID | None = None,
    area: str | None = None,
    active: bool | None = None,
    state: AccountState | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> paging.Page[AccountItem]:
    """A page of accounts by user name. Four queries, whatever the size."""
    rows = _with_factor(Account.objects.restrict(actor, VIEW, area))
    if q := q.strip().lower():
        rows = rows.filter(Q(username__startswith=q) | Q(name__startswith=q))
    if unit_id is not None:
        rows = rows.filter(unit_id=unit_id)
    if active is not None:
        rows = rows.filter(active=active)
    if state is not None:
        rows = rows.filter(_state(state), active=True)
    total = rows.order_by()[: paging.EXACT_TO + 1].count()
    after, size = paging.decode(cursor, 1), paging.limit(limit)
    if after is not None:
        rows = rows.filter(username__gt=after[0])
    page = list(rows.order_by("username")[: size + 1])
    more, page = len(page) > size, page[:size]
    count = paging.Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO)
    return paging.Page(_items(page), paging.encode([page[-1].username]) if more else None, count)


def accounts_count(actor: Actor, state: AccountState) -> paging.Count:
    """How many accounts `accounts(state=…)` lists. One query."""
    rows = Account.objects.restrict(actor, VIEW).filter(_state(state), active=True)
    total = rows.order_by()[: paging.EXACT_TO + 1].count()
    return paging.Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO)


def _state(state: AccountState) -> Q:
    if state == "locked":
        return Q(locked_until__gt=clock.now())
    if state == "one_time":
        return Q(must_change_password=True)
    if state == "unconfirmed":  # linked by one administrator, and nobody else has said so (三员分立)
        waiting = Identity.objects.filter(account_id=OuterRef("id"), vouched_by="", proved_at=None)
        return Q(Exists(waiting)) if separation.is_on() else Q(pk__in=[])
    today = clock.today()
    held = Appointment.objects.filter(Q(until__isnull=True) | Q(until__gt=today), account_id=OuterRef("id"))
    return ~Q(Exists(held))


def account(actor: Actor, account_id: uuid.UUID) -> AccountItem:
    """One account. Raises NotFound."""
    row = _with_factor(Account.objects.restrict(actor, VIEW)).filter(id=account_id).first()
    if row is None:
        raise NotFound()
    return _items([row])[0]


def _with_factor(rows: ScopedQuerySet[Account]) -> ScopedQuerySet[Any]:
    proved = SecondFactor.objects.filter(account_id=OuterRef("id"), secret__isnull=False)
    return rows.select_related("unit").defer("password").annotate(has_factor=Exists(proved))


def _items(rows: list[Any]) -> list[AccountItem]:
    ids = [row.id for row in rows]
    today = clock.today()
    posts: dict[uuid.UUID, list[HeldPost]] = defaultdict(list)
    current = Appointment.objects.filter(Q(until__isnull=True) | Q(until__gt=today), account_id__in=ids)
    for held in current.select_related("post").order_by("since", "id"):
        posts[held.account_id].append(HeldPost(held.post_id, held.post.title, held.since, held.until))
    seen = dict(
        Session.objects.filter(account_id__in=ids)
        .values_list("account_id")
        .annotate(seen=Max("last_seen_at"))
        .order_by()
    )
    now = clock.now()
    return [
        AccountItem(
            id=row.id,
            username=row.username,
            name=row.name,
            language=row.language,
            unit=UnitRef(row.unit_id, row.unit.name),
            posts=posts[row.id],
            active=row.active,
            must_change_password=row.must_change_password,
            second_factor=row.has_factor,
            locked_until=row.locked_until if row.locked_until and row.locked_until > now else None,
            last_seen_at=_day(seen.get(row.id)),
        )
        for row in rows
    ]


def _day(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    day = moment.astimezone(clock.LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    return day.astimezone(UTC)


def own_sessions(actor: Actor, current: uuid.UUID | None) -> list[SessionItem]:
    """The sessions of the actor itself, latest first."""
    return _sessions(uuid.UUID(actor.id), current, own=True)


def sessions_of(actor: Actor, account_id: uuid.UUID) -> list[SessionItem]:
    """The sessions of an account, for an administrator to end them. When they were last used is not shown.

    Raises NotFound for an account outside the actor's scope.
    """
    if not Account.objects.restrict(actor, permissions.ACCOUNT_EDIT).filter(id=account_id).exists():
        raise NotFound()
    return _sessions(account_id, None, own=False)


def _sessions(account_id: uuid.UUID, current: uuid.UUID | None, own: bool) -> list[SessionItem]:
    now = clock.now()
    rows = Session.objects.filter(account_id=account_id, expires_at__gt=now, idle_until__gt=now)
    return [
        SessionItem(r.id, r.id == current, r.created_at, r.last_seen_at if own else None, r.ip, r.user_agent)
        for r in rows.order_by("-last_seen_at")
    ]
