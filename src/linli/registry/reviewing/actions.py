"""Giving waiting rows to somebody, and letting them go."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from linli.access.queries import actors
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.registry.models import SourceRecord
from linli.registry.permissions import VIEW
from linli.registry.problems import AlreadyDecided

from .models import ReviewAssignment

_CANNOT = Text("此人不能办理该辖区的数据。", "They may not decide on rows of this area.")


@transaction.atomic
def assign(actor: Actor, record_id: UUID, account_id: UUID | None, permission: str) -> None:
    """Give a waiting row to an account that may decide on it, or let it go (None).

    `permission` is what deciding asks for. Raises NotFound, Forbidden, AlreadyDecided, Invalid for somebody who may not.
    """
    record = SourceRecord.objects.restrict(actor, VIEW).filter(id=record_id, batch_id__isnull=False).first()
    if record is None:
        raise NotFound()
    actor.require(permission, record.area_code)
    if record.state != SourceRecord.State.REVIEW or record.superseded_by is not None:
        raise AlreadyDecided()  # or the source has said something newer, which waits in its place
    if account_id is None:
        ReviewAssignment.objects.filter(record_id=record_id).delete()
        return
    if not may_decide(account_id, record.area_code, permission):
        raise Invalid(fields=(FieldProblem("account_id", "cannot", _CANNOT),))
    ReviewAssignment.objects.update_or_create(
        record_id=record_id,
        defaults={
            "area_code": record.area_code, "account_id": str(account_id), "assigned_by": actor.id,
            "assigned_at": clock.now(),
        },
    )  # fmt: skip


def may_decide(account_id: UUID, area_code: str, permission: str) -> bool:
    """Whether an account holds what deciding asks for in an area now."""
    try:
        return actors.of_account(account_id).may(permission, area_code)
    except NotFound:
        return False
