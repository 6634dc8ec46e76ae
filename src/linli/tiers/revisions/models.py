"""The table of revisions. Reference data of the district, like the systems they become: no row lies in an area."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import uuid7

from ..systems.models import IndicatorSystem

REVISION_STATES = ("open", "published", "dropped")


class SystemRevision(models.Model):
    """The next version of a system of indicators while it is worked on (修订稿), begun as a copy of `base`.

    Nothing is assessed by it: `made` is the version it became when it was put in force, which changes no more. `about` are the
    facts of the system, `indicators` its rows as `systems.rows` has them; neither is ever filtered by. `version` counts the
    changes: whoever saves says which one they saw.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    base = models.ForeignKey(IndicatorSystem, on_delete=models.PROTECT, related_name="+")
    state = models.TextField(default="open")
    version = models.IntegerField(default=1)
    about = models.JSONField(default=dict)
    villages = models.BooleanField(default=False)
    indicators = models.JSONField(default=list)
    made = models.ForeignKey(IndicatorSystem, on_delete=models.PROTECT, related_name="+", null=True)
    begun_at = models.DateTimeField()
    begun_by = models.TextField()
    begun_by_name = models.TextField(default="")
    changed_at = models.DateTimeField()
    changed_by = models.TextField()
    changed_by_name = models.TextField(default="")

    class Meta:
        app_label = "tiers"
        db_table = "tiers_revision"
        constraints = [models.CheckConstraint(condition=models.Q(state__in=REVISION_STATES), name="revision_state")]
        indexes = [models.Index(fields=["state", "-id"], name="revision_open")]
