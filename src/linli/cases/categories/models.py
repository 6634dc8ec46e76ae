"""Tables of the directory: categories of cases, and their filing rules."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import uuid7

from .rules import CERTAINTIES, CLOCKS, KINDS, PROCEDURES, SINCE_EVER, TARGETS


class Category(models.Model):
    """A class of cases, after GB/T 47678.5-2026 (管理部件 and 管理事项) or of the place itself.

    The key is `(standard_ref, kind, code)`: the same five digits (two of the major, three of the minor) name a
    component and a matter. A category holds on the days from `valid_from` to before `valid_until`; one that was
    closed stays, with its cases and rules, and may name what takes its place. `offered`: whether new cases may be
    filed under it; a class that belongs to a sample of another city is there to be read. `version` rises with each
    change, and replaced images are in its history.

    `procedure` names how a case of it goes. `dispatch_first`: dispatched at once and filed afterwards.
    `emergency_number` is to be shown before anything else. `restricted_to`: whose readers alone see cases of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    standard_ref = models.TextField()
    kind = models.TextField()
    major = models.TextField()
    major_name = models.TextField()
    code = models.TextField()
    name = models.TextField()
    initials = models.TextField()  # of the name's readings, for search
    procedure = models.TextField(default="standard")
    dispatch_first = models.BooleanField(default=False)
    emergency_number = models.TextField(default="")
    restricted_to = models.TextField(default="")
    offered = models.BooleanField(default=True)
    certainty = models.TextField()
    source = models.TextField(default="")
    note = models.TextField(default="")
    valid_from = models.DateField(default=SINCE_EVER)
    valid_until = models.DateField(null=True)
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced")
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.TextField()
    changed_by_name = models.TextField(default="")

    class Meta:
        app_label = "cases"
        db_table = "cases_category"
        constraints = [
            models.UniqueConstraint(fields=["standard_ref", "kind", "code"], name="category_once"),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="category_kind"),
            models.CheckConstraint(condition=models.Q(procedure__in=PROCEDURES), name="category_procedure"),
            models.CheckConstraint(condition=models.Q(certainty__in=CERTAINTIES), name="category_certainty"),
            models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
                name="category_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(superseded_by=None) | ~models.Q(superseded_by=models.F("id")),
                name="category_not_its_own_successor",
            ),
        ]


class FilingRule(models.Model):
    """When a case of a category is filed (立案条件), when it is closed (结案条件) and how long that may take (时限).

    A rule holds from `valid_from` to before `valid_until` and is never changed otherwise: another limit is another
    rule, so a case keeps the one it was filed by. An empty `filing_condition`: in any other case. `target` says what
    has to be done in that time. `rule_set` names the table a rule belongs to, `source_class` its class there, where
    that has another name.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="rules")
    target = models.TextField(default="handle")
    filing_condition = models.TextField(default="")
    closing_condition = models.TextField(default="")
    limit_value = models.IntegerField()
    clock = models.TextField()
    unit_text = models.TextField(default="")  # 处置单位, as the table names it
    photo_needed = models.BooleanField(default=False)
    rule_set = models.TextField()
    source_class = models.TextField(default="")
    certainty = models.TextField()
    source = models.TextField(default="")
    position = models.IntegerField(default=0)
    valid_from = models.DateField(default=SINCE_EVER)
    valid_until = models.DateField(null=True)
    changed_at = models.DateTimeField()
    changed_by = models.TextField()
    changed_by_name = models.TextField(default="")

    class Meta:
        app_label = "cases"
        db_table = "cases_filing_rule"
        constraints = [
            models.UniqueConstraint(
                fields=["category", "rule_set", "source_class", "target", "filing_condition"],
                condition=models.Q(valid_until=None),
                name="filing_rule_open_once",
            ),
            models.CheckConstraint(condition=models.Q(target__in=TARGETS), name="filing_rule_target"),
            models.CheckConstraint(condition=models.Q(clock__in=CLOCKS), name="filing_rule_clock"),
            models.CheckConstraint(condition=models.Q(limit_value__gt=0), name="filing_rule_limit"),
            models.CheckConstraint(condition=models.Q(certainty__in=CERTAINTIES), name="filing_rule_certainty"),
            models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
                name="filing_rule_ends_after_it_starts",
            ),
        ]
