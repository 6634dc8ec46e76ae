"""Seals over the logs, one a day and log, each holding the one before: a chain that shows any later change."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import uuid7


class Seal(models.Model):
    """The SHA-256 over the seal of the day before and every entry of one local day of a log ("read" or "change")."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    log = models.TextField()
    day = models.DateField()
    rows = models.IntegerField()
    digest = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "access_seal"
        constraints = [models.UniqueConstraint(fields=["log", "day"], name="access_seal_once")]
