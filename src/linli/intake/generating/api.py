"""Ledgers in the background over HTTP, below /api/forms: asking for one, how far it is, giving it up, taking the file."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from linli.kernel.http import PageOut, actor_of, language_of, require

from ..catalogue.schemas import GeneratedOut, GeneratedQuery, GenerateIn
from ..ledgers.api import XLSX
from ..ledgers.problems import NOTES
from ..permissions import LEDGER_FILL
from ..wording import problem_said
from . import actions, queries
from .queries import GeneratedRow

router = Router(tags=["forms"])


@router.post("/{uuid:form_id}/generate", response={202: GeneratedOut}, auth=require(LEDGER_FILL))
def ask(request: HttpRequest, form_id: UUID, body: GenerateIn) -> Any:
    """Have a form filled for an area and a day, in the background."""
    actor, language = actor_of(request), language_of(request)
    wanted = body.dict(exclude={"version"})
    made = actions.ask(actor, form_id, number=body.version, language=language, **wanted)
    return Status(202, _out(queries.one(actor, made.id), language))


@router.get("/generated", response=PageOut[GeneratedOut], auth=require(LEDGER_FILL))
def list_generated(request: HttpRequest, filters: Query[GeneratedQuery]) -> Any:
    """What the caller asked for, the latest first; ask again while one is queued or running."""
    language = language_of(request)
    page = queries.mine(actor_of(request), **filters.dict())
    return {"items": [_out(row, language) for row in page.items], "next": page.next, "count": page.count}


@router.post("/generated/{uuid:generated_id}/cancel", response=GeneratedOut, auth=require(LEDGER_FILL))
def cancel(request: HttpRequest, generated_id: UUID) -> Any:
    """Give a ledger up; work in progress ends within seconds."""
    actor = actor_of(request)
    actions.cancel(actor, generated_id)
    return _out(queries.one(actor, generated_id), language_of(request))


@router.get("/generated/{uuid:generated_id}/file", auth=require(LEDGER_FILL))
def take(request: HttpRequest, generated_id: UUID) -> HttpResponse:
    """The finished workbook; taking it is in the read log."""
    content, name = actions.take(actor_of(request), generated_id)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename=\"ledger.xlsx\"; filename*=UTF-8''{quote(name)}"
    return response


def _out(row: GeneratedRow, language: str) -> dict[str, Any]:
    own = [name for name in GeneratedOut.model_fields if name not in ("notes", "problem")]
    return {name: getattr(row, name) for name in own} | {
        "notes": [NOTES[note["code"]].say(language, note["params"]) for note in row.notes],
        "problem": problem_said(row.problem["code"], row.problem["params"], language) if row.problem else None,
    }
