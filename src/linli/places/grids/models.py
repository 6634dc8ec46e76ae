"""Tables of grids as they change: dated changes with what was before, rows that moved, and who stands for a grid."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet


class GridChange(models.Model):
    """One dated change of the grids of a village, of several by an import of boundaries, or of codes by a recode.

    `before` and `after` hold the grids whose row changed (figures as WKB in hex) and `outlines_…` the outlines of
    villages; `undoes` and `undone_by` tie a change to its reverse. A recode keeps the reference rows it changed in
    `areas_before` instead, and where each code went in `summary`. `area_code` contains all that changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    villages = ArrayField(models.TextField(db_collation="C"))
    kind = models.TextField()  # edit | import | undo | recode | recode_undo
    effective_on = models.DateField()
    reason = models.TextField(default="")
    summary = models.JSONField(default=dict)
    before = models.JSONField(default=list)
    after = models.JSONField(default=list)
    outlines_before = models.JSONField(default=list)
    outlines_after = models.JSONField(default=list)
    areas_before = models.JSONField(default=list)
    moved = models.JSONField(default=dict)
    undoes = models.UUIDField(null=True)
    undone_by = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()

    RECODES = ("recode", "recode_undo")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "places_grid_change"
        indexes = [models.Index(fields=["area_code", "id"], name="grid_change_area")]


class AreaMove(models.Model):
    """That a change moved one row (`subject` is table.column) from one area to another: what undoing needs to know."""

    pk = models.CompositePrimaryKey("change_id", "subject", "row_key")
    change_id = models.UUIDField()
    subject = models.TextField()
    row_key = models.TextField(db_collation="C")
    old_code = AreaCodeField()
    new_code = AreaCodeField()

    class Meta:
        db_table = "places_area_move"


class GridStaff(models.Model):
    """That an account stands for a village (总网格长) or a grid (分网格长, 网格员) from `since` to the day before `until`.

    The right to see its people comes from the appointment, which ends on the same day. `public_phone` is the office
    number given to residents; never a private one.
    """

    CHIEF, LEAD, WORKER = "chief", "lead", "worker"

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    duty = models.TextField()
    account_id = models.UUIDField()
    public_phone = models.TextField(default="")
    since = models.DateField()
    until = models.DateField(null=True)
    post_id = models.UUIDField()
    appointment_id = models.UUIDField()
    created_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "places_grid_staff"
        indexes = [
            models.Index(fields=["area_code", "id"], name="grid_staff_area"),
            models.Index(fields=["account_id"], name="grid_staff_account"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(duty__in=("chief", "lead", "worker")), name="grid_staff_duty"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="grid_staff_dates"),
        ]
