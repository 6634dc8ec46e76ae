"""What is known of an account's second factor and of its identities at a provider; never a secret."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import is_password_usable

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound

from .. import permissions, rules, separation
from ..models import Account, Identity, RecoveryCode, SecondFactor, Session
from .actors import Name, display_name, names_of


@dataclass(frozen=True, slots=True)
class OwnFactor:
    active: bool
    since: datetime | None
    demanded: bool
    has_password: bool
    proved: bool
    codes_left: int


@dataclass(frozen=True, slots=True)
class IdentityItem:
    id: uuid.UUID
    issuer: str
    subject: str
    linked_by: str
    vouched_by: str
    proved: bool
    waiting: bool
    created_at: datetime


def proved_lately(actor: Actor, session_id: uuid.UUID | None) -> bool:
    """Whether the person of this session proved within ten minutes at the provider who they are."""
    if session_id is None:
        return False
    since = clock.now() - rules.PROVED_TIME
    return Session.objects.filter(id=session_id, account_id=actor.id, proved_at__gt=since).exists()


def own(actor: Actor, session_id: uuid.UUID | None = None) -> OwnFactor:
    """The actor's own second factor."""
    account = Account.objects.get(id=actor.id)
    factor = SecondFactor.objects.filter(account_id=account.id, secret__isnull=False).first()
    return OwnFactor(
        active=factor is not None,
        since=factor.confirmed_at if factor else None,
        demanded=settings.LINLI_SECOND_FACTOR == "all" or "demands_factor" in actor.extra,
        has_password=is_password_usable(account.password),
        proved=proved_lately(actor, session_id),
        codes_left=RecoveryCode.objects.filter(account_id=account.id, used_at=None).count(),
    )


def identities(actor: Actor, account_id: uuid.UUID) -> list[IdentityItem]:
    """Who an account is at providers, for its administrators. Raises NotFound outside the actor's scope."""
    sees = (permissions.ACCOUNT_EDIT, permissions.FACTOR_RESET)
    if not any(Account.objects.restrict(actor, p).filter(id=account_id).exists() for p in sees if actor.may(p)):
        raise NotFound()
    rows = list(Identity.objects.filter(account_id=account_id).order_by("created_at"))
    names = names_of(name for row in rows for name in (row.linked_by, row.vouched_by) if name)
    apart = separation.is_on()
    return [_identity(row, names, apart) for row in rows]


def _identity(row: Identity, names: dict[str, Name], apart: bool) -> IdentityItem:
    link = rules.Link(vouched=bool(row.vouched_by), proved=row.proved_at is not None)
    return IdentityItem(
        id=row.id,
        issuer=row.issuer,
        subject=row.subject,
        linked_by=display_name(row.linked_by, names),
        vouched_by=display_name(row.vouched_by, names) if row.vouched_by else "",
        proved=link.proved,
        waiting=apart and not link.believed,
        created_at=row.created_at,
    )
