"""A picture of the quality of data, day by day."""

import django.db.models.fields.composite
from django.db import migrations, models

import linli.kernel.areas
from linli.kernel.rls import protect


class Migration(migrations.Migration):
    dependencies = [("registry", "0017_dated_rules")]

    operations = [
        migrations.CreateModel(
            name="QualityDay",
            fields=[
                (
                    "id",
                    django.db.models.fields.composite.CompositePrimaryKey(
                        "area_code", "source_code", "day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("source_code", models.TextField()),
                ("day", models.DateField()),
                ("figures", models.JSONField()),
                ("measured_at", models.DateTimeField()),
            ],
            options={
                "db_table": "registry_quality_day",
                "indexes": [models.Index(fields=["day"], name="quality_day")],
            },
        ),
        protect("registry_quality_day"),
    ]
