"""Units: the staff organisations of a district; and named groups of areas."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

KINDS = ("district", "department", "town", "village")


class Unit(models.Model):
    """A staff organisation with accounts: the district's office, a department, a town or a village. Never a company.

    `area_code` is the area it serves. A department of the district serves the whole district. From `ended_on` nothing new is
    given to it (撤销); it stays as a row, since what it did keeps its name.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    name = models.TextField()
    kind = models.TextField()
    area_code = AreaCodeField()
    created_at = models.DateTimeField()
    ended_on = models.DateField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "access_unit"
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="access_unit_name_once", nulls_distinct=False),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="access_unit_kind"),
        ]
        indexes = [models.Index(fields=["area_code", "id"], name="access_unit_area")]


def in_use(on: date) -> models.Q:
    """The condition that a unit has not ended by a day."""
    return models.Q(ended_on=None) | models.Q(ended_on__gt=on)


VILLAGER_GROUP = "villager_group"
GROUP_KINDS = ("", "development_zone", "section", "part", VILLAGER_GROUP)  # 开发区, 管区, 片区, 村民组


class AreaGroup(models.Model):
    """A named set of areas that prefixes cannot express: 开发区, 管区 or 片区, 村民组.

    It lives here, below `places`, because a grant of scope is resolved by it at every request; `places` shows it.
    `area_code` is the area that contains all its members, and decides who sees the group.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.TextField()
    kind = models.TextField(default="")
    codes = ArrayField(models.TextField(db_collation="C"))
    area_code = AreaCodeField()
    created_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "access_area_group"
        constraints = [models.UniqueConstraint(fields=["area_code", "name"], name="access_area_group_once")]
