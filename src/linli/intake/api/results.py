"""What a check found, and rows that wait for a decision."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import FileResponse, HttpRequest
from ninja import Query

from linli.access import reads
from linli.kernel.http import PageOut, actor_of, language_of, require
from linli.registry.queries.decisions import review_rows

from .. import actions, queries
from ..download import errors_file
from ..permissions import BATCH_MERGE, BATCH_UPLOAD, BATCH_VIEW
from ..wording import review_out
from .detail import detail
from .router import router
from .schemas import BatchDetailOut, FindingFilter, FindingOut, ReviewDecisionIn, ReviewFilter, ReviewOut


@router.get("/batches/{uuid:batch_id}/findings", response=PageOut[FindingOut], auth=require(BATCH_VIEW))
def list_findings(request: HttpRequest, batch_id: UUID, filters: Query[FindingFilter]) -> Any:
    """Findings by row, with reason and remedy in words; values are masked."""
    actor, language = actor_of(request), language_of(request)
    queries.batch(actor, batch_id)  # a foreign batch is not found, as everywhere
    page = queries.findings(actor, batch_id, language=language, **filters.dict())
    reads.note("list", "finding", subject_id=batch_id, count=len(page.items))
    return page


@router.get("/batches/{uuid:batch_id}/errors.xlsx", auth=require(BATCH_UPLOAD), response={200: None})
def download_errors(request: HttpRequest, batch_id: UUID) -> FileResponse:
    """The user's own file with the bad cells coloured and commented."""
    actor = actor_of(request)
    content, name = errors_file(actor, batch_id, language_of(request))
    reads.note("download", "batch", subject_id=batch_id)
    response = FileResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f"attachment; filename=\"errors.xlsx\"; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store"
    return response


@router.get("/batches/{uuid:batch_id}/reviews", response=PageOut[ReviewOut], auth=require(BATCH_MERGE))
def list_reviews(request: HttpRequest, batch_id: UUID, filters: Query[ReviewFilter]) -> Any:
    """Rows of which it is not plain whose they are."""
    actor = actor_of(request)
    queries.batch(actor, batch_id)
    page = review_rows(actor, batch_id, filters.cursor, filters.limit)
    reads.note("list", "person", subject_id=batch_id, count=len(page.items))
    return {"items": review_out(page.items), "next": page.next, "count": page.count}


@router.post("/batches/{uuid:batch_id}/reviews/{int:row}", response=BatchDetailOut, auth=require(BATCH_MERGE))
def decide(request: HttpRequest, batch_id: UUID, row: int, body: ReviewDecisionIn) -> Any:
    """Say whom a row belongs to."""
    actions.decide_review(actor_of(request), batch_id, row, body.choice, body.person_id, body.number_wrong)
    return detail(request, batch_id)
