"""Background work of categories."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="*/5 * * * *")
@app.task(
    name="cases.mark_restricted", queue="cases", queueing_lock="cases.mark_restricted", lock="cases.mark_restricted"
)
def mark_restricted(timestamp: int = 0) -> None:
    """Mark what was reported under a category while that became one for restricted readers; doing it twice changes nothing."""
    from django.db import transaction

    from .marks import mark_cases

    with transaction.atomic():
        mark_cases()
