"""What the flow of a case keeps of another it was parted from: where that is for restricted readers, nobody else learns of it."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from linli.kernel.actors import Actor, system
from linli.kernel.scope import acting

from ..engine import restricted
from ..engine.models import Case, CaseFlow

NAMES = ("merged_into", "merged_from")


def told_to(actor: Actor, case: Case, flow: Sequence[CaseFlow]) -> Sequence[CaseFlow]:
    """The steps of a case's flow, without number and reason where they tell of a case of another circle of readers than the actor
    is of. One query, none where nothing was merged; the rows are for reading and not to be saved."""
    numbers = {number for step in flow for name in NAMES if (number := step.detail.get(name))}
    if not numbers:
        return flow
    with acting(system("cases", settings.LINLI_DISTRICT)):
        others = list(
            Case.objects.filter(number__in=numbers).exclude(restricted_to__in=("", case.restricted_to))
            .values_list("number", "restricted_to", "area_code")
        )  # fmt: skip
    hidden = {number for number, mark, area in others if not restricted.reads(actor, mark, area)}
    for step in flow:
        if any(step.detail.get(name) in hidden for name in NAMES):
            step.reason = ""
            step.detail = {name: entry for name, entry in step.detail.items() if name not in NAMES}
    return flow
