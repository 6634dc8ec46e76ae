"""Tables of regroupings: which statements changed their person, and the ids that lead to somebody else since."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet


class Regrouping(models.Model):
    """That somebody decided whom statements are about: all of a person's are another's (join), or some are (split).

    The areas are those in which both were managed when it was decided.
    """

    class Kind(models.TextChoices):
        JOIN = "join"  # `from_person` is no more and leads to `to_person`
        SPLIT = "split"  # `to_person` was made of statements of `from_person`

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.TextField()
    from_person = models.UUIDField()
    to_person = models.UUIDField()
    from_area = AreaCodeField()
    to_area = AreaCodeField()
    reason = models.TextField()
    records = models.IntegerField()  # statements that changed their person
    made_at = models.DateTimeField()
    made_by = models.TextField()
    request = models.TextField(default="")  # by which history finds its cause
    undone_at = models.DateTimeField(null=True)
    undone_by = models.TextField(null=True)
    undo_reason = models.TextField(default="")
    undo_request = models.TextField(default="")
    # What the person who is no more was, for undoing; of a split back to an old id, where that id led.
    was_version = models.IntegerField(null=True)
    was_recorded_at = models.DateTimeField(null=True)
    was_joined_by = models.UUIDField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "registry"
        db_table = "registry_regrouping"
        indexes = [
            models.Index(fields=["to_person"], name="regrouping_to"),
            models.Index(fields=["from_person"], name="regrouping_from"),
        ]


class Regrouped(models.Model):
    """One row that a regrouping changed: `what` is the column (`table.column`) that named the other person before.

    Two further kinds: a tag ended because the other one had it too, and a number set aside with what it was known by.
    """

    TAG_ENDED, NUMBER = "tag ended", "number"

    pk = models.CompositePrimaryKey("regrouping_id", "what", "row_id")
    regrouping_id = models.UUIDField()
    what = models.TextField()
    row_id = models.UUIDField()
    match_key = models.BinaryField(null=True)
    id_kind = models.TextField(null=True)

    class Meta:
        app_label = "registry"
        db_table = "registry_regrouped"
        indexes = [models.Index(fields=["row_id"], name="regrouped_row")]


class PersonAlias(models.Model):
    """An id that was a person's and leads to `person_id` since. `into_id` is whom they were joined with, who may have been
    joined with somebody since."""

    old_id = models.UUIDField(primary_key=True)
    person_id = models.UUIDField()
    into_id = models.UUIDField()
    regrouping_id = models.UUIDField()

    class Meta:
        app_label = "registry"
        db_table = "registry_person_alias"
        indexes = [
            models.Index(fields=["person_id"], name="alias_person"),
            models.Index(fields=["into_id"], name="alias_into"),
        ]
