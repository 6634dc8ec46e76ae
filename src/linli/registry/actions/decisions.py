"""Decisions people take: 迁入 requests, and rows that match two or more people."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.db import connection
from django.db.models import Q

from linli.access import changes as change_log
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.ids import uuid7
from linli.registry.fields import STORED
from linli.registry.models import SourceRecord, Transfer
from linli.registry.permissions import DECIDE
from linli.registry.problems import AlreadyDecided, ReasonMissing
from linli.registry.queries.person import visible_areas

from .elevated import on_behalf_of, recompute

Choice = Literal["person", "new", "skip"]


def decide_transfer(actor: Actor, transfer_id: UUID, approve: bool, reason: str = "") -> None:
    """Approve or reject a 迁入 request. The place the person leaves decides, or whoever is over both.

    An approved request links the waiting record to the person, so that both places see one person. Raises NotFound,
    Forbidden, AlreadyDecided, ReasonMissing (a rejection says why).
    """
    seen = Transfer.objects.filter(id=transfer_id).first()
    if seen is None:
        raise NotFound()
    actor.require(DECIDE, seen.from_area)
    if not approve and len(reason.strip()) < 2:
        raise ReasonMissing()
    with on_behalf_of(actor):
        request = Transfer.objects.select_for_update().filter(id=transfer_id).first()
        if request is None:  # its batch was undone meanwhile
            raise NotFound()
        if request.state != "open":
            raise AlreadyDecided()
        request.state = "approved" if approve else "rejected"
        request.decided_at, request.decided_by, request.reason = clock.now(), actor.id, reason.strip() or None
        request.save(update_fields=["state", "decided_at", "decided_by", "reason"])
        record = SourceRecord.objects.get(id=request.record_id)
        if approve:
            recompute(_link(record, request.person_id))
        else:
            SourceRecord.objects.filter(id=record.id).update(state=SourceRecord.State.REJECTED)
        change_log.record(
            actor,
            "registry.transfer.approve" if approve else "registry.transfer.reject",
            "transfer",
            transfer_id,
            request.from_area,
            {"to_area": request.to_area},
        )


def decide_review(actor: Actor, record_id: UUID, choice: Choice, person_id: UUID | None = None) -> None:
    """Say whom a waiting record belongs to: one of those who match, somebody new, or nobody (it is not taken in).

    The caller has checked that the actor may decide on the batch. Raises NotFound, AlreadyDecided.
    """
    if choice == "person":
        if person_id is None:
            raise NotFound()
        visible_areas(actor, person_id)
    with on_behalf_of(actor):
        record = SourceRecord.objects.select_for_update().filter(id=record_id).first()
        if record is None:
            raise NotFound()
        if record.state != SourceRecord.State.REVIEW:
            raise AlreadyDecided()
        if choice == "skip":
            SourceRecord.objects.filter(id=record_id).update(state=SourceRecord.State.REJECTED)
        elif choice == "person" and person_id is not None:
            if not _may_be(record, person_id):  # nobody the row matches; or undone while we waited for the lock
                raise NotFound()
            recompute(_link(record, person_id))
        else:
            _make_person(record)
        change_log.record(
            actor, "registry.review.decide", "source_record", record_id, record.area_code, {"choice": choice}
        )


def _may_be(record: SourceRecord, person_id: UUID) -> bool:
    """Whether a waiting record matches a person: deciding is no way to state facts about just anybody one can see."""
    same = Q(source_code=record.source_code, match_key=record.match_key)
    if record.id_hash is not None:
        same |= Q(id_hash=record.id_hash)
    linked = SourceRecord.objects.filter(superseded_by=None, state=SourceRecord.State.LINKED)
    return linked.filter(same, person_id=person_id).exists()


def _link(record: SourceRecord, person_id: UUID) -> list[UUID]:
    """Make a waiting record a statement about a person; of one source and key only the latest is current.

    Returns the people to compute anew: this one, and whoever the record's source spoke of under this key before.
    """
    current = SourceRecord.objects.filter(
        source_code=record.source_code, match_key=record.match_key, superseded_by=None, state=SourceRecord.State.LINKED
    ).first()
    superseded_by = None
    if current is not None and current.recorded_at > record.recorded_at:
        superseded_by = current.id  # a newer statement came in while this one waited
    elif current is not None:
        SourceRecord.objects.filter(id=current.id).update(superseded_by=record.id)
    SourceRecord.objects.filter(id=record.id).update(
        person_id=person_id, state=SourceRecord.State.LINKED, superseded_by=superseded_by
    )
    before = current.person_id if current is not None else None
    return [person_id] if before in (None, person_id) else [person_id, before]


def _make_person(record: SourceRecord) -> None:
    person_id = uuid7()
    people = _link(record, person_id)
    columns = ", ".join(STORED)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO registry_person
                (id, area_code, main_record, field_records, version, recorded_at, updated_at, {columns})
            SELECT r.person_id, coalesce(r.home_area, r.register_area, r.area_code), r.id, NULL, 1, r.recorded_at,
                   r.recorded_at, {", ".join(f"r.{c}" for c in STORED)}
            FROM registry_source_record r WHERE r.id = %s
            """,
            [record.id],
        )
    recompute(people)
