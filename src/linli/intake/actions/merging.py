"""Into the base and back: merges, undos, and who a row is that matches several people."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.conf import settings

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Conflict, Forbidden, NotFound, Text
from linli.registry.actions.decisions import Choice
from linli.registry.actions.decisions import decide_review as decide_record
from linli.registry.merge import Blocker
from linli.registry.models import SourceRecord
from linli.registry.queries.decisions import waiting_in

from .. import kinds, rules
from ..fields import PEOPLE, TIES
from ..mapping import from_json
from ..models import Batch
from ..permissions import BATCH_MERGE, BATCH_UNDO, BATCH_VIEW
from ..rules import State
from ..work import WrongState
from .batch import FileGone, find, queue, save

MOST_NAMED = 10


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


def check_merge(actor: Actor, batch: Batch, skip_bad: bool) -> None:
    """Raise what keeps a batch from being merged."""
    actor.require(BATCH_MERGE, batch.area_code)
    for right in kinds.of(batch.kind).rights:
        actor.require(right, batch.area_code)
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
    save(batch, "options", "problem")
    changes.record(actor, "intake.batch.merge", "batch", batch.id, batch.area_code, {"skip_bad": skip_bad})
    queue("merge", batch)
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
        if batch.kind == PEOPLE or batch.kind in TIES:
            raise UndoBlocked(count=len(found), which=which, people=seen)
        raise UndoBlocked(count=len(found), which=which, things=seen, kind=batch.kind)
    batch.options = batch.options | {"undone_by": actor.id}
    save(batch, "options")
    changes.record(actor, "intake.batch.undo", "batch", batch.id, batch.area_code)
    queue("undo", batch)
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
    left = waiting_in([batch_id])[batch_id]
    batch.merge_counts = (batch.merge_counts or {}) | {"reviews_open": left}
    if not left:
        batch.state, batch.finished_at = State.MERGED, clock.now()
    save(batch, "merge_counts", "finished_at")
    return batch


def settle_reviews(batch_ids: Collection[UUID]) -> None:
    """Close batches of which no row waits for a decision any more, and open those again of which one does. For the overseer,
    in the transaction that decided it."""
    for batch_id, left in waiting_in(batch_ids).items():
        batch = Batch.objects.select_for_update().filter(id=batch_id, state__in=rules.IN_BASE).first()
        if batch is None:
            continue
        state = State.IN_REVIEW if left else State.MERGED
        Batch.objects.filter(id=batch_id).update(
            state=state,
            merge_counts=(batch.merge_counts or {}) | {"reviews_open": left},
            finished_at=None if left else batch.finished_at or clock.now(),
            changed_at=clock.now(),
        )


def _told_by_number(batch: Batch, record: SourceRecord) -> list[str]:
    """Birth and sex, where the row itself leaves them out: checking has read them from the identity number."""
    mapping, cells = from_json(batch.mapping or {}), record.raw or {}
    told = {field for name, fields in mapping.columns.items() if cells.get(name) for field in fields}
    return [field for field in ("birth", "sex") if field not in told and field not in mapping.constants]
