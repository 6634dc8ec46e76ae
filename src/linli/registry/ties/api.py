"""Relations, guardians and tags over HTTP: of a person, as lists, as figures for the map, and the catalogue of tags."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from linli.access import reads
from linli.kernel import clock
from linli.kernel.area_names import names_of
from linli.kernel.http import PageOut, actor_of, language_of, require
from linli.kernel.paging import Page
from linli.registry import schemas
from linli.registry.buildings.schemas import MadeOut
from linli.registry.permissions import EDIT, EXPORT, REVEAL, TAG_CATALOGUE, TAG_EDIT, TAG_VIEW, VIEW
from linli.registry.person_ids import PersonId
from linli.registry.queries.codes import labels, sources

from . import actions, queries
from .export import export_relations, export_tags
from .rules import NewRelation, RelationKind

router = Router(tags=["ties"])
_AREA = r"^\d{6}(\d{3}){0,3}$"
_DIGITS = {"town": 9, "village": 12, "grid": 15}
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RelationsQuery(Schema):
    """Filters of a list of relations; `consent` is about guardians."""

    area: str | None = Field(None, pattern=_AREA)
    kind: RelationKind | None = None
    consent: Literal["given", "missing"] | None = None
    state: queries.RelationState = "current"
    cursor: str | None = None
    limit: int | None = None


class RelationsExportIn(RelationsQuery):
    purpose: str = Field(max_length=200)


class RelationIn(Schema):
    """A relation stated by hand: the other one is a person of the base (`other_id`) or a name."""

    kind: RelationKind
    kinship: str | None = None
    other_id: PersonId | None = None
    other_name: str = Field("", max_length=100)
    phone: str | None = Field(None, max_length=40)
    consent_on: date | None = None
    consent_form: str | None = None
    reason: str = Field(max_length=200)


class ReasonIn(Schema):
    reason: str = Field(max_length=200)


class RelationOut(Schema):
    """A relation of a person; the phone is masked.

    Source, reason and who stated it are null where it was stated in an area one does not see, and likewise who ended it and
    why; lists leave out who did.
    """

    id: UUID
    person_id: UUID
    person_name: str
    kind: RelationKind
    kinship: str | None
    kinship_label: str | None
    other_id: UUID | None
    other_name: str
    phone: str | None
    consent_on: date | None
    consent_form: str | None
    consent_label: str | None
    source_name: str | None
    observed_on: date
    recorded_at: datetime
    recorded_by: str | None
    reason: str | None
    ended_on: date | None
    ended_by: str | None
    ended_why: str | None
    replaced: bool
    current: bool
    area_code: str
    area_name: str


class TagOut(Schema):
    """A tag: one that holds, or one of before; who and why as of relations."""

    id: UUID
    person_id: UUID
    person_name: str
    kind: str
    name: str
    source_name: str
    legal_basis: str
    given_on: date
    expires_on: date
    recorded_at: datetime
    recorded_by: str | None
    reason: str | None
    ended_on: date | None
    ended_by: str | None
    ended_why: str | None
    replaced: bool
    current: bool
    area_code: str
    area_name: str


class TiesMayOut(Schema):
    edit: bool
    reveal: bool
    tag: bool


class TiesOut(Schema):
    """What ties a person. `child`: under 14, so that a guardian is needed; `named_by`: whose relation the person is;
    `past_tags`: lapsed, taken back or renewed."""

    child: bool
    guardian_missing: bool
    relations: list[RelationOut]
    named_by: list[RelationOut]
    tags: list[TagOut]
    past_tags: list[TagOut]
    may: TiesMayOut


class RelationPurposeIn(Schema):
    purpose: str = Field(max_length=200)


class TagsQuery(Schema):
    area: str | None = Field(None, pattern=_AREA)
    kind: str | None = Field(None, max_length=41)
    soon: bool = False
    state: queries.TagState = "current"
    cursor: str | None = None
    limit: int | None = None


class TagsExportIn(TagsQuery):
    purpose: str = Field(max_length=200)


class TagIn(Schema):
    kind: str = Field(max_length=41)
    given_on: date
    reason: str = Field(max_length=200)


class TagCountQuery(Schema):
    kind: str = Field(max_length=41)
    level: Literal["town", "village", "grid"]
    area: str | None = Field(None, pattern=_AREA)


class TagCountOut(Schema):
    """People with a tag in an area; null stands for one or two, who could be named."""

    code: str
    people: int | None


class TagKindIn(Schema):
    """A kind of tag of the catalogue."""

    name_zh: str = Field(max_length=60)
    name_en: str = Field(max_length=60)
    source_code: str = Field(max_length=40)
    legal_basis: str = Field(max_length=200)
    months: int
    active: bool = True


class TagKindOut(Schema):
    code: str
    name: str
    name_zh: str
    name_en: str
    source_code: str
    source_name: str
    legal_basis: str
    months: int
    active: bool
    certainty: str


def _relation(row: queries.RelationRow, said: dict[tuple[str, str], str], named: dict[str, str]) -> RelationOut:
    kept = {f: getattr(row, f) for f in RelationOut.model_fields if hasattr(row, f)}
    return RelationOut(
        **kept, area_name=named[row.area_code],
        kinship_label=said.get(("kinship", row.kinship or ""), row.kinship),
        consent_label=said.get(("consent_form", row.consent_form or ""), row.consent_form),
    )  # fmt: skip


def _tag(row: queries.TagRow, language: str, named: dict[str, str]) -> TagOut:
    kept = {f: getattr(row, f) for f in TagOut.model_fields if hasattr(row, f)}
    return TagOut(**kept, name=row.name_en if language == "en" else row.name_zh, area_name=named[row.area_code])


def _page_out(page: Page[Any], items: list[Any]) -> Any:
    count = {"value": page.count.value, "exact": page.count.exact} if page.count else None
    return {"items": items, "next": page.next, "count": count}


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=_SHEET)
    response["Content-Disposition"] = f'attachment; filename="{name}-{clock.today():%Y%m%d}.xlsx"'
    return response


# --- relations -------------------------------------------------------------------------------------------------


@router.get("/relations", auth=require(VIEW), response=PageOut[RelationOut])
def list_relations(request: HttpRequest, wanted: Annotated[RelationsQuery, Query()]) -> Any:
    """Relations that hold, of the people of the actor's areas; `state=ended`: those that ended with none in their place."""
    page = queries.relations_page(
        actor_of(request), wanted.area, wanted.kind, wanted.consent, wanted.state, wanted.cursor, wanted.limit
    )
    reads.note("list", "relation", area=wanted.area, count=len(page.items))
    said, named = labels(language_of(request)), names_of(row.area_code for row in page.items)
    return _page_out(page, [_relation(row, said, named) for row in page.items])


