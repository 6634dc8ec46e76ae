"""Constants of remembered mappings belong to an area. Those kept before name none, so they go."""

from django.db import migrations, models

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.rls import protect


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_protect")]

    operations = [
        migrations.CreateModel(
            name="RememberedConstants",
            fields=[
                (
                    "id",
                    models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False),
                ),
                ("area_code", linli.kernel.areas.AreaCodeField()),
                ("source_code", models.TextField()),
                ("columns_hash", models.TextField()),
                ("constants", models.JSONField()),
                ("used_by", models.TextField()),
                ("used_at", models.DateTimeField()),
            ],
            options={
                "db_table": "intake_remembered_constants",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("area_code", "source_code", "columns_hash"), name="constants_once"
                    )
                ],
            },
        ),
        protect("intake_remembered_constants"),
        migrations.RunSQL(
            "UPDATE intake_remembered_mapping SET mapping = jsonb_set(mapping, '{constants}', '{}')", ""
        ),
    ]
