"""Asking for a ledger in the background, doing it, giving it up, taking the file, and letting it go by its time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from django.db.models import F

from linli.access import changes, reads
from linli.kernel import area_names, clock, files
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound, Problem
from linli.kernel.faults import problem_of, worth_retrying
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.kernel.texts import check_printable
from linli.messages.actions import notify
from linli.registry.problems import PurposeMissing
from linli.registry.queries.sql import held

from .. import notices
from ..aside import Aside
from ..catalogue import queries as catalogue
from ..catalogue.models import FormVersion
from ..catalogue.problems import AskerGone, FileNotReady, NeverDone, RevealEnded, TemplateGone
from ..ledgers import binding as bindings
from ..ledgers import selecting
from ..ledgers.columns import PERMISSION, REVEALS, SEALED
from ..ledgers.condition_text import from_text
from ..ledgers.fill import Filled, Order, fill
from ..perform import actor_of, overseer
from ..permissions import LEDGER_FILL
from .models import Generated

log = structlog.get_logger("linli.intake")
State = Generated.State
SHORTEST_PURPOSE = 4
HOPELESS = timedelta(hours=6)  # a ledger of a district takes minutes
STEP = 5  # percent of progress that are worth a statement


class Cancelled(Exception):
    """Somebody gave the ledger up; the work ends at the next report."""


def ask(
    actor: Actor,
    form_id: UUID,
    *,
    area: str,
    purpose: str,
    number: int | None = None,
    where: str | None = None,
    on: date | None = None,
    masked: bool = True,
    empty: bool = False,
    language: str = "zh-CN",
    queued: bool = True,
) -> Generated:
    """Have a form filled for an area, in the background. `where` takes the place of the version's own condition; without
    `queued` the caller performs it (and should it be killed, the background does).

    Raises NotFound, Forbidden, PurposeMissing, Invalid, ConditionInvalid.
    """
    area = area_names.going_by(area)[-1]
    actor.require(LEDGER_FILL, area)
    version = catalogue.version(actor, form_id, number)
    actor.require(PERMISSION[version.subject], area)
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        raise PurposeMissing()
    check_printable(purpose=purpose)
    condition = str(version.binding.get("where") or "") if where is None else where
    selecting.understood(actor, from_text(condition))
    made: Generated = Generated.objects.create(
        id=uuid7(), version_id=version.id, area_code=area, day=on or clock.today(), where=condition, masked=masked,
        empty=empty, purpose=purpose.strip()[: reads.PURPOSE_LENGTH], language=language, asked_by=actor.id,
        asked_by_name=actor.name, asked_at=clock.now(),
    )  # fmt: skip
    changes.record(actor, "intake.ledger.ask", "form", form_id, area, {"number": version.number, "masked": masked})
    if queued:
        queue(made.id)
    return made


def cancel(actor: Actor, generated_id: UUID) -> Generated:
    """Give a ledger up that is not done. Raises NotFound."""
    made = _own(actor, generated_id)
    if made.state == State.QUEUED:
        made.cancel_asked = True
        if made.started_at is None:
            made.state, made.finished_at = State.CANCELLED, clock.now()
        made.save(update_fields=["cancel_asked", "state", "finished_at"])
    return made


def take(actor: Actor, generated_id: UUID) -> tuple[bytes, str]:
    """The finished workbook and its name; taking it is noted. Raises NotFound, FileNotReady, RevealEnded."""
    made = _own(actor, generated_id)
    if made.state != State.DONE or made.gone_at is not None or made.file_id is None:
        raise FileNotReady()
    _check_sight(actor, made)
    try:
        with files.opened(made.file_id, ".xlsx") as path:
            content = path.read_bytes()
    except NotFound:
        raise FileNotReady() from None
    reads.note("download", "ledger", subject_id=made.id, area=made.area_code, count=made.rows, purpose=made.purpose)
    Generated.objects.filter(id=made.id).update(taken=F("taken") + 1)
    return content, made.filename


def _check_sight(actor: Actor, made: Generated) -> None:
    """Raise RevealEnded where numbers stand in full that `actor` may not see so any more; who tried is noted."""
    areas = [made.area_code] if made.revealed is None and not made.masked else made.revealed or []
    permission = REVEALS[made.version.subject]
    if areas and not all(actor.may(permission, code) for code in area_names.present(areas).values()):
        reads.note("reveal", "ledger", subject_id=made.id, area=made.area_code, purpose="refused")
        raise RevealEnded()


def _own(actor: Actor, generated_id: UUID) -> Generated:
    found: Generated | None = (
        Generated.objects.restrict(actor, LEDGER_FILL)
        .select_for_update(of=("self",))
        .filter(id=generated_id, asked_by=actor.id)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


# The work


def perform(generated_id: UUID, watcher: Callable[[int], None] = lambda percent: None) -> None:
    """Do a ledger that was asked for. Safe to be killed and done again: the file is kept whole or not at all."""
    with acting(overseer()):
        Generated.objects.filter(id=generated_id, state=State.QUEUED, started_at=None).update(started_at=clock.now())
        made = Generated.objects.select_related("version__form").filter(id=generated_id, state=State.QUEUED).first()
    if made is None:
        return
    try:
        # The fill's own transaction stays open to its end and would hide the progress.
        with Aside(overseer()) as aside:
            _generate(made, _Progress(made.id, aside, watcher))
    except Cancelled:
        _ended(made.id, State.CANCELLED)
    except Problem as problem:
        _ended(made.id, State.FAILED, problem)
    except (MemoryError, OSError) as error:
        log.error("ledger_failed", generated=str(made.id), error=type(error).__name__)
        _ended(made.id, State.FAILED, problem_of(error))
    except Exception as error:
        if not worth_retrying(error):  # else the queue tries again
            log.exception("ledger_failed", generated=str(made.id), error=type(error).__name__)
            _ended(made.id, State.FAILED, problem_of(error))
        raise


class _Progress:
    """Tells how far the work is, in steps that are worth a statement, and ends it when it was given up."""

    def __init__(self, generated_id: UUID, aside: Aside, watcher: Callable[[int], None]) -> None:
        self._id, self._aside, self._watcher, self._told = generated_id, aside, watcher, -STEP

    def __call__(self, share: float) -> None:
        done = min(round(share * 100), 99)
        if done < self._told + STEP:
            return
        self._told = done
        row = self._aside.write(
            "UPDATE intake_generated SET percent = %s WHERE id = %s RETURNING cancel_asked", [done, self._id]
        )  # fmt: skip
        self._watcher(done)
        if row is not None and row[0]:
            raise Cancelled()


def _generate(made: Generated, progress: _Progress) -> None:
    version: FormVersion = made.version
    try:
        actor = actor_of(made.asked_by)
    except NotFound:
        raise AskerGone() from None
    progress(0.0)
    order = Order(
        area=made.area_code, binding=bindings.from_json(version.binding | {"where": ""}), where=made.where, on=made.day,
        masked=made.masked, empty=made.empty, purpose=made.purpose, language=made.language, filename=version.filename,
    )  # fmt: skip
    try:
        with files.opened(version.file_id, ".xlsx") as path:
            target = path.with_name("filled.xlsx")
            filled = fill(actor, path, target, order, progress)
            in_full = any(c.render in SEALED and c.filled > c.masked for c in filled.coverage.columns.values())
            revealed = held(actor, REVEALS[version.subject], made.area_code) if in_full else ()
            _keep(made, target, filled, revealed)
    except NotFound:
        raise TemplateGone() from None


def _keep(made: Generated, target: Path, filled: Filled, revealed: tuple[str, ...]) -> None:
    """Keep the file under the ledger's own id, so that doing it again replaces it, and say that it is done."""
    with target.open("rb") as content:
        size, _ = files.keep(content, made.id)
    name = f"{made.version.form.name}-{area_names.names_of([made.area_code])[made.area_code]}-{made.day:%Y%m%d}.xlsx"
    with acting(overseer()):
        done = Generated.objects.filter(id=made.id, state=State.QUEUED, cancel_asked=False).update(
            state=State.DONE, percent=100, rows=filled.rows, file_id=made.id, filename=name, size=size,
            revealed=list(revealed), notes=[{"code": note.code, "params": dict(note.params)} for note in filled.notes], finished_at=clock.now(),
        )  # fmt: skip
        if done:
            _tell(made, notices.LEDGER_DONE, rows=filled.rows)
    if not done:  # given up at the last moment, or another worker has done it
        raise Cancelled()


