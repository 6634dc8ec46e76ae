"""Tables of co-operation. What happened is a step of the case's flow as well; these say how it stands."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7


class CaseSupport(models.Model):
    """A unit that was asked to support the lead unit of a case (协办单位; 主办单位 is the case's own unit).

    `what` is for what it was asked, `reason` why the lead does not do without, `until` the day by which an answer is wanted.
    It sees the case as long as it is asked and after it answered (`SIGHT`); not after it declined, the request was taken back,
    or it lapsed because the lead handed back without waiting. `area_code` is the case's and `lead_id` the lead unit's: the
    row's own row-level security goes by them, for that of cases asks this table and cannot be asked in turn.
    The lead and who sees the area see all supporting units of a case, a supporting unit itself alone. Inferred: no standard
    lays the form down; 主办/协办 with one lead is the published practice of 12345 and 提案 work.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    area_code = AreaCodeField()
    lead_id = models.UUIDField(null=True)
    unit_id = models.UUIDField()
    unit_name = models.TextField()
    state = models.TextField(default="asked")  # asked | answered | declined | withdrawn | lapsed
    what = models.TextField()
    reason = models.TextField(default="")
    until = models.DateField(null=True)
    asked_by = models.TextField()
    asked_by_name = models.TextField()
    asked_by_unit = models.TextField(default="")
    asked_at = models.DateTimeField()
    answer = models.TextField(default="")
    ended_by = models.TextField(default="")
    ended_by_name = models.TextField(default="")
    ended_at = models.DateTimeField(null=True)
    restricted_to = models.TextField(
        default="", db_default="", db_collation="C"
    )  # the mark of its case, as `area_code` is

    class Meta:
        app_label = "cases"
        db_table = "cases_support"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "unit_id"], condition=models.Q(state="asked"), name="support_asked_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state="asked", ended_at=None)
                | models.Q(state__in=("answered", "declined", "withdrawn", "lapsed"), ended_at__isnull=False),
                name="support_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit_id", "case"], condition=models.Q(state__in=("asked", "answered")), name="support_sight"
            )
        ]


class CaseSupervision(models.Model):
    """A note of supervision on an open case (督办): its level, its text, and the day an answer is wanted by.

    It is addressed to the unit the case lies with (`unit_id`, empty while there is none), follows the case to another as long as
    it is open, and keeps the unit that answered. 督办数 and 未处理督办数 of a unit, which the published formula of one city takes
    points off for, are counted from these rows. Which levels there are is ours (inferred).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    unit_id = models.UUIDField(null=True)
    unit_name = models.TextField(default="")
    level = models.TextField()
    text = models.TextField()
    until = models.DateField()
    state = models.TextField(default="open")  # open | answered | withdrawn
    asked_by = models.TextField()
    asked_by_name = models.TextField()
    asked_by_unit = models.TextField(default="")
    asked_at = models.DateTimeField()
    answer = models.TextField(default="")
    ended_by = models.TextField(default="")
    ended_by_name = models.TextField(default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "cases"
        db_table = "cases_supervision"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", ended_at=None)
                | models.Q(state__in=("answered", "withdrawn"), ended_at__isnull=False),
                name="supervision_state",
            ),
        ]
        indexes = [models.Index(fields=["until", "id"], condition=models.Q(state="open"), name="supervision_open")]


class CaseChild(models.Model):
    """That a case is a part of another (子案件): both numbers, so that each page names the other even where it is not in sight.

    A child has one parent, and none of its own children. Inferred: no standard lays the form down.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    child = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    number = models.TextField(db_collation="C")
    parent_number = models.TextField(db_collation="C")
    split_at = models.DateTimeField()
    split_by = models.TextField()
    split_by_name = models.TextField()

    class Meta:
        app_label = "cases"
        db_table = "cases_child"
        constraints = [
            models.CheckConstraint(condition=~models.Q(child=models.F("parent")), name="child_of_another"),
        ]


class CaseHandOver(models.Model):
    """That the unit a case lies with asked another to take it over (移交), and what became of it.

    `document` is the number of the letter it goes by, if there is one. The unit that is asked sees the case while it is; `lapsed`:
    the case left the unit that asked. `area_code` is the case's: as with `CaseSupport` the row's security goes by its own columns.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    area_code = AreaCodeField()
    from_id = models.UUIDField()
    from_name = models.TextField()
    to_id = models.UUIDField()
    to_name = models.TextField()
    state = models.TextField(default="asked")  # asked | taken | refused | withdrawn | lapsed
    reason = models.TextField()
    document = models.TextField(default="")
    asked_by = models.TextField()
    asked_by_name = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(default="")
    ended_by = models.TextField(default="")
    ended_by_name = models.TextField(default="")
    ended_at = models.DateTimeField(null=True)
    restricted_to = models.TextField(
        default="", db_default="", db_collation="C"
    )  # the mark of its case, as `area_code` is

    class Meta:
        app_label = "cases"
        db_table = "cases_hand_over"
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=models.Q(state="asked"), name="hand_over_one_asked"),
            models.CheckConstraint(
                condition=models.Q(state="asked", ended_at=None)
                | models.Q(state__in=("taken", "refused", "withdrawn", "lapsed"), ended_at__isnull=False),
                name="hand_over_state",
            ),
        ]
        indexes = [models.Index(fields=["to_id", "case"], condition=models.Q(state="asked"), name="hand_over_sight")]
