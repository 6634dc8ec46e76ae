"""The API of the intake, mounted at /api/intake: sources, batches with progress, mapping, findings, reviews."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal, cast
from urllib.parse import quote
from uuid import UUID

from django.http import FileResponse, HttpRequest
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from linli.access import reads
from linli.kernel.errors import FieldProblem, Invalid
from linli.kernel.http import PageOut, actor_of, language_of, require
from linli.registry.queries.codes import sources as all_sources
from linli.registry.queries.decisions import review_rows

from . import actions, kinds, queries
from .download import errors_file
from .fields import BY_KIND, GROUPS, PEOPLE
from .mapping import SHAPE
from .packing import packed
from .permissions import BATCH_MERGE, BATCH_UNDO, BATCH_UPLOAD, BATCH_VIEW, SOURCE_EDIT
from .suggest import REASONS
from .wording import problem_said, review_out

router = Router(tags=["intake"])
Area = Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3}){0,3}$")]


class SourceOut(Schema):
    """A source of data; lower priority wins a contested field."""

    code: str
    name: str
    name_en: str
    priority: int


class SourceIn(Schema):
    code: str = Field(max_length=32)
    name: str = Field(max_length=60)
    name_en: str = Field("", max_length=60)
    priority: int = Field(50, ge=1, le=99)


class KindOut(Schema):
    """A kind of table: people, or another kind of thing the registry holds."""

    name: str
    label: str


class KindIn(Schema):
    kind: str = Field(max_length=32)


class TargetOut(Schema):
    """A field that columns can be mapped to."""

    name: str
    label: str
    group: str
    group_label: str
    code_list: str | None
    required: bool


class BatchOut(Schema):
    """A batch in lists."""

    id: UUID
    area_code: str
    area_name: str
    kind: str
    source_code: str
    source_name: str
    filename: str
    file_size: int
    file_kept: bool
    sheet: str | None
    observed_on: date
    state: str
    stage: str
    percent: int
    rows: int | None
    check_counts: dict[str, Any] | None
    match_counts: dict[str, Any] | None
    merge_counts: dict[str, Any] | None
    problem: dict[str, Any] | None
    uploader_name: str
    cancel_asked: bool
    created_at: datetime
    changed_at: datetime
    merged_at: datetime | None
    finished_at: datetime | None


class CodeCountOut(Schema):
    code: str
    severity: str
    count: int
    reason: str
    remedy: str


class MayOut(Schema):
    map: bool
    check: bool
    merge: bool
    cancel: bool
    undo: bool
    decide: bool


class SameOut(Schema):
    id: UUID
    filename: str
    merged_at: datetime | None


class BatchDetailOut(BatchOut):
    """A batch with its counts in words; `working`: ask again soon; `same_as`: an earlier merge of this very file."""

    working: bool
    may: MayOut
    findings: list[CodeCountOut]
    same_as: SameOut | None = None


class ColumnOut(Schema):
    """A column of the file and what it is thought to be."""

    name: str
    letters: str
    filled: int
    fields: list[str]
    confidence: float
    reason: str
    reason_text: str


class PreviewRowOut(Schema):
    row: int
    cells: list[str | None]


class SheetOut(Schema):
    """A sheet of the file (within an archive: file/sheet). `why` it was not taken: hidden, unasked, no_table,
    no_rows, other_columns, no_file; rows and columns as the file declares them, else 0."""

    name: str
    hidden: bool
    rows: int
    columns: int
    taken: bool = True
    why: str = ""


class PreviewOut(Schema):
    """The file as read: its sheets, header, first rows (masked), the proposed and the current mapping."""

    kind: str
    sheets: list[SheetOut]
    sheet: str
    forms: bool = False
    header_rows: list[int]
    columns: list[ColumnOut]
    rows: list[PreviewRowOut]
    total: int
    notes: list[str]
    mapping: dict[str, Any]


class MappingIn(Schema):
    """The documented form of a mapping (`intake/mapping.py`)."""

    version: int = 1
    columns: dict[str, str | list[str] | None]
    constants: dict[str, str] = {}
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"


class MergeIn(Schema):
    skip_bad: bool = False


class FindingOut(Schema):
    """`row` counts through all sheets of the batch; `file`, `sheet`, `sheet_row`, `cell`: the place in one's own file
    (file and sheet where there are several)."""

    number: int
    row: int
    file: str | None
    sheet: str | None
    sheet_row: int | None
    cell: str | None
    column: str
    field: str
    field_label: str
    code: str
    severity: str
    value_masked: str | None
    reason: str
    remedy: str


class CandidateOut(Schema):
    person_id: UUID
    name: str | None
    birth: date | None
    id_masked: str | None
    area_code: str | None
    same_number: bool
    same_record: bool


class ReviewOut(Schema):
    """A row that matches two or more people, with those the actor can see."""

    row: int
    name: str | None
    birth: date | None
    candidates: list[CandidateOut]


class ReviewDecisionIn(Schema):
    """`choice` is "new", "skip", or "person" with `person_id`.

    `number_wrong`: the row's identity number is not this person's; it is set aside. Needed for anybody but its owner.
    """

    choice: Literal["person", "new", "skip"]
    person_id: UUID | None = None
    number_wrong: bool = False


class BatchFilter(Schema):
    area: Area | None = None
    state: str | None = Field(None, max_length=200)
    source: str | None = Field(None, max_length=32)
    cursor: str | None = None
    limit: int | None = None


@router.get("/sources", response=list[SourceOut], auth=require(BATCH_VIEW, BATCH_UPLOAD, SOURCE_EDIT))
def list_sources(request: HttpRequest) -> Any:
    """Sources of data, the weightiest first."""
    return all_sources()


@router.post("/sources", response={201: SourceOut}, auth=require(SOURCE_EDIT))
def save_source(request: HttpRequest, body: SourceIn) -> Any:
    """Enter a source, or change the one with that code."""
    return Status(201, actions.save_source(actor_of(request), body.code, body.name, body.name_en, body.priority))


@router.get("/kinds", response=list[KindOut], auth=require(BATCH_VIEW, BATCH_UPLOAD))
def list_kinds(request: HttpRequest) -> Any:
    """What a table can be about."""
    return kinds.listed(language_of(request))


@router.get("/fields", response=list[TargetOut], auth=require(BATCH_VIEW, BATCH_UPLOAD))
def list_fields(request: HttpRequest, kind: str = PEOPLE) -> Any:
    """The fields that columns of a table of that kind can be mapped to."""
    english = language_of(request) == "en"
    return [
        {
            "name": t.name,
            "label": t.en if english else t.zh,
            "group": t.group,
            "group_label": GROUPS[t.group][1 if english else 0],
            "code_list": t.code_list,
            "required": t.required,
        }
        for t in BY_KIND[kinds.of(kind).name]
    ]


@router.post("/batches", response={201: BatchDetailOut}, auth=require(BATCH_UPLOAD, upload=True))
def upload(
    request: HttpRequest,
    file: File[list[UploadedFile]],
    source: Form[str],
    area: Form[Area],
    sheet: Form[str | None] = None,
    observed_on: Form[date | None] = None,
    constants: Form[str] = "",
    kind: Form[str | None] = None,
) -> Any:
    """Bring a table, or several files as one batch (`file` repeated). It is read in the background; ask for the batch
    until its state is `mapping`.

    `kind` says what it is about; without it the columns tell.
    """
    try:
        fixed = json.loads(constants) if constants else {}
        if not isinstance(fixed, dict):
            raise ValueError
    except ValueError:
        raise Invalid(fields=(FieldProblem("constants", "form", SHAPE),)) from None
    fields: dict[str, Any] = {
        "source": source,
        "area": area,
        "sheet": sheet,
        "observed_on": observed_on,
        "constants": {str(k): str(v) for k, v in fixed.items()},
        "kind": kind or None,
    }
    actor, first = actor_of(request), file[0]
    if len(file) == 1:
        content, size = cast(BinaryIO, first.file), first.size or 0
        batch = actions.upload_batch(actor, content, filename=first.name or "table", size=size, **fields)
        return Status(201, _detail(request, batch.id))
    actions.check_upload(actor, source, area, sum(one.size or 0 for one in file), observed_on)
    with (
        packed((one.name or "table", cast(BinaryIO, one.file)) for one in file) as archive,
        archive.open("rb") as content,
    ):
        name = f"{Path(first.name or 'table').stem} +{len(file) - 1}.zip"
        batch = actions.upload_batch(actor, content, filename=name, size=archive.stat().st_size, **fields)
    return Status(201, _detail(request, batch.id))


@router.get("/batches", response=PageOut[BatchOut], auth=require(BATCH_VIEW))
def list_batches(request: HttpRequest, filters: Query[BatchFilter]) -> Any:
    """Batches in the actor's areas, newest first. `state` takes several, parted by commas."""
    return queries.batches(actor_of(request), language=language_of(request), **filters.dict())