def _ended(generated_id: UUID, state: State, problem: Problem | None = None) -> None:
    said = None
    if problem is not None:
        params = {k: v for k, v in problem.params.items() if isinstance(v, str | int | float | bool)}
        said = {"code": problem.code, "params": params}
    with acting(overseer()):
        ended = Generated.objects.filter(id=generated_id, state=State.QUEUED).update(
            state=state, problem=said, finished_at=clock.now()
        )
        if ended and state == State.FAILED:
            _tell(Generated.objects.select_related("version__form").get(id=generated_id), notices.LEDGER_FAILED)
        done = Generated.objects.filter(id=generated_id, state=State.DONE).exists()
    if not done:  # else the file is that of the worker that has done it
        files.remove(generated_id)


def _tell(made: Generated, kind: str, **more: int) -> None:
    area = area_names.names_of([made.area_code]).get(made.area_code, made.area_code)
    form = made.version.form
    notify([made.asked_by], kind, f"{kind}:{made.id}", {"form": form.name, "area": area, **more}, f"/ledgers/{form.id}")


def requeue() -> None:
    """Queue what was asked for and is not done: the process that worked on it may be gone. What was begun long ago is
    given up: it may be what kills them."""
    with acting(overseer()):
        hopeless = Generated.objects.filter(state=State.QUEUED, started_at__lt=clock.now() - HOPELESS)
        for generated_id in list(hopeless.values_list("id", flat=True)[:100]):
            _ended(generated_id, State.FAILED, NeverDone())
        for generated_id in Generated.objects.filter(state=State.QUEUED).values_list("id", flat=True)[:100]:
            queue(generated_id)


def queue(generated_id: UUID) -> None:
    """Queue a ledger in the open transaction; one that waits already is enough."""
    from ..jobs import enqueue_ledger

    enqueue_ledger(generated_id)


def expire(before: datetime, most: int) -> list[Generated]:
    """Remove the files of at most so many ledgers asked for before a moment; what was asked stays."""
    due = (
        Generated.objects.filter(asked_at__lt=before, gone_at=None)
        .exclude(state=State.QUEUED)
        .order_by("asked_at", "id")
    )
    gone = list(due[:most])
    Generated.objects.filter(id__in=[one.id for one in gone]).update(gone_at=clock.now())
    for one in gone:
        if one.file_id is not None:
            files.remove(one.file_id)
    return gone
