"""The table of keys by which apps report."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import uuid7


class AppKey(models.Model):
    """A key given out to one app. Only its keyed hash is kept: it is shown once, when it is issued. An ended one stays as a row."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.TextField()
    hashed = models.BinaryField(unique=True)  # keyed hash
    ending = models.TextField()  # its last four letters, to tell keys apart
    issued_at = models.DateTimeField()
    issued_by = models.TextField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "cases"
        db_table = "cases_open311_key"
