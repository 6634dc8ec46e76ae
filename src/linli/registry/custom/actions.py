"""Declaring custom fields, and stating what they hold of people: by hand, or many at once for a form that came back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from linli.access import changes as change_log
from linli.access import reads
from linli.access.models import Unit
from linli.kernel import clock, secrets
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7_many
from linli.kernel.texts import check_printable
from linli.registry import fields as declared
from linli.registry.actions.elevated import on_behalf_of
from linli.registry.codes import MANUAL
from linli.registry.permissions import CUSTOM_EDIT, EDIT, REVEAL, VIEW
from linli.registry.problems import PurposeMissing, ReasonMissing
from linli.registry.queries.person import visible_areas

from . import queries, rules
from .models import CustomField, CustomValue
from .problems import FieldChanged, FieldTaken, FieldUsed
from .rules import FieldForm

SHORTEST_REASON, SHORTEST_PURPOSE = 2, 4
HAND = "hand"
_AHEAD = Text("日期应不晚于今天。", "The day cannot lie ahead.")
_UNKNOWN = Text("没有这个数据项，或已停用。", "There is no such field, or it is no longer in use.")
_NO_UNIT = Text("没有这个单位。", "There is no such unit.")
_NOBODYS = Text(
    "只对本单位公开的数据项，须选择系统内的单位作为责任单位。",
    "A field that an office keeps to itself needs an office with accounts as its owner.",
)


@dataclass(frozen=True, slots=True)
class FieldValue:
    """What is stated of a person in a custom field; no value: that there is none. `observed_on`: when it was so."""

    person_id: UUID
    field_id: UUID
    value: str | None
    observed_on: date | None = None


# Fields


def check_field(actor: Actor, form: FieldForm, owner_id: UUID | None = None) -> FieldForm:
    """The field as it would be kept. Raises Forbidden, Invalid with what is to be mended."""
    actor.require(CUSTOM_EDIT, settings.LINLI_DISTRICT)
    problems: tuple[FieldProblem, ...] = ()
    if owner_id is not None:
        unit = Unit.objects.filter(id=owner_id).first()
        if unit is None:
            problems = (FieldProblem("owner_id", "unknown", _NO_UNIT),)
        else:
            form = replace(form, owner_name=unit.name)
    elif form.owner_only:
        problems = (FieldProblem("owner_id", "required", _NOBODYS),)
    held = {field.zh for field in declared.FIELDS}
    if found := problems + rules.check_field(form, held):
        raise Invalid(fields=found)
    return form


def declare_field(actor: Actor, form: FieldForm, owner_id: UUID | None = None) -> CustomField:
    """Enter a custom field for the district. Raises Forbidden, Invalid, FieldTaken."""
    form = check_field(actor, form, owner_id)
    now = clock.now()
    with _once(form.name_zh):
        field: CustomField = CustomField.objects.create(
            **_columns(form), kind=form.kind, owner_id=owner_id,
            made_by=actor.id, made_by_name=actor.name, made_at=now, changed_by_name=actor.name, changed_at=now,
        )  # fmt: skip
    _record(actor, "declare", field)
    return field


def change_field(
    actor: Actor, field_id: UUID, form: FieldForm, version: int, owner_id: UUID | None = None
) -> CustomField:
    """Change a custom field. Where something is stated in it, kind and sensitivity stay and values are only added.

    Raises Forbidden, NotFound, Invalid, FieldChanged, FieldUsed, FieldTaken.
    """
    form = check_field(actor, form, owner_id)
    field = _locked(actor, field_id)
    if field.version != version:
        raise FieldChanged(by=field.changed_by_name)
    kept = {rules.clean(choice) for choice in form.choices}
    touched = (form.kind, form.sensitive) != (field.kind, field.sensitive) or not kept.issuperset(field.choices)
    if touched and queries.is_used(field.id):
        raise FieldUsed()
    for name, value in (_columns(form) | {"kind": form.kind, "owner_id": owner_id}).items():
        setattr(field, name, value)
    field.version, field.changed_by_name, field.changed_at = field.version + 1, actor.name, clock.now()
    with _once(form.name_zh):
        field.save()
    _record(actor, "change", field)
    return field


def retire_field(actor: Actor, field_id: UUID) -> None:
    """Offer a field no more; what is stated in it stays. Raises Forbidden, NotFound."""
    actor.require(CUSTOM_EDIT, settings.LINLI_DISTRICT)
    field = _locked(actor, field_id)
    field.retired_at = clock.now()
    field.save(update_fields=["retired_at"])
    _record(actor, "retire", field)


def restore_field(actor: Actor, field_id: UUID) -> CustomField:
    """Offer a retired field again, with what was stated in it. Raises Forbidden, NotFound, FieldTaken."""
    actor.require(CUSTOM_EDIT, settings.LINLI_DISTRICT)
    field = _locked(actor, field_id, retired=True)
    field.retired_at = None
    with _once(field.name_zh):
        field.save(update_fields=["retired_at"])
    _record(actor, "restore", field)
    return field


def _locked(actor: Actor, field_id: UUID, retired: bool = False) -> CustomField:
    """A field held to the end of the transaction. What another office keeps to itself is not found: whoever could change
    it could have themselves told. Raises NotFound."""
    field: CustomField | None = (
        queries.told_to(actor).select_for_update().filter(id=field_id, retired_at__isnull=not retired).first()
    )  # fmt: skip
    if field is None:
        raise NotFound()
    return field


def _columns(form: FieldForm) -> dict[str, object]:
    return {
        "name_zh": rules.clean(form.name_zh), "name_en": rules.clean(form.name_en),
        "choices": [rules.clean(choice) for choice in form.choices], "owner_name": rules.clean(form.owner_name),
        "measure": rules.clean(form.measure), "note": form.note.strip(), "sensitive": form.sensitive,
        "owner_only": form.owner_only,
    }  # fmt: skip


@contextmanager
def _once(name: str) -> Iterator[None]:
    """Raise FieldTaken where a field of the name and kind is in use, also when somebody entered it just now."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise FieldTaken(name=rules.clean(name)) from None


