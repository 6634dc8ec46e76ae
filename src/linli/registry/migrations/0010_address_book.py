"""Home texts without a home, found by index; and the times they were read again."""

from django.db import migrations, models

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.rls import protect


class Migration(migrations.Migration):
    dependencies = [("registry", "0009_things_protect")]

    operations = [
        migrations.CreateModel(
            name="Resolution",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("texts", models.IntegerField()),
                ("records", models.IntegerField()),
                ("people", models.IntegerField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.TextField(null=True)),
            ],
            options={"db_table": "registry_resolution"},
        ),
        migrations.AddIndex(
            model_name="resolution", index=models.Index(fields=["area_code", "id"], name="resolution_area")
        ),
        migrations.AddIndex(
            model_name="sourcerecord",
            index=models.Index(
                fields=["area_code", "home_text"],
                condition=models.Q(superseded_by=None, dwelling_id=None, home_text__isnull=False, state="linked"),
                name="record_unresolved",
            ),
        ),
        protect("registry_resolution"),
    ]
