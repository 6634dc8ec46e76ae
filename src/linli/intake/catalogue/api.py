"""The API of the catalogue, below /api/forms: forms, versions of their templates, and whether they may be asked for."""

from __future__ import annotations

import json
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID

import pydantic
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query, Router, Schema, Status
from ninja.errors import ValidationError
from ninja.files import UploadedFile

from linli.kernel import files
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound
from linli.kernel.http import PageOut, actor_of, language_of, require

from ..ledgers import binding as bindings
from ..ledgers import bindings_said, custom_conditions
from ..ledgers.api import XLSX, kept
from ..ledgers.binding import SHAPE
from ..ledgers.problems import NOTES
from ..permissions import FORM_APPROVE, FORM_MANAGE, LEDGER_FILL
from . import actions, queries, rules
from .inspecting import InspectedColumn, Inspection, columns_of, inspect, labels_of, retired_notes
from .models import FormVersion
from .problems import TemplateGone
from .queries import FormPage
from .rules import Counts, FormFacts, Overlap
from .schemas import (
    DecisionIn,
    FormChangeIn,
    FormDetailOut,
    FormFactsIn,
    FormOut,
    FormQuery,
    InspectionOut,
    IssuerOut,
    NewFormIn,
    ProposeIn,
    VersionIn,
    WithdrawIn,
)

Body = TypeVar("Body", bound=Schema)
router = Router(tags=["forms"])
READERS = require(*queries.READERS)


@router.get("", response=PageOut[FormOut], auth=READERS)
def list_forms(request: HttpRequest, filters: Query[FormQuery]) -> Any:
    """The catalogue by name: every form that was proposed, with whether it may be asked for."""
    page = queries.forms(actor_of(request), **filters.dict())
    return {"items": page.items, "next": page.next, "count": page.count}


@router.get("/issuers", response=list[IssuerOut], auth=READERS)
def list_issuers(request: HttpRequest) -> Any:
    """The units that may issue forms."""
    return [{"id": unit_id, "name": name} for unit_id, name in queries.issuers(actor_of(request))]


@router.post("/inspect", response=InspectionOut, auth=require(FORM_MANAGE, upload=True))
def inspect_template(
    request: HttpRequest,
    file: File[UploadedFile],
    subject: Form[str | None] = None,
    binding: Form[str | None] = None,
    form: Form[UUID | None] = None,
) -> Any:
    """What a template asks for, before anybody keeps it: what is held, what is new, who asks for it too. `binding` is
    JSON in the documented form; `form` is the one it would be a version of."""
    actor, language = actor_of(request), language_of(request)
    given = bindings.from_json(_json(binding, "binding")) if binding else None
    if subject:
        bindings.from_json({"subject": subject})
    with kept(file) as path:
        seen = inspect(actor, path, file.name or "", language, subject or None, given, form)
    return _inspection(actor, seen, language)


@router.post("", response={201: FormDetailOut}, auth=require(FORM_MANAGE, upload=True))
def register_form(request: HttpRequest, file: File[UploadedFile], form: Form[str]) -> Any:
    """Enter a form with its template; it waits for approval. `form` is JSON (NewFormIn)."""
    actor, body = actor_of(request), _body(NewFormIn, form, "form")
    with kept(file) as path:
        made = actions.register_form(
            actor, _facts(body), path, file.name or "", body.binding, body.issuer_id, body.names_confirmed
        )
    return Status(201, _detail(request, made.id))


@router.get("/{uuid:form_id}", response=FormDetailOut, auth=READERS)
def get_form(request: HttpRequest, form_id: UUID) -> Any:
    """A form with what fills its template, who else asks for that, its versions and decisions."""
    return _detail(request, form_id)


@router.put("/{uuid:form_id}", response=FormDetailOut, auth=require(FORM_MANAGE))
def change_form(request: HttpRequest, form_id: UUID, body: FormChangeIn) -> Any:
    """Change what is said of a form; another issuer, basis, cycle or a longer time needs approval anew."""
    actions.change_form(actor_of(request), form_id, _facts(body), body.version, body.issuer_id)
    return _detail(request, form_id)


@router.post("/{uuid:form_id}/versions", response={201: FormDetailOut}, auth=require(FORM_MANAGE, upload=True))
def add_version(request: HttpRequest, form_id: UUID, file: File[UploadedFile], order: Form[str]) -> Any:
    """Keep another template as the form's next version. `order` is JSON (VersionIn)."""
    actor, body = actor_of(request), _body(VersionIn, order, "order")
    with kept(file) as path:
        actions.add_version(
            actor, form_id, body.version, path, file.name or "", body.binding, body.note, body.names_confirmed
        )  # fmt: skip
    return Status(201, _detail(request, form_id))


@router.put("/{uuid:form_id}/binding", response=FormDetailOut, auth=require(FORM_MANAGE))
def bind_version(request: HttpRequest, form_id: UUID, body: VersionIn) -> Any:
    """Fill the present template otherwise; that is the next version."""
    actions.bind_version(actor_of(request), form_id, body.version, body.binding, body.note)
    return _detail(request, form_id)


@router.post("/{uuid:form_id}/decision", response=FormDetailOut, auth=require(FORM_APPROVE))
def decide(request: HttpRequest, form_id: UUID, body: DecisionIn) -> Any:
    """Let a form be asked for, or refuse it with the reason; never one's own."""
    actor = actor_of(request)
    if body.approve:
        actions.approve_form(actor, form_id, body.version, body.number, body.until, body.reason)
    else:
        actions.refuse_form(actor, form_id, body.version, body.reason)
    return _detail(request, form_id)


