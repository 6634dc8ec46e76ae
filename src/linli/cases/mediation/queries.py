"""Reading the record of a mediation: masked for who sees the case, in full for its mediators, with a purpose that is noted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from linli.access import reads
from linli.kernel import secrets
from linli.kernel.actors import Actor
from linli.kernel.errors import Forbidden, NotFound
from linli.kernel.masking import mask_id, mask_name, mask_phone

from ..engine import sight
from ..engine.problems import PurposeMissing
from ..engine.reveal import SHORTEST_PURPOSE
from ..permissions import HANDLE
from .actions import May, may
from .models import Mediation
from .rounds import round_of
from .rules import Party

HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Told:
    """A record with what is encrypted of it, in full or masked. `destroyed`: its time was over."""

    row: Mediation
    parties: tuple[Party, ...]
    summary: str
    agreement: str
    note: str

    @property
    def destroyed(self) -> bool:
        return self.row.parties is None


@dataclass(frozen=True, slots=True)
class Page:
    """What the page of a case shows of its mediation. `told` None: nobody wrote a record in this round yet. `former`: those of the
    rounds before, the last first."""

    told: Told | None
    former: tuple[Told, ...]
    may: May
    area_code: str


def page(actor: Actor, case_id: UUID) -> Page:
    """The record of a case, masked: names, phones and numbers in part, texts not at all. Raises NotFound. Three queries."""
    case = sight.one(actor, case_id)
    at = round_of(case)
    told = [_told(row, _masked, _hidden) for row in Mediation.objects.filter(case_id=case.id).order_by("-round")]
    now = next((each for each in told if each.row.round == at), None)
    return Page(now, tuple(each for each in told if each is not now), may(actor, case), case.area_code)


def reveal(actor: Actor, case_id: UUID, purpose: str, of: int | None = None) -> Told:
    """The record in full, of the round `of` or else of the one the case is in. Raises NotFound, Forbidden, PurposeMissing. Three
    queries, and the log's."""
    case = sight.one(actor, case_id)
    if not may(actor, case).reveal:
        reads.note("reveal", "case", subject_id=case_id, area=case.area_code, purpose="refused")
        raise Forbidden(permission=HANDLE)
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        raise PurposeMissing()
    row = Mediation.objects.filter(case_id=case.id, round=round_of(case) if of is None else of).first()
    if row is None:
        raise NotFound()
    reads.note(
        "reveal",
        "case.mediation",
        subject_id=case_id,
        area=case.area_code,
        count=row.party_count,
        purpose=purpose.strip(),
    )
    return _told(row, lambda party: party, lambda text: text)


def _told(row: Mediation, party: Callable[[Party], Party], text: Callable[[str], str]) -> Told:
    parties = [Party(**each) for each in json.loads(_opened(row.parties) or "[]")]
    summary, agreement, note = (text(_opened(each)) for each in (row.summary, row.agreement, row.note))
    return Told(row, tuple(party(each) for each in parties), summary, agreement, note)


def _opened(sealed: bytes | memoryview | None) -> str:
    return secrets.decrypt(bytes(sealed)) if sealed else ""


def _masked(party: Party) -> Party:
    return replace(
        party, name=mask_name(party.name) or "", phone=mask_phone(party.phone) or "" if party.phone else "",
        id_number=mask_id(party.id_number) or "" if party.id_number else "", address=_hidden(party.address),
    )  # fmt: skip


def _hidden(text: str) -> str:
    return HIDDEN if text else ""