@router.post("/relations/export", auth=require(EXPORT))
def take_relations_out(request: HttpRequest, wanted: RelationsExportIn) -> HttpResponse:
    """A workbook of the relations that match."""
    content = export_relations(
        actor_of(request), wanted.area, wanted.kind, wanted.consent, wanted.purpose, language_of(request), wanted.state
    )
    return _file(content, "relations")


@router.get("/people/{uuid:person_id}/ties", auth=require(VIEW), response=TiesOut)
def get_ties(request: HttpRequest, person_id: PersonId) -> TiesOut:
    """A person's relations and guardians, and tags as far as the actor may see tags."""
    ties = queries.person_ties(actor_of(request), person_id)
    reads.note("detail", "person.ties", subject_id=person_id, count=len(ties.relations) + len(ties.tags))
    language = language_of(request)
    said = labels(language)
    named = names_of(
        row.area_code for rows in (ties.relations, ties.named_by, ties.tags, ties.past_tags) for row in rows
    )
    return TiesOut(
        child=ties.child,
        guardian_missing=ties.guardian_missing,
        relations=[_relation(row, said, named) for row in ties.relations],
        named_by=[_relation(row, said, named) for row in ties.named_by],
        tags=[_tag(row, language, named) for row in ties.tags],
        past_tags=[_tag(row, language, named) for row in ties.past_tags],
        may=TiesMayOut(edit=ties.may_edit, reveal=ties.may_reveal, tag=ties.may_tag),
    )


@router.post("/people/{uuid:person_id}/relations", auth=require(EDIT), response=MadeOut)
def add_relation(request: HttpRequest, person_id: PersonId, given: RelationIn) -> MadeOut:
    """State a relation by hand; one of the same kind to the same other is replaced."""
    new = NewRelation(
        given.kind, given.kinship or None, given.other_name, given.phone or None, given.consent_on,
        given.consent_form or None,
    )  # fmt: skip
    return MadeOut(id=actions.add_relation(actor_of(request), person_id, new, given.other_id, given.reason))


