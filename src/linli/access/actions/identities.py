"""Whose account it is at an OpenID provider: said by an administrator, or by a configured claim at a first sign-in."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from .. import changes, permissions
from ..errors import Taken
from ..models import Account, Identity, Session
from ..oidc import settings as oidc
from ..oidc.errors import NoProvider
from . import checks

#: OpenID Connect Core 1.0, 2: `sub` has at most 255 ASCII characters.
SUBJECT_LENGTH = 255


def link_identity(actor: Actor, account_id: uuid.UUID, subject: str) -> Identity:
    """Let whoever the provider calls `subject` sign in as the account. Raises NoProvider, Invalid, Taken, BeyondOwn.

    That is giving somebody the account's rights, so it asks the same as setting its password. Who may also take a second
    factor off answers for the link at once; of others it waits for somebody who may (`vouch_identity`), or for the
    holder of the account to give a code of their own (`rules.by_provider`).
    """
    account, issuer, subject = check_link(actor, account_id, subject)
    try:
        with transaction.atomic():
            made = Identity.objects.create(
                id=uuid7(),
                account_id=account.id,
                area_code=account.area_code,
                issuer=issuer,
                subject=subject,
                linked_by=actor.id,
                vouched_by=actor.id if actor.may(permissions.FACTOR_RESET, account.area_code) else "",
                created_at=clock.now(),
            )
    except IntegrityError:
        # Linked to another account, perhaps outside the actor's scope, or the account to another subject.
        raise Taken(field="subject") from None
    changes.record(actor, "access.identity.link", "account", account.id, account.area_code, {"subject": subject})
    return made


def check_link(actor: Actor, account_id: uuid.UUID, subject: str) -> tuple[Account, str, str]:
    """The account, the configured issuer and the subject as it is kept; raises like `link_identity`."""
    account = checks.account(actor, account_id, permissions.ACCOUNT_EDIT, lock=True)
    checks.stands_over(actor, account)
    provider = oidc.provider()
    if provider is None:
        raise NoProvider()
    subject = subject.strip()
    if not subject or len(subject) > SUBJECT_LENGTH or not (subject.isascii() and subject.isprintable()):
        form = Text("请填写统一认证平台给出的用户标识。", "Please give the subject as the provider says it.")
        raise Invalid(fields=(FieldProblem("subject", "form", form),))
    return account, provider.issuer, subject


def vouch_identity(actor: Actor, account_id: uuid.UUID, identity_id: uuid.UUID) -> None:
    """Answer for a link that another administrator made, after having asked the holder. Once said, it stays.

    It asks the same as taking off their second factor. Raises NotFound, OwnGrants, BeyondOwn.
    """
    account = checks.account(actor, account_id, permissions.FACTOR_RESET, lock=True)
    checks.stands_over(actor, account)
    row = Identity.objects.filter(id=identity_id, account_id=account.id).first()
    if row is None:
        raise NotFound()
    if row.vouched_by:
        return
    Identity.objects.filter(id=row.id).update(vouched_by=actor.id)
    detail = {"subject": row.subject}
    changes.record(actor, "access.identity.vouch", "account", account.id, account.area_code, detail)


def unlink_identity(actor: Actor, account_id: uuid.UUID, identity_id: uuid.UUID) -> None:
    """Take a link away and end the sessions that the provider opened. Raises NotFound."""
    account = checks.account(actor, account_id, permissions.ACCOUNT_EDIT)
    checks.stands_over(actor, account)
    row = Identity.objects.filter(id=identity_id, account_id=account.id).first()
    if row is None:
        raise NotFound()
    row.delete()
    Session.objects.filter(account_id=account.id, method="oidc").delete()
    detail = {"subject": row.subject}
    changes.record(actor, "access.identity.unlink", "account", account.id, account.area_code, detail)
