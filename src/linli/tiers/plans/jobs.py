"""Background work of plans: a scenario that was asked for is solved."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

QUEUE = "tiers"


@app.task(name="tiers.plan.solve", queue=QUEUE, lock="tiers.plan.solve")
def solve_asked(scenario_id: str) -> None:
    """Solve a scenario that waits."""
    from .actions import carry_out

    carry_out(UUID(scenario_id))


def enqueue(scenario_id: UUID) -> None:
    """Queue a scenario in the open transaction; one that waits already is enough."""
    from django.db import transaction

    try:
        with transaction.atomic():
            task = solve_asked.configure(queueing_lock=f"tiers.plan:{scenario_id}")
            task.defer(scenario_id=str(scenario_id))
    except AlreadyEnqueued:
        return
