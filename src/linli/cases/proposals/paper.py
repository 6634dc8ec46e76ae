"""The letter of answer (答复函) on A4, as PDF, in the form of the published one; noted in the read log before it is made."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from linli.access import reads
from linli.kernel import clock, pdf
from linli.kernel.actors import Actor

from .problems import NotWritten
from .queries import letter_of, proposal_detail

TEMPLATE = Path(__file__).parent / "data" / "letter.typ"


def letter(actor: Actor, proposal_id: UUID, round: int | None = None) -> tuple[bytes, str]:
    """The letter of a round, by default of the last, and the proposal's number. Raises NotFound, NotWritten, NoFont."""
    found = proposal_detail(actor, proposal_id)
    wanted = found.proposal.round if round is None else round
    reply = next((each for each in found.replies if each.round == wanted and each.text.strip()), None)
    if reply is None:
        raise NotWritten()
    reads.note("export", "proposal.letter", subject_id=proposal_id, area=found.proposal.area_code, count=1)
    said = letter_of(found, reply)
    values = {
        "issuer": said.issuer, "title": said.title, "number": said.document_number, "signed": said.signed,
        "salutation": said.salutation, "opening": said.opening, "paragraphs": said.paragraphs, "closing": said.closing,
        "day": said.day, "contact": said.contact, "draft": "" if reply.signed_at else "草稿　未签发", "author": said.issuer,
    }  # fmt: skip
    return pdf.render(TEMPLATE, values, clock.now()), found.proposal.number
