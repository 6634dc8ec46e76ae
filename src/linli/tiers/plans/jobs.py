"""Background work of plans: a scenario that was asked for is solved."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

QUEUE = "tiers"
# A lost connection or a deadlock passes; the last try comes about five minutes after the first.
RETRY = RetryStrategy(max_attempts=6, exponential_wait=3)


@app.task(name="tiers.plan.solve", queue=QUEUE, lock="tiers.plan.solve", retry=RETRY)
def solve_asked(scenario_id: str) -> None:
    """Solve a scenario that waits."""
    from .actions import carry_out

    carry_out(UUID(scenario_id))


@app.periodic(cron="*/10 * * * *")
@app.task(name="tiers.plan.watch", queue=QUEUE, queueing_lock="tiers.plan.watch")
def watch_lost(timestamp: int = 0) -> None:
    """Say of scenarios that were lost with their worker that they failed, so that they can be asked for again."""
    from .actions import give_up_lost

    give_up_lost()


def enqueue(scenario_id: UUID) -> None:
    """Queue a scenario in the open transaction; one that waits already is enough."""
    from django.db import transaction

    try:
        with transaction.atomic():
            task = solve_asked.configure(queueing_lock=f"tiers.plan:{scenario_id}")
            task.defer(scenario_id=str(scenario_id))
    except AlreadyEnqueued:
        return
