"""Ledgers that were asked for; seen where their area is."""

import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.rls import protect


class Migration(migrations.Migration):
    dependencies = [("intake", "0009_forms")]

    operations = [
        migrations.CreateModel(
            name="Generated",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                (
                    "version",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="intake.formversion"),
                ),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("day", models.DateField()),
                ("where", models.TextField(default="")),
                ("masked", models.BooleanField(default=True)),
                ("empty", models.BooleanField(default=False)),
                ("purpose", models.TextField()),
                ("language", models.TextField(default="zh-CN")),
                ("state", models.TextField(default="queued")),
                ("percent", models.SmallIntegerField(default=0)),
                ("cancel_asked", models.BooleanField(default=False)),
                ("rows", models.IntegerField(null=True)),
                ("notes", models.JSONField(null=True)),
                ("problem", models.JSONField(null=True)),
                ("file_id", models.UUIDField(null=True)),
                ("filename", models.TextField(default="")),
                ("size", models.BigIntegerField(null=True)),
                ("asked_by", models.TextField()),
                ("asked_by_name", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("gone_at", models.DateTimeField(null=True)),
                ("taken", models.IntegerField(default=0)),
            ],
            options={
                "db_table": "intake_generated",
                "indexes": [
                    models.Index(fields=["asked_by", "-asked_at", "-id"], name="generated_mine"),
                    models.Index(fields=["area_code", "id"], name="generated_area"),
                    models.Index(condition=models.Q(("state", "queued")), fields=["id"], name="generated_queued"),
                ],
            },
        ),
        protect("intake_generated"),
    ]