@router.get("/batches/{uuid:batch_id}", response=BatchDetailOut, auth=require(BATCH_VIEW))
def get_batch(request: HttpRequest, batch_id: UUID) -> Any:
    """A batch with state, progress and counts; ask again while `working`."""
    return _detail(request, batch_id)


@router.get("/batches/{uuid:batch_id}/preview", response=PreviewOut, auth=require(BATCH_UPLOAD))
def get_preview(request: HttpRequest, batch_id: UUID) -> Any:
    """The header, the first 20 rows (masked), and the proposed mapping with confidence and reason."""
    language = language_of(request)
    found, mapping = queries.preview(actor_of(request), batch_id)
    reads.note("detail", "batch", subject_id=batch_id, count=len(found["rows"]))
    columns = [c | {"reason_text": REASONS[c["reason"]].say(language, c["params"])} for c in found["columns"]]
    notes = [problem_said(n["code"], n["params"], language) for n in found["notes"]]
    return found | {"columns": columns, "notes": notes, "mapping": mapping}


@router.put("/batches/{uuid:batch_id}/mapping", response=BatchDetailOut, auth=require(BATCH_UPLOAD))
def put_mapping(request: HttpRequest, batch_id: UUID, body: MappingIn) -> Any:
    """Say which columns are which fields."""
    actions.set_mapping(actor_of(request), batch_id, body.dict())
    return _detail(request, batch_id)


