"""Background work of survivorship: people computed anew after rules changed. Jobs carry the id of a change."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

QUEUE = "registry"


@app.task(name="registry.survivorship", queue=QUEUE, lock="registry.survivorship")
def carry_out(change_id: str) -> None:
    """Compute anew all whom a change of rules concerns."""
    from .actions import carry_out as go_on

    go_on(UUID(change_id))


@app.periodic(cron="11 * * * *")  # rules of a day begin within its first hour, and what a killed worker left goes on
@app.task(name="registry.survivorship.begin", queue=QUEUE, queueing_lock="registry.survivorship.begin")
def begin(timestamp: int = 0) -> None:
    """Begin changes whose day has come; go on with those that were left."""
    from .actions import begin_due

    for change_id in begin_due():
        enqueue(change_id)


def enqueue(change_id: UUID) -> None:
    """Queue the work in the open transaction; one that waits already is enough."""
    from django.db import transaction

    try:
        with transaction.atomic():
            carry_out.configure(queueing_lock=f"registry.survivorship:{change_id}").defer(change_id=str(change_id))
    except AlreadyEnqueued:
        return
