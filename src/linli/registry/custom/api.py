"""Custom fields over HTTP: the district's list of them, and what they hold of a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from linli.access import reads
from linli.access.queries import actors
from linli.kernel.errors import Text
from linli.kernel.http import actor_of, language_of, require
from linli.registry.permissions import CUSTOM_EDIT, EDIT, REVEAL, VIEW
from linli.registry.person_ids import PersonId
from linli.registry.queries.person import visible_areas
from linli.registry.schemas import RevealOut

from . import actions, queries
from .models import CustomField
from .queries import CustomFact
from .rules import KIND_NAMES, FieldForm, FieldKind

router = Router(tags=["custom fields"])
YES = {"true": Text("是", "Yes"), "false": Text("否", "No")}
ELSEWHERE = Text("其他区域", "Another area")


class CustomFieldOut(Schema):
    """A fact about people that forms ask for beside the standards' fields. `label` is its name in the reader's language."""

    id: UUID
    name_zh: str
    name_en: str
    label: str
    kind: FieldKind
    kind_label: str
    choices: list[str]
    owner_id: UUID | None
    owner_name: str
    measure: str
    note: str
    sensitive: bool
    owner_only: bool
    version: int
    made_by_name: str
    made_at: datetime
    changed_by_name: str
    changed_at: datetime


class KeptFieldOut(CustomFieldOut):
    """A field as whoever keeps fields sees it. `used`: something is stated in it, so that kind and sensitivity stay."""

    retired_at: datetime | None
    used: bool


class CustomFieldIn(Schema):
    """A field as it is declared. `owner_id` names a unit; without it `owner_name` does."""

    name_zh: str = Field(max_length=100)
    name_en: str = Field("", max_length=100)
    kind: str = Field(max_length=20)
    choices: list[str] = Field(default_factory=list, max_length=100)
    owner_id: UUID | None = None
    owner_name: str = Field("", max_length=100)
    measure: str = Field("", max_length=40)
    note: str = Field("", max_length=400)
    sensitive: bool = False
    owner_only: bool = False


class CustomFieldChangeIn(CustomFieldIn):
    """`version`: the one that was read; refused (409) when somebody has changed the field since."""

    version: int


class CustomFactOut(Schema):
    """What a field holds of a person and where it comes from. No `value`: it was stated that there is none.

    Who stated it and why are null where that was in an area one does not see.
    """

    field_id: UUID
    label: str
    kind: FieldKind
    choices: list[str]
    measure: str
    value: str | None
    display: str | None
    masked: bool
    retired: bool
    source_code: str
    source_name: str
    observed_on: date
    recorded_at: datetime
    recorded_by: str | None
    reason: str | None
    origin: str
    statements: int


class CustomFactsOut(Schema):
    """Custom facts of a person; `fields` are those that can be stated by hand."""

    items: list[CustomFactOut]
    fields: list[CustomFieldOut]
    may_edit: bool
    may_reveal: bool


class CustomValueIn(Schema):
    """A value by hand, as people write it; null: there is none."""

    value: str | None = Field(max_length=1000)
    observed_on: date | None = None
    reason: str = Field(max_length=200)


class CustomRevealIn(Schema):
    purpose: str = Field(max_length=200)


@router.get("/custom-fields", response=list[CustomFieldOut], auth=require(VIEW, CUSTOM_EDIT))
def list_fields(request: HttpRequest) -> Any:
    """The custom fields in use whose values the caller may be told, by name."""
    language = language_of(request)
    return [field_out(field, language) for field in queries.offered(actor_of(request))]


@router.get("/custom-fields/kept", response=list[KeptFieldOut], auth=require(CUSTOM_EDIT))
def list_kept(request: HttpRequest) -> Any:
    """All custom fields for whoever keeps them, retired ones at the end, with whether anything is stated in each."""
    language = language_of(request)
    return [
        field_out(field, language) | {"retired_at": field.retired_at, "used": used}
        for field, used in queries.kept(actor_of(request))
    ]


@router.post("/custom-fields", response={201: CustomFieldOut}, auth=require(CUSTOM_EDIT))
def declare_field(request: HttpRequest, body: CustomFieldIn) -> Any:
    """Declare a field for the district: what the base does not hold and a form asks for."""
    field = actions.declare_field(actor_of(request), _form(body), body.owner_id)
    return Status(201, field_out(field, language_of(request)))


@router.put("/custom-fields/{uuid:field_id}", response=CustomFieldOut, auth=require(CUSTOM_EDIT))
def change_field(request: HttpRequest, field_id: UUID, body: CustomFieldChangeIn) -> Any:
    """Change a field; where something is stated in it, its kind and sensitivity stay."""
    field = actions.change_field(actor_of(request), field_id, _form(body), body.version, body.owner_id)
    return field_out(field, language_of(request))


@router.delete("/custom-fields/{uuid:field_id}", response={204: None}, auth=require(CUSTOM_EDIT))
def retire_field(request: HttpRequest, field_id: UUID) -> Any:
    """Offer a field no more; what is stated in it stays."""
    actions.retire_field(actor_of(request), field_id)
    return Status(204, None)


@router.post("/custom-fields/{uuid:field_id}/restore", response=CustomFieldOut, auth=require(CUSTOM_EDIT))
def restore_field(request: HttpRequest, field_id: UUID) -> Any:
    """Offer a retired field again."""
    return field_out(actions.restore_field(actor_of(request), field_id), language_of(request))


@router.get("/people/{person_id}/custom", response=CustomFactsOut, auth=require(VIEW))
def get_facts(request: HttpRequest, person_id: PersonId) -> Any:
    """Custom facts of a person with their sources."""
    areas = visible_areas(actor_of(request), person_id)
    reads.note("detail", "person.custom", subject_id=person_id, area=areas[0].area_code, count=1)
    return _facts(request, person_id)


@router.put("/people/{person_id}/custom/{uuid:field_id}", response=CustomFactsOut, auth=require(EDIT))
def state_value(request: HttpRequest, person_id: PersonId, field_id: UUID, body: CustomValueIn) -> Any:
    """State a value by hand, with the reason."""
    actions.state_by_hand(actor_of(request), person_id, field_id, body.value, body.reason, body.observed_on)
    return _facts(request, person_id)


@router.post("/people/{person_id}/custom/{uuid:field_id}/reveal", response=RevealOut, auth=require(REVEAL))
def reveal(request: HttpRequest, person_id: PersonId, field_id: UUID, body: CustomRevealIn) -> Any:
    """A sensitive value in full, for a purpose; noted in the read log."""
    request.keep_answer = False  # type: ignore[attr-defined]  # a kept answer would be given again without a note
    return RevealOut(value=actions.reveal_value(actor_of(request), person_id, field_id, body.purpose))


def field_out(field: CustomField, language: str) -> dict[str, Any]:
    """A field as the API tells it."""
    english = language.startswith("en")
    own = [n for n in CustomFieldOut.model_fields if n not in ("label", "kind_label")]
    return {name: getattr(field, name) for name in own} | {
        "label": (english and field.name_en) or field.name_zh,
        "kind_label": KIND_NAMES[field.kind].say(language),
    }


def _form(body: CustomFieldIn) -> FieldForm:
    told = body.dict(exclude={"owner_id", "version"})
    return FieldForm(**(told | {"choices": tuple(body.choices)}))


def _facts(request: HttpRequest, person_id: UUID) -> dict[str, Any]:
    actor, language = actor_of(request), language_of(request)
    areas = [area.area_code for area in visible_areas(actor, person_id)]
    facts = queries.facts_of(actor, person_id)
    names = actors.names_of(fact.recorded_by for fact in facts if fact.recorded_by)
    return {
        "items": [_fact(fact, language, names) for fact in facts],
        "fields": [field_out(field, language) for field in queries.offered(actor)],
        "may_edit": any(actor.may(EDIT, area) for area in areas),
        "may_reveal": any(actor.may(REVEAL, area) for area in areas),
    }


def _fact(fact: CustomFact, language: str, names: Any) -> dict[str, Any]:
    field = fact.field
    said = YES.get(fact.value or "") if field.kind == "boolean" and not fact.masked else None
    same = (
        "value",
        "masked",
        "source_code",
        "source_name",
        "observed_on",
        "recorded_at",
        "reason",
        "origin",
        "statements",
    )
    return {name: getattr(fact, name) for name in same} | {
        "field_id": field.id, "label": (language.startswith("en") and field.name_en) or field.name_zh,
        "kind": field.kind, "choices": field.choices, "measure": field.measure, "retired": field.retired_at is not None,
        "display": said.say(language) if said else fact.value,
        "recorded_by": actors.display_name(fact.recorded_by, names) if fact.recorded_by else ELSEWHERE.say(language),
    }  # fmt: skip
