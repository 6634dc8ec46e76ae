"""Comparisons of two batches and the rows that differ; seen where their area is."""

import django.contrib.postgres.fields
from django.db import migrations, models

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.rls import protect


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_pickup")]

    operations = [
        migrations.CreateModel(
            name="Comparison",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField()),
                ("source_code", models.TextField()),
                ("kind", models.TextField()),
                ("before_id", models.UUIDField()),
                ("after_id", models.UUIDField()),
                ("before_from_file", models.BooleanField(default=True)),
                ("after_from_file", models.BooleanField(default=True)),
                ("state", models.TextField(default="queued")),
                ("percent", models.SmallIntegerField(default=0)),
                ("problem", models.JSONField(null=True)),
                ("facts", models.JSONField(null=True)),
                ("counts", models.JSONField(null=True)),
                ("villages", models.JSONField(null=True)),
                ("asked_by", models.TextField()),
                ("asked_by_name", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "intake_comparison",
                "indexes": [
                    models.Index(fields=["area_code", "id"], name="comparison_area"),
                    models.Index(fields=["after_id"], name="comparison_after"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("before_id", "after_id"), name="comparison_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ComparedRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "comparison_id", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("comparison_id", models.UUIDField()),
                ("number", models.IntegerField()),
                ("area_code", linli.kernel.areas.AreaCodeField()),
                ("outcome", models.TextField()),
                ("before_row", models.IntegerField(null=True)),
                ("after_row", models.IntegerField(null=True)),
                ("name", models.TextField(null=True)),
                ("mark", models.TextField(null=True)),
                ("fields", django.contrib.postgres.fields.ArrayField(models.TextField(), null=True, size=None)),
                ("changes", models.JSONField(null=True)),
            ],
            options={
                "db_table": "intake_compared_row",
                "indexes": [
                    models.Index(fields=["comparison_id", "outcome", "number"], name="compared_outcome"),
                ],
            },
        ),
        protect("intake_comparison"),
        protect("intake_compared_row"),
    ]
