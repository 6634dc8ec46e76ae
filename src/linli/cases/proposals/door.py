"""The door of proposals: their cases' steps are taken here alone, where a reply, a signer or an opinion is asked for as well."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Subquery

from linli.kernel.errors import Text

from ..engine import effects, guards, lacking
from ..engine.adjusting import facts_of
from ..engine.effects import Step
from ..engine.guards import Facts
from ..engine.models import Case
from .models import Proposal, ProposalReply

DOOR = "proposal_door"
ELSEWHERE = guards.unless_lacking(DOOR, Text("请在“案件 → 提案建议”中办理。", "This is done under Cases → Proposals."))


def _elsewhere(case: Case) -> bool:
    """Wanting everywhere but here, whose facts leave it out."""
    return True


def facts_here(case: Case) -> Facts:
    """What the guards look at, for who stands at this door."""
    found = facts_of(case)
    return replace(found, lacks=found.lacks - {DOOR})


def _host_gone(step: Step) -> dict[str, Any]:
    """The host is no more: whoever answers next has their draft reviewed anew. What was signed stays."""
    rounds = Proposal.objects.filter(case_id=step.case.id).values("round")[:1]
    reply = ProposalReply.objects.filter(proposal__case_id=step.case.id, round=Subquery(rounds), signed_at=None)
    reply.update(reviewed_at=None, reviewed_by_name="")
    return {}


effects.register("host_gone", _host_gone)
guards.register(DOOR, ELSEWHERE)
lacking.declare(DOOR, _elsewhere)
