"""Reads of the intake: batches, findings, counts in words. Each takes an actor and a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from linli.kernel import area_names, paging
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.paging import Page
from linli.registry.models import Source

from .actions import same_content
from .fields import BY_NAME
from .findings import KINDS
from .models import Batch, Finding
from .permissions import BATCH_MERGE, BATCH_UNDO, BATCH_UPLOAD, BATCH_VIEW
from .rules import CANCELLABLE, IN_BASE, WORKING, State
from .workbook import language_key

LIST_COLUMNS = (
    "id", "area_code", "kind", "source_code", "filename", "sheet", "state", "stage", "percent", "rows", "check_counts",
    "match_counts", "merge_counts", "problem", "uploader", "uploader_name", "created_at", "changed_at", "merged_at",
    "finished_at", "observed_on", "cancel_asked", "file_size", "file_gone_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as lists and its page show it."""

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
    uploader: str
    uploader_name: str
    cancel_asked: bool
    created_at: datetime
    changed_at: datetime
    merged_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class May:
    """What the actor can do with the batch now."""

    map: bool
    check: bool
    merge: bool
    cancel: bool
    undo: bool
    decide: bool


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding with its reason and remedy in words."""

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


def batches(
    actor: Actor,
    *,
    area: str | None = None,
    state: str | None = None,
    source: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
    language: str = "zh-CN",
) -> Page[BatchRow]:
    """Batches in the actor's areas, newest first. `state` may name several, parted by commas."""
    size, after = paging.limit(limit), paging.decode(cursor, 1)
    rows = Batch.objects.restrict(actor, BATCH_VIEW, area)
    if state:
        rows = rows.filter(state__in=[s.strip() for s in state.split(",")])
    if source:
        rows = rows.filter(source_code=source)
    total = rows[: paging.EXACT_TO + 1].count()
    if after:
        rows = rows.filter(id__lt=UUID(str(after[0])))
    found = list(rows.order_by("-id").values(*LIST_COLUMNS)[: size + 1])
    shown = found[:size]
    following = paging.encode((str(shown[-1]["id"]),)) if len(found) > size else None
    return Page(_rows(shown, language), following, paging.Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO))


def batch(actor: Actor, batch_id: UUID, language: str = "zh-CN") -> BatchRow:
    """One batch. Raises NotFound."""
    found = list(Batch.objects.restrict(actor, BATCH_VIEW).filter(id=batch_id).values(*LIST_COLUMNS))
    if not found:
        raise NotFound()
    return _rows(found, language)[0]


def _rows(found: list[dict[str, Any]], language: str) -> list[BatchRow]:
    names = area_names.names_of(row["area_code"] for row in found)
    english = language_key(language) == "en"
    sources = {
        code: (en or zh) if english else zh for code, zh, en in Source.objects.values_list("code", "name", "name_en")
    }
    return [
        BatchRow(
            area_name=names.get(row["area_code"], row["area_code"]),
            source_name=sources.get(row["source_code"], row["source_code"]),
            file_kept=row.pop("file_gone_at") is None,
            **row,
        )
        for row in [dict(row) for row in found]
    ]


def may(actor: Actor, row: BatchRow) -> May:
    """What the actor can do with a batch in its state."""
    state = State(row.state)
    upload = actor.may(BATCH_UPLOAD, row.area_code)
    merge = actor.may(BATCH_MERGE, row.area_code)
    open_ = state in (State.MAPPING, State.MATCHED) and row.file_kept
    return May(
        map=upload and open_,
        check=upload and open_,
        merge=merge and state == State.MATCHED and row.file_kept,
        cancel=upload and state in CANCELLABLE and not row.cancel_asked,
        undo=actor.may(BATCH_UNDO, row.area_code) and state in IN_BASE,
        decide=merge and state == State.IN_REVIEW,
    )


def is_working(row: BatchRow) -> bool:
    """Whether a page should ask again soon."""
    return State(row.state) in WORKING or State(row.state) == State.UPLOADED


def preview(actor: Actor, batch_id: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """The preview and the mapping of a batch. Raises NotFound when there is none (yet)."""
    found = Batch.objects.restrict(actor, BATCH_UPLOAD).filter(id=batch_id).values_list("preview", "mapping").first()
    if found is None or found[0] is None:
        raise NotFound()
    return found[0], found[1] or {}


def earlier_same(actor: Actor, batch_id: UUID) -> Batch | None:
    """A batch in the base that holds exactly the same file."""
    found = Batch.objects.restrict(actor, BATCH_VIEW).filter(id=batch_id).first()
    return same_content(actor, found) if found else None


def findings(
    actor: Actor,
    batch_id: UUID,
    *,
    code: str | None = None,
    severity: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
    language: str = "zh-CN",
) -> Page[FindingRow]:
    """The findings of a batch in the order of its rows."""
    size, after = paging.limit(limit), paging.decode(cursor, 1)
    where = Q(batch_id=batch_id)
    if code:
        where &= Q(code=code)
    if severity:
        where &= Q(severity=severity)
    rows = Finding.objects.restrict(actor, BATCH_VIEW).filter(where)
    total = rows.aggregate(n=Count("number"))["n"]
    if after:
        rows = rows.filter(number__gt=int(after[0]))
    columns = (
        "number", "row", "file", "sheet", "sheet_row", "cell", "column", "field", "code", "severity", "value_masked",
        "params",
    )  # fmt: skip
    found = list(rows.order_by("number").values_list(*columns)[: size + 1])
    shown = [_finding(language, *row) for row in found[:size]]
    following = paging.encode((shown[-1].number,)) if len(found) > size else None
    return Page(shown, following, paging.Count(total))


def _finding(
    language: str,
    number: int,
    row: int,
    file: str | None,
    sheet: str | None,
    sheet_row: int | None,
    cell: str | None,
    column: str,
    field: str,
    code: str,
    severity: str,
    value: str | None,
    params: dict[str, Any],
) -> FindingRow:
    english = language_key(language) == "en"
    kind, target = KINDS[code], BY_NAME.get(field)
    label = "" if target is None else target.en if english else target.zh
    reason, remedy = kind.said(language, params)
    place = (file, sheet, sheet_row, cell)
    return FindingRow(number, row, *place, column, field, label, code, severity, value, reason, remedy)


def counts_in_words(counts: dict[str, Any] | None, language: str) -> list[dict[str, Any]]:
    """Findings per code with severity and reason, the most frequent first, errors before warnings."""
    by_code: dict[str, int] = (counts or {}).get("by_code", {})
    listed = [
        {
            "code": code,
            "severity": KINDS[code].severity,
            "count": count,
            "reason": KINDS[code].reason.say(language, {}),
            "remedy": KINDS[code].remedy.say(language, {}),
        }
        for code, count in by_code.items()
        if code in KINDS
    ]
    return sorted(listed, key=lambda entry: (entry["severity"], -int(str(entry["count"]))))
