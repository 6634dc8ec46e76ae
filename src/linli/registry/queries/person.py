"""One person: facts with their sources, homes over time, household, records, history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from linli.kernel import secrets
from linli.kernel.actors import Actor, system
from linli.kernel.errors import NotFound
from linli.kernel.masking import mask_id, mask_phone
from linli.kernel.scope import acting
from linli.registry import carried
from linli.registry.fields import FIELDS, Field
from linli.registry.merge.priorities import DEFAULT_PRIORITY
from linli.registry.models import Person, PersonArea
from linli.registry.permissions import EDIT, JOIN, REVEAL, VIEW

from . import sql


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area in which a person is visible, and why."""

    area_code: str
    kind: str


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One statement of a source about a person. Of one made `elsewhere`, where the reader sees nobody, only the source
    and the dates are told: that a fact comes from 公安 is part of the fact, the rest is that place's.

    `probability` and `weights` (JSON of `explain.as_json`) where it was put with the person for being alike."""

    record_id: UUID
    source_code: str
    source_name: str
    batch_id: UUID | None
    row: int | None
    observed_on: date
    recorded_at: datetime
    recorded_by: str | None
    reason: str | None
    request: str | None
    current: bool
    number_set_aside: bool
    elsewhere: bool
    probability: float | None
    weights: str | None


@dataclass(frozen=True, slots=True)
class HomeRow:
    """A home of a person, past or present."""

    dwelling_id: UUID
    standard: str | None
    kind: str | None
    since: date
    until: date | None
    source_code: str | None


@dataclass(frozen=True, slots=True)
class PhoneRow:
    """A phone that was stated of a person: sealed, when it was first and last stated, and by whom last."""

    sealed: bytes
    since: date
    last: date
    source_name: str
    current: bool


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of a household."""

    person_id: UUID
    name: str
    relation: str | None
    sex: str | None
    birth: date | None


