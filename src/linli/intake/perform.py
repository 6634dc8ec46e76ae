"""The steps of a batch as a worker or a command performs them, each safe to be killed at any moment.

A step changes the base and the batch's state in one transaction; before that, only the batch's own state moved, and
`recover` sets it back. Steps are idempotent: doing one again after a kill ends the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError

from linli.access.queries.actors import of_account
from linli.kernel import clock, files
from linli.kernel.actors import Actor, operator, system
from linli.kernel.errors import NotFound, Problem, Text
from linli.kernel.faults import problem_of, worth_retrying
from linli.kernel.files import DiskFull
from linli.kernel.scope import acting
from linli.registry.merge.run import lock
from linli.registry.queries.decisions import batches_waiting_no_more, waiting_in

from . import kinds, rules
from .actions import close
from .actions.merging import settle_reviews
from .checking.context import CheckedTable
from .engine import Engine
from .fields import PEOPLE, TIES
from .models import Batch
from .permissions import BATCH_MERGE
from .problems import MappingInvalid
from .rules import State
from .work import Busy, Cancelled, Watcher, Work

log = structlog.get_logger("linli.intake")


def actor_of(actor_id: str) -> Actor:
    """The actor behind an id that a batch keeps, with the permissions held now. Raises NotFound when it is closed."""
    kind, _, name = actor_id.partition(":")
    if kind == "operator" and name:
        return operator(name, settings.LINLI_DISTRICT)
    if kind == "system" and name:
        return system(name, settings.LINLI_DISTRICT)
    return of_account(actor_id)


def overseer() -> Actor:
    """Who looks after batches left behind: the program itself, over the whole district."""
    return system("intake", settings.LINLI_DISTRICT)


def load(batch_id: UUID) -> Batch:
    """A batch as it is now. Raises NotFound."""
    with acting(overseer()):
        found: Batch | None = Batch.objects.filter(id=batch_id).first()
    if found is None:
        raise NotFound()
    return found


def hold(batch: Batch, actor: Actor, watcher: Watcher | None = None) -> Work:
    """A hold on the batch for one or several steps; use as a context."""
    return Work(batch.id, actor, State(batch.state), watcher)


class UploaderGone(Problem):
    """The account that brought the file, or asked for the step, is closed."""

    status, code = 409, "intake.batch.uploader_gone"
    text = Text(
        "操作人的账号已停用，请由他人重新上传。", "The account is closed; somebody else must upload the file again."
    )


def perform(what: str, batch_id: UUID) -> State | None:
    """One step by a worker. Returns the state reached, or None when there was nothing (more) to do."""
    batch = load(batch_id)
    steps: dict[str, tuple[State, str, Callable[[Engine], None]]] = {
        "read": (State.UPLOADED, batch.uploader, read),
        "check": (State.MAPPING, batch.uploader, check),
        "merge": (State.MATCHED, str(batch.options.get("merged_by", batch.uploader)), merge),
        "undo": (State.MERGED, str(batch.options.get("undone_by", batch.uploader)), undo),
    }
    start, who, step = steps[what]
    try:
        actor = actor_of(who)
    except NotFound:
        said = {"code": UploaderGone.code, "params": {}}
        with acting(overseer()):
            Batch.objects.filter(id=batch_id, state__in=[State.UPLOADED, State.MAPPING]).update(
                state=State.FAILED, problem=said, changed_at=clock.now(), finished_at=clock.now()
            )
            Batch.objects.filter(id=batch_id, state__in=[State.MATCHED, *rules.IN_BASE]).update(problem=said)
        return None
    with hold(batch, actor) as work:
        batch = load(batch_id)  # under the lock
        if batch.state in rules.WORKING:  # whoever was at it is gone: the lock is ours
            set_back(batch)
            batch = load(batch_id)
        if batch.state != start and not (what == "undo" and batch.state in rules.IN_BASE):
            return None
        work.state = State(batch.state)
        guarded(Engine(batch, actor, work), step)
    return work.state


def guarded(engine: Engine, step: Callable[[Engine], None]) -> None:
    """Run a step; a problem ends in a state that says so, cancelling in `cancelled`. What may pass is raised again."""
    batch, work = engine.batch, engine.work
    try:
        step(engine)
    except Cancelled:
        with acting(overseer()):
            close(load(batch.id), State.CANCELLED)
        work.state = State.CANCELLED
    except (DatabaseError, InterfaceError) as error:
        if worth_retrying(error):
            raise  # the queue tries again; `recover` sets the state back
        note_failure(engine, problem_of(error))
    except (Problem, MemoryError, OSError) as error:
        problem = _problem(error)
        if not isinstance(error, Problem):
            log.error("step_failed", batch=str(batch.id), step=step.__name__, error=type(error).__name__)
        note_failure(engine, problem)
    except Exception as error:
        log.exception("step_failed", batch=str(batch.id), step=step.__name__, error=type(error).__name__)
        note_failure(engine, problem_of(error))
        raise


def _problem(error: Exception) -> Problem:
    """The problem behind a failure; a full disk (or quota) is told as such."""
    if isinstance(error, OSError) and error.errno in files.NO_ROOM:
        return DiskFull()
    return error if isinstance(error, Problem) else problem_of(error)


def note_failure(engine: Engine, problem: Problem) -> None:
    """Note what went wrong. A merge that failed may be tried again; a mapping that does not fit can be mended."""
    state, said = (
        engine.work.state,
        json.dumps({"code": problem.code, "params": _plain(problem)}, default=str),
    )
    if isinstance(problem, MappingInvalid) and state == State.CHECKING:
        engine.work.step(State.MAPPING, problem=said)
    elif state in (State.MERGING, State.UNDOING):
        engine.work.step(State(_before(engine.batch, state)), problem=said)
    else:
        engine.work.step(State.FAILED, problem=said, finished_at=clock.now())


def _plain(problem: Problem) -> dict[str, Any]:
    told: dict[str, Any] = {k: v for k, v in problem.params.items() if isinstance(v, str | int | float | bool)}
    if problem.fields:
        told["fields"] = [
            {
                "field": f.field,
                "code": f.code,
                "zh": f.text.say("zh", f.params),
                "en": f.text.say("en", f.params),
            }
            for f in problem.fields
        ]
    return told


def _before(batch: Batch, state: State) -> State:
    if state == State.UNDOING and (batch.merge_counts or {}).get("reviews_open"):
        return State.IN_REVIEW
    return rules.STARTED_FROM[state]


def read(engine: Engine) -> None:
    """uploaded → reading → mapping: the preview and the proposed mapping."""
    engine.work.step(State.READING, problem=None)
    found = engine.prepare()
    batch = engine.batch
    batch.mapping, batch.rows, batch.kind = found.mapping, found.rows, found.kind
    engine.work.step(
        State.MAPPING,
        preview=as_json(found.preview),
        mapping=as_json(found.mapping),
        rows=found.rows,
        parts=None if found.parts is None else as_json(found.parts),
        kind=found.kind,
    )


def check(engine: Engine) -> None:
    """mapping → checking → checked → matched: findings, then what a merge would do."""
    checked = check_only(engine)
    engine.work.step(State.MATCHED, match_counts=as_json(engine.match(checked)))


def check_only(engine: Engine) -> CheckedTable:
    """mapping → checking → checked."""
    engine.work.step(State.CHECKING, problem=None)
    checked = engine.check()
    engine.work.report("keep", 0.0)
    counts = _kept(engine, checked)
    while counts is None:  # the area has got another code meanwhile
        checked = engine.check()
        counts = _kept(engine, checked)
    engine.batch.check_counts = counts
    engine.work.step(State.CHECKED, check_counts=as_json(counts))
    return checked


def _kept(engine: Engine, checked: CheckedTable) -> dict[str, Any] | None:
    """Keep the findings where the batch lies; None when it lies elsewhere than it was checked for."""
    with acting(overseer()):
        if renew(engine, hold_row=True):
            return None
        with acting(engine.actor):
            return engine.keep_findings(checked)


def merge(engine: Engine) -> None:
    """matched → merging → merged or in review, with all that is written in one transaction."""
    engine.work.step(State.MERGING, problem=None)
    engine.actor.require(BATCH_MERGE, engine.batch.area_code)  # it may have been taken away since the request
    engine.check()  # before the lock, for which others wait
    with acting(overseer()):
        lock()
        # Nobody changes areas from here on. Anew where somebody did: no row goes to a grid that has ended meanwhile.
        if renew(engine):
            engine.actor.require(BATCH_MERGE, engine.batch.area_code)
        with acting(engine.actor):
            checked = engine.check()
            blocked = rules.blocks_merge(checked.bad.len(), bool(engine.batch.options.get("skip_bad")))
            if blocked:
                # The district changed since the check (a village was renamed, say): tell, merge nothing.
                counts = engine.keep_findings(checked)
            else:
                counts = merged_counts(engine.merge(checked), checked)
                reached = _arrive(engine.batch.id, counts)
        if not blocked:
            settle_reviews(batches_waiting_no_more(engine.batch.id))
    if blocked:
        engine.work.step(State.MATCHED, check_counts=as_json(counts))
        return
    engine.work.tell(reached, 100)
    engine.batch.merge_counts = counts


def renew(engine: Engine, *, hold_row: bool = False) -> bool:
    """Take up what a recode did to the batch since it was loaded: its area, and the rights of who brought it.

    Inside a transaction of the overseer. `hold_row` keeps the row until its end, so that a recode waits and carries
    along what is written; not where progress is told meanwhile, which goes over another connection. Returns whether
    the area is another one. Raises UploaderGone.
    """
    rows = Batch.objects.select_for_update() if hold_row else Batch.objects.all()
    area = rows.filter(id=engine.batch.id).values_list("area_code", flat=True).first()
    if area is None:
        raise NotFound()
    if area == engine.batch.area_code:
        return False
    engine.batch.area_code = area
    try:
        engine.actor = actor_of(engine.actor.id)
    except NotFound:
        raise UploaderGone() from None
    return True


def merged_counts(merged: kinds.Counts, checked: CheckedTable) -> dict[str, Any]:
    """The counts of a merge as the batch keeps them."""
    counts: dict[str, Any] = asdict(merged)  # type: ignore[call-overload]
    counts["skipped"] = checked.bad.len()
    counts["reviews_open"] = merged.in_review
    counts["nothing_changed"] = merged.rows > 0 and merged.unchanged == merged.rows
    return counts


def _arrive(batch_id: UUID, counts: dict[str, Any]) -> State:
    """The end of the merge's transaction: state and counts stand or fall with what was written."""
    now = clock.now()
    state = State.IN_REVIEW if counts["in_review"] else State.MERGED
    Batch.objects.filter(id=batch_id, state=State.MERGING).update(
        state=state,
        stage="",
        percent=100,
        merge_counts=counts,
        merged_at=now,
        changed_at=now,
        finished_at=None if counts["in_review"] else now,
    )
    return state


