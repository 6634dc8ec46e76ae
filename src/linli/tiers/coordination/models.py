"""Tables of planning and coordination. Owners are posts and units, never a person's number."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

from .rules import PLAN_STATES, TASK_STATES, VISIT_KINDS


class ImplementationPlan(models.Model):
    """What a community, a town or the district sets out to do, as tasks (实施计划).

    `areas` are the communities its tasks are for, with their towns: they see a plan that is no draft any more. `origin` says
    where a draft came from, as `room:id`; empty for one written by hand. `synthetic`: of a demo (演示).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    areas = ArrayField(models.TextField(db_collation="C"), default=list)
    title = models.TextField()
    state = models.TextField(default="draft")
    origin = models.TextField(default="")
    note = models.TextField(default="")
    reason = models.TextField(default="")
    synthetic = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.TextField()
    created_by_name = models.TextField()
    created_by_unit = models.TextField(default="")
    changed_at = models.DateTimeField()
    changed_by_name = models.TextField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "tiers"
        db_table = "tiers_implementation_plan"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=PLAN_STATES), name="implementation_plan_state")
        ]
        indexes = [models.Index(fields=["area_code", "-id"], name="implementation_plan_area")]


class TierMeeting(models.Model):
    """A meeting that moves things on (推进会): its agenda, what was said and what was decided.

    `areas` are the communities and towns that take part, with the towns of the communities: they see it. `agenda` is
    [{id, title, by, notes}], `decisions` [{id, item, text, task}]: the task that came of one, or null. Neither is ever
    filtered by. `attending` are units, `chair` a post. One that does not take place is `cancelled_at` a time, with the reason;
    one that was to be called off and takes place after all is `restored_at` a time, and its history keeps what was said before.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    areas = ArrayField(models.TextField(db_collation="C"), default=list)
    title = models.TextField()
    held_on = models.DateField()
    begins = models.TextField(default="")
    place = models.TextField(default="")
    chair = models.TextField(default="")
    attending = models.TextField(default="")
    agenda = models.JSONField(default=list)
    decisions = models.JSONField(default=list)
    synthetic = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.TextField()
    created_by_name = models.TextField()
    created_by_unit = models.TextField(default="")
    changed_at = models.DateTimeField()
    changed_by_name = models.TextField()
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by_name = models.TextField(default="")
    cancelled_reason = models.TextField(default="")
    restored_at = models.DateTimeField(null=True)
    restored_by_name = models.TextField(default="")
    restored_reason = models.TextField(default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "tiers"
        db_table = "tiers_meeting"
        indexes = [models.Index(fields=["area_code", "-held_on", "-id"], name="tier_meeting_area")]


class PlanTask(models.Model):
    """Something to be done by a day (任务): of a plan, decided in a meeting, or standing alone.

    `area_code` is the area it is for, in that of its plan. `needs` are tasks of the same plan to be done before it; `reason`
    says why it may end before them. `indicator` is the code of one it is to move, `measure` that of an upgrade measure.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    plan_id: UUID | None
    plan = models.ForeignKey(ImplementationPlan, null=True, on_delete=models.PROTECT, related_name="tasks")
    meeting = models.ForeignKey(TierMeeting, null=True, on_delete=models.PROTECT, related_name="+")
    title = models.TextField()
    owner = models.TextField(default="")
    starts_on = models.DateField()
    due_on = models.DateField()
    done_on = models.DateField(null=True)
    state = models.TextField(default="waiting")
    needs = ArrayField(models.UUIDField(), default=list)
    indicator = models.TextField(default="", db_collation="C")
    measure = models.TextField(default="", db_collation="C")
    note = models.TextField(default="")
    reason = models.TextField(default="")
    synthetic = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.TextField()
    created_by_name = models.TextField()
    changed_at = models.DateTimeField()
    changed_by_name = models.TextField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "tiers"
        db_table = "tiers_plan_task"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=TASK_STATES), name="plan_task_state"),
            models.CheckConstraint(condition=models.Q(due_on__gte=models.F("starts_on")), name="plan_task_days"),
            models.CheckConstraint(
                condition=models.Q(state="done", done_on__isnull=False)
                | (~models.Q(state="done") & models.Q(done_on=None)),
                name="plan_task_done",
            ),
        ]
        indexes = [
            models.Index(fields=["area_code", "due_on", "id"], name="plan_task_area"),
            models.Index(fields=["due_on"], condition=models.Q(state__in=("waiting", "doing")), name="plan_task_open"),
        ]


class StudyVisit(models.Model):
    """A study visit or a training (考察、培训): day, topic, host. `attendance` is a number of people, None until it is known. One that
    does not take place is `cancelled_at` a time, with the reason.

    `areas` are the communities and towns that take part, with the towns of the communities: they see it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    areas = ArrayField(models.TextField(db_collation="C"), default=list)
    kind = models.TextField()
    topic = models.TextField()
    held_on = models.DateField()
    host = models.TextField(default="")
    place = models.TextField(default="")
    attendance = models.IntegerField(null=True)
    note = models.TextField(default="")
    synthetic = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.TextField()
    created_by_name = models.TextField()
    changed_at = models.DateTimeField()
    changed_by_name = models.TextField()
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by_name = models.TextField(default="")
    cancelled_reason = models.TextField(default="")
    restored_at = models.DateTimeField(null=True)
    restored_by_name = models.TextField(default="")
    restored_reason = models.TextField(default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "tiers"
        db_table = "tiers_study_visit"
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=VISIT_KINDS), name="study_visit_kind"),
            models.CheckConstraint(
                condition=models.Q(attendance=None) | models.Q(attendance__gte=0), name="study_visit_attendance"
            ),
        ]
        indexes = [models.Index(fields=["area_code", "-held_on", "-id"], name="study_visit_area")]
