"""Background work of photos of good practice: what a killed process left goes."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="37 * * * *")
@app.task(name="tiers.clear_practice_files", queue="tiers", queueing_lock="tiers.clear_practice_files")
def clear_practice_files(timestamp: int = 0) -> None:
    """Remove kept photos whose row was never committed."""
    from django.conf import settings

    from linli.kernel.actors import system
    from linli.kernel.scope import acting

    from .photos import clear_files

    with acting(system("practice", settings.LINLI_DISTRICT)):
        clear_files()