def undo(engine: Engine) -> None:
    """merged → undoing → undone, in one transaction."""
    batch = engine.batch
    engine.work.step(State.UNDOING, problem=None)
    engine.work.report("undo", 0.0)
    with acting(engine.actor):
        with acting(overseer()):
            again = batches_waiting_no_more(batch.id)
        touched = engine.kind.undo(batch.id, engine.actor, settings.LINLI_DISTRICT)
        now = clock.now()
        with acting(overseer()):  # the batch may have gone with its area to where the actor's rights of before end
            Batch.objects.filter(id=batch.id, state=State.UNDOING).update(
                state=State.UNDONE,
                stage="",
                percent=100,
                changed_at=now,
                finished_at=now,
                merge_counts=(batch.merge_counts or {}) | {_undone(batch): touched},
            )
            settle_reviews(again)
    engine.work.tell(State.UNDONE, 100)


def _undone(batch: Batch) -> str:
    """The name of the count of what an undo touched."""
    return "undone_people" if batch.kind == PEOPLE or batch.kind in TIES else "undone_things"


def set_back(batch: Batch) -> State:
    """Put a batch whose worker is gone where it can go on from. The caller holds its lock."""
    state = _before(batch, State(batch.state))
    with acting(overseer()):
        if state == State.MERGED and waiting_in([batch.id])[batch.id]:
            state = State.IN_REVIEW
        Batch.objects.filter(id=batch.id, state=batch.state).update(
            state=state, stage="", percent=0, changed_at=clock.now()
        )
    return state


