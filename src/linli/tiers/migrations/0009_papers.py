"""What papers of applications said when they were issued."""

import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.ids
from linli.kernel.rls import append_only, in_scope, protect

OF_APPLICATION = (
    "EXISTS (SELECT FROM tiers_application a WHERE a.id = application_id AND " + in_scope("a.area_code") + ")"
)


class Migration(migrations.Migration):
    dependencies = [
        ("tiers", "0008_applying"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptPaper",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("version", models.IntegerField()),
                ("kind", models.TextField()),
                ("content", models.JSONField()),
                ("kept_at", models.DateTimeField()),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_papers",
                        to="tiers.application",
                    ),
                ),
            ],
            options={
                "db_table": "tiers_kept_paper",
                "constraints": [
                    models.UniqueConstraint(fields=("application", "kind", "version"), name="kept_paper_once")
                ],
            },
        ),
        protect("tiers_kept_paper", OF_APPLICATION),
        append_only("tiers_kept_paper"),
    ]
