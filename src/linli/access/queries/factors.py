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

from .. import permissions, rules
from ..models import Account, Identity, RecoveryCode, SecondFactor, Session
from .actors import display_name, names_of


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
    if not Account.objects.restrict(actor, permissions.ACCOUNT_EDIT).filter(id=account_id).exists():
        raise NotFound()
    rows = list(Identity.objects.filter(account_id=account_id).order_by("created_at"))
    names = names_of(row.linked_by for row in rows)
    return [IdentityItem(r.id, r.issuer, r.subject, display_name(r.linked_by, names), r.created_at) for r in rows]
