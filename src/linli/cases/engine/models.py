"""Tables of the engine: the case, its append-only steps, the times its clock stood, and what was asked of it."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

from ..categories.models import Category, FilingRule
from .states import FINISHED, State

#: When a case is due, for lists in that order: what has no limit comes last.
NEVER_DUE = Coalesce("due_at", models.Value(datetime(9999, 1, 1, tzinfo=UTC), output_field=models.DateTimeField()))
#: Steps that are somebody's own work (`cases.evaluation.own`).
OWN_WORK = ["dispatch", "dispatch_first", "hand_back", "pass_check", "fail_check"]
SOURCES = ("collector", "resident", "hotline", "superior", "sensor", "camera", "visit")


class Case(models.Model):
    """A problem from report to evaluation (案件, 案卷). What happened to it is in `CaseFlow`; this is how it stands now.

    `number` is its number for people: county, day, serial of the day (local, as every city has its own). `source` is
    the door it came through (监督员, 群众, 12345, 上级 …). `area_code` is the grid of its place, or the village where no
    place is known; `on_border`: the place lies on the line between grids, and the lower code was taken.

    `rule` is the filing rule it was filed by and keeps; `limit_value` and `clock` are its limit as filed. `clock_from`
    is when the clock began, `due_at` when handling is due and `amber_at` when four fifths of the time are used; both
    are empty while the clock stands (`paused_at`) without a date. `provisional`: they lie in a year whose calendar is
    not known yet. `extended_by` is by how much granted extensions made the limit longer, in the clock's unit; `exempt`: it counts
    in no figure of limits, for an appeal was granted, so that it is overdue in none though it was, or it was handed over in time to
    a body outside. `transferred`: such a body goes on with it, so that nobody here solved it and nobody rates it. `unit_id` is the
    unit it was handed to last, which goes on seeing it. `procedure` is the way it goes (`engine.procedure`), its own for life.
    `version` rises with each step. `restricted_to` marks what is its readers' alone (`cases.restricted`): the mark of its category,
    or of a case it is joined to or split from.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    number = models.TextField(db_collation="C", unique=True)
    state = models.TextField(default=State.REPORTED.value)
    source = models.TextField()
    procedure = models.TextField(default="standard", db_default="standard")
    urgent = models.BooleanField(default=False)
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(FilingRule, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    description = models.TextField()
    area_code = AreaCodeField()
    place_text = models.TextField(default="")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    on_border = models.BooleanField(default=False)
    occurred_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    reported_by = models.TextField()
    reporter_name = models.BinaryField(null=True)  # ciphertext
    reporter_phone = models.BinaryField(null=True)  # ciphertext
    unit_id = models.UUIDField(null=True)
    unit_name = models.TextField(default="")
    limit_value = models.IntegerField(null=True)
    clock = models.TextField(default="")
    clock_from = models.DateTimeField(null=True)
    filed_at = models.DateTimeField(null=True)
    amber_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    provisional = models.BooleanField(default=False)
    extended_by = models.IntegerField(default=0, db_default=0)
    exempt = models.BooleanField(default=False, db_default=False)
    paused_at = models.DateTimeField(null=True)
    suspensions = models.IntegerField(default=0)
    handed_back_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    result = models.TextField(default="")
    reworks = models.IntegerField(default=0)
    responded = models.BooleanField(null=True)
    solved = models.BooleanField(null=True)
    satisfied = models.BooleanField(null=True)
    version = models.IntegerField(default=1)
    transferred = models.BooleanField(default=False, db_default=False)
    restricted_to = models.TextField(default="", db_default="", db_collation="C")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "cases"
        db_table = "cases_case"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in State]), name="case_state"),
            models.CheckConstraint(condition=models.Q(source__in=SOURCES), name="case_source"),
            models.CheckConstraint(
                condition=models.Q(lon__isnull=True, lat__isnull=True) | models.Q(lon__isnull=False, lat__isnull=False),
                name="case_position_whole",
            ),
        ]
        indexes = [
            # What is included lets cases be counted without looking at their rows: who sees one hangs on its area, its unit and its mark.
            models.Index(fields=["area_code", "id"], include=["unit_id", "restricted_to"], name="case_area"),
            models.Index(
                fields=["state", "area_code", "id"],
                include=["unit_id", "urgent", "filed_at", "procedure", "transferred", "restricted_to"],
                name="case_state_area",
            ),
            models.Index(NEVER_DUE, "id", name="case_due"),
            models.Index(
                NEVER_DUE,
                "id",
                condition=~models.Q(state__in=[s.value for s in FINISHED]),
                name="case_open_due",
                include=["state", "area_code", "unit_id", "due_at", "urgent", "filed_at", "procedure", "restricted_to"],
            ),
            models.Index(
                fields=["unit_id", "state", "id"], condition=models.Q(unit_id__isnull=False), name="case_unit"
            ),
            models.Index(
                fields=["restricted_to", "area_code", "id"],
                condition=~models.Q(restricted_to=""),
                name="case_restricted",
            ),
            models.Index(fields=["lat", "lon"], condition=models.Q(lat__isnull=False), name="case_position"),
        ]


