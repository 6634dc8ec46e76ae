"""What can be done with a batch: the same actions behind the wizard, the API and `linli intake run`.

Actions in a request only note what is wanted and put a job into the queue, both in the request's transaction; the
work itself (`perform_…`) runs in a worker or in the command, holding the batch by a lock that dies with the process.
"""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings

from linli.access import changes
from linli.kernel import clock, files
from linli.kernel.actors import Actor
from linli.kernel.areas import is_code
from linli.kernel.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.registry.actions.decisions import Choice
from linli.registry.actions.decisions import decide_review as decide_record
from linli.registry.merge import Blocker
from linli.registry.models import Source, SourceRecord

from . import kinds, rules
from .engine import columns_hash
from .fields import PEOPLE
from .limits import MEGABYTE
from .limits import installed as limits
from .mapping import Mapping, fit, from_json
from .models import Batch, Finding, RememberedConstants, RememberedMapping
from .permissions import BATCH_MERGE, BATCH_UNDO, BATCH_UPLOAD, BATCH_VIEW, SOURCE_EDIT
from .problems import EmptyFile, FileTooLarge, SheetMissing
from .rules import State
from .work import WrongState

MOST_NAMED = 10
UNKNOWN_SOURCE = Text("没有这个数据来源，请先登记。", "There is no such source; enter it first.")
UNKNOWN_AREA = Text("不是有效的区划代码。", "Not an area code.")
REQUIRED = Text("请填写此项。", "Please fill this in.")
SOURCE_FORM = Text(
    "代码由 2 至 32 个小写字母、数字和连字符组成。", "A code has 2 to 32 small letters, digits and hyphens."
)
FUTURE = Text("日期不能在今天之后。", "The date cannot lie in the future.")


class HasErrors(Conflict):
    """The file has rows with errors and was not told to leave them out."""

    code = "intake.batch.has_errors"
    text = Text(
        "有 {rows} 行存在错误，没有并入。请改正后重新导入，或选择跳过这些行。",
        "{rows} rows have errors; nothing was merged. Mend them, or leave those rows out.",
    )


class UndoBlocked(Conflict):
    """Later facts rest on the batch."""

    code = "intake.batch.undo_blocked"
    text = Text(
        "不能撤销：之后有 {count} 处登记以本批次为依据（{which}）。请先撤销或更正它们。",
        "This cannot be undone: {count} later entries rest on it ({which}). Undo or correct those first.",
    )


class FileGone(Conflict):
    """The uploaded file was removed after its time."""

    code = "intake.batch.file_gone"
    text = Text("原文件已按期限删除，请重新上传。", "The file was removed after its time; upload it again.")


def find(actor: Actor, batch_id: UUID, permission: str, *, lock: bool = False) -> Batch:
    """A batch in an area where the actor holds the permission. Raises NotFound."""
    rows = Batch.objects.restrict(actor, permission)
    found: Batch | None = (rows.select_for_update() if lock else rows).filter(id=batch_id).first()
    if found is None:
        raise NotFound()
    return found


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
            _queue("read", batch)
    except BaseException:
        files.remove(file_id)
        raise
    return batch


def _by_hand(batch: Batch) -> None:
    """Somebody has taken over: a batch that was picked up no longer goes on by itself."""
    batch.options = {name: value for name, value in batch.options.items() if name != "auto"}


def set_mapping(actor: Actor, batch_id: UUID, document: Any) -> Batch:
    """Say which columns are which fields. Checked findings and foretold outcomes no longer hold."""
    batch = find(actor, batch_id, BATCH_UPLOAD, lock=True)
    if batch.state not in (State.MAPPING, State.MATCHED):
        raise WrongState(state=batch.state)
    headers = [c["name"] for c in (batch.preview or {}).get("columns", [])]
    batch.mapping = fit(from_json(document), headers, batch.kind).to_json()
    _by_hand(batch)
    batch.state, batch.check_counts, batch.match_counts, batch.problem = State.MAPPING, None, None, None
    _save(batch, "options", "mapping", "check_counts", "match_counts", "problem")
    return batch


def set_kind(actor: Actor, batch_id: UUID, kind: str) -> Batch:
    """Say what a table is about; it is read again, and its columns are proposed anew."""
    batch = find(actor, batch_id, BATCH_UPLOAD, lock=True)
    if batch.state not in (State.MAPPING, State.MATCHED):
        raise WrongState(state=batch.state)
    if batch.file_gone_at is not None:
        raise FileGone()
    batch.kind = kinds.of(kind).name
    _by_hand(batch)
    batch.options = batch.options | {"kind": batch.kind}
    batch.state, batch.mapping, batch.check_counts, batch.match_counts = State.UPLOADED, None, None, None
    batch.problem, batch.by_command = None, False
    Finding.objects.filter(batch_id=batch.id).delete()
    _save(batch, "kind", "options", "mapping", "check_counts", "match_counts", "problem", "by_command")
    _queue("read", batch)
    return batch


