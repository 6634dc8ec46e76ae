"""Asking for a comparison of two batches, and doing it: both sides read, compared as columns, written by COPY."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import polars as pl
import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.areas import contains
from linli.kernel.errors import NotFound, Problem
from linli.kernel.faults import problem_of, worth_retrying
from linli.kernel.scope import acting

from .. import kinds, rules
from ..actions import find
from ..models import Batch
from ..perform import actor_of, overseer
from ..permissions import BATCH_VIEW
from .facts import AREA, labels_of, sides
from .models import ComparedRow, Comparison
from .problems import NeverDone, NoEarlier, NotCompared, NotReady, Unlike
from .rules import Result, compare
from .stated import from_file, from_records

log = structlog.get_logger("linli.intake")
CHECKED = (rules.State.MATCHED, *rules.IN_BASE, rules.State.UNDONE)
STORED = {
    "number": "integer", "area_code": 'text COLLATE "C"', "outcome": "text", "before_row": "integer",
    "after_row": "integer", "name": "text", "mark": "text", "fields": "text[]", "changes": "jsonb",
}  # fmt: skip
SLICE = 50_000
HOPELESS = timedelta(hours=6)  # of two million rows each takes a minute or two
SIDE_SHARE = 45  # percent of the work that each side takes


def earlier(actor: Actor, batch: Batch) -> Batch | None:
    """The batch of the source that was merged before this one, of the same area; else the last one around it."""
    seen = Batch.objects.restrict(actor, BATCH_VIEW).filter(
        source_code=batch.source_code, kind=batch.kind, state__in=rules.IN_BASE, id__lt=batch.id
    )
    around = [batch.area_code[:length] for length in (6, 9, 12) if length < len(batch.area_code)]
    found: Batch | None = seen.filter(area_code=batch.area_code).order_by("-id").first()
    return found or seen.filter(area_code__in=around).order_by("-id").first()


def check_kind(batch: Batch) -> None:
    """Raise NotCompared for a batch of a kind that is not compared."""
    kind = kinds.of(batch.kind)
    if not kind.compared:
        raise NotCompared(zh=kind.zh, en=kind.en.lower())


def check_compare(actor: Actor, before: Batch, after: Batch) -> str:
    """Raise what keeps two batches from being compared; returns the area that is: the narrower of the two."""
    if before.id == after.id or (before.source_code, before.kind) != (after.source_code, after.kind):
        raise Unlike()
    check_kind(after)
    if not (contains(before.area_code, after.area_code) or contains(after.area_code, before.area_code)):
        raise Unlike()
    for batch in (before, after):
        if batch.state not in CHECKED or (batch.file_gone_at is not None and batch.state not in rules.IN_BASE):
            raise NotReady(name=batch.filename)
    area: str = max(before.area_code, after.area_code, key=len)
    actor.require(kinds.of(after.kind).view, area)
    return area


def ask(actor: Actor, batch_id: UUID, earlier_id: UUID | None = None, *, by_command: bool = False) -> Comparison:
    """Have a batch compared with an earlier one (by default the last merged before it), in the background.

    Asking again compares anew; of two who ask at the same moment the second gets what the first asked for. Raises
    NotFound, Forbidden, Unlike, NotReady, NoEarlier.
    """
    after = find(actor, batch_id, BATCH_VIEW)
    check_kind(after)
    before = earlier(actor, after) if earlier_id is None else find(actor, earlier_id, BATCH_VIEW)
    if before is None:
        raise NoEarlier()
    area = check_compare(actor, before, after)
    _remove(Q(before_id=before.id, after_id=after.id))
    try:
        with transaction.atomic():
            made = Comparison.objects.create(
                area_code=area,
                source_code=after.source_code,
                kind=after.kind,
                before_id=before.id,
                after_id=after.id,
                before_from_file=before.file_gone_at is None,
                after_from_file=after.file_gone_at is None,
                asked_by=actor.id,
                asked_by_name=actor.name,
                created_at=clock.now(),
            )
    except IntegrityError:
        return load_pair(before.id, after.id)
    changes.record(actor, "intake.batch.compare", "batch", after.id, area, {"earlier": str(before.id)})
    if not by_command:
        _queue(made.id)
    return made


def perform(comparison_id: UUID, watcher: Callable[[int], None] = lambda percent: None) -> None:
    """Do a comparison that was asked for. Safe to be killed and done again: it is written whole or not at all."""
    with acting(overseer()):
        waiting = Comparison.objects.filter(id=comparison_id, state="queued")
        waiting.filter(started_at=None).update(started_at=clock.now())
        comparison = waiting.first()
    if comparison is None:
        return
    try:
        actor = actor_of(comparison.asked_by)
        result, facts = _compared(comparison, actor, _Progress(comparison_id, watcher))
    except Problem as problem:
        _failed(comparison_id, problem)
    except (MemoryError, OSError) as error:
        log.error("comparison_failed", comparison=str(comparison_id), error=type(error).__name__)
        _failed(comparison_id, problem_of(error))
    except Exception as error:
        if not worth_retrying(error):  # else the queue tries again
            log.exception("comparison_failed", comparison=str(comparison_id), error=type(error).__name__)
            _failed(comparison_id, problem_of(error))
        raise
    else:
        with acting(actor):
            _write(comparison, result, facts)


class _Progress:
    """Tells how far the work is, in steps that are worth a statement."""

    def __init__(self, comparison_id: UUID, watcher: Callable[[int], None]) -> None:
        self._id, self._watcher, self._told, self.base = comparison_id, watcher, 0, 0

    def __call__(self, stage: str, share: float) -> None:
        done = self.base + round(SIDE_SHARE * (0.5 * share if stage == "read" else 0.5 + 0.5 * share))
        if done >= self._told + 5:
            self._told = done
            self._watcher(done)
            with acting(overseer()):
                Comparison.objects.filter(id=self._id).update(percent=done)


def _compared(comparison: Comparison, actor: Actor, progress: _Progress) -> tuple[Result, dict[str, list[str]]]:
    frames = []
    for batch_id, kept in (
        (comparison.before_id, comparison.before_from_file),
        (comparison.after_id, comparison.after_from_file),
    ):
        with acting(actor):
            batch = find(actor, batch_id, BATCH_VIEW)
        frame = from_file(batch, progress) if kept else from_records(batch, actor)
        placed = frame.with_columns(pl.col(AREA).fill_null(batch.area_code))
        frames.append(placed.filter(pl.col(AREA).str.starts_with(comparison.area_code)))
        progress.base += SIDE_SHARE
        progress("read", 0.0)
    before, after = frames
    known = labels_of(comparison.kind)
    stated = [[name for name in known if name in frame.columns] for frame in (before, after)]
    facts = {
        "compared": [name for name in stated[0] if name in stated[1]],
        "only_before": [name for name in stated[0] if name not in stated[1]],
        "only_after": [name for name in stated[1] if name not in stated[0]],
    }
    return compare(*sides(comparison.kind, before, after)), facts


def _write(comparison: Comparison, result: Result, facts: dict[str, list[str]]) -> None:
    """The rows and the counts, in one transaction with the end of the comparison."""
    if not Comparison.objects.select_for_update().filter(id=comparison.id, state="queued").exists():
        return  # asked anew meanwhile, or done by another worker
    listed = ", ".join(STORED)
    frame = result.rows.with_columns(pl.int_range(pl.len()).alias("number")).select(list(STORED))
    with connection.cursor() as cursor:
        # COPY cannot write to a table under row-level security, so it goes over a table of this transaction.
        columns = ", ".join(f"{name} {kind}" for name, kind in STORED.items())
        cursor.execute("DROP TABLE IF EXISTS pg_temp.compared_stage")
        cursor.execute(f"CREATE TEMP TABLE compared_stage ({columns}) ON COMMIT DROP")
        with cursor.copy(f"COPY compared_stage ({listed}) FROM STDIN (FORMAT csv)") as copy:
            for part in frame.iter_slices(SLICE):
                copy.write(part.write_csv(include_header=False, null_value="").encode())
        cursor.execute(
            f"INSERT INTO intake_compared_row (comparison_id, {listed}) SELECT %s, {listed} FROM compared_stage",
            [comparison.id],
        )
    Comparison.objects.filter(id=comparison.id).update(
        state="done",
        percent=100,
        facts=facts,
        counts=result.counts,
        villages=result.villages.to_dicts(),
        finished_at=clock.now(),
    )


def _failed(comparison_id: UUID, problem: Problem) -> None:
    params = {k: v for k, v in problem.params.items() if isinstance(v, str | int | float | bool)}
    with acting(overseer()):
        Comparison.objects.filter(id=comparison_id, state="queued").update(
            state="failed", problem={"code": problem.code, "params": params}, finished_at=clock.now()
        )


def forget(batch_id: UUID) -> None:
    """Remove the comparisons of a batch whose file is removed before its time."""
    _remove(Q(before_id=batch_id) | Q(after_id=batch_id))


def expire(before: datetime, most: int) -> list[Comparison]:
    """Remove at most so many comparisons made before a moment; returns them."""
    gone = list(Comparison.objects.filter(created_at__lt=before).order_by("id")[:most])
    _remove(Q(id__in=[comparison.id for comparison in gone]))
    return gone


def _remove(which: Q) -> int:
    ids = list(Comparison.objects.filter(which).values_list("id", flat=True))
    if ids:
        ComparedRow.objects.filter(comparison_id__in=ids).delete()
        Comparison.objects.filter(id__in=ids).delete()
    return len(ids)


def requeue() -> None:
    """Queue what was asked for and is not done: the process that worked on it may be gone. What was begun long ago is
    given up: it may be what kills them."""
    with acting(overseer()):
        hopeless = Comparison.objects.filter(state="queued", started_at__lt=clock.now() - HOPELESS)
        for comparison_id in list(hopeless.values_list("id", flat=True)[:100]):
            _failed(comparison_id, NeverDone())
        for comparison_id in Comparison.objects.filter(state="queued").values_list("id", flat=True)[:100]:
            _queue(comparison_id)


def _queue(comparison_id: UUID) -> None:
    from ..jobs import enqueue_comparison

    enqueue_comparison(comparison_id)


def load_pair(before_id: UUID, after_id: UUID) -> Comparison:
    """The comparison of two batches, asked for by somebody just now. Raises NotFound when it is gone again."""
    found: Comparison | None = Comparison.objects.filter(before_id=before_id, after_id=after_id).first()
    if found is None:
        raise NotFound()
    return found


def load(comparison_id: UUID) -> Comparison:
    """A comparison as it is now. Raises NotFound."""
    with acting(overseer()):
        found = Comparison.objects.filter(id=comparison_id).first()
    if found is None:
        raise NotFound()
    return found
