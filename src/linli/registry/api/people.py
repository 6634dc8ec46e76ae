"""People over HTTP: list, search, page, correction, history, numbers in full, export."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from linli.access import reads
from linli.access.queries import actors
from linli.kernel import clock, secrets
from linli.kernel.area_names import names_of
from linli.kernel.errors import Text
from linli.kernel.http import CountOut, actor_of, language_of, require, signed_in
from linli.kernel.masking import mask_id, mask_phone
from linli.registry import schemas
from linli.registry.actions import people as actions
from linli.registry.actions.export import export_people
from linli.registry.codes import MANUAL
from linli.registry.matching.entered import Alike
from linli.registry.permissions import EDIT, EXPORT, REVEAL, VIEW
from linli.registry.person_ids import PersonId
from linli.registry.proposals.schemas import LikenessOut, weights_out
from linli.registry.queries.codes import code_list, labels
from linli.registry.queries.history import person_history
from linli.registry.queries.people import PeoplePage, PersonFilter, people_page
from linli.registry.queries.person import Fact, MemberRow, PersonDetail, RecordRow, person_detail

router = Router(tags=["people"])
ELSEWHERE = Text("其他区域", "Another area")


@router.get("/people", auth=require(VIEW), response=schemas.PeopleOut)
def list_people(request: HttpRequest, wanted: Annotated[schemas.PeopleQuery, Query()]) -> schemas.PeopleOut:
    """People of the actor's areas, by area and pinyin."""
    return _people(request, wanted)


@router.post("/people/search", auth=require(VIEW), response=schemas.PeopleOut)
def search_people(request: HttpRequest, wanted: schemas.PeopleQuery) -> schemas.PeopleOut:
    """The same with the filters in the body, so that names and numbers stand in no address."""
    return _people(request, wanted)


def _people(request: HttpRequest, wanted: schemas.PeopleQuery) -> schemas.PeopleOut:
    actor = actor_of(request)
    page = people_page(actor, _filter(wanted), wanted.cursor, wanted.limit)
    reads.note("search" if wanted.q else "list", "person", area=wanted.area, count=len(page.items))
    return _page_out(page)


def _filter(wanted: schemas.PeopleQuery) -> PersonFilter:
    return PersonFilter(
        wanted.area, wanted.q, wanted.sex, wanted.age_from, wanted.age_to, wanted.population_kind, wanted.nation,
        wanted.missing, wanted.group, wanted.quality, wanted.source,
    )  # fmt: skip


def _page_out(page: PeoplePage) -> schemas.PeopleOut:
    named = names_of(row.listed_area for row in page.items)
    today = clock.today()
    return schemas.PeopleOut(
        items=[
            schemas.PersonBrief(
                id=row.id,
                name=row.name,
                sex=row.sex,
                age=age(row.birth, today),
                birth=row.birth,
                id_kind=row.id_kind,
                id_number=mask_id(secrets.decrypt(row.id_number)) if row.id_number else None,
                phone=mask_phone(secrets.decrypt(row.phone)) if row.phone else None,
                population_kind=row.population_kind,
                area_code=row.listed_area,
                area_name=named[row.listed_area],
                home=row.home,
                dwelling_id=row.dwelling_id,
                household_id=row.household_id,
                updated_at=row.updated_at,
            )
            for row in page.items
        ],
        next=page.next,
        count=CountOut(value=page.count.value, exact=page.count.exact) if page.count else None,
        understood_as=page.understood_as,
    )


def age(birth: date | None, today: date) -> int | None:
    """Full years of life."""
    if birth is None:
        return None
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


@router.post("/people", auth=require(EDIT), response=schemas.AddOut)
def add_person(request: HttpRequest, given: schemas.AddIn) -> schemas.AddOut:
    """Enter a person by hand."""
    added = actions.add_person(actor_of(request), given.facts, given.area_code, given.reason)
    counts = added.counts
    if counts.new:
        return schemas.AddOut(outcome="created", alike=_alike_out(added.alike))
    if counts.transfer:
        return schemas.AddOut(outcome="transfer")
    return schemas.AddOut(outcome="updated" if counts.updated else "unchanged")


