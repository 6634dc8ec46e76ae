"""Notes of supervision. They are read by case, and with the cases in sight."""

import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.ids
from linli.kernel.rls import protect

OF_CASE = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0016_support"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseSupervision",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("unit_id", models.UUIDField(null=True)),
                ("unit_name", models.TextField(default="")),
                ("level", models.TextField()),
                ("text", models.TextField()),
                ("until", models.DateField()),
                ("state", models.TextField(default="open")),
                ("asked_by", models.TextField()),
                ("asked_by_name", models.TextField()),
                ("asked_by_unit", models.TextField(default="")),
                ("asked_at", models.DateTimeField()),
                ("answer", models.TextField(default="")),
                ("ended_by", models.TextField(default="")),
                ("ended_by_name", models.TextField(default="")),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
            ],
            options={
                "db_table": "cases_supervision",
                "indexes": [
                    models.Index(condition=models.Q(("state", "open")), fields=["until", "id"], name="supervision_open")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "open")),
                            models.Q(("ended_at__isnull", False), ("state__in", ("answered", "withdrawn"))),
                            _connector="OR",
                        ),
                        name="supervision_state",
                    )
                ],
            },
        ),
        protect("cases_supervision", OF_CASE),
    ]