def recover() -> list[tuple[UUID, State]]:
    """Find batches whose process was killed: queued ones go on, those of a command are cleared. For every start."""
    from .jobs import enqueue

    files.sweep()
    actor = overseer()
    with acting(actor):
        working = list(Batch.objects.filter(state__in=rules.WORKING).order_by("id"))
        working += list(Batch.objects.filter(state__in=[State.UPLOADED, State.MAPPING], by_command=True).order_by("id"))
    again = {
        State.READING: "read",
        State.CHECKING: "check",
        State.CHECKED: "check",
        State.MERGING: "merge",
        State.UNDOING: "undo",
    }
    done = []
    for batch in working:
        try:
            with hold(batch, actor):
                batch = load(batch.id)
                before = State(batch.state)
                if before not in rules.WORKING and not batch.by_command:
                    continue
                state = set_back(batch) if before in rules.WORKING else before
                with acting(actor):
                    batch = Batch.objects.get(id=batch.id)
                    if batch.by_command and state not in (*rules.IN_BASE, State.MATCHED):
                        close(batch, State.CANCELLED)
                    elif not batch.by_command and before in again:
                        enqueue(again[before], batch)
                done.append((batch.id, State(batch.state)))
        except Busy:
            continue  # alive after all
    return done


def clear(engine: Engine) -> None:
    """Give up a batch of a command that ends early; one that is in the base already stays."""
    try:
        batch = load(engine.batch.id)
        if State(batch.state) in rules.WORKING:
            set_back(batch)
            batch = load(batch.id)
        if State(batch.state) in rules.CANCELLABLE:
            with acting(overseer()):
                close(batch, State.CANCELLED)
    except (DatabaseError, InterfaceError):
        return  # the base is out of reach; the next start clears it


def as_json(value: Any) -> str:
    """A value as the text of a JSON column."""
    return json.dumps(value, ensure_ascii=False, default=str)
