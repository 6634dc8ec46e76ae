"""Extensions and appeals over HTTP: what waits for one's decision, and what was asked for. They are decided by steps of the case."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from linli.access import reads
from linli.kernel.area_names import names_of
from linli.kernel.http import CountOut, PageOut, actor_of, require

from ..permissions import HANDLE, VIEW
from .requested import RequestFilter, RequestRow, requests_page
from .schemas import AdjustmentReviewOut, AdjustmentRowOut, AdjustmentsQuery

router = Router(tags=["cases"])


@router.get("/cases/adjustments", auth=require(VIEW, HANDLE), response=PageOut[AdjustmentRowOut])
def list_adjustments(request: HttpRequest, wanted: Annotated[AdjustmentsQuery, Query()]) -> Any:
    """Extensions and appeals: what waits for the reader's decision, or all of the cases in sight."""
    actor = actor_of(request)
    chosen = RequestFilter(wanted.view, wanted.wish, wanted.state, wanted.turn, wanted.area)
    page = requests_page(actor, chosen, wanted.cursor, wanted.limit)
    reads.note("list", "case", area=wanted.area, over=[row.area_code for row in page.items], count=len(page.items))
    named = names_of(row.area_code for row in page.items)
    count = CountOut(value=page.count.value, exact=page.count.exact) if page.count else None
    return PageOut[AdjustmentRowOut](items=[_line(row, named) for row in page.items], next=page.next, count=count)


def _line(row: RequestRow, named: dict[str, str]) -> AdjustmentRowOut:
    told = asdict(row) | {"reviews": _reviews(json.loads(row.reviews)), "area_name": named[row.area_code]}
    return AdjustmentRowOut(**told)


def _reviews(said: list[dict[str, Any]]) -> list[AdjustmentReviewOut]:
    return [
        AdjustmentReviewOut(**{name: each[name] for name in AdjustmentReviewOut.model_fields if name in each})
        for each in said
    ]