class CaseFlow(models.Model):
    """One step of a case: who did what, from which state to which, and why. Never changed, never removed.

    `version` is the case's after the step, so that of two who act at once only one can have taken it. `detail` tells
    what the step set (unit, limit, result …), never anything about the reporter.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="flow", db_index=False)
    version = models.IntegerField()
    at = models.DateTimeField()
    action = models.TextField()
    kind = models.TextField()
    from_state = models.TextField(default="")
    to_state = models.TextField()
    actor = models.TextField()
    actor_name = models.TextField()
    actor_unit = models.TextField(default="")
    reason = models.TextField(default="")
    detail = models.JSONField(default=dict)
    request = models.TextField(default="")

    class Meta:
        app_label = "cases"
        db_table = "cases_flow"
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="flow_step_once")]
        indexes = [models.Index(fields=["actor", "at"], condition=models.Q(action__in=OWN_WORK), name="flow_own_work")]


class CasePause(models.Model):
    """A time in which a case's clock stood: waiting for the reporter, on account (挂账) up to the day `planned`, its result with
    those who check, or merged into another case until that was undone."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pauses")
    kind = models.TextField()  # waiting | suspended | feedback | merged
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    planned = models.DateField(null=True)

    class Meta:
        app_label = "cases"
        db_table = "cases_pause"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")), name="pause_ends_after"
            )
        ]
        indexes = [
            models.Index(fields=["planned"], condition=models.Q(until=None, planned__isnull=False), name="pause_to_end")
        ]


class Adjustment(models.Model):
    """Something a unit asked of a case's clock: an extension (延期), or an appeal (申诉) against having been overdue.

    `turn` is who reviews it next, empty once it is decided; `lapsed`: it fell away because the case left the unit, was
    closed or reopened, or its clock came to count in another unit of time. `amount` is by how much an extension extends, in
    the clock's unit; `due_before` and `due_after` are when the case was due before and after it was granted. `involved` are
    the ids of who asked and who reviewed it, `reviews` what they said, in order: `by`, `name`, `unit`, `granted`, `reason`,
    `at`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="adjustments")
    wish = models.TextField()  # extension | appeal
    state = models.TextField(default="waiting")  # waiting | granted | refused | lapsed
    turn = models.TextField(default="")  # unit | dispatcher | acceptor
    unit_id = models.UUIDField()
    unit_name = models.TextField()
    amount = models.IntegerField(default=0)
    reason = models.TextField()
    asked_by = models.TextField()
    asked_by_name = models.TextField()
    asked_at = models.DateTimeField()
    involved = ArrayField(models.TextField())
    reviews = models.JSONField(default=list)
    decided_at = models.DateTimeField(null=True)
    due_before = models.DateTimeField(null=True)
    due_after = models.DateTimeField(null=True)

    class Meta:
        app_label = "cases"
        db_table = "cases_adjustment"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "wish"], condition=models.Q(state="waiting"), name="adjustment_one_waits"
            ),
            models.CheckConstraint(condition=models.Q(wish__in=("extension", "appeal")), name="adjustment_wish"),
            models.CheckConstraint(
                condition=models.Q(state="waiting", turn__in=("unit", "dispatcher", "acceptor"))
                | models.Q(state__in=("granted", "refused", "lapsed"), turn=""),
                name="adjustment_state",
            ),
        ]
        indexes = [models.Index(fields=["turn", "id"], condition=models.Q(state="waiting"), name="adjustment_turn")]


class FieldTask(models.Model):
    """A look on the spot: verifying a report before it is filed (核实), or checking a result before closing (核查).

    Given with the step that asks for it, to a person (`assignee`, an account) or, where that is empty, to whoever has the
    right in the place's area; either may do it, and `done_by` says who did. `passed`: it was so, or the result holds.
    `photo_wanted`: a picture is to be brought. A task given to another is `withdrawn`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="field_tasks")
    kind = models.TextField()  # verify_report | check_result
    state = models.TextField(default="open")  # open | done | withdrawn
    assignee = models.TextField(default="")
    assignee_name = models.TextField(default="")
    due_at = models.DateTimeField(null=True)
    photo_wanted = models.BooleanField(default=False)
    given_by = models.TextField()
    given_by_name = models.TextField()
    given_at = models.DateTimeField()
    done_by = models.TextField(default="")
    done_by_name = models.TextField(default="")
    done_at = models.DateTimeField(null=True)
    passed = models.BooleanField(null=True)
    result = models.TextField(default="")

    class Meta:
        app_label = "cases"
        db_table = "cases_field_task"
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=models.Q(state="open"), name="field_task_one_open"),
            models.CheckConstraint(
                condition=models.Q(kind__in=("verify_report", "check_result")), name="field_task_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("open", "done", "withdrawn")), name="field_task_state"
            ),
        ]


class NumberDay(models.Model):
    """The last serial of a day's case numbers; it rises in a transaction of its own, so nobody waits for another."""

    day = models.TextField(primary_key=True, db_collation="C")  # county and day
    last = models.IntegerField()

    class Meta:
        app_label = "cases"
        db_table = "cases_number_day"
