"""Tables of assessments: the run, and where each community stood in it with all that was read of it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

from ..rules import TIERS
from ..systems.models import IndicatorSystem

STATES = ("waiting", "running", "finished", "failed")


class Assessment(models.Model):
    """An assessment of all communities for a day (评估), with the version of the system it was made with and the kinds of areas
    it was asked for.

    `failures` tells which measures could not be computed, by metric, in a word: their values are unknown. `why` is the code
    of the problem that ended one that failed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    system = models.ForeignKey(IndicatorSystem, on_delete=models.PROTECT, related_name="+")
    kinds = ArrayField(models.TextField(), default=list)
    day = models.DateField()
    state = models.TextField(default="waiting")
    communities = models.IntegerField(default=0)
    failures = models.JSONField(default=dict)
    why = models.TextField(default="")
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    asked_by_name = models.TextField(default="")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "tiers"
        db_table = "tiers_assessment"
        constraints = [models.CheckConstraint(condition=models.Q(state__in=STATES), name="assessment_state")]
        indexes = [models.Index(fields=["state", "-id"], name="assessment_last")]


class CommunityStanding(models.Model):
    """Where a community stood in an assessment. `reached` and `next` are empty where there is none.

    `readings` is what was read of each metric: {metric: [computed, declared, day declared]}, numbers as text; the verdicts
    follow from it and from the system. Never filtered by.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="standings")
    area_code = AreaCodeField()
    people = models.IntegerField(null=True)
    reached = models.TextField(default="")
    next = models.TextField(default="")
    met = models.SmallIntegerField()
    missed = models.SmallIntegerField()
    unknown = models.SmallIntegerField()
    of = models.SmallIntegerField()
    passed = models.SmallIntegerField()
    contradictions = models.SmallIntegerField(default=0)
    readings = models.JSONField(default=dict)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "tiers"
        db_table = "tiers_standing"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "area_code"], name="standing_once"),
            models.CheckConstraint(condition=models.Q(reached__in=("", *TIERS)), name="standing_reached"),
            models.CheckConstraint(condition=models.Q(next__in=("", *TIERS)), name="standing_next"),
        ]
        indexes = [models.Index(fields=["area_code", "-id"], name="standing_of")]