@router.put("/batches/{uuid:batch_id}/kind", response={202: BatchDetailOut}, auth=require(BATCH_UPLOAD))
def put_kind(request: HttpRequest, batch_id: UUID, body: KindIn) -> Any:
    """Say what the table is about, where the columns were misread; it is read again in the background."""
    actions.set_kind(actor_of(request), batch_id, body.kind)
    return Status(202, _detail(request, batch_id))


class SheetsIn(Schema):
    """Sheets by their names in the preview; none: all that have the same columns."""

    sheets: list[str] = Field(max_length=5_000)


@router.put("/batches/{uuid:batch_id}/sheets", response={202: BatchDetailOut}, auth=require(BATCH_UPLOAD))
def put_sheets(request: HttpRequest, batch_id: UUID, body: SheetsIn) -> Any:
    """Have the file read again, in the background, with these of its sheets."""
    actions.choose_sheets(actor_of(request), batch_id, body.sheets)
    return Status(202, _detail(request, batch_id))


@router.post("/batches/{uuid:batch_id}/check", response={202: BatchDetailOut}, auth=require(BATCH_UPLOAD))
def check(request: HttpRequest, batch_id: UUID) -> Any:
    """Check the rows and foretell the merge, in the background."""
    actions.check_batch(actor_of(request), batch_id)
    return Status(202, _detail(request, batch_id))


@router.post("/batches/{uuid:batch_id}/merge", response={202: BatchDetailOut}, auth=require(BATCH_MERGE))
def merge(request: HttpRequest, batch_id: UUID, body: MergeIn) -> Any:
    """Merge into the base, in the background; refused for a file with errors unless `skip_bad`."""
    actions.merge_batch(actor_of(request), batch_id, skip_bad=body.skip_bad)
    return Status(202, _detail(request, batch_id))


@router.post("/batches/{uuid:batch_id}/cancel", response=BatchDetailOut, auth=require(BATCH_UPLOAD))
def cancel(request: HttpRequest, batch_id: UUID) -> Any:
    """Give the batch up. Work in progress ends within seconds and leaves the base as it was."""
    actions.cancel_batch(actor_of(request), batch_id)
    return _detail(request, batch_id)


@router.post("/batches/{uuid:batch_id}/undo", response={202: BatchDetailOut}, auth=require(BATCH_UNDO))
def undo(request: HttpRequest, batch_id: UUID) -> Any:
    """Take the merge back, in the background; refused (409) with the later entries that rest on it."""
    actions.undo_batch(actor_of(request), batch_id)
    return Status(202, _detail(request, batch_id))


class FindingFilter(Schema):
    code: str | None = Field(None, max_length=60)
    severity: Literal["error", "warning"] | None = None
    cursor: str | None = None
    limit: int | None = None


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


class ReviewFilter(Schema):
    cursor: str | None = None
    limit: int | None = None


@router.get("/batches/{uuid:batch_id}/reviews", response=PageOut[ReviewOut], auth=require(BATCH_MERGE))
def list_reviews(request: HttpRequest, batch_id: UUID, filters: Query[ReviewFilter]) -> Any:
    """Rows that match two or more people."""
    actor = actor_of(request)
    queries.batch(actor, batch_id)
    page = review_rows(actor, batch_id, filters.cursor, filters.limit)
    reads.note("list", "person", subject_id=batch_id, count=len(page.items))
    return {"items": review_out(page.items), "next": page.next, "count": page.count}


@router.post("/batches/{uuid:batch_id}/reviews/{int:row}", response=BatchDetailOut, auth=require(BATCH_MERGE))
def decide(request: HttpRequest, batch_id: UUID, row: int, body: ReviewDecisionIn) -> Any:
    """Say whom a row belongs to."""
    actions.decide_review(actor_of(request), batch_id, row, body.choice, body.person_id, body.number_wrong)
    return _detail(request, batch_id)


def _detail(request: HttpRequest, batch_id: UUID) -> dict[str, Any]:
    actor, language = actor_of(request), language_of(request)
    row = queries.batch(actor, batch_id, language)
    same = queries.earlier_same(actor, batch_id)
    plain = {name: getattr(row, name) for name in row.__slots__}
    if row.problem:
        plain["problem"] = row.problem | {"text": problem_said(row.problem["code"], row.problem["params"], language)}
    return plain | {
        "working": queries.is_working(row),
        "may": queries.may(actor, row),
        "findings": queries.counts_in_words(row.check_counts, language),
        "same_as": same,
    }
