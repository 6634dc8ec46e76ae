"""Conflicts between trusted sources."""

from django.db import migrations, models

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.rls import in_scope, protect

# Where the person is chiefly managed, or anywhere else the person is seen; as the person's own row.
SEEN = (
    f"({in_scope('registry_conflict.area_code')} OR EXISTS "
    "(SELECT FROM registry_person_area a WHERE a.person_id = registry_conflict.person_id))"
)


class Migration(migrations.Migration):
    dependencies = [("registry", "0018_quality_day")]

    operations = [
        migrations.CreateModel(
            name="Conflict",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("person_id", models.UUIDField()),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("field", models.TextField()),
                ("values_key", models.TextField()),
                ("distinct_values", models.SmallIntegerField()),
                ("state", models.TextField(default="open")),
                ("opened_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.TextField(null=True)),
                ("reason", models.TextField(default="")),
                ("record_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "registry_conflict",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("person_id", "field"),
                        name="conflict_open_once",
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["area_code", "id"], name="conflict_open"
                    ),
                    models.Index(
                        condition=models.Q(("state", "decided")), fields=["area_code", "id"], name="conflict_decided"
                    ),
                    models.Index(fields=["person_id"], name="conflict_person"),
                ],
            },
        ),
        protect("registry_conflict", SEEN, in_scope()),
    ]
