"""Joining and splitting people: what changed its person, and where old ids lead."""

from django.db import migrations, models

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.rls import any_in_scope, protect

# Where a row's regrouping, or the person an old id leads to, is seen.
BY_REGROUPING = "EXISTS (SELECT FROM registry_regrouping g WHERE g.id = registry_regrouped.regrouping_id)"
BY_PERSON = "EXISTS (SELECT FROM registry_person_area a WHERE a.person_id = registry_person_alias.person_id)"


class Migration(migrations.Migration):
    dependencies = [("registry", "0015_reseals")]

    operations = [
        migrations.CreateModel(
            name="Regrouping",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("from_person", models.UUIDField()),
                ("to_person", models.UUIDField()),
                ("from_area", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("to_area", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("reason", models.TextField()),
                ("records", models.IntegerField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                ("request", models.TextField(default="")),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.TextField(null=True)),
                ("undo_reason", models.TextField(default="")),
                ("undo_request", models.TextField(default="")),
                ("was_version", models.IntegerField(null=True)),
                ("was_recorded_at", models.DateTimeField(null=True)),
                ("was_joined_by", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "registry_regrouping",
                "indexes": [
                    models.Index(fields=["to_person"], name="regrouping_to"),
                    models.Index(fields=["from_person"], name="regrouping_from"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Regrouped",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "regrouping_id", "what", "row_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("regrouping_id", models.UUIDField()),
                ("what", models.TextField()),
                ("row_id", models.UUIDField()),
                ("match_key", models.BinaryField(null=True)),
                ("id_kind", models.TextField(null=True)),
            ],
            options={
                "db_table": "registry_regrouped",
                "indexes": [models.Index(fields=["row_id"], name="regrouped_row")],
            },
        ),
        migrations.CreateModel(
            name="PersonAlias",
            fields=[
                ("old_id", models.UUIDField(primary_key=True, serialize=False)),
                ("person_id", models.UUIDField()),
                ("into_id", models.UUIDField()),
                ("regrouping_id", models.UUIDField()),
            ],
            options={
                "db_table": "registry_person_alias",
                "indexes": [
                    models.Index(fields=["person_id"], name="alias_person"),
                    models.Index(fields=["into_id"], name="alias_into"),
                ],
            },
        ),
        protect("registry_regrouping", any_in_scope("from_area", "to_area")),
        protect("registry_regrouped", BY_REGROUPING),
        protect("registry_person_alias", BY_PERSON),
    ]
