"""Answers to writes, kept for a day so that a repeated request gets the same answer and does nothing twice."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import uuid7


class Answer(models.Model):
    """The answer to one write of one actor, under the Idempotency-Key it was sent with. The body is encrypted.

    `status` is null only inside the transaction that computes the answer.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    actor = models.TextField()
    key = models.TextField()
    request_hash = models.BinaryField()
    status = models.SmallIntegerField(null=True)
    content_type = models.TextField(default="")
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "access_idempotency"
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="access_idempotency_once")]