@router.post("/{uuid:form_id}/withdraw", response=FormDetailOut, auth=require(FORM_MANAGE, FORM_APPROVE))
def withdraw(request: HttpRequest, form_id: UUID, body: WithdrawIn) -> Any:
    """Ask for a form no more; what was asked stays."""
    actions.withdraw_form(actor_of(request), form_id, body.version, body.reason)
    return _detail(request, form_id)


@router.post("/{uuid:form_id}/propose", response=FormDetailOut, auth=require(FORM_MANAGE))
def propose(request: HttpRequest, form_id: UUID, body: ProposeIn) -> Any:
    """Hand a form in for approval again: one that was refused, withdrawn, or past its time."""
    actions.propose_form(actor_of(request), form_id, body.version)
    return _detail(request, form_id)


@router.get("/{uuid:form_id}/versions/{int:number}/file", auth=READERS)
def take_template(request: HttpRequest, form_id: UUID, number: int) -> HttpResponse:
    """The workbook of a version, as it was uploaded."""
    version = queries.version(actor_of(request), form_id, number)
    try:
        with files.opened(version.file_id, ".xlsx") as path:
            content = path.read_bytes()
    except NotFound:
        raise TemplateGone() from None
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename=\"form.xlsx\"; filename*=UTF-8''{quote(version.filename)}"
    return response


def _detail(request: HttpRequest, form_id: UUID) -> dict[str, Any]:
    actor, language = actor_of(request), language_of(request)
    page = queries.form(actor, form_id)
    row = page.row
    manage = actor.may(FORM_MANAGE, settings.LINLI_DISTRICT)
    return {name: getattr(row, name) for name in FormOut.model_fields} | {
        "inspection": _kept_inspection(request, page, language),
        "versions": [_version(version) for version in page.versions],
        "decisions": page.decisions,
        "may": {
            "manage": manage,
            "approve": actor.may(FORM_APPROVE, settings.LINLI_DISTRICT),
            "fill": actor.may(LEDGER_FILL),
            "own": actor.id in queries.involved(page),
        },
    }


def _version(version: FormVersion) -> dict[str, Any]:
    own = ("number", "filename", "size", "note", "made_by_name", "made_at")
    return {name: getattr(version, name) for name in own} | {"counts": rules.counts(version.asks)}


def _kept_inspection(request: HttpRequest, page: FormPage, language: str) -> dict[str, Any]:
    """The present version as an inspection; nothing is opened for it."""
    actor, version = actor_of(request), page.current
    binding = bindings.from_json(version.binding)
    labels = labels_of(binding.subject, language, actor)
    columns = columns_of(actor, version.layout["columns"], binding, labels, language)
    shared = rules.overlaps(version.subject, version.asks, queries.others(page.row.id))
    notes = [NOTES[note["code"]].say(language, note["params"]) for note in version.layout["notes"]]
    notes += [note.say(language) for note in retired_notes(columns)]
    return _said(
        actor, version.subject, version.layout["sheets"], version.layout["form"], columns, labels,
        rules.counts(version.asks), shared, binding, notes, language,
    )  # fmt: skip


def _inspection(actor: Actor, seen: Inspection, language: str) -> dict[str, Any]:
    notes = [note.say(language) for note in seen.notes]
    layouts = seen.template.layouts
    return _said(
        actor, seen.binding.subject, [layout.sheet for layout in layouts], layouts[0].form, seen.columns, seen.labels,
        seen.counts, seen.overlaps, seen.binding, notes, language,
    ) | {"names": seen.named.cells if seen.named else 0}  # fmt: skip


def _said(
    actor: Actor, subject: str, sheets: list[str], form: bool, columns: tuple[InspectedColumn, ...], labels: Any, counts: Counts,
    shared: tuple[Overlap, ...], binding: bindings.Binding, notes: list[str], language: str,
) -> dict[str, Any]:  # fmt: skip
    called = {column.field: column.label for column in columns if column.field and column.label} | dict(labels)
    return {
        "subject": subject, "subjects": bindings_said.subjects(language), "sheets": sheets[:50], "form": form,
        "columns": columns, "fields": [{"name": n, "label": label} for n, label in labels.items()], "counts": counts,
        "sentence": rules.sentence(counts, shared, language),
        "overlaps": [
            {
                "form_id": o.other.id, "name": o.other.name, "issuer_name": o.other.issuer_name, "alike": o.alike,
                "shared": rules.labelled(o.shared, called, language),
            }
            for o in shared[:20]
        ],
        "constants": dict(binding.constants), "where": binding.where, "notes": notes,
        "where_said": custom_conditions.in_words(actor, [binding.where], language)[0],
    }  # fmt: skip


def _facts(body: FormFactsIn) -> FormFacts:
    return FormFacts(**body.dict(include=set(FormFacts.__dataclass_fields__)))


def _body(kind: type[Body], text: str, field: str) -> Body:
    """What came as JSON in `field` of a form. Raises Invalid, or ValidationError naming what is to be mended."""
    try:
        return kind.model_validate(_json(text, field))
    except pydantic.ValidationError as error:
        raise ValidationError([{**entry, "loc": ("body", field, *entry["loc"])} for entry in error.errors()]) from None


def _json(text: str, field: str) -> Any:
    try:
        if "\\u0000" in text or "\x00" in text:
            raise ValueError  # what no text of the database can hold
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid(fields=(FieldProblem(field, "form", SHAPE),)) from None
