"""The read log and the change log: append-only, partitioned by month, kept at least six months."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet


class ReadLog(models.Model):
    """Someone saw data about people. Holds no search words and nothing of what was seen, only that it was.

    `kind` is list, detail, search, reveal, export or download; `count` how many records were shown; `area_code` the
    area looked at. `actor` is who looked; `viewing_as` the account through whose eyes, if so. The log protects
    residents from curious staff: it is no measure of how much anyone works.
    """

    KINDS = ("list", "detail", "search", "reveal", "export", "download")

    id = models.UUIDField(primary_key=True, default=uuid7)
    at = models.DateTimeField()
    actor = models.TextField()
    unit_id = models.UUIDField(null=True)
    kind = models.TextField()
    subject_type = models.TextField()
    subject_id = models.TextField(default="")
    area_code = AreaCodeField()
    count = models.IntegerField(null=True)
    purpose = models.TextField(default="")
    request = models.TextField(default="")
    ip = models.TextField(default="")
    viewing_as = models.TextField(default="")  # last: seals leave it out where it is empty (seals.LATER)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "access_read_log"


class ChangeLog(models.Model):
    """Someone changed how the district is run: accounts, grants, roles, places, sources, settings.

    Changes to people are kept by the registry's own history, value by value; this log holds none of them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    at = models.DateTimeField()
    actor = models.TextField()
    room = models.TextField()
    action = models.TextField()
    subject_type = models.TextField()
    subject_id = models.TextField(default="")
    area_code = AreaCodeField()
    detail = models.JSONField(default=dict)
    request = models.TextField(default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "access_change_log"
