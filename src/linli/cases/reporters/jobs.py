"""Background work for reporters: telling them how their cases go. It may run twice, or be killed."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(
    name="cases.tell_reporters", queue="messages", queueing_lock="cases.tell_reporters", lock="cases.tell_reporters"
)
def tell_reporters(timestamp: int = 0) -> None:
    """Look what reporters are to be told, and tell what is due."""
    from .telling import plan, send

    plan()
    send()
