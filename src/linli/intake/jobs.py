"""Background work of the intake. Jobs carry the id of a batch and nothing else; doing one twice ends the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

if TYPE_CHECKING:
    from .models import Batch

QUEUE = "intake"
# A lost connection or a deadlock passes; the last try comes about five minutes after the first.
RETRY = RetryStrategy(max_attempts=6, exponential_wait=3)


@app.task(name="intake.step", queue=QUEUE, retry=RETRY)
def step(what: str, batch_id: str) -> None:
    """Perform one step of a batch."""
    from .perform import perform
    from .pickup import advance
    from .work import Busy

    try:
        perform(what, UUID(batch_id))
    except Busy:
        return  # a command or another worker is at it
    advance(UUID(batch_id))  # of batches that were picked up; should it be lost, the next look does it


@app.task(name="intake.compare", queue=QUEUE, retry=RETRY)
def compare(comparison_id: str) -> None:
    """Do one comparison of two batches."""
    from .compare.actions import perform

    perform(UUID(comparison_id))


@app.task(name="intake.ledger", queue=QUEUE, retry=RETRY)
def generate(generated_id: str) -> None:
    """Fill one ledger that was asked for."""
    from .generating.actions import perform

    perform(UUID(generated_id))


@app.periodic(cron="* * * * *")
@app.task(name="intake.recover", queue=QUEUE, queueing_lock="intake.recover")
def recover_batches(timestamp: int = 0) -> None:
    """Go on with, or clear, what a killed process left."""
    from .catalogue.actions import clear_files
    from .compare.actions import requeue
    from .generating.actions import requeue as requeue_ledgers
    from .perform import recover

    recover()
    requeue()
    requeue_ledgers()
    clear_files()


@app.periodic(cron="* * * * *")
@app.task(name="intake.pick_up", queue=QUEUE, queueing_lock="intake.pick_up", lock="intake.pick_up")
def pick_up(timestamp: int = 0) -> None:
    """Look into the folders from which files are taken in by themselves."""
    from .pickup import look

    look()


@app.periodic(cron="17 * * * *")
@app.task(
    name="intake.measure_rounds", queue=QUEUE, queueing_lock="intake.measure_rounds", lock="intake.measure_rounds"
)
def measure_rounds(timestamp: int = 0) -> None:
    """Count anew what the returns of open rounds lack: the base changes beside them."""
    from .rounds.actions.rounds import measure_open

    measure_open()


def enqueue(what: str, batch: Batch) -> None:
    """Queue a step in the open transaction; a step of the batch that waits already is enough."""
    _defer(step, f"intake:{batch.id}", f"intake:{batch.id}:{what}", what=what, batch_id=str(batch.id))


def enqueue_comparison(comparison_id: UUID) -> None:
    """Queue a comparison in the open transaction; one that waits already is enough."""
    name = f"intake:comparison:{comparison_id}"
    _defer(compare, name, name, comparison_id=str(comparison_id))


def enqueue_ledger(generated_id: UUID) -> None:
    """Queue a ledger in the open transaction; one that waits already is enough."""
    name = f"intake:ledger:{generated_id}"
    _defer(generate, name, name, generated_id=str(generated_id))


def _defer(task: Any, lock: str, queueing_lock: str, **named: str) -> None:
    from django.db import transaction

    try:
        with transaction.atomic():
            task.configure(lock=lock, queueing_lock=queueing_lock).defer(**named)
    except AlreadyEnqueued:
        return
