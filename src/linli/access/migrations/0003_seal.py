"""Seals over the logs."""

import linli.kernel.ids
from django.db import migrations, models

from linli.kernel.rls import append_only


class Migration(migrations.Migration):
    dependencies = [("access", "0002_security")]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("log", models.TextField()),
                ("day", models.DateField()),
                ("rows", models.IntegerField()),
                ("digest", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
            ],
            options={"db_table": "access_seal"},
        ),
        migrations.AddConstraint(
            model_name="seal",
            constraint=models.UniqueConstraint(fields=("log", "day"), name="access_seal_once"),
        ),
        append_only("access_seal"),
    ]
