"""The tables of bulk edits: what was to be changed, and what came of each row."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet


class BulkEdit(models.Model):
    """One change of the same fields of many people or homes, by hand.

    First prepared: the rows are fixed with what they held, so that what was looked at is what is done. The statements it
    makes about people bear its id as their batch; undoing it takes those back and gives homes what they held.
    """

    class State(models.TextChoices):
        PREPARED = "prepared"
        DONE = "done"
        UNDONE = "undone"

    PERSON, DWELLING = "person", "dwelling"

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()  # contains all that it changes
    kind = models.TextField()  # person | dwelling
    changes = models.JSONField()  # field -> new value, None empties it
    state = models.TextField(default=State.PREPARED)
    chosen = models.IntegerField()
    changed = models.IntegerField(default=0)
    meanwhile = models.IntegerField(default=0)  # left because somebody else changed them
    reason = models.TextField(default="")
    made_at = models.DateTimeField()
    made_by = models.TextField()
    done_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.TextField(null=True)
    undo_reason = models.TextField(default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "registry"
        db_table = "registry_bulk_edit"
        indexes = [models.Index(fields=["area_code", "id"], name="bulk_edit_area")]


class BulkEditRow(models.Model):
    """One person or home of a bulk edit: the values it held when the edit was prepared, and what came of it."""

    class Outcome(models.TextChoices):
        CHANGE = "change"  # would be changed
        SAME = "same"  # holds the value already
        REFUSED = "refused"  # may not be changed, see `why`
        CHANGED = "changed"
        MEANWHILE = "meanwhile"  # somebody else changed it after the preview: left as it is

    pk = models.CompositePrimaryKey("edit_id", "subject_id")
    edit_id = models.UUIDField()
    subject_id = models.UUIDField()
    area_code = AreaCodeField()  # where the editor sees it
    version = models.IntegerField(null=True)  # of a person
    old = models.JSONField()
    outcome = models.TextField()
    why = models.TextField(default="")  # `rules.WHY`

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "registry"
        db_table = "registry_bulk_edit_row"
