"""The errors workbook for download: made when asked for, in a private folder that goes at once; nothing is stored."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import polars as pl

from linli.access import changes
from linli.kernel import clock, files
from linli.kernel.actors import Actor
from linli.registry.permissions import REVEAL

from .actions import FileGone, find
from .checking.collect import SCHEMA
from .models import Finding
from .permissions import BATCH_UPLOAD
from .tables import table_of
from .work import WrongState
from .workbook import write_errors


def stamp(actor: Actor) -> str:
    """Who took the workbook out and when: the watermark on its list of findings. Who sees as another stands first."""
    who = f"{actor.extra['viewer_name']}（{actor.name}）" if "viewer" in actor.extra else actor.name
    return f"{who} {actor.unit_name} {clock.now().astimezone(clock.LOCAL):%Y-%m-%d %H:%M}".replace("  ", " ")


def errors_file(actor: Actor, batch_id: UUID, language: str) -> tuple[BinaryIO, str]:
    """The marked workbook as an open file that nobody else can reach, and its name.

    It holds numbers in full, so it is for whoever brought the file, and for those who may upload and see full numbers
    there. Raises NotFound, Forbidden, FileGone, WrongState.
    """
    batch = find(actor, batch_id, BATCH_UPLOAD)
    if batch.uploader != actor.id or "viewer" in actor.extra:  # who sees as the uploader brought nothing
        actor.require(REVEAL, batch.area_code)
    if batch.file_gone_at is not None or batch.file_id is None:
        raise FileGone()
    if batch.check_counts is None:
        raise WrongState(state=batch.state)
    columns = list(SCHEMA)
    kept = Finding.objects.filter(batch_id=batch_id).order_by("number").values_list(*columns)
    rows = [(*row[:-1], json.dumps(row[-1], ensure_ascii=False)) for row in kept]
    findings = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    with files.opened(batch.file_id, Path(batch.filename).suffix) as path, files.scratch() as folder:
        table = table_of(batch, path, actor)
        target = folder / "errors.xlsx"
        write_errors(path, target, table, findings, language=language, stamp=stamp(actor))
        content = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 – the response closes it
        content.write(target.read_bytes())
        content.seek(0)
    if "viewer" not in actor.extra:  # a look changes nothing, not even this log; the read log has it with both names
        changes.record(actor, "intake.batch.download", "batch", batch_id, batch.area_code, {"findings": len(rows)})
    ending = "errors" if language.startswith("en") else "问题标注"
    return content, f"{Path(batch.filename).stem}-{ending}.xlsx"
