"""Ledgers over HTTP: what would fill a template, how many a condition chooses, and the template filled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from linli.kernel import clock, files
from linli.kernel.errors import FieldProblem, Invalid
from linli.kernel.http import actor_of, language_of, require
from linli.registry.actions.workbook import MOST_ROWS
from linli.registry.problems import PurposeMissing

from ..api.schemas import Area
from ..permissions import LEDGER_FILL
from . import bindings_said, condition_words, custom, selecting
from .binding import SHAPE, Binding, from_json
from .condition_text import from_text, to_text
from .conditions import to_json
from .fill import Order, fill, look

router = Router(tags=["ledgers"])
SHORTEST_PURPOSE = 4
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NamedOut(Schema):
    """A name of the program with its label."""

    name: str
    label: str


class LedgerColumnOut(Schema):
    """A column of a template and what would fill it. `state`: bound, not_held (known, and not in the base) or unbound."""

    name: str
    field: str | None
    state: str


class LedgerTemplateOut(Schema):
    """A template as understood. `columns` are those of all sheets, each once; `fields` is what they can be bound to."""

    subject: str
    subjects: list[NamedOut]
    sheets: list[str]
    form: bool
    columns: list[LedgerColumnOut]
    fields: list[NamedOut]
    notes: list[str]


class CountIn(Schema):
    """A condition as a line of text; a custom field stands in it by `custom:ID` or by its name in quotes."""

    where: str = Field("", max_length=1000)
    area: Area
    on: date | None = None


class LedgerCountOut(Schema):
    """How many people meet a condition, at the moment `as_of`; always `exact`. `where` is the condition as understood."""

    people: int
    exact: bool = True
    as_of: datetime
    where: str
    condition: dict[str, Any]


class OrderIn(Schema):
    """What is asked for. `binding` in the documented form; without it, what is proposed."""

    area: Area
    purpose: str = Field(max_length=200)
    where: str = Field("", max_length=1000)
    on: date | None = None
    masked: bool = Field(True, description="Off: numbers the taker may see stand in full, and the log tells")
    empty: bool = False
    binding: dict[str, Any] | None = None


@contextmanager
def kept(file: UploadedFile) -> Iterator[Path]:
    """An upload as a private file that goes with the block."""
    with files.scratch() as folder:
        path = folder / "template.xlsx"
        with path.open("wb") as target:
            for block in file.chunks():
                target.write(block)
        yield path


@router.post("/templates", response=LedgerTemplateOut, auth=require(LEDGER_FILL, upload=True))
def read_template(request: HttpRequest, file: File[UploadedFile], subject: Form[str | None] = None) -> Any:
    """What a template asks for and what would fill it. Nothing of it is kept; `subject` overrules what its rows are."""
    if subject:
        from_json({"subject": subject})
    with kept(file) as path:
        template, binding = look(path, file.name or "", subject or None)
    actor, language = actor_of(request), language_of(request)
    binding = custom.with_custom(binding, custom.offered(actor))
    return {
        "subject": binding.subject,
        "subjects": bindings_said.subjects(language),
        "sheets": [layout.sheet for layout in template.layouts][:50],
        "form": template.layouts[0].form,
        "columns": bindings_said.columns(template.names, binding),
        "fields": bindings_said.fields(binding.subject, language, actor),
        "notes": [note.say(language) for note in template.notes],
    }


@router.post("/count", response=LedgerCountOut, auth=require(LEDGER_FILL))
def count(request: HttpRequest, given: CountIn) -> Any:
    """How many people of an area meet a condition while it is being built: as many as rows would be filled now."""
    actor, condition = actor_of(request), from_text(given.where)
    actor.require(LEDGER_FILL, given.area)
    return {
        "people": selecting.count(actor, condition, given.area, given.on),
        "as_of": clock.now(),
        "where": condition_words.in_words(actor, [to_text(condition)], language_of(request))[0],
        "condition": to_json(condition),
    }


@router.post("/fill", auth=require(LEDGER_FILL, upload=True))
def fill_template(request: HttpRequest, file: File[UploadedFile], order: Form[str]) -> HttpResponse:
    """The template filled, as a workbook; `order` is JSON (OrderIn). Up to 50,000 rows; more by command."""
    request.keep_answer = False  # type: ignore[attr-defined]  # a kept answer would be taken again without a note
    actor, wanted = actor_of(request), _order(order)
    if len(wanted.purpose.strip()) < SHORTEST_PURPOSE:
        raise PurposeMissing()
    binding: Binding | None = from_json(wanted.binding) if wanted.binding else None
    asked = Order(
        area=wanted.area, binding=binding, where=wanted.where, on=wanted.on, masked=wanted.masked, empty=wanted.empty,
        purpose=wanted.purpose, language=language_of(request), filename=file.name or "", most=MOST_ROWS,
    )  # fmt: skip
    with kept(file) as path:
        target = path.with_name("filled.xlsx")
        fill(actor, path, target, asked)
        content = target.read_bytes()
    response = HttpResponse(content, content_type=XLSX)
    name = quote(f"{Path(file.name or 'ledger').stem}-{clock.today():%Y%m%d}.xlsx")
    response["Content-Disposition"] = f"attachment; filename=\"ledger.xlsx\"; filename*=UTF-8''{name}"
    return response


def _order(text: str) -> OrderIn:
    """The order of a form. Raises Invalid for what is no order."""
    try:
        if "\\u0000" in text or "\x00" in text:
            raise ValueError  # what no text of the database can hold
        return OrderIn.model_validate(json.loads(text))
    except (ValueError, RecursionError):
        raise Invalid(fields=(FieldProblem("order", "form", SHAPE),)) from None