@dataclass(frozen=True, slots=True)
class HouseholdBrief:
    """The household a person belongs to."""

    id: UUID
    number: str | None
    members: tuple[MemberRow, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as shown: the value (masked if it must be) and the record it comes from."""

    field: Field
    value: str | None
    masked: bool
    record: RecordRow | None


@dataclass(frozen=True, slots=True)
class PersonDetail:
    """Everything the page of a person shows."""

    id: UUID
    name: str
    area_code: str
    version: int
    facts: tuple[Fact, ...]
    areas: tuple[AreaRow, ...]
    homes: tuple[HomeRow, ...]
    phones: tuple[PhoneRow, ...]
    household: HouseholdBrief | None
    records: tuple[RecordRow, ...]
    may_edit: bool
    may_reveal: bool
    may_join: bool


def visible_areas(actor: Actor, person_id: UUID, permission: str = VIEW) -> tuple[AreaRow, ...]:
    """The areas through which the actor sees a person. Raises NotFound when there is none."""
    params: dict[str, Any] = {"id": person_id}
    held = sql.held(actor, permission)
    found = sql.rows(
        AreaRow,
        "SELECT a.area_code, a.kind FROM registry_person_area a "
        f"WHERE a.person_id = %(id)s AND {sql.ranges(held, 'a.area_code', params)} "
        "ORDER BY a.kind, a.area_code",
        params,
    )
    if not found:
        raise NotFound()
    return tuple(found)


def seen_person(person_id: UUID) -> Person:
    """The record of a person whose areas were just seen. Raises NotFound where a join took them away in between: whoever
    asks once more is led to the person they are now."""
    person = Person.objects.filter(id=person_id).first()
    if person is None:
        raise NotFound()
    return person


def visible_people(actor: Actor, people: Iterable[UUID]) -> list[UUID]:
    """Those of `people` whom the actor may see, in the given order."""
    asked = list(dict.fromkeys(people))
    seen = PersonArea.objects.restrict(actor, VIEW).filter(person_id__in=asked).values_list("person_id", flat=True)
    known = set(seen)
    return [person_id for person_id in asked if person_id in known]


def person_detail(actor: Actor, person_id: UUID) -> PersonDetail:
    """The page of a person the actor may see. Raises NotFound otherwise, and for nobody."""
    areas = visible_areas(actor, person_id)
    person = seen_person(person_id)
    records = person_records(actor, person_id)
    by_id = {record.record_id: record for record in records}
    chosen: Mapping[str, str] = person.field_records or {}
    facts = []
    for field in FIELDS:
        value, masked = shown(field, person)
        record = by_id.get(UUID(chosen[field.name]) if field.name in chosen else person.main_record)
        facts.append(Fact(field, value, masked, record if value is not None else None))
    codes = [area.area_code for area in areas]
    return PersonDetail(
        id=person.id,
        name=person.name,
        area_code=person.area_code,
        version=person.version,
        facts=tuple(facts),
        areas=areas,
        homes=tuple(_homes(person_id)),
        phones=tuple(_phones(actor, person)),
        household=_household(actor, person.household_id),
        records=tuple(records),
        may_edit=any(actor.may(EDIT, code) for code in codes),
        may_reveal=any(actor.may(REVEAL, code) for code in codes),
        may_join=actor.may(JOIN, person.area_code),
    )


def shown(field: Field, facts: Any) -> tuple[str | None, bool]:
    """The value of a field of a person or of a kept image of one, and whether it is masked."""
    if field.name == "id_number":
        return (mask_id(secrets.decrypt(facts.id_number)), True) if facts.id_number else (None, False)
    if field.name == "phone":
        return (mask_phone(secrets.decrypt(facts.phone)), True) if facts.phone else (None, False)
    if field.name == "household":
        return facts.relation_to_head, False
    if field.name == "home":
        return facts.home_text, False
    value = getattr(facts, field.stored[0])
    return (value.isoformat() if isinstance(value, date) else value), False


def person_records(actor: Actor, person_id: UUID) -> list[RecordRow]:
    """Who stated what and when, of a person the caller has checked is visible.

    Read as the system, since a golden record rests on what was stated elsewhere too; see RecordRow for what is told.
    """
    params: dict[str, Any] = {"id": person_id, "priority": DEFAULT_PRIORITY}
    seen = sql.ranges(sql.held(actor, VIEW), "r.area_code", params)
    with acting(system("provenance", settings.LINLI_DISTRICT)):
        return sql.rows(
            RecordRow,
            f"""
            WITH told AS (SELECT r.*, {seen} AS here FROM registry_source_record r WHERE r.person_id = %(id)s)
            SELECT r.id AS record_id, r.source_code, coalesce(s.name, r.source_code) AS source_name,
                   CASE WHEN here AND z.id IS NULL AND k.id IS NULL THEN r.batch_id END AS batch_id,
                   CASE WHEN here THEN r.row END AS row, r.observed_on,
                   r.recorded_at, CASE WHEN here THEN r.recorded_by END AS recorded_by,
                   CASE WHEN here THEN r.reason END AS reason, coalesce(r.batch_id::text, r.request) AS request,
                   r.superseded_by IS NULL AS current, here AND r.set_aside IS NOT NULL AS number_set_aside,
                   NOT here AS elsewhere, CASE WHEN here THEN m.probability END AS probability,
                   CASE WHEN here THEN m.lines END AS weights
            FROM told r LEFT JOIN registry_source s ON s.code = r.source_code
            LEFT JOIN registry_resolution z ON z.id = r.batch_id  -- no import: nothing to open
            LEFT JOIN registry_bulk_edit k ON k.id = r.batch_id  -- nor is this
            LEFT JOIN registry_match_proposal m ON m.record_id = r.id AND m.person_id = r.person_id AND m.state = 'joined'
            WHERE r.state = 'linked'
            ORDER BY r.superseded_by IS NOT NULL, coalesce(s.priority, %(priority)s), r.observed_on DESC, r.id DESC
            """,
            params,
        )


def _homes(person_id: UUID) -> list[HomeRow]:
    return sql.rows(
        HomeRow,
        """
        SELECT l.dwelling_id, d.standard, l.kind, l.since, l.until, r.source_code
        FROM registry_residence l
        LEFT JOIN places_dwelling d ON d.id = l.dwelling_id
        LEFT JOIN registry_source_record r ON r.id = l.record_id
        WHERE l.person_id = %(id)s ORDER BY l.until DESC NULLS FIRST, l.since DESC, l.id
        """,
        {"id": person_id},
    )


def _phones(actor: Actor, person: Person) -> list[PhoneRow]:
    """Every phone a source ever stated, the present one first. Of those stated only where the reader sees nobody none is
    told but the present one, which is part of the golden record."""
    params: dict[str, Any] = {"id": person.id, "now": person.phone_hash}
    seen = sql.ranges(sql.held(actor, VIEW), "r.area_code", params)
    latest = f"ORDER BY {carried.day('phone')} DESC, r.recorded_at DESC, r.id DESC"
    with acting(system("provenance", settings.LINLI_DISTRICT)):
        return sql.rows(
            PhoneRow,
            f"""
            SELECT (array_agg(r.phone {latest}))[1] AS sealed, min(r.observed_on) AS since, max({carried.day("phone")}) AS last,
                   (array_agg(coalesce(s.name, r.source_code) {latest}))[1] AS source_name,
                   r.phone_hash IS NOT DISTINCT FROM %(now)s AS current
            FROM registry_source_record r LEFT JOIN registry_source s ON s.code = r.source_code
            WHERE r.person_id = %(id)s AND r.state = 'linked' AND r.phone_hash IS NOT NULL
            GROUP BY r.phone_hash HAVING bool_or({seen}) OR r.phone_hash IS NOT DISTINCT FROM %(now)s
            ORDER BY 5 DESC, 3 DESC, 2
            """,
            params,
        )


def _household(actor: Actor, household_id: UUID | None) -> HouseholdBrief | None:
    if household_id is None:
        return None
    members = household_members(actor, household_id)
    numbers = sql.rows(_Number, "SELECT number FROM registry_household WHERE id = %(id)s", {"id": household_id})
    return HouseholdBrief(household_id, numbers[0].number if numbers else None, tuple(members))


@dataclass(frozen=True, slots=True)
class _Number:
    number: str | None


def household_members(actor: Actor, household_id: UUID) -> list[MemberRow]:
    """The members of a household whom the actor may see, the head first."""
    # The database's fence is as wide as all the actor may do; seeing people may be allowed in a part of it.
    params: dict[str, Any] = {"id": household_id}
    visible = sql.ranges(sql.held(actor, VIEW), "a.area_code", params)
    return sql.rows(
        MemberRow,
        f"""
        SELECT id AS person_id, name, relation_to_head AS relation, sex, birth FROM registry_person p
        WHERE household_id = %(id)s
          AND EXISTS (SELECT FROM registry_person_area a WHERE a.person_id = p.id AND {visible})
        ORDER BY relation_to_head <> '0', relation_to_head, birth, name_key, id
        """,
        params,
    )
