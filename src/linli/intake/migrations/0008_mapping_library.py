"""The mapping library: named mappings of the district and their earlier versions. They hold no data of anybody's."""

from django.db import migrations, models

import linli.kernel.ids


class Migration(migrations.Migration):
    dependencies = [("intake", "0007_comparisons")]

    operations = [
        migrations.CreateModel(
            name="NamedMapping",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("note", models.TextField(default="")),
                ("source_code", models.TextField(default="")),
                ("kind", models.TextField()),
                ("mapping", models.JSONField()),
                ("version", models.IntegerField(default=1)),
                ("made_by", models.TextField()),
                ("made_by_name", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("changed_by_name", models.TextField()),
                ("changed_at", models.DateTimeField()),
                ("used_by_name", models.TextField(default="")),
                ("used_at", models.DateTimeField(null=True)),
                ("uses", models.IntegerField(default=0)),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "intake_named_mapping",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)), fields=("kind", "name"), name="named_mapping_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MappingVersion",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("mapping_id", models.UUIDField()),
                ("version", models.IntegerField()),
                ("name", models.TextField()),
                ("mapping", models.JSONField()),
                ("changed_by_name", models.TextField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "intake_mapping_version",
                "constraints": [
                    models.UniqueConstraint(fields=("mapping_id", "version"), name="mapping_version_once")
                ],
            },
        ),
    ]
