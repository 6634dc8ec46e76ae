"""The door of proposals: their cases' steps are taken here alone, where a reply, a signer or an opinion is asked for as well."""

from __future__ import annotations

from dataclasses import replace

from linli.kernel.errors import Text

from ..engine import guards, lacking
from ..engine.adjusting import facts_of
from ..engine.guards import Facts
from ..engine.models import Case

DOOR = "proposal_door"
ELSEWHERE = guards.unless_lacking(DOOR, Text("请在“案件 → 提案建议”中办理。", "This is done under Cases → Proposals."))


def _elsewhere(case: Case) -> bool:
    """Wanting everywhere but here, whose facts leave it out."""
    return True


def facts_here(case: Case) -> Facts:
    """What the guards look at, for who stands at this door."""
    found = facts_of(case)
    return replace(found, lacks=found.lacks - {DOOR})


guards.register(DOOR, ELSEWHERE)
lacking.declare(DOOR, _elsewhere)
