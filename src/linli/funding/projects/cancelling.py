"""Calling a contract off of which nothing is paid. Its project is dropped with it, for the same reason."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid
from linli.kernel.scoped import ScopedQuerySet

from ..books.posting import LONG, NEEDED
from ..permissions import VIEW
from .actions import counting, locked
from .models import Contract, Project
from .problems import AcceptedAlready, PaidAlready

LONGEST = 400


def cancel(actor: Actor, contract_id: UUID, reason: str) -> Contract:
    """Cancel a contract: nothing comes of it, and its number is free again.

    Raises NotFound, Forbidden, Invalid, ContractCancelled, AcceptedAlready, PaidAlready.
    """
    with transaction.atomic():
        contract = locked(actor, contract_id)
        if found := reasoned("reason", reason):
            raise Invalid(fields=tuple(found))
        if contract.accepted_on is not None:
            raise AcceptedAlready(day=str(contract.accepted_on))
        if counting(contract).exists():
            raise PaidAlready()
        contract.cancelled_on, contract.cancel_reason = clock.today(), reason.strip()
        traces = {"changed_at": clock.now(), "changed_by": actor.id, "changed_by_name": actor.name}
        _stamp(contract, traces)
        contract.save()
        # Read under its own lock, as with acceptance: one in another area is not this actor's to change.
        project: Project | None = (
            ScopedQuerySet(Project).restrict(actor, VIEW).select_for_update().filter(id=contract.project_id).first()
        )
        if project is not None:
            project.state, project.drop_reason = "dropped", reason.strip()
            _stamp(project, traces)
            project.save()
        changes.record(actor, "funding.contract.cancel", "contract", contract.id, contract.area_code)
    return contract


def reasoned(field: str, text: str) -> list[FieldProblem]:
    """What is wrong with a reason."""
    if len(text.strip()) < 2:
        return [FieldProblem(field, "required", NEEDED)]
    return [FieldProblem(field, "too_long", LONG, {"most": LONGEST})] if len(text) > LONGEST else []


def _stamp(row: Contract | Project, traces: dict[str, object]) -> None:
    row.version += 1
    for name, value in traces.items():
        setattr(row, name, value)
