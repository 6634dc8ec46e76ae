"""Background work of the procedure: every night, after the assessment, the warnings of re-checks."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

RETRY = RetryStrategy(max_attempts=6, exponential_wait=3)


@app.periodic(cron="57 19 * * *")  # UTC: 03:57 in China, after the nightly assessment, behind whose lock it waits
@app.task(
    name="tiers.recheck.watch", queue="tiers", queueing_lock="tiers.recheck.watch", lock="tiers.assess", retry=RETRY
)
def watch_nightly(timestamp: int = 0) -> None:
    """Warn of recognised communities whose live indicators are missed; doing it twice changes nothing."""
    from .watching import watch

    watch()
