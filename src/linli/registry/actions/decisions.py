"""Decisions people take: 迁入 requests, and rows of which it is not plain whose they are."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal
from uuid import UUID

from django.db import connection
from django.db.models import Q

from linli.access import changes as change_log
from linli.kernel import clock, secrets
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.ids import uuid7
from linli.registry.fields import BY_NAME, STORED
from linli.registry.matching.filing import settle_record
from linli.registry.models import MatchProposal, ReviewAssignment, SourceRecord, Transfer
from linli.registry.permissions import DECIDE
from linli.registry.problems import AlreadyDecided, NumberTaken, ReasonMissing, TwoNumbers
from linli.registry.queries.person import visible_areas

from .elevated import on_behalf_of, recompute

Choice = Literal["person", "new", "skip"]
_NUMBER = BY_NAME["id_number"].stored


def decide_transfer(actor: Actor, transfer_id: UUID, approve: bool, reason: str = "") -> None:
    """Approve or reject a 迁入 request. The place the person leaves decides, or whoever is over both.

    An approved request links the waiting record to the person, so that both places see one person. Raises NotFound,
    Forbidden, AlreadyDecided, ReasonMissing (a rejection says why), NumberTaken, TwoNumbers.
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
        records = _carried(request)
        if approve:
            # Given to somebody else while the request waited.
            if any(_others_with_number(record, request.person_id) for record in records):
                raise NumberTaken()
            if _two_numbers(records, request.person_id):
                raise TwoNumbers()
            for record in records:
                _link(record, request.person_id)
            recompute([request.person_id])
        else:
            waiting = SourceRecord.objects.filter(id__in=[record.id for record in records])
            waiting.update(state=SourceRecord.State.REJECTED)
        change_log.record(
            actor,
            "registry.transfer.approve" if approve else "registry.transfer.reject",
            "transfer",
            transfer_id,
            request.from_area,
            {"to_area": request.to_area},
        )


def _carried(request: Transfer) -> list[SourceRecord]:
    """The statement a request carries and those of the requests it has taken the place of, the oldest first."""
    found = SourceRecord.objects.raw(
        """
        WITH RECURSIVE carried AS (
            SELECT record_id FROM registry_transfer WHERE id = %s
            UNION
            SELECT t.record_id FROM registry_transfer t JOIN carried c ON t.replaced_by = c.record_id
        )
        SELECT r.* FROM registry_source_record r JOIN carried c ON c.record_id = r.id ORDER BY r.recorded_at, r.id
        """,
        [request.id],
    )
    return list(found)


def decide_review(
    actor: Actor,
    record_id: UUID,
    choice: Choice,
    person_id: UUID | None = None,
    number_wrong: bool = False,
    by_number: Collection[str] = (),
) -> None:
    """Say whom a waiting record belongs to: one of those who match, somebody new, or nobody (it is not taken in).

    A number belongs to one person: whoever decides for another one says that it is wrong (`number_wrong`), and the
    record is taken in without it, the number set aside. `by_number` are the fields, birth or sex, that only the number
    told; they go with it. The caller has checked that the actor may decide on the batch. Raises NotFound,
    AlreadyDecided, NumberTaken, TwoNumbers.
    """
    if choice == "person":
        if person_id is None:
            raise NotFound()
        visible_areas(actor, person_id)
    with on_behalf_of(actor):
        record = SourceRecord.objects.select_for_update().filter(id=record_id).first()
        if record is None:
            raise NotFound()
        if record.state != SourceRecord.State.REVIEW or record.superseded_by is not None:
            raise AlreadyDecided()  # or the source has said something newer, which waits in its place
        number_wrong = number_wrong and record.id_number is not None
        if choice == "skip":
            SourceRecord.objects.filter(id=record_id).update(state=SourceRecord.State.REJECTED)
            settle_record(record_id, None, actor.id)
        else:
            whom = person_id if choice == "person" else None
            if whom is not None and not _may_be(record, whom):
                raise NotFound()  # nobody the row matches; or undone while we waited for the lock
            if number_wrong:
                _set_number_aside(record, by_number)
            elif _others_with_number(record, whom):
                raise NumberTaken()
            elif whom is not None and not _same_record(record, whom) and _two_numbers([record], whom):
                raise TwoNumbers()  # waited for its likeness, while its person was given a number
            if whom is not None:
                recompute(_link(record, whom))
            else:
                whom = _make_person(record)
            settle_record(record_id, whom, actor.id)
        ReviewAssignment.objects.filter(record_id=record_id).delete()
        change_log.record(
            actor,
            "registry.review.decide",
            "source_record",
            record_id,
            record.area_code,
            {"choice": choice, "number_wrong": number_wrong},
        )


