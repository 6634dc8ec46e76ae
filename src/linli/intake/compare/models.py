"""The tables of comparisons. They are copies of what two batches say, and go when those files would."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet


class Comparison(models.Model):
    """Two batches of one source, row by row; `area_code` is the narrower of their areas, the only one compared.

    `facts`: which fields both state (`compared`) and which only one does. `villages`: counts by outcome for each.
    A side whose file is gone by its time is taken from the statements of the source as they stood after its merge.
    `queued` with `started_at` is being worked on: a killed worker's is done again, whole or not at all.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    source_code = models.TextField()
    kind = models.TextField()
    before_id = models.UUIDField()  # of the earlier batch
    after_id = models.UUIDField()
    before_from_file = models.BooleanField(default=True)
    after_from_file = models.BooleanField(default=True)
    state = models.TextField(default="queued")  # queued | done | failed
    percent = models.SmallIntegerField(default=0)
    problem = models.JSONField(null=True)  # {"code", "params"}
    facts = models.JSONField(null=True)  # {"compared": […], "only_before": […], "only_after": […]}
    counts = models.JSONField(null=True)  # outcome -> rows
    villages = models.JSONField(null=True)  # [{"area", outcome: rows, …}]
    asked_by = models.TextField()
    asked_by_name = models.TextField()
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "intake"
        db_table = "intake_comparison"
        constraints = [models.UniqueConstraint(fields=["before_id", "after_id"], name="comparison_once")]
        indexes = [
            models.Index(fields=["area_code", "id"], name="comparison_area"),
            models.Index(fields=["after_id"], name="comparison_after"),
        ]


class ComparedRow(models.Model):
    """One row that is not the same in both batches, where it lies now (a row that is gone: where it lay).

    Identity numbers and phones are masked; names are in the clear, as in the registry, and shown to those who may
    see what the registry holds of the kind there.
    """

    pk = models.CompositePrimaryKey("comparison_id", "number")
    comparison_id = models.UUIDField()
    number = models.IntegerField()
    area_code = AreaCodeField()
    outcome = models.TextField()  # new | gone | changed | flawed
    before_row = models.IntegerField(null=True)
    after_row = models.IntegerField(null=True)
    name = models.TextField(null=True)
    mark = models.TextField(null=True)  # the number it is told by: masked for people
    fields = ArrayField(models.TextField(), null=True)  # which differ
    changes = models.JSONField(null=True)  # [{"field", "before", "after"}]

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "intake"
        db_table = "intake_compared_row"
        indexes = [models.Index(fields=["comparison_id", "outcome", "number"], name="compared_outcome")]
