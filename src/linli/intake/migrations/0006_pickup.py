"""Folders from which files are taken in by themselves, and what was taken; seen where their area is."""

from django.db import migrations, models

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.rls import protect


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_batch_kind")]

    operations = [
        migrations.CreateModel(
            name="Pickup",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField()),
                ("source_code", models.TextField()),
                ("directory", models.TextField()),
                ("pattern", models.TextField()),
                ("then", models.TextField()),
                ("active", models.BooleanField(default=True)),
                ("owner", models.TextField()),
                ("owner_name", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("looked_at", models.DateTimeField(null=True)),
                ("problem", models.JSONField(null=True)),
            ],
            options={
                "db_table": "intake_pickup",
                "indexes": [models.Index(fields=["area_code", "id"], name="pickup_area")],
            },
        ),
        migrations.CreateModel(
            name="PickedFile",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("pickup_id", models.UUIDField()),
                ("area_code", linli.kernel.areas.AreaCodeField()),
                ("sha256", models.TextField()),
                ("name", models.TextField()),
                ("size", models.BigIntegerField()),
                ("modified_ns", models.BigIntegerField()),
                ("batch_id", models.UUIDField()),
                ("taken_at", models.DateTimeField()),
            ],
            options={
                "db_table": "intake_picked_file",
                "constraints": [models.UniqueConstraint(fields=("pickup_id", "sha256"), name="picked_once")],
            },
        ),
        protect("intake_pickup"),
        protect("intake_picked_file"),
    ]
