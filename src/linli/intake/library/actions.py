"""Keeping, changing, retiring and bringing in mappings of the library; each change is a version and in the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound
from linli.registry.models import Source

from .. import kinds
from ..fields import NAMES
from ..mapping import SHAPE, UNKNOWN_FIELD, Mapping, from_json
from ..permissions import BATCH_UPLOAD, SOURCE_EDIT
from ..problems import REQUIRED, UNKNOWN_SOURCE, MappingInvalid
from .models import MappingVersion, NamedMapping
from .problems import ChangedMeanwhile, NameTaken
from .rules import in_order

FORMAT = "linli-mapping"
MOST_BROUGHT = 500


@dataclass(frozen=True, slots=True)
class MappingForm:
    """What people say of a mapping. `mapping` is in the documented form; constants in it are left out."""

    name: str
    kind: str
    mapping: Any
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of a file of mappings."""

    made: int
    changed: int
    same: int


def check_mapping(form: MappingForm) -> Mapping:
    """The mapping of a form. Raises Invalid or MappingInvalid naming what does not hold."""
    problems = []
    if not form.name.strip():
        problems.append(FieldProblem("name", "required", REQUIRED))
    if form.source and not Source.objects.filter(code=form.source).exists():
        problems.append(FieldProblem("source", "unknown", UNKNOWN_SOURCE))
    kind = kinds.of(form.kind).name
    if problems:
        raise Invalid(fields=tuple(problems))
    mapping = replace(from_json(form.mapping), constants={})
    wrong = [
        FieldProblem(f"columns.{column}", "intake.mapping.unknown_field", UNKNOWN_FIELD, {"field": name})
        for column, fields in mapping.columns.items()
        for name in fields
        if name not in NAMES[kind]
    ]
    if not any(mapping.columns.values()):
        wrong.append(FieldProblem("columns", "intake.mapping.shape", SHAPE))
    if wrong:
        raise MappingInvalid(fields=tuple(wrong))
    return mapping


def keep_mapping(actor: Actor, form: MappingForm) -> NamedMapping:
    """Keep a new mapping for everybody in the district. Whoever may upload may keep one."""
    _may_upload(actor)
    mapping = check_mapping(form)
    _name_is_free(form, None)
    return _make(actor, form, mapping)


def change_mapping(actor: Actor, mapping_id: UUID, form: MappingForm, version: int) -> NamedMapping:
    """Change a mapping: by who made it, or who looks after sources. Raises ChangedMeanwhile for an old `version`."""
    row = _own(actor, mapping_id)
    if row.version != version:
        raise ChangedMeanwhile(by=row.changed_by_name)
    mapping = check_mapping(form)
    _name_is_free(form, row.id)
    return _change(actor, row, form, mapping)


def retire_mapping(actor: Actor, mapping_id: UUID) -> None:
    """Offer a mapping no more; batches that used it stay as they are."""
    row = _own(actor, mapping_id)
    NamedMapping.objects.filter(id=row.id).update(retired_at=clock.now())
    _log(actor, "retire", row)


def note_use(actor: Actor, mapping_id: UUID) -> None:
    """A batch was checked under a mapping of the library."""
    NamedMapping.objects.filter(id=mapping_id).update(used_by_name=actor.name, used_at=clock.now(), uses=F("uses") + 1)


def bring_mappings(actor: Actor, document: Any) -> Brought:
    """Keep what a file holds (`to_document`, or several under `mappings`): new names are made, known ones changed.

    Needs the right to look after sources: it changes what others made. Raises Invalid, MappingInvalid.
    """
    actor.require(SOURCE_EDIT, settings.LINLI_DISTRICT)
    listed = document.get("mappings", [document]) if isinstance(document, dict) else document
    if not isinstance(listed, list) or not listed or len(listed) > MOST_BROUGHT:
        raise MappingInvalid(fields=(FieldProblem("mappings", "intake.mapping.shape", SHAPE),))
    forms = [_form(number, one) for number, one in enumerate(listed)]
    checked = [(form, check_mapping(form)) for form in forms]
    known = {(row.kind, row.name): row for row in NamedMapping.objects.select_for_update().filter(retired_at=None)}
    counts = {"made": 0, "changed": 0, "same": 0}
    for form, mapping in checked:
        row = known.get((form.kind, form.name.strip()))
        if row is None:
            made = _make(actor, form, mapping)
            known[made.kind, made.name] = made
            counts["made"] += 1
        elif row.mapping == mapping.to_json() and (row.note, row.source_code) == (form.note, form.source):
            counts["same"] += 1
        else:
            _change(actor, row, form, mapping)
            counts["changed"] += 1
    return Brought(**counts)


