"""Named mappings and their earlier versions. They say what columns are called and mean, and nothing about anybody."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import uuid7


class NamedMapping(models.Model):
    """How the columns of a kind of table are read, under a name people choose it by, for the whole district.

    `mapping` is in the documented form without constants, which are somebody's data and stay with the area that used
    them (RememberedConstants). `version` counts from 1; what it replaced is a MappingVersion.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.TextField()
    note = models.TextField(default="")
    source_code = models.TextField(default="")  # whose tables these are; empty: anybody's
    kind = models.TextField()  # see `fields.BY_KIND`
    mapping = models.JSONField()
    version = models.IntegerField(default=1)
    made_by = models.TextField()
    made_by_name = models.TextField()
    made_at = models.DateTimeField()
    changed_by_name = models.TextField()
    changed_at = models.DateTimeField()
    used_by_name = models.TextField(default="")
    used_at = models.DateTimeField(null=True)
    uses = models.IntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "intake"
        db_table = "intake_named_mapping"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name"], condition=models.Q(retired_at=None), name="named_mapping_once"
            )
        ]


class MappingVersion(models.Model):
    """A mapping as it was before it was changed."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    mapping_id = models.UUIDField()
    version = models.IntegerField()
    name = models.TextField()
    mapping = models.JSONField()
    changed_by_name = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "intake"
        db_table = "intake_mapping_version"
        constraints = [models.UniqueConstraint(fields=["mapping_id", "version"], name="mapping_version_once")]
