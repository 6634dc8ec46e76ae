"""Records of mediation over HTTP."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from linli.access import reads
from linli.kernel.actors import Actor
from linli.kernel.http import actor_of, language_of, require

from ..permissions import HANDLE, VIEW
from . import actions, queries
from .queries import Told
from .rules import KINDS, FollowUp, Party, Record
from .schemas import (
    FollowUpIn,
    MediationIn,
    MediationOut,
    MediationPageOut,
    MediationPartySchema,
    MediationRevealIn,
)  # fmt: skip

router = Router(tags=["cases"])


@router.get("/cases/{case_id}/mediation", auth=require(VIEW, HANDLE), response=MediationPageOut)
def get_mediation(request: HttpRequest, case_id: UUID) -> Any:
    """The record of a case, masked."""
    return _page(actor_of(request), case_id, language_of(request))


@router.put("/cases/{case_id}/mediation", auth=require(HANDLE), response=MediationPageOut)
def keep_mediation(request: HttpRequest, case_id: UUID, given: MediationIn) -> Any:
    """Write the record of a case that one's own unit mediates. Answers it masked."""
    values = given.dict()
    version = values.pop("version")
    parties = tuple(Party(**party) for party in values.pop("parties"))
    record = Record(**(values | {"parties": parties, "mediators": tuple(values["mediators"])}))
    actions.keep(actor_of(request), case_id, record, version)
    return _page(actor_of(request), case_id, language_of(request))


@router.post("/cases/{case_id}/mediation/follow-up", auth=require(HANDLE), response=MediationPageOut)
def follow_up_mediation(request: HttpRequest, case_id: UUID, given: FollowUpIn) -> Any:
    """Write whether the parties kept their agreement."""
    found = FollowUp(given.fulfilled, given.on, given.note)
    actions.follow_up(actor_of(request), case_id, found, given.version)
    return _page(actor_of(request), case_id, language_of(request))


@router.post("/cases/{case_id}/mediation/reveal", auth=require(HANDLE), response=MediationOut)
def reveal_mediation(request: HttpRequest, case_id: UUID, given: MediationRevealIn) -> Any:
    """The record in full, for a purpose that is noted."""
    request.keep_answer = False  # type: ignore[attr-defined]  # a kept answer would be taken again without a note
    return _record(queries.reveal(actor_of(request), case_id, given.purpose, given.round), language_of(request))


def _page(actor: Actor, case_id: UUID, language: str) -> MediationPageOut:
    found = queries.page(actor, case_id)
    reads.note("detail", "case", subject_id=case_id, area=found.area_code, count=1)
    return MediationPageOut(
        record=_record(found.told, language) if found.told else None,
        former=[_record(each, language) for each in found.former], may_record=found.may.record,
        may_follow_up=found.may.follow_up, may_reveal=found.may.reveal,
    )  # fmt: skip


def _record(told: Told, language: str) -> MediationOut:
    row = told.row
    return MediationOut(
        round=row.round, version=row.version, kind=cast(Any, row.kind), kind_name=KINDS[row.kind].say(language), organisation=row.organisation,
        mediators=row.mediators, held_at=row.held_at, place=row.place, summary=told.summary,
        parties=[
            MediationPartySchema(
                side=cast(Any, each.side), name=each.name, phone=each.phone, id_number=each.id_number, address=each.address
            )
            for each in told.parties
        ],
        agreed=row.agreed, form=cast(Any, row.form), agreement=told.agreement, fulfil_by=row.fulfil_by,
        referred_to=cast(Any, row.referred_to), fulfilled=cast(Any, row.fulfilled), followed_on=row.followed_on, note=told.note,
        changed_at=row.changed_at, changed_by_name=row.changed_by_name, destroyed=told.destroyed,
    )  # fmt: skip