def to_document(row: NamedMapping) -> dict[str, Any]:
    """A mapping as a file: what `bring_mappings` takes, and `linli intake run --map`."""
    return {
        "format": FORMAT,
        "name": row.name,
        "note": row.note,
        "source": row.source_code,
        "kind": row.kind,
        **in_order(row.kind, row.mapping),
    }


def _form(number: int, one: Any) -> MappingForm:
    texts = ("name", "note", "source", "kind")
    if not isinstance(one, dict) or not all(isinstance(one.get(name, ""), str) for name in texts):
        raise MappingInvalid(fields=(FieldProblem(f"mappings.{number}", "intake.mapping.shape", SHAPE),))
    return MappingForm(
        name=one.get("name", "").strip()[:60],
        kind=one.get("kind") or "people",
        mapping={key: one.get(key) for key in ("version", "columns", "datum") if key in one},
        source=one.get("source", ""),
        note=one.get("note", "")[:200],
    )


def _may_upload(actor: Actor) -> None:
    if not actor.areas_for(BATCH_UPLOAD):
        raise Forbidden(permission=BATCH_UPLOAD)


def _own(actor: Actor, mapping_id: UUID) -> NamedMapping:
    _may_upload(actor)
    row: NamedMapping | None = NamedMapping.objects.select_for_update().filter(id=mapping_id, retired_at=None).first()
    if row is None:
        raise NotFound()
    if row.made_by != actor.id:
        actor.require(SOURCE_EDIT, settings.LINLI_DISTRICT)
    return row


def _name_is_free(form: MappingForm, own: UUID | None) -> None:
    taken = NamedMapping.objects.filter(kind=form.kind, name=form.name.strip(), retired_at=None)
    if any(found != own for found in taken.values_list("id", flat=True)):
        raise NameTaken(name=form.name.strip())


@contextmanager
def _once(form: MappingForm) -> Iterator[None]:
    """Raise NameTaken when somebody has taken the name just now, after it was looked up."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise NameTaken(name=form.name.strip()) from None


def _make(actor: Actor, form: MappingForm, mapping: Mapping) -> NamedMapping:
    now = clock.now()
    with _once(form):
        row: NamedMapping = NamedMapping.objects.create(
            name=form.name.strip(),
            note=form.note.strip(),
            source_code=form.source,
            kind=form.kind,
            mapping=mapping.to_json(),
            made_by=actor.id,
            made_by_name=actor.name,
            made_at=now,
            changed_by_name=actor.name,
            changed_at=now,
        )
    _log(actor, "make", row)
    return row


def _change(actor: Actor, row: NamedMapping, form: MappingForm, mapping: Mapping) -> NamedMapping:
    MappingVersion.objects.create(
        mapping_id=row.id,
        version=row.version,
        name=row.name,
        mapping=row.mapping,
        changed_by_name=row.changed_by_name,
        changed_at=row.changed_at,
    )
    row.name, row.note, row.source_code, row.kind = form.name.strip(), form.note.strip(), form.source, form.kind
    row.mapping, row.version = mapping.to_json(), row.version + 1
    row.changed_by_name, row.changed_at = actor.name, clock.now()
    with _once(form):
        row.save()
    _log(actor, "change", row)
    return row


def _log(actor: Actor, what: str, row: NamedMapping) -> None:
    said = {"name": row.name, "version": row.version}
    held = actor.areas_for(BATCH_UPLOAD) or actor.areas_for(SOURCE_EDIT)
    # The library is everybody's; the log keeps where whoever changed it works.
    changes.record(actor, f"intake.mapping.{what}", "mapping", row.id, held[0], said)
