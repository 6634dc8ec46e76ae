"""Recognitions over HTTP: what texts say of tiers that were reached."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from linli.kernel.http import actor_of, require

from ..entry import recognition_out
from ..permissions import VIEW
from ..schemas import RecognitionsOut
from . import queries

router = Router(tags=["tiers"])


@router.get("/tiers/recognitions", auth=require(VIEW), response=RecognitionsOut, summary="认定 / Recognitions")
def list_recognitions(
    request: HttpRequest, cursor: str | None = None, limit: Annotated[int | None, Query(ge=1, le=200)] = None
) -> Any:
    """Every statement in sight with its authority, day, source and certainty."""
    page = queries.recognitions_page(actor_of(request), cursor, limit)
    return RecognitionsOut(items=[recognition_out(each) for each in page.items], next=page.next)