def choose_sheets(actor: Actor, batch_id: UUID, labels: Sequence[str]) -> Batch:
    """Have the file read again with these of its sheets; none named means all that have the same columns."""
    batch = find(actor, batch_id, BATCH_UPLOAD, lock=True)
    if batch.state not in (State.MAPPING, State.MATCHED):
        raise WrongState(state=batch.state)
    if batch.file_gone_at is not None:
        raise FileGone()
    known = {sheet["name"] for sheet in (batch.preview or {}).get("sheets", [])}
    if unknown := [label for label in labels if label not in known]:
        raise SheetMissing(sheet=unknown[0], sheets="、".join(sorted(known)[:MOST_NAMED]))
    _by_hand(batch)
    batch.options = batch.options | {"sheets": list(labels)}
    batch.sheet, batch.state, batch.problem, batch.by_command = None, State.UPLOADED, None, False
    batch.check_counts = batch.match_counts = batch.preview = batch.mapping = None
    Finding.objects.filter(batch_id=batch.id).delete()
    _save(batch, "options", "sheet", "problem", "check_counts", "match_counts", "preview", "mapping", "by_command")
    _queue("read", batch)
    return batch


def check_batch(actor: Actor, batch_id: UUID, *, by_hand: bool = True) -> Batch:
    """Have the batch checked and matched under its mapping."""
    batch = find(actor, batch_id, BATCH_UPLOAD, lock=True)
    if batch.state not in (State.MAPPING, State.MATCHED):
        raise WrongState(state=batch.state)
    headers = [c["name"] for c in (batch.preview or {}).get("columns", [])]
    remember(actor, batch, fit(from_json(batch.mapping or {}), headers, batch.kind))
    if by_hand:
        _by_hand(batch)
    batch.state, batch.problem = State.MAPPING, None
    _save(batch, "options", "problem")
    _queue("check", batch)
    return batch


def remember(actor: Actor, batch: Batch, mapping: Mapping) -> None:
    """Keep a mapping for the next file of the source with these columns, its constants for the batch's area alone."""
    columns, used = columns_hash(list(mapping.columns)), {"used_by": actor.id, "used_at": clock.now()}
    RememberedMapping.objects.update_or_create(
        source_code=batch.source_code,
        columns_hash=columns,
        defaults={"mapping": replace(mapping, constants={}).to_json(), **used},
    )
    RememberedConstants.objects.update_or_create(
        area_code=batch.area_code,
        source_code=batch.source_code,
        columns_hash=columns,
        defaults={"constants": dict(mapping.constants), **used},
    )


def check_merge(actor: Actor, batch: Batch, skip_bad: bool) -> None:
    """Raise what keeps a batch from being merged."""
    actor.require(BATCH_MERGE, batch.area_code)
    if batch.state != State.MATCHED:
        raise WrongState(state=batch.state)
    if batch.file_gone_at is not None:
        raise FileGone()
    bad = int((batch.check_counts or {}).get("bad_rows", 0))
    if rules.blocks_merge(bad, skip_bad):
        raise HasErrors(rows=bad)


def merge_batch(actor: Actor, batch_id: UUID, *, skip_bad: bool = False) -> Batch:
    """Have the checked rows merged into the base. Raises HasErrors unless bad rows are to be left out."""
    batch = find(actor, batch_id, BATCH_MERGE, lock=True)
    check_merge(actor, batch, skip_bad)
    batch.options = batch.options | {"skip_bad": skip_bad, "merged_by": actor.id}
    batch.problem = None
    _save(batch, "options", "problem")
    changes.record(actor, "intake.batch.merge", "batch", batch.id, batch.area_code, {"skip_bad": skip_bad})
    _queue("merge", batch)
    return batch


def cancel_batch(actor: Actor, batch_id: UUID) -> Batch:
    """Give a batch up before it is merged. Work in progress ends at its next step; the base stays as it was."""
    batch = find(actor, batch_id, BATCH_UPLOAD, lock=True)
    if State(batch.state) not in rules.CANCELLABLE:
        raise WrongState(state=batch.state)
    if State(batch.state) in rules.WORKING:
        batch.cancel_asked = True
        _save(batch, "cancel_asked")
    else:
        close(batch, State.CANCELLED)
    changes.record(actor, "intake.batch.cancel", "batch", batch.id, batch.area_code)
    return batch


def blockers(batch: Batch) -> list[Blocker]:
    """What keeps a merged batch from being undone."""
    return kinds.of(batch.kind).blockers(batch.id, settings.LINLI_DISTRICT)


def undo_batch(actor: Actor, batch_id: UUID) -> Batch:
    """Have a merge taken back exactly. Raises UndoBlocked with the later entries that rest on it."""
    batch = find(actor, batch_id, BATCH_UNDO, lock=True)
    if State(batch.state) not in rules.IN_BASE:
        raise WrongState(state=batch.state)
    if found := blockers(batch):
        seen = [str(i) for i in kinds.of(batch.kind).visible(actor, [b.subject_id for b in found])]
        which = "、".join(_which(actor, found))
        if batch.kind == PEOPLE:
            raise UndoBlocked(count=len(found), which=which, people=seen)
        raise UndoBlocked(count=len(found), which=which, things=seen, kind=batch.kind)
    batch.options = batch.options | {"undone_by": actor.id}
    _save(batch, "options")
    changes.record(actor, "intake.batch.undo", "batch", batch.id, batch.area_code)
    _queue("undo", batch)
    return batch


