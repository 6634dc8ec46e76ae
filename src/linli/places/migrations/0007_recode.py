"""Recodes: an area that ended names its successor, and a change remembers the reference rows it wrote over."""

import linli.kernel.areas
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("places", "0006_protect_buildings"),
    ]

    operations = [
        migrations.AddField("region", "successor", linli.kernel.areas.AreaCodeField(db_collation="C", null=True)),
        migrations.AddField("grid", "successor", linli.kernel.areas.AreaCodeField(db_collation="C", null=True)),
        migrations.AddField("gridchange", "areas_before", models.JSONField(default=list)),
    ]
