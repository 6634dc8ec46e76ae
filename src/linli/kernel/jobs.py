"""Background work of the kernel: what is in the outbox is taken, and who came through a door is forgotten."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="kernel.deliver", queue="kernel", queueing_lock="kernel.deliver", lock="kernel.deliver")
def deliver(timestamp: int = 0) -> None:
    """Have consumers take what waits for them, once a minute."""
    from .outbox import actions

    actions.deliver()


@app.periodic(cron="47 * * * *")
@app.task(name="kernel.forget_sources", queue="kernel", queueing_lock="kernel.forget_sources")
def forget_sources(timestamp: int = 0) -> None:
    """Forget the sources that have not come through a door for a day."""
    from .limiting import actions

    actions.forget()
