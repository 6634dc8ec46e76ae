"""The night's measuring."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="7 19 * * *")  # UTC: 03:07 in China, when nobody imports and today is the day that has begun
@app.task(name="registry.quality", queue="registry", queueing_lock="registry.quality", lock="registry.quality")
def keep_quality(timestamp: int = 0) -> None:
    """Keep today's picture of the quality of data; what a killed worker began is measured again."""
    from django.conf import settings

    from .actions import keep_today

    keep_today(settings.LINLI_DISTRICT)
