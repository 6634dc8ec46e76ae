"""The table of conflicts."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet


class Conflict(models.Model):
    """That trusted sources state different values of a field of a person. `area_code` is the person's and follows it.

    An open one goes by itself when the sources agree. A decided one stays: the same values are not asked about again.
    """

    class State(models.TextChoices):
        OPEN = "open"
        DECIDED = "decided"

    id = models.UUIDField(primary_key=True, default=uuid7)
    person_id = models.UUIDField()
    area_code = AreaCodeField()
    field = models.TextField()
    values_key = models.TextField()  # told from another set of values by this; of numbers it is made of keyed hashes
    distinct_values = models.SmallIntegerField()
    state = models.TextField(default=State.OPEN)
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(null=True)
    reason = models.TextField(default="")
    record_id = models.UUIDField(null=True)  # the statement that was found right; null: another value, by hand

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "registry"
        db_table = "registry_conflict"
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "field"], condition=models.Q(state="open"), name="conflict_open_once"
            )
        ]
        indexes = [
            models.Index(fields=["area_code", "id"], condition=models.Q(state="open"), name="conflict_open"),
            models.Index(fields=["area_code", "id"], condition=models.Q(state="decided"), name="conflict_decided"),
            models.Index(fields=["person_id"], name="conflict_person"),
        ]
