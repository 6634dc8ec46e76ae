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


@app.periodic(cron="41 18 * * *")  # UTC: 02:41 in China, when the logs of the day before are sealed
@app.task(name="access.destroy", queue="access", queueing_lock="access.destroy", lock="access.destroy")
def destroy(timestamp: int = 0) -> None:
    """Destroy what was kept long enough, kind by kind; what a killed worker began is finished."""
    from .keeping.nightly import destroy_all

    destroy_all()
