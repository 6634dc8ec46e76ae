"""Seeing the console as another account, to help or to check: read-only, for a quarter of an hour, and logged."""

from __future__ import annotations

import uuid

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text

from .. import changes, permissions, rules
from ..errors import BeyondOwn, OwnGrants
from ..models import Account, Session
from . import checks


def begin_view(actor: Actor, account_id: uuid.UUID, session_id: uuid.UUID, reason: str) -> None:
    """Have the session see as another account. Raises NotFound, OwnGrants for oneself, BeyondOwn, Invalid.

    Nobody looks through the eyes of somebody with a right they have not themselves; that somebody manages roles, and
    could hand such rights out, does not count. It is asked again at every request.
    """
    account = check_view(actor, account_id, reason)
    until = clock.now() + rules.VIEW_TIME
    Session.objects.filter(id=session_id, account_id=actor.id).update(viewing_id=account.id, viewing_until=until)
    changes.record(
        actor, "access.view.begin", "account", account.id, account.area_code,
        {"reason": reason.strip(), "until": until.isoformat()},
    )  # fmt: skip


def check_view(actor: Actor, account_id: uuid.UUID, reason: str) -> Account:
    """The account, when the actor may see as it. Raises like `begin_view`."""
    account = checks.account(actor, account_id, permissions.VIEW_AS)
    if not account.active:
        raise NotFound()
    if actor.id == str(account.id):
        raise OwnGrants()
    if missing := rules.exceeds(actor, checks.opened_by(who=account.id)):
        raise BeyondOwn(permission=missing[0][0], area_code=missing[0][1])
    if not reason.strip():
        raise Invalid(fields=(FieldProblem("reason", "required", Text("请填写原因。", "Please give a reason.")),))
    return account


def end_view(actor: Actor, session_id: uuid.UUID) -> None:
    """See as oneself again; nothing happens when one does."""
    session = Session.objects.filter(id=session_id, viewing__isnull=False).first()
    if session is None:
        return
    seen = str(session.viewing_id)
    # The account may lie outside the actor's scope by now; the view ends all the same.
    area = Account.objects.filter(id=seen).values_list("area_code", flat=True).first()
    Session.objects.filter(id=session.id).update(viewing_id=None, viewing_until=None)
    changes.record(actor, "access.view.end", "account", seen, area or session.area_code)
