"""The table of the outbox."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.kernel.ids import uuid7


class Event(models.Model):
    """Something that happened, on its way to one `consumer`; the row goes when it has been taken.

    `topic` names what happened ("cases.step"), `subject` the thing it happened to; `payload` is what the consumer is told,
    never personal data. `event` is the same for all consumers. Over which a consumer broke (`failures` times) is tried again
    from `due_at` on.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    event = models.UUIDField()
    consumer = models.TextField(db_collation="C")
    topic = models.TextField(db_collation="C")
    subject = models.UUIDField()
    at = models.DateTimeField()
    payload = models.JSONField()
    failures = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Event]] = models.Manager()

    class Meta:
        app_label = "kernel"
        db_table = "kernel_event"
        indexes = [models.Index(fields=["consumer", "due_at", "id"], name="event_due")]
