"""What is known of an account's second factor and of its identities at a provider; never a secret."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import is_password_usable

from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound

from .. import permissions
from ..models import Account, Identity, RecoveryCode, SecondFactor
from .actors import display_name, names_of


@dataclass(frozen=True, slots=True)
class OwnFactor:
    active: bool
    since: datetime | None
    demanded: bool
    has_password: bool
    codes_left: int


@dataclass(frozen=True, slots=True)
class IdentityItem:
    id: uuid.UUID
    issuer: str
    subject: str
    linked_by: str
    created_at: datetime


def own(actor: Actor) -> OwnFactor:
    """The actor's own second factor."""
    account = Account.objects.get(id=actor.id)
    factor = SecondFactor.objects.filter(account_id=account.id, secret__isnull=False).first()
    return OwnFactor(
        active=factor is not None,
        since=factor.confirmed_at if factor else None,
        demanded=settings.LINLI_SECOND_FACTOR == "all" or "demands_factor" in actor.extra,
        has_password=is_password_usable(account.password),
        codes_left=RecoveryCode.objects.filter(account_id=account.id, used_at=None).count(),
    )


def identities(actor: Actor, account_id: uuid.UUID) -> list[IdentityItem]:
    """Who an account is at providers, for its administrators. Raises NotFound outside the actor's scope."""
    if not Account.objects.restrict(actor, permissions.ACCOUNT_EDIT).filter(id=account_id).exists():
        raise NotFound()
    rows = list(Identity.objects.filter(account_id=account_id).order_by("created_at"))
    names = names_of(row.linked_by for row in rows)
    return [IdentityItem(r.id, r.issuer, r.subject, display_name(r.linked_by, names), r.created_at) for r in rows]
