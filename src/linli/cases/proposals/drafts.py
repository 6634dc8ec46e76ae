"""Writing: the draft of a reply by its host, and what a unit that helps contributes. Nothing typed is lost or overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, Text
from linli.kernel.ids import uuid7

from ..engine.problems import NotNow
from ..engine.sight import unit_of
from ..engine.states import State
from ..permissions import HANDLE
from . import rules, seeing
from .models import ProposalCohost, ProposalReply
from .problems import DraftChanged

LONG = Text("内容过长。", "This is too long.")
NEEDED = Text("请填写此项。", "Please fill this in.")
NOT_DRAFTING = Text("现在不能修改答复。", "The reply cannot be changed now.")
ANSWERED = Text("答复已签发。", "The reply is signed off.")


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply as it is typed. `version`: of the draft that was opened, 0 where there was none."""

    version: int
    text: str
    contact_name: str = ""
    contact_phone: str = ""


def save_draft(actor: Actor, proposal_id: UUID, given: Draft) -> ProposalReply:
    """Keep a draft, by the host while it handles. Raises NotFound, Forbidden, NotNow, Invalid, DraftChanged."""
    proposal, case = seeing.locked(actor, proposal_id)
    if case is None or case.unit_id is None or unit_of(actor) != str(case.unit_id):
        raise Forbidden(permission=HANDLE)
    problems = [
        FieldProblem(name, "too_long", LONG)
        for name, most in (
            ("text", rules.LONGEST_REPLY), ("contact_name", rules.LONGEST_LINE), ("contact_phone", rules.LONGEST_LINE),
        )
        if len(getattr(given, name)) > most
    ]  # fmt: skip
    if problems:
        raise Invalid(fields=tuple(problems))
    if case.state != State.HANDLING:
        raise NotNow(reason="state", fields=(FieldProblem("text", "state", NOT_DRAFTING),))
    found = ProposalReply.objects.filter(proposal=proposal, round=proposal.round).first()
    reply = found or ProposalReply(id=uuid7(), proposal=proposal, round=proposal.round)
    if reply.version != given.version:
        raise DraftChanged(who=reply.drafted_by_name, fields=(FieldProblem("version", "taken", DraftChanged.text),))
    reply.version += 1
    reply.text, reply.contact_name = given.text, given.contact_name.strip()
    reply.contact_phone, reply.unit_name = given.contact_phone.strip(), case.unit_name
    reply.drafted_at, reply.drafted_by, reply.drafted_by_name = clock.now(), actor.id, actor.name
    if actor.id not in reply.drafters:
        reply.drafters = [*reply.drafters, actor.id]
    reply.save(force_insert=found is None)
    return reply


def contribute(actor: Actor, proposal_id: UUID, text: str) -> ProposalCohost:
    """Say what one's unit contributes, until the reply is signed. Raises NotFound, Forbidden, NotNow, Invalid."""
    proposal, _ = seeing.locked(actor, proposal_id)
    unit = unit_of(actor)
    row = ProposalCohost.objects.filter(proposal=proposal, unit_id=unit).first() if unit else None
    if row is None:
        raise Forbidden(permission=HANDLE)
    said = text.strip()
    if not said or len(said) > rules.LONGEST_CONTRIBUTION:
        raise Invalid(fields=(FieldProblem("text", "too_long" if said else "required", LONG if said else NEEDED),))
    signed = ProposalReply.objects.filter(proposal=proposal, round=proposal.round, signed_at__isnull=False)
    if signed.exists():
        raise NotNow(reason="signed", fields=(FieldProblem("text", "signed", ANSWERED),))
    row.contribution, row.contributed_at, row.contributed_by_name = said, clock.now(), actor.name
    row.save()
    return row
