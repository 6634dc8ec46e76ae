"""From which row of a sheet a case came, and what words of a source stand for."""

import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.ids
from linli.kernel.rls import protect

OF_CASE = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"


class Migration(migrations.Migration):
    dependencies = [("cases", "0018_proposals")]

    operations = [
        migrations.CreateModel(
            name="CaseOrigin",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="origin",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("kind", models.TextField()),
                ("source_code", models.TextField()),
                ("number", models.TextField(db_collation="C")),
                ("batch_id", models.UUIDField()),
                ("row", models.IntegerField()),
                ("told", models.JSONField(default=dict)),
                ("due_at", models.DateTimeField(null=True)),
                ("unit_id", models.UUIDField(null=True)),
                ("unit_text", models.TextField(default="")),
                ("category_text", models.TextField(default="")),
                ("confidential", models.BooleanField(default=False)),
                ("version", models.IntegerField()),
                ("taken_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "cases_origin",
                "indexes": [models.Index(fields=["batch_id", "row"], name="origin_batch")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)), fields=("source_code", "number"), name="origin_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("kind__in", ("order", "history"))), name="origin_kind"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseWord",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("source_code", models.TextField()),
                ("what", models.TextField()),
                ("written", models.TextField()),
                ("target_id", models.UUIDField()),
                ("set_by", models.TextField()),
                ("set_by_name", models.TextField()),
                ("set_at", models.DateTimeField()),
            ],
            options={
                "db_table": "cases_word",
                "constraints": [
                    models.UniqueConstraint(fields=("source_code", "what", "written"), name="case_word_once"),
                    models.CheckConstraint(
                        condition=models.Q(("what__in", ("unit", "category"))), name="case_word_what"
                    ),
                ],
            },
        ),
        protect("cases_origin", OF_CASE),
    ]
