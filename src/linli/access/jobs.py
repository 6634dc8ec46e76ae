"""Background work of access."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="23 17 * * *")  # UTC: 01:23 in China, when the day before is over for every transaction
@app.task(name="access.seal", queue="access", queueing_lock="access.seal")
def seal(timestamp: int = 0) -> None:
    """Seal the logs of the days that are over; a worker that slept for days catches up."""
    from django.conf import settings

    from linli.kernel.actors import system
    from linli.kernel.scope import acting

    from .seals import seal_days

    with acting(system("sealing", settings.LINLI_DISTRICT)):
        seal_days()
