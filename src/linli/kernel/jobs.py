"""Background work of the kernel: what is in the outbox is taken."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="kernel.deliver", queue="kernel", queueing_lock="kernel.deliver", lock="kernel.deliver")
def deliver(timestamp: int = 0) -> None:
    """Have consumers take what waits for them, once a minute."""
    from .outbox import actions

    actions.deliver()
