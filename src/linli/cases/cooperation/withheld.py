"""What the flow of a case keeps from a unit that only supports it, or is asked to take it over: the same as `queries` does.

It reads that there was a step of co-operation, and of its texts those alone that were written to it or by it.
"""

from __future__ import annotations

from collections.abc import Sequence

from linli.kernel.actors import Actor

from ..engine import restricted, sight
from ..engine.models import Case, CaseFlow
from .steps import NAMES, OF
from .supports import is_lead

#: The entries of a step's detail that tell what others are asked or have answered.
TEXTS = ("result", "unit_asked")


def told_to(actor: Actor, case: Case, flow: Sequence[CaseFlow]) -> Sequence[CaseFlow]:
    """The steps of a case's flow with the texts the actor may read. No query; the rows are for reading and not to be saved.

    Steps from before their unit was kept with them are withheld as well.
    """
    if is_lead(actor, case) or restricted.oversees(actor, case):
        return flow
    unit = sight.unit_of(actor)
    for step in flow:
        own = step.actor == actor.id or (unit is not None and step.detail.get(OF) == unit)
        if step.action in NAMES and not own:
            step.reason = ""
            step.detail = {name: entry for name, entry in step.detail.items() if name not in TEXTS}
    return flow