def _others_with_number(record: SourceRecord, person_id: UUID | None) -> bool:
    """Whether a current statement gives the record's number to somebody else than `person_id`."""
    if record.id_hash is None:
        return False
    held = SourceRecord.objects.filter(id_hash=record.id_hash, superseded_by=None, state=SourceRecord.State.LINKED)
    return held.exclude(person_id=person_id).exists() if person_id else held.exists()


def _same_record(record: SourceRecord, person_id: UUID) -> bool:
    """Whether the source said the same record of the person before: then it may have another number for them now."""
    same = SourceRecord.objects.filter(source_code=record.source_code, match_key=record.match_key, person_id=person_id)
    return same.filter(superseded_by=None, state=SourceRecord.State.LINKED).exists()


def _two_numbers(records: list[SourceRecord], person_id: UUID) -> bool:
    """Whether statements that came in for somebody without a number would give them a second one: they have been given one
    while the request waited, or the statements differ."""
    stated = {bytes(record.id_hash) for record in records if record.id_hash is not None}
    current = SourceRecord.objects.filter(person_id=person_id, superseded_by=None, state=SourceRecord.State.LINKED)
    held = {bytes(number) for number in current.values_list("id_hash", flat=True) if number is not None}
    return bool(stated - held) and len(stated | held) > 1


def _set_number_aside(record: SourceRecord, by_number: Collection[str]) -> None:
    """Keep a wrong number in the record, out of reach of matching, search and the golden record."""
    record.set_aside = record.id_number
    for column in (*_NUMBER, *({"birth", "sex"} & set(by_number))):
        setattr(record, column, None)
    if record.record_key is None:  # known by the number alone, which is another person's key
        record.match_key = _own_key(record)
    record.save()


def _may_be(record: SourceRecord, person_id: UUID) -> bool:
    """Whether a waiting record matches a person: deciding is no way to state facts about just anybody one can see."""
    same = Q(source_code=record.source_code, match_key=record.match_key)
    if record.id_hash is not None:
        same |= Q(id_hash=record.id_hash)
    linked = SourceRecord.objects.filter(superseded_by=None, state=SourceRecord.State.LINKED)
    return (
        linked.filter(same, person_id=person_id).exists()
        or MatchProposal.objects.filter(record_id=record.id, person_id=person_id, state="open").exists()
    )


def _link(record: SourceRecord, person_id: UUID) -> list[UUID]:
    """Make a waiting record a statement about a person; of one source and key only the latest is current.

    What the source said under this key of somebody else stays its last word about them, without the key: a person whom
    no current statement is about would be entered again by the next row. Returns the people to compute anew.
    """
    current = SourceRecord.objects.filter(
        source_code=record.source_code, match_key=record.match_key, superseded_by=None, state=SourceRecord.State.LINKED
    ).first()
    superseded_by = record.superseded_by  # a newer statement that waited as well
    if current is not None and superseded_by is None:
        newer = current.recorded_at > record.recorded_at  # it came in while this one waited
        older, later = (record, current) if newer else (current, record)
        if current.person_id != person_id:
            SourceRecord.objects.filter(id=older.id).update(match_key=_own_key(older), released_by=later.id)
        elif newer:
            superseded_by = current.id
        else:
            SourceRecord.objects.filter(id=current.id).update(superseded_by=record.id)
            if record.set_aside is not None:  # the right number, stated before, is still what the source knows
                SourceRecord.objects.filter(id=record.id).update(**{c: getattr(current, c) for c in _NUMBER})
    SourceRecord.objects.filter(id=record.id).update(
        person_id=person_id, state=SourceRecord.State.LINKED, superseded_by=superseded_by
    )
    return [person_id]


def _own_key(record: SourceRecord) -> bytes:
    """A key that no row of a file can have."""
    return secrets.fingerprint("record", f"r:{record.id}")


def _make_person(record: SourceRecord) -> UUID:
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
    return person_id
