"""Taking a version back before it begins: it stays to be read with the reason, and the version before holds on."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text

from ..permissions import SYSTEM_EDIT
from ..problems import SystemBegan, SystemFollowed, SystemUsed, SystemWithdrawn
from .importing import hold, used
from .models import IndicatorSystem
from .queries import standing

_REASON = Text("请说明撤回的原因。", "Say why it is withdrawn.")


def check_withdraw(actor: Actor, system_id: UUID, reason: str) -> IndicatorSystem:
    """The version to withdraw, locked. Raises Forbidden, NotFound, SystemWithdrawn, SystemBegan, SystemFollowed, SystemUsed, Invalid
    without a reason."""
    actor.require(SYSTEM_EDIT, settings.LINLI_DISTRICT)
    found: IndicatorSystem | None = IndicatorSystem.objects.select_for_update().filter(id=system_id).first()
    if found is None:
        raise NotFound()
    if found.withdrawn_at is not None:
        raise SystemWithdrawn(version=found.version)
    if found.effective_from <= clock.today():
        raise SystemBegan(version=found.version, day=str(found.effective_from))
    later = standing().filter(code=found.code, version__gt=found.version).order_by("-version").first()
    if later is not None:
        raise SystemFollowed(version=found.version, later=later.version)
    if used(found):
        raise SystemUsed(version=found.version)
    if not reason.strip():
        raise Invalid(fields=(FieldProblem("reason", "required", _REASON),))
    return found


def withdraw(actor: Actor, system_id: UUID, reason: str) -> IndicatorSystem:
    """Withdraw a version that has not begun; the one before holds on as if nothing had followed. Raises what `check_withdraw` does."""
    with transaction.atomic():
        hold()  # none is put after it meanwhile
        found = check_withdraw(actor, system_id, reason)
        found.withdrawn_at, found.withdrawn_reason = clock.now(), reason.strip()
        found.withdrawn_by, found.withdrawn_by_name = actor.id, actor.name
        found.save(update_fields=["withdrawn_at", "withdrawn_reason", "withdrawn_by", "withdrawn_by_name"])
        before = standing().filter(code=found.code).order_by("-version").first()
        if before is not None:
            before.effective_to = None
            before.save(update_fields=["effective_to"])
        changes.record(
            actor, "tiers.system.withdraw", "system", found.id, settings.LINLI_DISTRICT,
            {"version": found.version, "from": str(found.effective_from)},
        )  # fmt: skip
    return found
