"""Whether a proposer is named in public: consent is given and taken back at any time, whatever became of the proposal.

Who consented may take it back, and is given an easy way to (个人信息保护法, Art. 15, official). The public page goes by what holds
as it is read, so a name that is taken back is gone from it as soon as copies of the page are (`public.proposal_views`).
"""

from __future__ import annotations

from uuid import UUID

from linli.access import changes
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound

from ..permissions import PROPOSAL_REGISTER
from . import seeing
from .models import Proposal, Proposer


def set_shown(actor: Actor, proposal_id: UUID, proposer_id: UUID, shown: bool) -> Proposer:
    """Write down that a proposer agrees, or no longer agrees, to be named. Raises NotFound, Forbidden."""
    proposal, _ = seeing.locked(actor, proposal_id)
    return do_shown(actor, proposal, check_shown(actor, proposal, proposer_id), shown)


def check_shown(actor: Actor, proposal: Proposal, proposer_id: UUID) -> Proposer:
    """The proposer whose consent `actor` may write down. Raises NotFound, Forbidden."""
    actor.require(PROPOSAL_REGISTER, proposal.area_code)
    found = Proposer.objects.filter(proposal=proposal, id=proposer_id).first()
    if found is None:
        raise NotFound()
    return found


def do_shown(actor: Actor, proposal: Proposal, proposer: Proposer, shown: bool) -> Proposer:
    """Keep it, with who wrote it down and when; the same again changes nothing."""
    if proposer.shown == shown:
        return proposer
    proposer.shown = shown
    proposer.save(update_fields=["shown"])
    changes.record(
        actor, "cases.proposal.consent", "proposal", proposal.id, proposal.area_code,
        {"proposer": str(proposer.id), "shown": shown},
    )  # fmt: skip
    return proposer
