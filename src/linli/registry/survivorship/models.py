"""The table of changes of survivorship rules; the rules themselves are rows of `FieldPriority`."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import uuid7


class RuleChange(models.Model):
    """Rules entered together, from one day on, and how far the people they concern have been computed anew.

    Of the whole district, and about sources, not people: no area.
    """

    class State(models.TextChoices):
        PLANNED = "planned"  # its day has not come
        RUNNING = "running"  # people are being computed anew, or wait for it
        DONE = "done"
        WITHDRAWN = "withdrawn"  # before its day

    id = models.UUIDField(primary_key=True, default=uuid7)
    valid_from = models.DateField()
    rules = models.JSONField()  # [{field, source, priority, before}]
    reason = models.TextField()
    state = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.TextField(null=True)
    reached = models.UUIDField(null=True)  # the last person computed anew: where a killed run goes on
    people = models.IntegerField(default=0)  # looked at
    changed = models.IntegerField(default=0)  # whose record changed
    finished_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "registry"
        db_table = "registry_rule_change"
