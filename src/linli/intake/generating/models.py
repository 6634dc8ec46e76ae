"""The table of ledgers that were asked for."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

from ..catalogue.models import FormVersion


class Generated(models.Model):
    """A ledger that somebody asked for: a version of a form, for an area and a day, under a condition.

    It is `asked_by`'s alone. The finished workbook is kept encrypted under `file_id` and goes by its time (`gone_at`);
    what was asked and how it ended stays. `revealed`: the areas, as their codes were then, in which numbers stand in full
    in it; None where that was not kept. `queued` with `started_at` is being worked on: a killed worker's is done again,
    whole or not at all.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid7)
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT)
    area_code = AreaCodeField()
    day = models.DateField()
    where = models.TextField(default="")
    masked = models.BooleanField(default=True)
    empty = models.BooleanField(default=False)
    purpose = models.TextField()
    language = models.TextField(default="zh-CN")
    state = models.TextField(default=State.QUEUED)
    percent = models.SmallIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    rows = models.IntegerField(null=True)
    notes = models.JSONField(null=True)  # [{"code", "params"}]
    problem = models.JSONField(null=True)  # {"code", "params"}
    file_id = models.UUIDField(null=True)
    revealed = ArrayField(models.TextField(), null=True)
    filename = models.TextField(default="")
    size = models.BigIntegerField(null=True)
    asked_by = models.TextField()
    asked_by_name = models.TextField()
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)
    taken = models.IntegerField(default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "intake"
        db_table = "intake_generated"
        indexes = [
            models.Index(fields=["asked_by", "-asked_at", "-id"], name="generated_mine"),
            models.Index(fields=["area_code", "id"], name="generated_area"),
            models.Index(fields=["id"], condition=models.Q(state="queued"), name="generated_queued"),
        ]
