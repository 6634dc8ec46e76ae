"""Batches from upload to merge and undo."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, Query, Status
from ninja.files import UploadedFile

from linli.access import reads
from linli.kernel.errors import FieldProblem, Invalid
from linli.kernel.http import PageOut, actor_of, language_of, require

from .. import actions, queries
from ..mapping import SHAPE
from ..packing import packed
from ..permissions import BATCH_MERGE, BATCH_UNDO, BATCH_UPLOAD, BATCH_VIEW
from ..suggest import REASONS
from ..wording import problem_said
from .detail import detail
from .router import router
from .schemas import (
    Area,
    BatchDetailOut,
    BatchFilter,
    BatchMappingIn,
    BatchOut,
    KindIn,
    MergeIn,
    PreviewOut,
    SheetsIn,
)


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
        return Status(201, detail(request, batch.id))
    actions.check_upload(actor, source, area, sum(one.size or 0 for one in file), observed_on)
    with (
        packed((one.name or "table", cast(BinaryIO, one.file)) for one in file) as archive,
        archive.open("rb") as content,
    ):
        name = f"{Path(first.name or 'table').stem} +{len(file) - 1}.zip"
        batch = actions.upload_batch(actor, content, filename=name, size=archive.stat().st_size, **fields)
    return Status(201, detail(request, batch.id))


@router.get("/batches", response=PageOut[BatchOut], auth=require(BATCH_VIEW))
def list_batches(request: HttpRequest, filters: Query[BatchFilter]) -> Any:
    """Batches in the actor's areas, newest first. `state` takes several, parted by commas."""
    return queries.batches(actor_of(request), language=language_of(request), **filters.dict())


@router.get("/batches/{uuid:batch_id}", response=BatchDetailOut, auth=require(BATCH_VIEW))
def get_batch(request: HttpRequest, batch_id: UUID) -> Any:
    """A batch with state, progress and counts; ask again while `working`."""
    return detail(request, batch_id)


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
def put_mapping(request: HttpRequest, batch_id: UUID, body: BatchMappingIn) -> Any:
    """Say which columns are which fields."""
    actions.set_mapping(actor_of(request), batch_id, body.dict(exclude={"library"}), body.library)
    return detail(request, batch_id)


@router.put("/batches/{uuid:batch_id}/kind", response={202: BatchDetailOut}, auth=require(BATCH_UPLOAD))
def put_kind(request: HttpRequest, batch_id: UUID, body: KindIn) -> Any:
    """Say what the table is about, where the columns were misread; it is read again in the background."""
    actions.set_kind(actor_of(request), batch_id, body.kind)
    return Status(202, detail(request, batch_id))


@router.put("/batches/{uuid:batch_id}/sheets", response={202: BatchDetailOut}, auth=require(BATCH_UPLOAD))
def put_sheets(request: HttpRequest, batch_id: UUID, body: SheetsIn) -> Any:
    """Have the file read again, in the background, with these of its sheets."""
    actions.choose_sheets(actor_of(request), batch_id, body.sheets)
    return Status(202, detail(request, batch_id))


@router.post("/batches/{uuid:batch_id}/check", response={202: BatchDetailOut}, auth=require(BATCH_UPLOAD))
def check(request: HttpRequest, batch_id: UUID) -> Any:
    """Check the rows and foretell the merge, in the background."""
    actions.check_batch(actor_of(request), batch_id)
    return Status(202, detail(request, batch_id))


@router.post("/batches/{uuid:batch_id}/merge", response={202: BatchDetailOut}, auth=require(BATCH_MERGE))
def merge(request: HttpRequest, batch_id: UUID, body: MergeIn) -> Any:
    """Merge into the base, in the background; refused for a file with errors unless `skip_bad`."""
    actions.merge_batch(actor_of(request), batch_id, skip_bad=body.skip_bad)
    return Status(202, detail(request, batch_id))


@router.post("/batches/{uuid:batch_id}/cancel", response=BatchDetailOut, auth=require(BATCH_UPLOAD))
def cancel(request: HttpRequest, batch_id: UUID) -> Any:
    """Give the batch up. Work in progress ends within seconds and leaves the base as it was."""
    actions.cancel_batch(actor_of(request), batch_id)
    return detail(request, batch_id)


@router.post("/batches/{uuid:batch_id}/undo", response={202: BatchDetailOut}, auth=require(BATCH_UNDO))
def undo(request: HttpRequest, batch_id: UUID) -> Any:
    """Take the merge back, in the background; refused (409) with the later entries that rest on it."""
    actions.undo_batch(actor_of(request), batch_id)
    return Status(202, detail(request, batch_id))
