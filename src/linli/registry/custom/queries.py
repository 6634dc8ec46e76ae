"""Reads of custom fields and of what they hold of one person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from linli.kernel.actors import Actor, system
from linli.kernel.errors import NotFound
from linli.kernel.masking import mask_secret
from linli.kernel.scope import acting
from linli.registry.models import Source
from linli.registry.permissions import VIEW

from .models import CustomField, CustomValue

LATEST = ("-observed_on", "-recorded_at", "-id")


@dataclass(frozen=True, slots=True)
class CustomFact:
    """What a custom field holds of a person, with where it comes from. Masked: something is there, told on asking.

    Of a statement made where the reader sees nobody only source and day are told.
    """

    field: CustomField
    value: str | None
    masked: bool
    source_code: str
    source_name: str
    observed_on: date
    recorded_at: datetime
    recorded_by: str | None
    reason: str | None
    origin: str
    statements: int


def told_to(actor: Actor) -> QuerySet[CustomField]:
    """The fields whose values `actor` may be told: those of other units that keep them to themselves are left out."""
    if actor.kind in ("system", "operator"):
        return CustomField.objects.all()
    own = Q(owner_only=False)
    if actor.unit_id:
        own |= Q(owner_id=UUID(actor.unit_id))
    return CustomField.objects.filter(own)


def offered(actor: Actor) -> list[CustomField]:
    """The fields in use that `actor` may be told, by name."""
    return list(told_to(actor).filter(retired_at=None).order_by("name_zh", "id"))


def kept(actor: Actor) -> list[tuple[CustomField, bool]]:
    """All fields that `actor` may be told, those in use first, and whether anything is stated in each. Two queries."""
    fields = list(told_to(actor).order_by(F("retired_at").desc(nulls_first=True), "name_zh", "id"))
    stated = CustomValue.objects.filter(field_id=OuterRef("id"))
    with acting(system("custom", settings.LINLI_DISTRICT)):
        used = set(CustomField.objects.filter(Exists(stated)).values_list("id", flat=True))
    return [(field, field.id in used) for field in fields]


_HELD = "SELECT * FROM registry_custom_field WHERE id = ANY(%s::uuid[]) AND retired_at IS NULL ORDER BY id FOR SHARE"


def held_in_use(ids: Collection[UUID]) -> dict[UUID, CustomField]:
    """Those of some fields that are in use, which stay as they are to the end of the transaction: whoever changes one
    waits, others may state in it too. One query."""
    return {field.id: field for field in CustomField.objects.raw(_HELD, [sorted(set(ids))])}


def seen(actor: Actor, field_id: UUID, retired: bool = False) -> CustomField:
    """A field `actor` may be told. Raises NotFound."""
    found = told_to(actor).filter(id=field_id)
    field: CustomField | None = (found if retired else found.filter(retired_at=None)).first()
    if field is None:
        raise NotFound()
    return field


def is_used(field_id: UUID) -> bool:
    """Whether anything is stated in a field, anywhere in the district."""
    with acting(system("custom", settings.LINLI_DISTRICT)):
        return CustomValue.objects.filter(field_id=field_id).exists()


def facts_of(actor: Actor, person_id: UUID) -> list[CustomFact]:
    """What custom fields hold of a person whom the caller has found visible. Three queries."""
    fields = {field.id: field for field in told_to(actor)}
    latest: dict[UUID, CustomValue] = {}
    counts: dict[UUID, int] = {}
    for said in CustomValue.objects.filter(person_id=person_id, field_id__in=fields).order_by(*LATEST):
        latest.setdefault(said.field_id, said)
        counts[said.field_id] = counts.get(said.field_id, 0) + 1
    names = dict(Source.objects.filter(code__in={s.source_code for s in latest.values()}).values_list("code", "name"))
    facts = []
    for field in sorted((fields[i] for i in latest), key=lambda f: (f.name_zh, str(f.id))):
        said = latest[field.id]
        here = actor.may(VIEW, said.stated_area)
        hidden = said.sealed is not None
        facts.append(
            CustomFact(
                field=field, value=mask_secret("") if hidden else said.value, masked=hidden, source_code=said.source_code,
                source_name=names.get(said.source_code, said.source_code), observed_on=said.observed_on,
                recorded_at=said.recorded_at, recorded_by=said.recorded_by if here else None,
                reason=said.reason if here else None, origin=said.origin, statements=counts[field.id],
            )
        )  # fmt: skip
    return facts