@router.post("/relations/{uuid:relation_id}/end", auth=require(EDIT), response={204: None})
def end_relation(request: HttpRequest, relation_id: UUID, given: ReasonIn) -> tuple[int, None]:
    """Say that a relation holds no more."""
    actions.end_relation(actor_of(request), relation_id, given.reason)
    return 204, None


@router.post("/relations/{uuid:relation_id}/reveal", auth=require(REVEAL), response=schemas.RevealOut)
def reveal_relation(request: HttpRequest, relation_id: UUID, given: RelationPurposeIn) -> schemas.RevealOut:
    """The phone of a relation in full, for a purpose; noted in the read log."""
    request.keep_answer = False  # type: ignore[attr-defined]  # a kept answer would be given again without a note
    return schemas.RevealOut(value=actions.reveal_phone(actor_of(request), relation_id, given.purpose))


# --- tags ------------------------------------------------------------------------------------------------------


@router.get("/tags", auth=require(TAG_VIEW), response=PageOut[TagOut])
def list_tags(request: HttpRequest, wanted: Annotated[TagsQuery, Query()]) -> Any:
    """Tags that hold, of the people of the actor's areas; `state=past`: those that lapsed or were taken back."""
    page = queries.tags_page(
        actor_of(request), wanted.area, wanted.kind, wanted.soon, wanted.state, wanted.cursor, wanted.limit
    )
    reads.note("list", "tag", area=wanted.area, count=len(page.items))
    language, named = language_of(request), names_of(row.area_code for row in page.items)
    return _page_out(page, [_tag(row, language, named) for row in page.items])


@router.post("/tags/export", auth=require(EXPORT))
def take_tags_out(request: HttpRequest, wanted: TagsExportIn) -> HttpResponse:
    """A workbook of the tags that match."""
    content = export_tags(
        actor_of(request), wanted.area, wanted.kind, wanted.soon, wanted.purpose, language_of(request), wanted.state
    )
    return _file(content, "tags")


@router.get("/tags/by-area", auth=require(TAG_VIEW), response=list[TagCountOut])
def count_tags(request: HttpRequest, wanted: Annotated[TagCountQuery, Query()]) -> list[queries.AreaCount]:
    """How many people of each area have a tag, for the map; one or two are not told."""
    return queries.tags_by_area(actor_of(request), wanted.kind, _DIGITS[wanted.level], wanted.area)


@router.post("/people/{uuid:person_id}/tags", auth=require(TAG_EDIT), response=MadeOut)
def give_tag(request: HttpRequest, person_id: PersonId, given: TagIn) -> MadeOut:
    """Mark a person with a tag of the catalogue; one of the same kind is renewed."""
    return MadeOut(id=actions.give_tag(actor_of(request), person_id, given.kind, given.given_on, given.reason))


@router.post("/tags/{uuid:tag_id}/end", auth=require(TAG_EDIT), response={204: None})
def end_tag(request: HttpRequest, tag_id: UUID, given: ReasonIn) -> tuple[int, None]:
    """Take a tag back."""
    actions.end_tag(actor_of(request), tag_id, given.reason)
    return 204, None


@router.get("/tag-kinds", auth=require(TAG_VIEW, TAG_CATALOGUE), response=list[TagKindOut])
def list_tag_kinds(request: HttpRequest) -> list[TagKindOut]:
    """The catalogue: which tags departments of the district may give, by which law, for how long."""
    english = language_of(request) == "en"
    named = {source.code: source.name_en if english and source.name_en else source.name for source in sources()}
    return [
        TagKindOut(
            name=kind.name_en if english else kind.name_zh,
            source_name=named.get(kind.source_code, kind.source_code),
            **{f: getattr(kind, f) for f in TagKindOut.model_fields if f not in ("name", "source_name")},
        )
        for kind in queries.tag_kinds()
    ]


@router.put("/tag-kinds/{code}", auth=require(TAG_CATALOGUE), response={204: None})
def save_tag_kind(request: HttpRequest, code: str, given: TagKindIn) -> tuple[int, None]:
    """Enter a kind of tag, or change one; sensitive kinds are refused by rule."""
    actions.save_tag_kind(
        actor_of(request), code, given.name_zh, given.name_en, given.source_code, given.legal_basis, given.months,
        given.active,
    )  # fmt: skip
    return 204, None
