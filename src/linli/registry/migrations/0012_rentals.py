"""Rented homes, found by global search; statements about things made by hand; row-level security and history of both."""

from django.db import migrations, models

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.history import keep_history
from linli.kernel.rls import protect
from linli.registry.finding.tokens import Found, keep_tokens


class Migration(migrations.Migration):
    dependencies = [("registry", "0011_find_tokens")]

    operations = [
        migrations.AddField("thingrecord", "request", models.TextField(null=True)),
        migrations.AddField("thingrecord", "dwelling_id", models.UUIDField(null=True)),
        migrations.AddIndex(
            "thingrecord",
            models.Index(fields=["dwelling_id"], condition=~models.Q(dwelling_id=None), name="thing_record_dwelling"),
        ),
        migrations.CreateModel(
            name="Rental",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("key", models.TextField(db_collation="C", unique=True)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("name", models.TextField()),
                ("name_key", models.TextField(db_collation="C")),
                ("address", models.TextField(null=True)),
                ("lon", models.FloatField(null=True)),
                ("lat", models.FloatField(null=True)),
                ("main_record", models.UUIDField()),
                ("field_records", models.JSONField()),
                ("version", models.IntegerField(default=1)),
                ("recorded_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("dwelling_id", models.UUIDField(null=True)),
                ("registration_no", models.TextField(db_collation="C", null=True)),
                ("rental_purpose", models.TextField(null=True)),
                ("rental_state", models.TextField(null=True)),
                ("lessor", models.TextField(null=True)),
                ("phone", models.BinaryField(null=True)),
                ("tenant", models.TextField(null=True)),
                ("tenants", models.IntegerField(null=True)),
                ("leased_from", models.DateField(null=True)),
                ("leased_until", models.DateField(null=True)),
                ("manager", models.TextField(null=True)),
                ("hazard", models.TextField(null=True)),
                ("attention", models.TextField(null=True)),
                ("inspected_on", models.DateField(null=True)),
                ("next_inspection_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "registry_rental",
                "indexes": [
                    models.Index(fields=["area_code", "name_key", "id"], name="rental_list"),
                    models.Index(fields=["dwelling_id"], name="rental_dwelling"),
                ],
            },
        ),
        protect("registry_rental"),
        keep_history("registry_rental"),
        keep_tokens(Found("registry_rental", "rental", code="registration_no")),
    ]
