"""Tables of routing: the rules, the edition they are at, and by which rule each case was routed."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7

from ..categories.rules import CERTAINTIES, KINDS, SINCE_EVER
from .rules import TARGETS


class RoutingRule(models.Model):
    """Which unit handles cases of a category, in an area, of an owner. Reference data of the district, read by whoever routes.

    `position` is its priority, the lowest first. What is empty narrows nothing. `target`: the unit named, or that of the town
    or village of the place. `unit_name` is how the unit was called when the rule was written. A rule is never removed: it holds
    from `valid_from` to before `valid_until`. `version` rises with each change; replaced images are in its history, so the
    rule and version a case was routed by can always be read.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    position = models.IntegerField()
    standard_ref = models.TextField(default="")
    kind = models.TextField(default="")
    code = models.TextField(db_collation="C", default="")
    area_code = AreaCodeField(null=True)
    ownership = models.TextField(default="")
    target = models.TextField()
    unit_id = models.UUIDField(null=True)
    unit_name = models.TextField(default="")
    basis = models.TextField(default="")
    certainty = models.TextField(default="local")
    valid_from = models.DateField(default=SINCE_EVER)
    valid_until = models.DateField(null=True)
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.TextField()
    changed_by_name = models.TextField(default="")

    class Meta:
        app_label = "cases"
        db_table = "cases_routing_rule"
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=("", *KINDS)), name="routing_rule_kind"),
            models.CheckConstraint(condition=models.Q(target__in=TARGETS), name="routing_rule_target"),
            models.CheckConstraint(condition=models.Q(certainty__in=CERTAINTIES), name="routing_rule_certainty"),
            models.CheckConstraint(
                condition=models.Q(target="unit", unit_id__isnull=False)
                | (~models.Q(target="unit") & models.Q(unit_id=None)),
                name="routing_rule_unit",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
                name="routing_rule_ends_after_it_starts",
            ),
        ]


class RoutingEdition(models.Model):
    """One row: which state the rules are in. Workers keep the rules compiled as long as the stamp stays what it is."""

    key = models.IntegerField(primary_key=True, default=1)
    stamp = models.UUIDField()

    class Meta:
        app_label = "cases"
        db_table = "cases_routing_edition"


class RoutedCase(models.Model):
    """By which rule a case was routed and why, at one step of it; the last counts. Never changed.

    `case_version` is the case's after that step. `rule_id` and `rule_version` are empty where no rule fitted. `why` has the
    rule and the case as they were then, from which the words are made in the reader's language.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="routed", db_index=False)
    case_version = models.IntegerField()
    at = models.DateTimeField()
    rule_id = models.UUIDField(null=True)
    rule_version = models.IntegerField(null=True)
    unit_id = models.UUIDField(null=True)
    unit_name = models.TextField(default="")
    why = models.JSONField(default=dict)

    class Meta:
        app_label = "cases"
        db_table = "cases_routed"
        constraints = [models.UniqueConstraint(fields=["case", "case_version"], name="routed_step_once")]
