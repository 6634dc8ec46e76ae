"""The intake of cases over HTTP, beside the intake's own doors: words of a source, templates, and where a case came from."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from linli.access import reads
from linli.intake.permissions import BATCH_UPLOAD
from linli.kernel.http import actor_of, language_of, require
from linli.registry.queries.codes import sources

from ..permissions import HANDLE, VIEW
from . import actions, queries
from .queries import What
from .schemas import (
    CaseOriginAnswerOut,
    CaseOriginOut,
    CaseWordChoiceOut,
    CaseWordIn,
    CaseWordOut,
    CaseWordsOut,
    SheetKind,
)

router = Router(tags=["cases"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/case-sheets/words", response=CaseWordsOut, auth=require(BATCH_UPLOAD))
def list_words(request: HttpRequest, batch: UUID) -> CaseWordsOut:
    """Words for units and categories in a batch that stand for nothing known."""
    actor = actor_of(request)
    source, found = queries.words_of(actor, batch)
    return CaseWordsOut(
        source=source,
        may_say=actions.may_say(actor),
        items=[CaseWordOut(what=w.what, written=w.written, rows=w.rows, target=_choice(w.target)) for w in found],
    )


@router.put("/case-sheets/words", response={204: None}, auth=require(BATCH_UPLOAD))
def put_word(request: HttpRequest, given: CaseWordIn) -> tuple[int, None]:
    """Say what a word stands for. Batches see it when they are checked again."""
    actions.set_word(actor_of(request), given.source, given.what, given.written, given.target_id)
    return 204, None


@router.get("/case-sheets/choices", response=list[CaseWordChoiceOut], auth=require(BATCH_UPLOAD))
def list_choices(request: HttpRequest, what: What, words: Query[str] = "") -> list[CaseWordChoiceOut | None]:
    """What words can stand for, by name; categories by code and initials too."""
    return [_choice(each) for each in queries.choices(what, words)]


@router.get("/case-sheets/{kind}/template.xlsx", auth=require(BATCH_UPLOAD), response={200: None})
def get_template(request: HttpRequest, kind: SheetKind) -> HttpResponse:
    """The workbook to fill in, with notes on each column."""
    from .template import file_name, template

    language = language_of(request)
    answer = HttpResponse(template(kind, language), content_type=XLSX)
    name = quote(file_name(kind, language))
    answer["Content-Disposition"] = f"attachment; filename=\"{kind}.xlsx\"; filename*=UTF-8''{name}"
    return answer


@router.get("/cases/{case_id}/origin", response=CaseOriginAnswerOut, auth=require(VIEW, HANDLE))
def get_origin(request: HttpRequest, case_id: UUID) -> CaseOriginAnswerOut:
    """From which sheet a case came."""
    found, area = queries.origin_of(actor_of(request), case_id)
    reads.note("detail", "case", subject_id=case_id, area=area)
    if found is None:
        return CaseOriginAnswerOut(origin=None)
    english = language_of(request) == "en"
    names = {s.code: (s.name_en or s.name) if english else s.name for s in sources()}
    plain = {name: getattr(found, name) for name in CaseOriginOut.model_fields if hasattr(found, name)}
    named = names.get(found.source_code, found.source_code)
    return CaseOriginAnswerOut(
        origin=CaseOriginOut(**plain, source_name=named, withdrawn=found.withdrawn_at is not None)
    )


def _choice(found: queries.Choice | None) -> CaseWordChoiceOut | None:
    return CaseWordChoiceOut(id=found.id, name=found.name, code=found.code) if found else None
