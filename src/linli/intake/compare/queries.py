"""Reads of comparisons: what was compared, counts by village, the rows. Each takes an actor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from linli.kernel import area_names, areas, paging
from linli.kernel.actors import Actor
from linli.kernel.errors import Forbidden, NotFound
from linli.kernel.paging import Page
from linli.kernel.scoped import within
from linli.registry.queries.codes import labels

from .. import kinds
from ..models import Batch
from ..permissions import BATCH_VIEW
from ..workbook import language_key
from .facts import AREA, FactLabel, labels_of
from .models import ComparedRow, Comparison
from .rules import OUTCOMES


@dataclass(frozen=True, slots=True)
class BatchName:
    """What a page says of one of the two batches."""

    id: UUID
    filename: str
    state: str
    rows: int | None
    merged_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VillageCounts:
    """How many rows of a village had which outcome."""

    area_code: str
    area_name: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """A comparison as lists and its page show it; `*_from_file` is false where the kept file was gone."""

    id: UUID
    area_code: str
    area_name: str
    source_code: str
    kind: str
    before: BatchName
    after: BatchName
    before_from_file: bool
    after_from_file: bool
    state: str
    percent: int
    problem: dict[str, Any] | None
    counts: dict[str, int] | None
    villages: list[VillageCounts]
    compared: list[tuple[str, str]]  # name and label
    only_before: list[str]
    only_after: list[str]
    asked_by_name: str
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that differs, in words."""

    field: str
    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A row that is not the same in both."""

    number: int
    outcome: str
    area_code: str
    area_name: str
    before_row: int | None
    after_row: int | None
    name: str | None
    mark: str | None
    changes: list[Change]


def comparisons(
    actor: Actor,
    *,
    batch: UUID | None = None,
    cursor: str | None = None,
    limit: int | None = None,
    language: str = "zh-CN",
) -> Page[ComparisonRow]:
    """Comparisons in the actor's areas, newest first; `batch`: those of a batch with earlier ones."""
    size, after = paging.limit(limit), paging.decode(cursor, 1)
    rows = _seen(actor)
    if batch is not None:
        rows = rows.filter(after_id=batch)
    total = rows[: paging.EXACT_TO + 1].count()
    if after:
        rows = rows.filter(id__lt=UUID(str(after[0])))
    found = list(rows.order_by("-id")[: size + 1])
    shown = _rows(actor, found[:size], language, villages=False)
    following = paging.encode((str(shown[-1].id),)) if len(found) > size else None
    return Page(shown, following, paging.Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO))


def comparison(actor: Actor, comparison_id: UUID, language: str = "zh-CN") -> ComparisonRow:
    """One comparison with its counts by village. Raises NotFound."""
    return _rows(actor, [_one(actor, comparison_id)], language)[0]


def _seen(actor: Actor) -> QuerySet[Comparison]:
    """The comparisons of which the actor sees both batches: that of a town with its part of the district's table is for
    those who see the district's batch."""
    batches = Batch.objects.restrict(actor, BATCH_VIEW).values("id")
    seen: QuerySet[Comparison] = Comparison.objects.restrict(actor, BATCH_VIEW)
    return seen.filter(before_id__in=batches, after_id__in=batches)


def _one(actor: Actor, comparison_id: UUID) -> Comparison:
    found: Comparison | None = _seen(actor).filter(id=comparison_id).first()
    if found is None:
        raise NotFound()
    return found


def _rows(actor: Actor, found: list[Comparison], language: str, villages: bool = True) -> list[ComparisonRow]:
    english = language_key(language) == "en"
    ids = {batch_id for row in found for batch_id in (row.before_id, row.after_id)}
    columns = ("id", "filename", "state", "rows", "merged_at", "created_at")
    batches = {
        row["id"]: BatchName(**row)
        for row in Batch.objects.restrict(actor, BATCH_VIEW).filter(id__in=ids).values(*columns)
    }
    told = [village["area"] for row in found for village in row.villages or () if villages]
    names = area_names.names_of([*(row.area_code for row in found), *told])
    return [_row(row, batches, names, labels_of(row.kind), english, villages) for row in found]


