"""The API of comparisons, below /api/intake: what changed between two batches of one source."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from linli.access import reads
from linli.kernel import clock
from linli.kernel.http import PageOut, actor_of, language_of, require

from ..permissions import BATCH_VIEW
from ..wording import problem_said
from . import actions, queries
from .export import export_comparison
from .queries import ComparisonRow, RowFilter

router = Router(tags=["intake"])
AREA = r"^[0-9]{6}([0-9]{3}){0,3}$"


class BatchNameOut(Schema):
    id: UUID
    filename: str
    state: str
    rows: int | None
    merged_at: datetime | None
    created_at: datetime


class VillageCountsOut(Schema):
    """Rows of a village by outcome: new, gone, changed, flawed (the row has an error in one file), unchanged."""

    area_code: str
    area_name: str
    counts: dict[str, int]


class ComparedFieldOut(Schema):
    name: str
    label: str


class ComparisonOut(Schema):
    """Two batches compared. `only_before`, `only_after`: what just one of the tables has, which is not compared.

    `before_from_file`, `after_from_file`: false where the file was gone and the kept statements of the source were
    compared instead; they hold also what earlier batches said, so rows that are gone may have gone before.
    """

    id: UUID
    area_code: str
    area_name: str
    source_code: str
    kind: str
    before: BatchNameOut
    after: BatchNameOut
    before_from_file: bool
    after_from_file: bool
    state: Literal["queued", "done", "failed"]
    percent: int
    problem: str | None
    counts: dict[str, int] | None
    villages: list[VillageCountsOut]
    compared: list[ComparedFieldOut]
    only_before: list[str]
    only_after: list[str]
    asked_by_name: str
    created_at: datetime
    finished_at: datetime | None


class DifferenceOut(Schema):
    field: str
    label: str
    before: str | None
    after: str | None


class DiffRowOut(Schema):
    """A row that is not the same in both; numbers are masked."""

    number: int
    outcome: Literal["new", "gone", "changed", "flawed"]
    area_code: str
    area_name: str
    before_row: int | None
    after_row: int | None
    name: str | None
    mark: str | None
    changes: list[DifferenceOut]


class CompareIn(Schema):
    """`earlier`: the batch to compare with; without it, the last one of the source merged before."""

    earlier: UUID | None = None


class ComparisonQuery(Schema):
    batch: UUID | None = None
    cursor: str | None = None
    limit: int | None = None


class RowQuery(Schema):
    outcome: Literal["new", "gone", "changed", "flawed"] | None = None
    area: str | None = Field(None, pattern=AREA)
    field: str | None = Field(None, max_length=40)
    cursor: str | None = None
    limit: int | None = None


class RowExportIn(Schema):
    """The same filters as the list; the purpose is written to the read log."""

    outcome: Literal["new", "gone", "changed", "flawed"] | None = None
    area: str | None = Field(None, pattern=AREA)
    field: str | None = Field(None, max_length=40)
    purpose: str = Field(max_length=200)


@router.post("/batches/{uuid:batch_id}/comparisons", response={202: ComparisonOut}, auth=require(BATCH_VIEW))
def compare_batch(request: HttpRequest, batch_id: UUID, body: CompareIn) -> Any:
    """Have a batch compared with an earlier one of its source, in the background; ask again until `done`."""
    actor = actor_of(request)
    made = actions.ask(actor, batch_id, body.earlier)
    return Status(202, _out(request, queries.comparison(actor, made.id, language_of(request))))


@router.get("/comparisons", response=PageOut[ComparisonOut], auth=require(BATCH_VIEW))
def list_comparisons(request: HttpRequest, filters: Query[ComparisonQuery]) -> Any:
    """Comparisons in the actor's areas, newest first; `batch`: those of one batch with earlier ones."""
    page = queries.comparisons(actor_of(request), language=language_of(request), **filters.dict())
    return {"items": [_out(request, row) for row in page.items], "next": page.next, "count": page.count}


@router.get("/comparisons/{uuid:comparison_id}", response=ComparisonOut, auth=require(BATCH_VIEW))
def get_comparison(request: HttpRequest, comparison_id: UUID) -> Any:
    """A comparison with its counts, also by village."""
    return _out(request, queries.comparison(actor_of(request), comparison_id, language_of(request)))


@router.get("/comparisons/{uuid:comparison_id}/rows", response=PageOut[DiffRowOut], auth=require(BATCH_VIEW))
def list_rows(request: HttpRequest, comparison_id: UUID, filters: Query[RowQuery]) -> Any:
    """The rows that are new, gone or changed: changed ones first, by area."""
    actor, wanted = actor_of(request), RowFilter(filters.outcome, filters.area, filters.field)
    page = queries.rows(
        actor, comparison_id, wanted, cursor=filters.cursor, limit=filters.limit, language=language_of(request)
    )
    reads.note("list", "comparison", subject_id=comparison_id, area=filters.area, count=len(page.items))
    return page


@router.post("/comparisons/{uuid:comparison_id}/export", auth=require(BATCH_VIEW), response={200: None})
def export(request: HttpRequest, comparison_id: UUID, body: RowExportIn) -> HttpResponse:
    """The rows as a workbook, numbers masked; needs the right to take out what the comparison is about."""
    wanted = RowFilter(body.outcome, body.area, body.field)
    content = export_comparison(actor_of(request), comparison_id, wanted, body.purpose, language_of(request))
    response = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="comparison-{clock.today():%Y%m%d}.xlsx"'
    return response


def _out(request: HttpRequest, row: ComparisonRow) -> dict[str, Any]:
    problem = row.problem and problem_said(row.problem["code"], row.problem["params"], language_of(request))
    plain = {name: getattr(row, name) for name in ComparisonOut.model_fields if name not in ("compared", "problem")}
    return plain | {"problem": problem, "compared": [{"name": n, "label": label} for n, label in row.compared]}
