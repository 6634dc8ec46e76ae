"""The queue of waiting rows: an index by area, and who looks at which."""

from django.db import migrations, models

import linli.kernel.areas
from linli.kernel.rls import protect


class Migration(migrations.Migration):
    dependencies = [("registry", "0020_ties_stated_area")]

    operations = [
        migrations.AddIndex(
            "sourcerecord",
            models.Index(condition=models.Q(("state", "review")), fields=["area_code", "id"], name="record_review"),
        ),
        migrations.CreateModel(
            name="ReviewAssignment",
            fields=[
                ("record_id", models.UUIDField(primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("account_id", models.TextField()),
                ("assigned_by", models.TextField()),
                ("assigned_at", models.DateTimeField()),
            ],
            options={
                "db_table": "registry_review_assignment",
                "indexes": [models.Index(fields=["account_id"], name="review_assigned")],
            },
        ),
        protect("registry_review_assignment"),
    ]
