"""Plans with their tasks, meetings, study visits and trainings: seen where their area lies; a plan that is no draft any more, a
meeting and a visit also by those who take part in them, who change nothing."""

import django.contrib.postgres.fields
import django.db.models.deletion
import linli.kernel.areas
import linli.kernel.ids
from django.db import migrations, models

from linli.kernel.history import keep_history
from linli.kernel.rls import AREAS, in_scope, protect

TAKES_PART = f"(areas && {AREAS})"
PLAN_TAKES_PART = f"(state <> 'draft' AND {TAKES_PART})"
#: A task of a plan is seen where its plan is: of somebody else's draft nothing is.
TASK_SEEN = (
    f"({in_scope()} AND (plan_id IS NULL OR EXISTS (SELECT FROM tiers_implementation_plan p WHERE p.id = plan_id)))"
)


def shown_to_partakers(table: str, when: str) -> migrations.RunSQL:
    """Who takes part reads a row; the policy of its area alone lets it be changed."""
    return migrations.RunSQL(
        f"CREATE POLICY partakers ON {table} FOR SELECT USING ({when})", f"DROP POLICY partakers ON {table}"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("tiers", "0005_practice"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImplementationPlan",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                (
                    "areas",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(db_collation="C"), default=list, size=None
                    ),
                ),
                ("title", models.TextField()),
                ("state", models.TextField(default="draft")),
                ("origin", models.TextField(default="")),
                ("note", models.TextField(default="")),
                ("reason", models.TextField(default="")),
                ("synthetic", models.BooleanField(default=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.TextField()),
                ("created_by_name", models.TextField()),
                ("created_by_unit", models.TextField(default="")),
                ("changed_at", models.DateTimeField()),
                ("changed_by_name", models.TextField()),
            ],
            options={
                "db_table": "tiers_implementation_plan",
                "indexes": [models.Index(fields=["area_code", "-id"], name="implementation_plan_area")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("draft", "running", "done", "dropped"))),
                        name="implementation_plan_state",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StudyVisit",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                (
                    "areas",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(db_collation="C"), default=list, size=None
                    ),
                ),
                ("kind", models.TextField()),
                ("topic", models.TextField()),
                ("held_on", models.DateField()),
                ("host", models.TextField(default="")),
                ("place", models.TextField(default="")),
                ("attendance", models.IntegerField(null=True)),
                ("note", models.TextField(default="")),
                ("synthetic", models.BooleanField(default=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.TextField()),
                ("created_by_name", models.TextField()),
                ("changed_at", models.DateTimeField()),
                ("changed_by_name", models.TextField()),
            ],
            options={
                "db_table": "tiers_study_visit",
                "indexes": [models.Index(fields=["area_code", "-held_on", "-id"], name="study_visit_area")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("visit", "training"))), name="study_visit_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("attendance", None), ("attendance__gte", 0), _connector="OR"),
                        name="study_visit_attendance",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierMeeting",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                (
                    "areas",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(db_collation="C"), default=list, size=None
                    ),
                ),
                ("title", models.TextField()),
                ("held_on", models.DateField()),
                ("begins", models.TextField(default="")),
                ("place", models.TextField(default="")),
                ("chair", models.TextField(default="")),
                ("attending", models.TextField(default="")),
                ("agenda", models.JSONField(default=list)),
                ("decisions", models.JSONField(default=list)),
                ("synthetic", models.BooleanField(default=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.TextField()),
                ("created_by_name", models.TextField()),
                ("created_by_unit", models.TextField(default="")),
                ("changed_at", models.DateTimeField()),
                ("changed_by_name", models.TextField()),
            ],
            options={
                "db_table": "tiers_meeting",
                "indexes": [models.Index(fields=["area_code", "-held_on", "-id"], name="tier_meeting_area")],
            },
        ),
        migrations.CreateModel(
            name="PlanTask",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("title", models.TextField()),
                ("owner", models.TextField(default="")),
                ("starts_on", models.DateField()),
                ("due_on", models.DateField()),
                ("done_on", models.DateField(null=True)),
                ("state", models.TextField(default="waiting")),
                (
                    "needs",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("indicator", models.TextField(db_collation="C", default="")),
                ("measure", models.TextField(db_collation="C", default="")),
                ("note", models.TextField(default="")),
                ("reason", models.TextField(default="")),
                ("synthetic", models.BooleanField(default=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.TextField()),
                ("created_by_name", models.TextField()),
                ("changed_at", models.DateTimeField()),
                ("changed_by_name", models.TextField()),
                (
                    "plan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="tiers.implementationplan",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tiers.tiermeeting"
                    ),
                ),
            ],
            options={
                "db_table": "tiers_plan_task",
                "indexes": [
                    models.Index(fields=["area_code", "due_on", "id"], name="plan_task_area"),
                    models.Index(
                        condition=models.Q(("state__in", ("waiting", "doing"))),
                        fields=["due_on"],
                        name="plan_task_open",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("waiting", "doing", "done", "dropped"))),
                        name="plan_task_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gte", models.F("starts_on"))), name="plan_task_days"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_on__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("done_on", None)),
                            _connector="OR",
                        ),
                        name="plan_task_done",
                    ),
                ],
            },
        ),
        protect("tiers_implementation_plan"),
        shown_to_partakers("tiers_implementation_plan", PLAN_TAKES_PART),
        keep_history("tiers_implementation_plan", f"({in_scope()} OR {PLAN_TAKES_PART})"),
        protect("tiers_meeting"),
        shown_to_partakers("tiers_meeting", TAKES_PART),
        keep_history("tiers_meeting", f"({in_scope()} OR {TAKES_PART})"),
        protect("tiers_study_visit"),
        shown_to_partakers("tiers_study_visit", TAKES_PART),
        keep_history("tiers_study_visit", f"({in_scope()} OR {TAKES_PART})"),
        protect("tiers_plan_task", TASK_SEEN),
        keep_history("tiers_plan_task", TASK_SEEN),
    ]
