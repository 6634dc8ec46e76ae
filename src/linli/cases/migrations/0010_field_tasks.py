"""Looks on the spot: to whom they are given, and what came of them. They are read by case, and with the cases that wait."""

import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.ids
from linli.kernel.rls import protect

OF_CASE = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_evaluation"),
    ]

    operations = [
        migrations.CreateModel(
            name="FieldTask",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("state", models.TextField(default="open")),
                ("assignee", models.TextField(default="")),
                ("assignee_name", models.TextField(default="")),
                ("due_at", models.DateTimeField(null=True)),
                ("photo_wanted", models.BooleanField(default=False)),
                ("given_by", models.TextField()),
                ("given_by_name", models.TextField()),
                ("given_at", models.DateTimeField()),
                ("done_by", models.TextField(default="")),
                ("done_by_name", models.TextField(default="")),
                ("done_at", models.DateTimeField(null=True)),
                ("passed", models.BooleanField(null=True)),
                ("result", models.TextField(default="")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="field_tasks", to="cases.case"
                    ),
                ),
            ],
            options={
                "db_table": "cases_field_task",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("case",), name="field_task_one_open"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("verify_report", "check_result"))), name="field_task_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("open", "done", "withdrawn"))), name="field_task_state"
                    ),
                ],
            },
        ),
        protect("cases_field_task", OF_CASE),
    ]
