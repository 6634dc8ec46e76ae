"""Background work of assessments: one that was asked for, and every night one of today."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

QUEUE = "tiers"
# A lost connection or a deadlock passes; the last try comes about five minutes after the first.
RETRY = RetryStrategy(max_attempts=6, exponential_wait=3)


@app.task(name="tiers.assess", queue=QUEUE, lock="tiers.assess", retry=RETRY)
def assess_asked(assessment_id: str) -> None:
    """Make an assessment that waits."""
    from .actions import carry_out

    carry_out(UUID(assessment_id))


@app.periodic(cron="37 19 * * *")  # UTC: 03:37 in China, after the facts of cases and the quality of data are drawn
@app.task(
    name="tiers.assess.nightly", queue=QUEUE, queueing_lock="tiers.assess.nightly", lock="tiers.assess", retry=RETRY
)
def assess_nightly(timestamp: int = 0) -> None:
    """Assess every community for today; where there is nothing to assess, or no system holds, nothing happens."""
    from ..problems import NoCommunities, NoSystem
    from .actions import assess_today

    try:
        assess_today()
    except (NoSystem, NoCommunities):
        return


def enqueue(assessment_id: UUID) -> None:
    """Queue an assessment in the open transaction; one that waits already is enough."""
    from django.db import transaction

    try:
        with transaction.atomic():
            task = assess_asked.configure(queueing_lock=f"tiers.assess:{assessment_id}")
            task.defer(assessment_id=str(assessment_id))
    except AlreadyEnqueued:
        return
