"""The table of the address book's one action."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet


class Resolution(models.Model):
    """That unresolved home texts were read again: one action, whose records bear its id as their batch.

    Undoing it takes those records back, and the statements they stand for hold as before.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    texts = models.IntegerField()
    records = models.IntegerField()
    people = models.IntegerField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.TextField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "registry"
        db_table = "registry_resolution"
        indexes = [models.Index(fields=["area_code", "id"], name="resolution_area")]