def _alike_out(alike: Sequence[Alike]) -> list[schemas.AlikeOut]:
    if not alike:
        return []
    reads.note("list", "person", over=[each.area_code for each in alike], count=len(alike))
    named = names_of(each.area_code for each in alike)
    return [
        schemas.AlikeOut(
            id=each.person_id, name=each.name, area_name=named[each.area_code], probability=each.probability
        )
        for each in alike
    ]


@router.post("/people/export", auth=require(EXPORT))
def export(request: HttpRequest, wanted: schemas.ExportIn) -> HttpResponse:
    """A workbook of the people that match, with name and time of who takes it out on every sheet."""
    content = export_people(actor_of(request), _filter(wanted), wanted.purpose, language_of(request))
    response = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="people-{clock.today():%Y%m%d}.xlsx"'
    return response


@router.get("/people/{person_id}", auth=require(VIEW), response=schemas.PersonOut)
def get_person(request: HttpRequest, person_id: PersonId) -> schemas.PersonOut:
    """The page of a person: facts with sources, homes, household, records."""
    detail = person_detail(actor_of(request), person_id)
    reads.note("detail", "person", subject_id=person_id, area=detail.areas[0].area_code, count=1)
    return _person_out(detail, language_of(request))


@router.patch("/people/{person_id}", auth=require(EDIT), response=schemas.PersonOut)
def edit_person(request: HttpRequest, person_id: PersonId, given: schemas.EditIn) -> schemas.PersonOut:
    """Correct facts by hand."""
    actor = actor_of(request)
    actions.edit_person(actor, person_id, given.changes, given.reason, given.version)
    return _person_out(person_detail(actor, person_id), language_of(request))


@router.get("/people/{person_id}/history", auth=require(VIEW), response=schemas.EventsOut)
def get_history(request: HttpRequest, person_id: PersonId) -> schemas.EventsOut:
    """What changed, when, by whom and why."""
    language = language_of(request)
    events = person_history(actor_of(request), person_id)
    reads.note("detail", "person.history", subject_id=person_id, count=len(events))
    names = actors.names_of(event.actor_id for event in events)
    said = labels(language)
    return schemas.EventsOut(
        items=[
            schemas.EventOut(
                at=event.at,
                actor_name=actors.display_name(event.actor_id, names) if event.actor_id else ELSEWHERE.say(language),
                kind=event.kind,
                batch_id=event.batch_id,
                reason=event.reason,
                changes=[
                    schemas.FactChangeOut(
                        field=change.field.name,
                        label=change.field.en if language == "en" else change.field.zh,
                        old=_say(change.field.code_list, change.old, said),
                        new=_say(change.field.code_list, change.new, said),
                    )
                    for change in event.changes
                ],
            )
            for event in events
        ]
    )


@router.post("/people/{person_id}/reveal", auth=require(REVEAL), response=schemas.RevealOut)
def reveal(request: HttpRequest, person_id: PersonId, given: schemas.RevealIn) -> schemas.RevealOut:
    """One number in full, for a purpose; noted in the read log."""
    request.keep_answer = False  # type: ignore[attr-defined]  # a kept answer would be given again without a note
    return schemas.RevealOut(value=actions.reveal(actor_of(request), person_id, given.field, given.purpose))


@router.get("/codes/{name}", auth=signed_in, response=schemas.CodeListOut)
def get_codes(request: HttpRequest, name: str) -> schemas.CodeListOut:
    """The values of a code list."""
    items = code_list(name)
    return schemas.CodeListOut(
        list=name,
        standard=items[0].standard if items else "",
        certainty=items[0].certainty if items else "",
        items=[schemas.CodeOut(code=i.code, label_zh=i.label_zh, label_en=i.label_en) for i in items],
    )


