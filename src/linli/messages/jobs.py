"""Background work of messages: plan where notices go, hand over what is due. It may run twice, or be killed."""

from __future__ import annotations

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

QUEUE = "messages"


@app.periodic(cron="* * * * *")
@app.task(name="messages.look", queue=QUEUE, queueing_lock="messages.look", lock="messages.look")
def look(timestamp: int = 0) -> None:
    """Plan what is new and send what is due. Once a minute: what was gathered or held may wait so long."""
    from .delivering import plan, send

    plan()
    send()


def enqueue_look() -> None:
    """Look at once, for what is urgent; a look that waits already is enough."""
    from django.db import transaction

    try:
        with transaction.atomic():
            look.configure(queueing_lock="messages.look").defer()
    except AlreadyEnqueued:
        return
