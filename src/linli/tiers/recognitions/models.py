"""The table of recognitions."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

from ..rules import TIERS

SCOPES = ("community", "district", "city")
CERTAINTIES = ("official", "stated", "synthetic")


class Recognition(models.Model):
    """What a text says of tiers that were reached (认定), kept as it is said: two that contradict each other both stay.

    One of a `community` names its area; one of a whole `district` or `city` has a `count` and lies in the district that keeps
    it, with its name in `about`. `tier` is empty where a text speaks of all. `outcome`: `reached`, `missed`, `rechecked`
    (通过复核), `lapsed` (已失效). `year` is the year it speaks of, `until_year` the last one where it speaks of several. `said_on` is the day of the
    text, by `authority`. `certainty`: `official`, `stated` (by somebody who is no authority in it), `synthetic` (演示).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    key = models.TextField(db_collation="C", unique=True)
    scope = models.TextField()
    area_code = AreaCodeField()
    about = models.TextField()
    tier = models.TextField(default="")
    outcome = models.TextField()
    count = models.IntegerField(null=True)
    year = models.SmallIntegerField()
    until_year = models.SmallIntegerField(null=True)
    authority = models.TextField()
    said_on = models.DateField(null=True)
    source = models.TextField()
    certainty = models.TextField()
    note = models.TextField(default="")
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "tiers"
        db_table = "tiers_recognition"
        constraints = [
            models.CheckConstraint(condition=models.Q(scope__in=SCOPES), name="recognition_scope"),
            models.CheckConstraint(condition=models.Q(tier__in=("", *TIERS)), name="recognition_tier"),
            models.CheckConstraint(condition=models.Q(certainty__in=CERTAINTIES), name="recognition_certainty"),
        ]
        indexes = [models.Index(fields=["area_code", "-year"], name="recognition_of")]
