"""Grids change by dated, undoable changes: what was before, rows that moved, who stands for a grid."""

import django.contrib.postgres.fields
import linli.kernel.areas
import linli.kernel.ids
from django.db import migrations, models

from linli.kernel.history import keep_history
from linli.kernel.rls import append_only, in_scope, protect


class Migration(migrations.Migration):

    dependencies = [
        ("places", "0003_region_about"),
    ]

    operations = [
        migrations.CreateModel(
            name="AreaMove",
            fields=[
                ("pk", models.CompositePrimaryKey("change_id", "subject", "row_key", blank=True, editable=False, primary_key=True, serialize=False)),
                ("change_id", models.UUIDField()),
                ("subject", models.TextField()),
                ("row_key", models.TextField(db_collation="C")),
                ("old_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("new_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
            ],
            options={
                "db_table": "places_area_move",
            },
        ),
        migrations.AddField(
            model_name="grid",
            name="source",
            field=models.TextField(default=""),
        ),
        migrations.CreateModel(
            name="GridChange",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("villages", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(db_collation="C"), size=None)),
                ("kind", models.TextField()),
                ("effective_on", models.DateField()),
                ("reason", models.TextField(default="")),
                ("summary", models.JSONField(default=dict)),
                ("before", models.JSONField(default=list)),
                ("after", models.JSONField(default=list)),
                ("outlines_before", models.JSONField(default=list)),
                ("outlines_after", models.JSONField(default=list)),
                ("moved", models.JSONField(default=dict)),
                ("undoes", models.UUIDField(null=True)),
                ("undone_by", models.UUIDField(null=True)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
            ],
            options={
                "db_table": "places_grid_change",
                "indexes": [models.Index(fields=["area_code", "id"], name="grid_change_area")],
            },
        ),
        migrations.CreateModel(
            name="GridStaff",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("duty", models.TextField()),
                ("account_id", models.UUIDField()),
                ("public_phone", models.TextField(default="")),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("post_id", models.UUIDField()),
                ("appointment_id", models.UUIDField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "places_grid_staff",
                "indexes": [models.Index(fields=["area_code", "id"], name="grid_staff_area"), models.Index(fields=["account_id"], name="grid_staff_account")],
                "constraints": [models.CheckConstraint(condition=models.Q(("duty__in", ("chief", "lead", "worker"))), name="grid_staff_duty"), models.CheckConstraint(condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"), name="grid_staff_dates")],
            },
        ),
        protect("places_grid_change"),
        protect("places_area_move", in_scope("new_code")),
        append_only("places_area_move"),
        protect("places_grid_staff"),
        keep_history("places_grid_staff"),
    ]
