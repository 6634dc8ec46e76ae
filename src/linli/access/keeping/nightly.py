"""What happens each night, and at `linli retention run`: every kind in its turn; one that is held keeps no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog

from linli.kernel import retention, scope
from linli.kernel.actors import Actor
from linli.kernel.retention import Kind

from .. import seals
from ..errors import DestructionHeld
from ..models import DeletionCertificate
from . import actions

log = structlog.get_logger("linli.retention")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one kind: a certificate, nothing to do (neither), or why it was held."""

    kind: Kind
    certificate: DeletionCertificate | None
    held: DestructionHeld | None


def destroy_all(
    actor: Actor | None = None, names: Iterable[str] = (), tell: Callable[[Outcome], None] = lambda _outcome: None
) -> list[Outcome]:
    """Destroy what is due of every kind (or of those named), as the program itself if nobody else is said."""
    actor = actor or actions.overseer()
    with scope.acting(actor):
        seals.seal_days()  # days that are over are sealed before they may go
    outcomes = []
    for kind in [actions.kind_of(name) for name in names] or retention.kinds():
        try:
            outcome = Outcome(kind, actions.destroy_due(actor, kind), None)
        except DestructionHeld as held:
            log.warning("destruction_held", kind=kind.name)
            outcome = Outcome(kind, None, held)
        outcomes.append(outcome)
        tell(outcome)
    return outcomes
