"""Bringing a table: sources are entered, a file is kept and a batch opened for it."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings

from linli.access import changes
from linli.kernel import clock, files
from linli.kernel.actors import Actor
from linli.kernel.areas import is_code
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.kernel.ids import uuid7
from linli.registry.models import Source

from .. import kinds
from ..fields import PEOPLE
from ..limits import MEGABYTE
from ..limits import installed as limits
from ..models import Batch
from ..permissions import BATCH_UPLOAD, SOURCE_EDIT
from ..problems import REQUIRED, UNKNOWN_SOURCE, EmptyFile, FileTooLarge
from ..rules import State
from .batch import queue

UNKNOWN_AREA = Text("不是有效的区划代码。", "Not an area code.")
SOURCE_FORM = Text(
    "代码由 2 至 32 个小写字母、数字和连字符组成。", "A code has 2 to 32 small letters, digits and hyphens."
)
FUTURE = Text("日期不能在今天之后。", "The date cannot lie in the future.")


def save_source(actor: Actor, code: str, name: str, name_en: str = "", priority: int = 50) -> Source:
    """Enter or change a source of data. Lower `priority` wins a contested field, of everybody in the district."""
    actor.require(SOURCE_EDIT, settings.LINLI_DISTRICT)
    if not (2 <= len(code) <= 32 and code.isascii() and code.replace("-", "").isalnum() and code == code.lower()):
        raise Invalid(fields=(FieldProblem("code", "form", SOURCE_FORM),))
    if not name.strip():
        raise Invalid(fields=(FieldProblem("name", "required", REQUIRED),))
    source, made = Source.objects.get_or_create(
        code=code,
        defaults={"name": name.strip(), "name_en": name_en, "priority": priority, "created_at": clock.now()},
    )
    if not made:
        source.name, source.name_en, source.priority = name.strip(), name_en, priority
        source.save(update_fields=["name", "name_en", "priority"])
    changes.record(actor, "intake.source.save", "source", code, settings.LINLI_DISTRICT, {"priority": priority})
    return source


def check_upload(actor: Actor, source: str, area: str, size: int, observed_on: date | None) -> None:
    """Raise what keeps a file from being taken: scope, unknown source or area, size, a date ahead."""
    problems = []
    if not is_code(area):
        problems.append(FieldProblem("area", "area", UNKNOWN_AREA))
    if not Source.objects.filter(code=source).exists():
        problems.append(FieldProblem("source", "unknown", UNKNOWN_SOURCE))
    if observed_on is not None and observed_on > clock.today():
        problems.append(FieldProblem("observed_on", "future", FUTURE))
    if problems:
        raise Invalid(fields=tuple(problems))
    actor.require(BATCH_UPLOAD, area)
    if size == 0:
        raise EmptyFile()
    most = limits().file_mb * MEGABYTE
    if size > most:
        raise FileTooLarge(size_mb=-(-size // MEGABYTE), limit_mb=limits().file_mb)


def upload_batch(
    actor: Actor,
    content: BinaryIO,
    *,
    filename: str,
    size: int,
    source: str,
    area: str,
    sheet: str | None = None,
    observed_on: date | None = None,
    constants: Dict[str, str] | None = None,
    kind: str | None = None,
    by_command: bool = False,
    batch_id: UUID | None = None,
    options: Dict[str, Any] | None = None,
) -> Batch:
    """Keep a file (encrypted) and open a batch for it; the reading follows as a job, or by the command itself.

    `kind` is what the table is about (`kinds.KINDS`); told by its columns when nobody says it. `options` go with the
    batch as they are.
    """
    asked = kinds.of(kind).name if kind else None
    check_upload(actor, source, area, size, observed_on)
    file_id, now = uuid7(), clock.now()
    kept, digest = files.keep(content, file_id)
    try:
        batch = Batch.objects.create(
            id=batch_id or uuid7(),
            area_code=area,
            unit_id=actor.unit_id,
            uploader=actor.id,
            uploader_name=actor.name,
            source_code=source,
            filename=filename[-200:],
            file_id=file_id,
            file_size=kept,
            sha256=digest,
            sheet=sheet or None,
            observed_on=observed_on or clock.today(),
            options={"constants": dict(constants or {}), "kind": asked, **(options or {})},
            kind=asked or PEOPLE,
            state=State.UPLOADED,
            by_command=by_command,
            created_at=now,
            changed_at=now,
        )
        changes.record(actor, "intake.batch.upload", "batch", batch.id, area, {"source": source, "bytes": kept})
        if not by_command:
            queue("read", batch)
    except BaseException:
        files.remove(file_id)
        raise
    return batch
