"""Tables of saved filters: how somebody likes to narrow a list, and with which of them a list opens."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import uuid7


class SavedFilter(models.Model):
    """Named values of the filters of one list, of one account; `shared` shows it to everyone of the unit.

    `values` holds codes, days and words of our own, never names or numbers of people (`filter_rules.check`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    account_id = models.UUIDField()
    unit_id = models.UUIDField(null=True)
    list = models.TextField()
    name = models.TextField()
    values = models.JSONField()
    shared = models.BooleanField(default=False)
    position = models.SmallIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "access_saved_filter"
        constraints = [models.UniqueConstraint(fields=["account_id", "list", "name"], name="saved_filter_once")]
        indexes = [models.Index(fields=["unit_id", "list"], name="saved_filter_unit")]


class ListDefault(models.Model):
    """The saved filter with which a list opens for an account: one of its own, or one shared in its unit.

    No foreign key: whose filter it is may delete it without seeing who opens a list with it, and then it means nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    account_id = models.UUIDField()
    list = models.TextField()
    filter_id = models.UUIDField()

    class Meta:
        db_table = "access_list_default"
        constraints = [models.UniqueConstraint(fields=["account_id", "list"], name="list_default_once")]