def _which(actor: Actor, found: list[Blocker]) -> list[str]:
    """The later entries by file and row; by their source alone where entered by hand or in a file of another area."""
    batches = Batch.objects.restrict(actor, BATCH_VIEW).filter(id__in={b.batch_id for b in found if b.batch_id})
    names = dict(batches.values_list("id", "filename"))
    entries = []
    for blocker in found[:MOST_NAMED]:
        name = names.get(blocker.batch_id) if blocker.batch_id else None
        entries.append(f"{name} #{blocker.row}" if name else blocker.source_code)
    return entries + (["…"] if len(found) > MOST_NAMED else [])


def decide_review(
    actor: Actor, batch_id: UUID, row: int, choice: Choice, person_id: UUID | None = None, number_wrong: bool = False
) -> Batch:
    """Say who a row that matched several people is, and whether its number is wrong. The last decision closes the
    review. Raises what `registry.decisions.decide_review` does."""
    batch = find(actor, batch_id, BATCH_MERGE, lock=True)
    if batch.state != State.IN_REVIEW:
        raise WrongState(state=batch.state)
    record = SourceRecord.objects.filter(batch_id=batch_id, row=row).first()
    if record is None:
        raise NotFound()
    if not actor.may(BATCH_MERGE, record.area_code):
        raise Forbidden(permission=BATCH_MERGE)
    decide_record(actor, record.id, choice, person_id, number_wrong, _told_by_number(batch, record))
    left = SourceRecord.objects.filter(batch_id=batch_id, state=SourceRecord.State.REVIEW).count()
    batch.merge_counts = (batch.merge_counts or {}) | {"reviews_open": left}
    if not left:
        batch.state, batch.finished_at = State.MERGED, clock.now()
    _save(batch, "merge_counts", "finished_at")
    return batch


def _told_by_number(batch: Batch, record: SourceRecord) -> list[str]:
    """Birth and sex, where the row itself leaves them out: checking has read them from the identity number."""
    mapping, cells = from_json(batch.mapping or {}), record.raw or {}
    told = {field for name, fields in mapping.columns.items() if cells.get(name) for field in fields}
    return [field for field in ("birth", "sex") if field not in told and field not in mapping.constants]


def close(batch: Batch, state: State) -> None:
    """End a batch that never reached the base: its file and findings go, the line in the list stays."""
    now = clock.now()
    batch.state, batch.finished_at, batch.cancel_asked = state, now, False
    fields = ["finished_at", "cancel_asked"]
    if state == State.CANCELLED and batch.file_id is not None:
        files.remove(batch.file_id)
        batch.file_gone_at, batch.preview = now, None
        Finding.objects.filter(batch_id=batch.id).delete()
        _forget_comparisons(batch.id)
        fields += ["file_gone_at", "preview"]
    _save(batch, *fields)


def _forget_comparisons(batch_id: UUID) -> None:
    from .compare.actions import forget  # which stands on these actions

    forget(batch_id)


def expire_files() -> int:
    """Remove the files (and findings) of batches older than the installation keeps them; returns how many."""
    before = clock.now() - timedelta(days=settings.LINLI_UPLOAD_DAYS)
    old = Batch.objects.filter(created_at__lt=before, file_gone_at=None).exclude(state__in=rules.WORKING)
    gone = 0
    for batch in old.order_by("id")[:500]:
        if batch.file_id is not None:
            files.remove(batch.file_id)
        Finding.objects.filter(batch_id=batch.id).delete()
        Batch.objects.filter(id=batch.id).update(file_gone_at=clock.now(), preview=None)
        gone += 1
    return gone


def _save(batch: Batch, *fields: str) -> None:
    batch.changed_at = clock.now()
    batch.save(update_fields=["state", "changed_at", *fields])


def _queue(what: str, batch: Batch) -> None:
    """Put the work into the queue, in the same transaction; one job of a kind for a batch at a time."""
    from .jobs import enqueue

    if what != "read" and batch.by_command:  # from now on the queue looks after it
        batch.by_command = False
        batch.save(update_fields=["by_command"])
    enqueue(what, batch)


def same_content(actor: Actor, batch: Batch) -> Batch | None:
    """An earlier batch with exactly this file that is in the base, if the actor can see it: which files another town
    brought is that town's."""
    return (
        Batch.objects.restrict(actor, BATCH_VIEW)
        .filter(sha256=batch.sha256, state__in=rules.IN_BASE, source_code=batch.source_code)
        .exclude(id=batch.id)
        .order_by("-id")
        .first()
    )
