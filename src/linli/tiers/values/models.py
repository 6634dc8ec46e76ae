"""Tables of what communities declare, and of the files that prove it."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet


class Declaration(models.Model):
    """What was declared of a metric of a community (填报). Never changed: of the latest day the last one counts; `value` None
    takes back what was declared before.

    `as_of` is the day it speaks of. Yes is 1, no is 0. `synthetic`: declared for a demo (演示).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    metric = models.TextField(db_collation="C")
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    as_of = models.DateField()
    note = models.TextField(default="")
    synthetic = models.BooleanField(default=False)
    declared_at = models.DateTimeField()
    declared_by = models.TextField()
    declared_by_name = models.TextField()
    declared_by_unit = models.TextField(default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "tiers"
        db_table = "tiers_declaration"
        indexes = [models.Index(fields=["area_code", "metric", "-id"], name="declaration_last")]


class Evidence(models.Model):
    """A file that proves an indicator of a community (佐证材料). `kind` is what its bytes are; the file is kept under `id`."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    indicator = models.TextField(db_collation="C")
    name = models.TextField()
    kind = models.TextField()
    size = models.BigIntegerField()
    sha256 = models.TextField(db_collation="C")
    added_at = models.DateTimeField()
    added_by = models.TextField()
    added_by_name = models.TextField()
    removed_at = models.DateTimeField(null=True)
    removed_by_name = models.TextField(default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "tiers"
        db_table = "tiers_evidence"
        indexes = [models.Index(fields=["area_code", "indicator", "id"], name="evidence_of")]