def _record(actor: Actor, what: str, field: CustomField) -> None:
    detail = {"name": field.name_zh, "kind": field.kind, "version": field.version}
    change_log.record(
        actor, f"registry.custom.{what}", "custom_field", field.id, settings.LINLI_DISTRICT, detail
    )  # fmt: skip


# Values


def check_values(values: Sequence[FieldValue], fields: Mapping[UUID, CustomField]) -> list[str | None]:
    """The values in normal form, in their order. Raises Invalid: `values.0` names the first."""
    normal: list[str | None] = []
    problems = []
    today = clock.today()
    for serial, said in enumerate(values):
        field, name = fields.get(said.field_id), f"values.{serial}"
        if said.observed_on is not None and said.observed_on > today:
            problems.append(FieldProblem(f"{name}.observed_on", "ahead", _AHEAD))
        if field is None:
            problems.append(FieldProblem(name, "unknown", _UNKNOWN))
            continue
        told = rules.normal(field.kind, said.value, field.choices) if said.value else None
        if said.value and told is None:
            problems.append(rules.wrong(name, field.kind, field.choices))
        normal.append(told)
    if problems:
        raise Invalid(fields=tuple(problems))
    return normal


def do_state_values(
    actor: Actor, values: Sequence[FieldValue], *, reason: str = "", source: str = MANUAL, origin: str = HAND
) -> int:
    """State many values at once, whoever the people are: the caller has checked that `actor` may. Answers how many.

    People known by an id that was joined into another are found. Raises Invalid with what is no value, NotFound where
    somebody is no more; nothing is written then.
    """
    if not values:
        return 0
    fields = queries.held_in_use({said.field_id for said in values})
    normal = check_values(values, fields)
    sealed = secrets.encrypt_many(
        [told if fields[said.field_id].sensitive else None for said, told in zip(values, normal, strict=True)]
    )
    plain = [None if fields[said.field_id].sensitive else told for said, told in zip(values, normal, strict=True)]
    today, now = clock.today(), clock.now()
    params: dict[str, Any] = {
        "ids": uuid7_many(len(values)), "people": [said.person_id for said in values],
        "fields": [said.field_id for said in values], "plain": plain, "sealed": sealed,
        "days": [said.observed_on or today for said in values], "source": source, "now": now, "by": actor.id,
        "reason": reason.strip(), "origin": origin, "request": actor.request_id,
    }  # fmt: skip
    with on_behalf_of(actor), connection.cursor() as cursor:
        cursor.execute(_STATE, params)
        if cursor.rowcount != len(values):
            raise NotFound()
    return len(values)


_STATE = """
INSERT INTO registry_custom_value (id, person_id, area_code, field_id, value, sealed, source_code, observed_on,
                                   recorded_at, recorded_by, reason, origin, request_id, stated_area)
SELECT s.id, p.id, p.area_code, s.field_id, s.value, s.sealed, %(source)s, s.observed_on, %(now)s, %(by)s, %(reason)s,
       %(origin)s, %(request)s, p.area_code
FROM unnest(%(ids)s::uuid[], %(people)s::uuid[], %(fields)s::uuid[], %(plain)s::text[], %(sealed)s::bytea[],
            %(days)s::date[]) AS s (id, person_id, field_id, value, sealed, observed_on)
LEFT JOIN registry_person_alias a ON a.old_id = s.person_id
JOIN registry_person p ON p.id = coalesce(a.person_id, s.person_id)
"""


def state_by_hand(
    actor: Actor, person_id: UUID, field_id: UUID, value: str | None, reason: str, observed_on: date | None = None
) -> None:
    """State a value of one person by hand. Raises NotFound, Forbidden, ReasonMissing, Invalid."""
    visible_areas(actor, person_id)
    areas = visible_areas(actor, person_id, VIEW)
    if not any(actor.may(EDIT, area.area_code) for area in areas):
        raise Forbidden(permission=EDIT)
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing()
    check_printable(reason=reason)
    field = queries.seen(actor, field_id)
    do_state_values(actor, [FieldValue(person_id, field.id, value, observed_on)], reason=reason)
    change_log.record(
        actor, "registry.custom.state", "person", person_id, areas[0].area_code, {"field": str(field.id)}
    )  # fmt: skip


def reveal_value(actor: Actor, person_id: UUID, field_id: UUID, purpose: str) -> str:
    """A sensitive value in full; the look is noted with its purpose. Raises NotFound, Forbidden, PurposeMissing, Invalid."""
    areas = visible_areas(actor, person_id)
    field = queries.seen(actor, field_id, retired=True)
    if not any(actor.may(REVEAL, area.area_code) for area in areas):
        reads.note("reveal", "custom", subject_id=person_id, area=areas[0].area_code, purpose="refused")
        raise Forbidden(permission=REVEAL)
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        raise PurposeMissing()
    check_printable(purpose=purpose)
    latest: CustomValue | None = (
        CustomValue.objects.filter(person_id=person_id, field_id=field.id).order_by(*queries.LATEST).first()
    )
    if latest is None or latest.sealed is None:
        raise NotFound()
    reads.note(
        "reveal", f"custom.{field.name_zh}", subject_id=person_id, area=areas[0].area_code, count=1, purpose=purpose.strip()
    )  # fmt: skip
    return secrets.decrypt(bytes(latest.sealed))
