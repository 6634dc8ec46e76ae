"""Posts and what they may do. A person moves, the post stays: rights hang on posts, people are appointed to them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

from .accounts import Account
from .units import AreaGroup, Unit


class Post(models.Model):
    """A position in a unit, such as 镇街信息员 of 昆仑镇."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    title = models.TextField()
    area_code = AreaCodeField()
    created_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "access_post"
        constraints = [models.UniqueConstraint(fields=["unit", "title"], name="access_post_title_once")]
        indexes = [models.Index(fields=["area_code", "id"], name="access_post_area")]


class Appointment(models.Model):
    """An account holds a post from the day `since`; `until` is the first day it no longer does (null: open).

    `source` says what the appointment came of, where it was no decision about the post itself: `grid_staff`, a duty in
    a grid (`places`). Empty: made as such.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="appointments")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="appointments")
    since = models.DateField()
    until = models.DateField(null=True)
    area_code = AreaCodeField()
    source = models.TextField(default="")
    created_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "access_appointment"
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="access_appointment_dates"
            )
        ]


class Role(models.Model):
    """A named set of permissions. Built-in roles come with the program; a district adds its own.

    `second_factor`: whoever holds the role sees nothing before they sign in with a second factor. Set by the district,
    for built-in roles too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    code = models.TextField(unique=True, db_collation="C")
    name = models.TextField()
    name_en = models.TextField(default="")
    permissions = ArrayField(models.TextField())
    builtin = models.BooleanField(default=False)
    second_factor = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "access_role"


class Grant(models.Model):
    """A post has a role in exactly one of: an area, a named group of areas, the area a unit serves. Dated like posts.

    `area_code` is the area of the post's unit and decides who sees the grant; the target decides what it opens.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="grants")
    target_area = AreaCodeField(null=True)
    target_group = models.ForeignKey(AreaGroup, null=True, on_delete=models.PROTECT, related_name="grants")
    target_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="granted")
    since = models.DateField()
    until = models.DateField(null=True)
    area_code = AreaCodeField()
    granted_by = models.TextField()
    created_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "access_grant"
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(target_area__isnull=False, target_group__isnull=True, target_unit__isnull=True)
                    | Q(target_area__isnull=True, target_group__isnull=False, target_unit__isnull=True)
                    | Q(target_area__isnull=True, target_group__isnull=True, target_unit__isnull=False)
                ),
                name="access_grant_one_target",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="access_grant_dates"
            ),
        ]