def _say(code_list_name: str | None, value: str | None, said: dict[tuple[str, str], str]) -> str | None:
    return said.get((code_list_name, value), value) if code_list_name and value else value


def _person_out(detail: PersonDetail, language: str) -> schemas.PersonOut:
    said = labels(language)
    path = [detail.area_code[:n] for n in (9, 12, 15) if n <= len(detail.area_code)]
    named = names_of([a.area_code for a in detail.areas] + path)
    recorders = actors.names_of(r.recorded_by for r in detail.records)
    return schemas.PersonOut(
        id=detail.id,
        name=detail.name,
        area_code=detail.area_code,
        area_path=" / ".join(named[code] for code in path),
        fields=[_fact_out(fact, said, language, detail) for fact in detail.facts],
        areas=[schemas.AreaTieOut(code=a.area_code, name=named[a.area_code], kind=a.kind) for a in detail.areas],
        homes=[
            schemas.HomeOut(
                dwelling_id=home.dwelling_id,
                standard=home.standard,
                kind=_say("home_kind", home.kind, said),
                since=home.since,
                until=home.until,
                current=home.until is None,
                source=_source(home.source_code, detail),
            )
            for home in detail.homes
        ],
        phones=[
            schemas.PhoneOut(
                masked=mask_phone(secrets.decrypt(bytes(p.sealed))) or "",
                since=p.since,
                last=p.last,
                source_name=p.source_name,
                current=p.current,
            )
            for p in detail.phones
        ],
        household=schemas.HouseholdBriefOut(
            id=detail.household.id,
            no=detail.household.number,
            members=[member_out(m, said) for m in detail.household.members],
        )
        if detail.household
        else None,
        sources=[
            schemas.RecordOut(
                **{f: getattr(r, f) for f in schemas.RecordOut.model_fields if f not in ("recorded_by", "likeness")},
                recorded_by=actors.display_name(r.recorded_by, recorders) if r.recorded_by else ELSEWHERE.say(language),
                likeness=_likeness(r, language),
            )
            for r in detail.records
        ],
        may=schemas.PersonMayOut(edit=detail.may_edit, reveal=detail.may_reveal, join=detail.may_join),
        version=detail.version,
    )


def _likeness(record: RecordRow, language: str) -> LikenessOut | None:
    if record.probability is None or record.weights is None:
        return None
    weights = weights_out(json.loads(record.weights), language)
    return LikenessOut(probability=record.probability, weights=weights)


def _source(code: str | None, detail: PersonDetail) -> schemas.SourceRefOut | None:
    found = next((r for r in detail.records if r.source_code == code), None)
    return schemas.SourceRefOut(code=found.source_code, name=found.source_name) if found else None


def _fact_out(fact: Fact, said: dict[tuple[str, str], str], language: str, detail: PersonDetail) -> schemas.FactOut:
    field, record = fact.field, fact.record
    coded = "relation_to_head" if field.name == "household" else field.code_list
    return schemas.FactOut(
        name=field.name,
        label=field.en if language == "en" else field.zh,
        value=fact.value,
        display=_say(coded, fact.value, said),
        code_list=field.code_list,
        kind=field.kind,
        standard=field.standard,
        editable=field.editable,
        masked=fact.masked,
        revealable=fact.masked and detail.may_reveal,
        source=schemas.SourceRefOut(code=record.source_code, name=record.source_name) if record else None,
        record_id=record.record_id if record else None,
        observed_on=record.observed_on if record else None,
        recorded_at=record.recorded_at if record else None,
        method=("declared" if record.source_code == MANUAL else "imported") if record else None,
    )


def member_out(member: MemberRow, said: dict[tuple[str, str], str]) -> schemas.MemberOut:
    """A member of a household with the relation in words."""
    return schemas.MemberOut(
        person_id=member.person_id,
        name=member.name,
        relation=member.relation,
        relation_label=_say("relation_to_head", member.relation, said),
        sex=member.sex,
        age=age(member.birth, clock.today()),
    )
