"""Forms to print, over HTTP. They are asked for by POST: each print is a taking out, with its purpose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.area_names import names_of
from linli.kernel.http import actor_of, language_of, require
from linli.registry.actions import forms as actions
from linli.registry.permissions import VIEW
from linli.registry.person_ids import PersonId
from linli.registry.queries.codes import labels

from .people import age

router = Router(tags=["forms"])
Labels = dict[tuple[str, str], str]


class FormIn(Schema):
    """What the paper is for; `in_full` asks for numbers unmasked."""

    purpose: str = Field(max_length=200)
    in_full: bool = False


class PrintedOut(Schema):
    """Who printed it, for what, when."""

    by: str
    unit: str
    at: datetime
    purpose: str
    in_full: bool


class FormFactOut(Schema):
    name: str
    label: str
    display: str | None


class FormHomeOut(Schema):
    standard: str | None
    kind: str | None
    since: date
    until: date | None


class FormMemberOut(Schema):
    name: str
    relation: str | None
    sex: str | None
    birth: date | None
    age: int | None
    id_number: str | None
    phone: str | None
    population_kind: str | None
    education: str | None
    workplace: str | None


class PersonFormOut(Schema):
    """A person's card: every field, empty ones too, so that they can be filled in by hand."""

    id: UUID
    name: str
    area_path: str
    facts: list[FormFactOut]
    household_no: str | None
    members: list[FormMemberOut]
    homes: list[FormHomeOut]
    printed: PrintedOut


class HouseholdFormOut(Schema):
    """A household's card."""

    id: UUID
    no: str | None
    head_name: str | None
    address: str | None
    area_path: str
    members: list[FormMemberOut]
    printed: PrintedOut


@router.post("/people/{person_id}/form", auth=require(VIEW), response=PersonFormOut)
def person_form(request: HttpRequest, person_id: PersonId, given: FormIn) -> PersonFormOut:
    """The card of a person to print (人员登记表)."""
    request.keep_answer = False  # type: ignore[attr-defined]  # a kept answer would be printed again without a note
    actor, language = actor_of(request), language_of(request)
    form = actions.print_person(actor, person_id, given.purpose, given.in_full)
    said, detail = labels(language), form.detail
    facts = []
    for fact in detail.facts:
        field = fact.field
        value = getattr(form.numbers, field.name) if field.name in ("id_number", "phone") else fact.value
        coded = "relation_to_head" if field.name == "household" else field.code_list
        label = field.en if language == "en" else field.zh
        facts.append(FormFactOut(name=field.name, label=label, display=_say(coded, value, said)))
    return PersonFormOut(
        id=detail.id,
        name=detail.name,
        area_path=_path(detail.area_code),
        facts=facts,
        household_no=detail.household.number if detail.household else None,
        members=[_member(line, said) for line in form.members],
        homes=[
            FormHomeOut(standard=h.standard, kind=_say("home_kind", h.kind, said), since=h.since, until=h.until)
            for h in detail.homes
        ],
        printed=_printed(actor, given),
    )


@router.post("/households/{household_id}/form", auth=require(VIEW), response=HouseholdFormOut)
def household_form(request: HttpRequest, household_id: UUID, given: FormIn) -> HouseholdFormOut:
    """The card of a household to print (户卡)."""
    request.keep_answer = False  # type: ignore[attr-defined]
    actor = actor_of(request)
    form = actions.print_household(actor, household_id, given.purpose, given.in_full)
    said, row = labels(language_of(request)), form.row
    return HouseholdFormOut(
        id=row.id, no=row.number, head_name=row.head_name, address=row.address, area_path=_path(row.area_code),
        members=[_member(line, said) for line in form.members], printed=_printed(actor, given),
    )  # fmt: skip


def _member(line: actions.MemberLine, said: Labels) -> FormMemberOut:
    return FormMemberOut(
        name=line.member.name, relation=_say("relation_to_head", line.member.relation, said),
        sex=_say("sex", line.member.sex, said), birth=line.birth, age=age(line.birth, clock.today()),
        id_number=line.numbers.id_number, phone=line.numbers.phone,
        population_kind=_say("population_kind", line.population_kind, said),
        education=_say("education", line.education, said), workplace=line.workplace,
    )  # fmt: skip


def _say(listed: str | None, value: str | None, said: Mapping[tuple[str, str], str]) -> str | None:
    return said.get((listed, value), value) if listed and value else value


def _path(code: str) -> str:
    chain = [code[:n] for n in (9, 12, 15) if n <= len(code)]
    named = names_of(chain)
    return " ".join(named[part] for part in chain)


def _printed(actor: Actor, given: FormIn) -> PrintedOut:
    return PrintedOut(
        by=actor.name, unit=actor.unit_name, at=clock.now(), purpose=given.purpose.strip(), in_full=given.in_full
    )
