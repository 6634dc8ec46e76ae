"""Marks of access reviews (权限审查)."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet


class AccessReview(models.Model):
    """On `reviewed_on` somebody looked through who holds `permission` in an area, `accounts` of them.

    The next time is due on `due_on`. A mark is never changed; the next review is another one. How often is for the
    district to say: GB/T 22239-2019 asks that rights follow least privilege and that surplus accounts go (8.1.4.2), and
    names no interval; half a year is our default (inferred).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    permission = models.TextField()
    accounts = models.IntegerField()
    reviewed_on = models.DateField()
    reviewed_by = models.TextField()
    due_on = models.DateField()
    note = models.TextField(default="")
    created_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "access_review"
        indexes = [models.Index(fields=["area_code", "permission", "id"], name="access_review_area")]
