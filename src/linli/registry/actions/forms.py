"""Forms to print: a person's card and a household's card, their numbers masked unless asked for in full for a purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linli.access import reads
from linli.kernel import secrets
from linli.kernel.actors import Actor
from linli.kernel.errors import Forbidden
from linli.kernel.masking import mask_id, mask_phone
from linli.registry.models import Person
from linli.registry.permissions import REVEAL
from linli.registry.problems import PurposeMissing
from linli.registry.queries.homes import HouseholdRow, household_detail
from linli.registry.queries.person import MemberRow, PersonDetail, person_detail, seen_person, visible_areas

_SHORTEST_PURPOSE = 4
# Numbers on a form: the field of a person, the column, how it is masked.
_NUMBERS = (("id_number", mask_id), ("phone", mask_phone))


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one person as they stand on the form."""

    id_number: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member of a household as a line of the form."""

    member: MemberRow
    birth: date | None
    numbers: Numbers
    population_kind: str | None
    education: str | None
    workplace: str | None


@dataclass(frozen=True, slots=True)
class PersonForm:
    """A person's card."""

    detail: PersonDetail
    numbers: Numbers
    members: Sequence[MemberLine]


@dataclass(frozen=True, slots=True)
class HouseholdForm:
    """A household's card."""

    row: HouseholdRow
    members: Sequence[MemberLine]


def print_person(actor: Actor, person_id: UUID, purpose: str, in_full: bool = False) -> PersonForm:
    """What a person's card shows. Noted as taken out, with the purpose, and each number in full as revealed.

    Raises NotFound, PurposeMissing; Forbidden where numbers are wanted in full without the right to them.
    """
    areas = visible_areas(actor, person_id)
    purpose = _purpose(purpose)
    if in_full and not any(actor.may(REVEAL, area.area_code) for area in areas):
        reads.note("reveal", "person", subject_id=person_id, area=areas[0].area_code, purpose="refused")
        raise Forbidden(permission=REVEAL)
    detail = person_detail(actor, person_id)
    members = detail.household.members if detail.household else ()
    # Of the others on a person's card, only what tells them apart: their numbers are not what it is printed for.
    lines = _lines(actor, [m for m in members if m.person_id != person_id], in_full=False, purpose=purpose)
    own = seen_person(person_id)
    numbers = _numbers(own, in_full, areas[0].area_code, purpose)
    reads.note("export", "person.form", subject_id=person_id, area=areas[0].area_code, count=1, purpose=purpose)
    return PersonForm(detail, numbers, lines)


def print_household(actor: Actor, household_id: UUID, purpose: str, in_full: bool = False) -> HouseholdForm:
    """What a household's card shows: the members the actor may see. Noted like a person's card.

    Raises NotFound, PurposeMissing; Forbidden where numbers are wanted in full without the right to them there.
    """
    row, members = household_detail(actor, household_id)
    purpose = _purpose(purpose)
    if in_full and not actor.may(REVEAL, row.area_code):
        reads.note("reveal", "household", subject_id=household_id, area=row.area_code, purpose="refused")
        raise Forbidden(permission=REVEAL)
    lines = _lines(actor, members, in_full=in_full, purpose=purpose)
    reads.note(
        "export", "household.form", subject_id=household_id, area=row.area_code, count=len(lines), purpose=purpose
    )
    return HouseholdForm(row, lines)


def _purpose(purpose: str) -> str:
    if len(purpose.strip()) < _SHORTEST_PURPOSE:
        raise PurposeMissing()
    return purpose.strip()


def _lines(actor: Actor, members: Sequence[MemberRow], *, in_full: bool, purpose: str) -> list[MemberLine]:
    people = {p.id: p for p in Person.objects.filter(id__in=[m.person_id for m in members])}
    lines = []
    for member in members:
        person = people.get(member.person_id)
        if person is None:  # joined into somebody else since the members were read
            continue
        # A member of the household may be registered where the actor has no right to numbers.
        clear = in_full and actor.may(REVEAL, person.area_code)
        lines.append(
            MemberLine(
                member, person.birth, _numbers(person, clear, person.area_code, purpose), person.population_kind,
                person.education, person.workplace,
            )
        )  # fmt: skip
    return lines


def _numbers(person: Person, in_full: bool, area: str, purpose: str) -> Numbers:
    shown: dict[str, str | None] = {}
    for name, mask in _NUMBERS:
        sealed = getattr(person, name)
        plain = secrets.decrypt(bytes(sealed)) if sealed else None
        if plain is not None and in_full:
            reads.note("reveal", f"person.{name}", subject_id=person.id, area=area, count=1, purpose=purpose)
        shown[name] = plain if in_full else mask(plain)
    return Numbers(**shown)
