"""Tables of indicator systems. Reference data, the same for everybody: no row lies in an area."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.kernel.ids import uuid7

from ..rules import OPERATORS, TIERS, UNITS

CERTAINTIES = ("official", "inferred")
MODES = ("auto", "mixed", "evidence")


class IndicatorSystem(models.Model):
    """A version of a system of indicators (指标体系), such as 山东省智慧社区建设指标. What was assessed with it, it is kept for.

    It holds from `effective_from` until the day before `effective_to`; None: still. `kinds` are the kinds of village-level
    areas that are assessed (居委会; 村委会 by choice). `document` is the text it was issued with, `source` where it was read. One
    that was withdrawn (`withdrawn_at`, with the reason) before it began never held; its number is not given again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    code = models.TextField(db_collation="C")
    version = models.IntegerField()
    title = models.TextField()
    authority = models.TextField(default="")
    document = models.TextField(default="")
    issued_on = models.DateField(null=True)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    kinds = ArrayField(models.TextField(), default=list)
    source = models.TextField(default="")
    note = models.TextField(default="")
    loaded_at = models.DateTimeField()
    loaded_by = models.TextField()
    loaded_by_name = models.TextField(default="")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.TextField(default="")
    withdrawn_by_name = models.TextField(default="")
    withdrawn_reason = models.TextField(default="")

    class Meta:
        app_label = "tiers"
        db_table = "tiers_system"
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="system_version"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None, withdrawn_reason="")
                | models.Q(withdrawn_at__isnull=False) & ~models.Q(withdrawn_reason=""),
                name="system_withdrawn",
            ),
        ]


class Indicator(models.Model):
    """An indicator of a system, at one tier. `certainty` says whether its text was read in the official table.

    `mode`: `auto` (from records), `mixed` (records and papers), `evidence` (papers). `strength` is what an inferred one rests
    on, `completeness` how much of an official one could be read. `weight` only where a system scores.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    system = models.ForeignKey(IndicatorSystem, on_delete=models.PROTECT, related_name="indicators")
    position = models.SmallIntegerField()
    code = models.TextField(db_collation="C")
    tier = models.TextField()
    level1 = models.TextField()
    level1_certainty = models.TextField(default="inferred")
    seq = models.SmallIntegerField(null=True)
    name = models.TextField()
    definition = models.TextField(default="")
    requirement = models.TextField(default="")
    mode = models.TextField()
    weight = models.DecimalField(max_digits=8, decimal_places=3, null=True)
    records = models.TextField(default="")
    evidence_wanted = models.TextField(default="")
    certainty = models.TextField()
    strength = models.TextField(default="")
    completeness = models.TextField(default="")
    source = models.TextField(default="")
    source_supports = models.TextField(default="")

    class Meta:
        app_label = "tiers"
        db_table = "tiers_indicator"
        constraints = [
            models.UniqueConstraint(fields=["system", "code"], name="indicator_code"),
            models.CheckConstraint(condition=models.Q(tier__in=TIERS), name="indicator_tier"),
            models.CheckConstraint(condition=models.Q(mode__in=MODES), name="indicator_mode"),
            models.CheckConstraint(condition=models.Q(certainty__in=CERTAINTIES), name="indicator_certainty"),
        ]


class IndicatorBound(models.Model):
    """A bound (标准值) of an indicator on one metric. `value` None: not known; yes is 1, no is 0. `source`: where this bound was read,
    where that is not the indicator's."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="bounds")
    position = models.SmallIntegerField()
    metric = models.TextField(db_collation="C")
    op = models.TextField()
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    unit = models.TextField()
    certainty = models.TextField()
    source = models.TextField(default="")
    note = models.TextField(default="")

    class Meta:
        app_label = "tiers"
        db_table = "tiers_bound"
        constraints = [
            models.UniqueConstraint(fields=["indicator", "metric"], name="bound_once"),
            models.CheckConstraint(condition=models.Q(op__in=OPERATORS), name="bound_op"),
            models.CheckConstraint(condition=models.Q(unit__in=UNITS), name="bound_unit"),
            models.CheckConstraint(condition=models.Q(certainty__in=CERTAINTIES), name="bound_certainty"),
        ]
