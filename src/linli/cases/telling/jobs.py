"""Background work of telling."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="*/5 * * * *")
@app.task(name="cases.tell_due", queue="cases", queueing_lock="cases.tell_due", lock="cases.tell_due")
def tell_due(timestamp: int = 0) -> None:
    """Tell units of cases whose time runs out; a second look tells nothing twice."""
    from django.conf import settings

    from linli.kernel import clock
    from linli.kernel.actors import system
    from linli.kernel.scope import acting

    from .actions import tell_due as tell

    with acting(system("clocks", settings.LINLI_DISTRICT)):
        tell(clock.now())