def _row(
    row: Comparison,
    batches: dict[UUID, BatchName],
    names: dict[str, str],
    known: dict[str, FactLabel],
    english: bool,
    villages: bool,
) -> ComparisonRow:
    facts = row.facts or {}

    def said(group: str) -> list[str]:
        return [known[name].en if english else known[name].zh for name in facts.get(group, ()) if name in known]

    return ComparisonRow(
        id=row.id,
        area_code=row.area_code,
        area_name=names.get(row.area_code, row.area_code),
        source_code=row.source_code,
        kind=row.kind,
        before=batches[row.before_id],
        after=batches[row.after_id],
        before_from_file=row.before_from_file,
        after_from_file=row.after_from_file,
        state=row.state,
        percent=row.percent,
        problem=row.problem,
        counts=row.counts,
        villages=[
            VillageCounts(v["area"], names.get(v["area"], v["area"]), {o: v[o] for o in OUTCOMES})
            for v in (row.villages or () if villages else ())
        ],
        only_before=said("only_before"),
        only_after=said("only_after"),
        compared=[(n, known[n].en if english else known[n].zh) for n in facts.get("compared", ()) if n in known],
        asked_by_name=row.asked_by_name,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows of a comparison: by outcome, by area, by a fact that changed."""

    outcome: str | None = None
    area: str | None = None
    field: str | None = None


def rows(
    actor: Actor,
    comparison_id: UUID,
    wanted: RowFilter,
    *,
    permission: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
    language: str = "zh-CN",
    counted: bool = True,
) -> Page[DiffRow]:
    """The rows in their order, where the actor may see what the registry holds of the kind (and holds `permission`).

    Raises NotFound, and Forbidden where that is nowhere.
    """
    size, after = paging.limit(limit), paging.decode(cursor, 1)
    one = _one(actor, comparison_id)
    view = kinds.of(one.kind).view
    held = areas.intersect(actor.areas_for(view), (one.area_code,))
    for more in (permission, BATCH_VIEW):
        held = areas.intersect(held, actor.areas_for(more)) if more else held
    if not held:
        raise Forbidden(permission=permission or view)
    found = ComparedRow.objects.restrict(actor, view, wanted.area).filter(within(held), comparison_id=one.id)
    if wanted.outcome:
        found = found.filter(outcome=wanted.outcome)
    if wanted.field:
        found = found.filter(fields__contains=[wanted.field])
    count = None
    if counted:
        total = found[: paging.EXACT_TO + 1].count()
        count = paging.Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO)
    if after:
        found = found.filter(number__gt=int(after[0]))
    page = list(found.order_by("number")[: size + 1])
    following = paging.encode((page[size - 1].number,)) if len(page) > size else None
    return Page(_in_words(one.kind, page[:size], language), following, count)


def _in_words(kind: str, found: list[ComparedRow], language: str) -> list[DiffRow]:
    known, said = labels_of(kind), labels(language)
    english = language_key(language) == "en"
    moved = [v for row in found for c in row.changes or () if c["field"] == AREA for v in (c["before"], c["after"])]
    names = area_names.names_of([*(row.area_code for row in found), *moved])

    def word(field: str, value: str | None) -> str | None:
        if value is None or field not in known:
            return value
        if field == AREA:
            return names.get(value, value)
        return said.get((known[field].code_list or "", value), value)

    def change(one: dict[str, Any]) -> Change:
        field = str(one["field"])
        label = known.get(field, FactLabel(field, field))
        return Change(field, label.en if english else label.zh, word(field, one["before"]), word(field, one["after"]))

    return [
        DiffRow(
            number=row.number,
            outcome=row.outcome,
            area_code=row.area_code,
            area_name=names.get(row.area_code, row.area_code),
            before_row=row.before_row,
            after_row=row.after_row,
            name=row.name,
            mark=row.mark,
            changes=[change(one) for one in row.changes or ()],
        )
        for row in found
    ]
