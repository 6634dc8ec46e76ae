"""Relations between people, tags and their catalogue; row-level security and history."""

from django.db import migrations, models

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.history import keep_history
from linli.kernel.rls import in_scope, protect


def seen(table):
    """Where the person is chiefly managed, or anywhere else the person is seen; as the person's own row."""
    return (
        f"({in_scope(f'{table}.area_code')} OR EXISTS "
        f"(SELECT FROM registry_person_area a WHERE a.person_id = {table}.person_id))"
    )


STATEMENT = [
    ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
    ("person_id", models.UUIDField()),
    ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
    ("source_code", models.TextField()),
    ("batch_id", models.UUIDField(null=True)),
    ("row", models.IntegerField(null=True)),
    ("observed_on", models.DateField()),
    ("recorded_at", models.DateTimeField()),
    ("recorded_by", models.TextField()),
    ("reason", models.TextField(null=True)),
    ("ended_on", models.DateField(null=True)),
    ("ended_by", models.TextField(null=True)),
    ("ended_why", models.TextField(null=True)),
    ("replaced_with", models.UUIDField(null=True)),
]


class Migration(migrations.Migration):
    dependencies = [("registry", "0012_rentals")]

    operations = [
        migrations.CreateModel(
            name="Relation",
            fields=[
                *[(name, field.clone()) for name, field in STATEMENT],
                ("kind", models.TextField()),
                ("kinship", models.TextField(null=True)),
                ("other_id", models.UUIDField(null=True)),
                ("other_name", models.TextField()),
                ("phone", models.BinaryField(null=True)),
                ("consent_on", models.DateField(null=True)),
                ("consent_form", models.TextField(null=True)),
            ],
            options={
                "db_table": "registry_relation",
                "indexes": [
                    models.Index(fields=["area_code", "id"], name="relation_list"),
                    models.Index(fields=["person_id", "kind"], name="relation_person"),
                    models.Index(
                        fields=["other_id"],
                        condition=models.Q(("other_id", None), _negated=True),
                        name="relation_other",
                    ),
                    models.Index(
                        fields=["batch_id"],
                        condition=models.Q(("batch_id", None), _negated=True),
                        name="relation_batch",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TagKind",
            fields=[
                ("code", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                ("name_zh", models.TextField()),
                ("name_en", models.TextField(default="")),
                ("source_code", models.TextField()),
                ("legal_basis", models.TextField()),
                ("months", models.SmallIntegerField()),
                ("active", models.BooleanField(default=True)),
                ("certainty", models.TextField(default="inferred")),
                ("changed_at", models.DateTimeField()),
            ],
            options={"db_table": "registry_tag_kind"},
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                *[(name, field.clone()) for name, field in STATEMENT],
                ("kind", models.TextField(db_collation="C")),
                ("legal_basis", models.TextField()),
                ("expires_on", models.DateField()),
            ],
            options={
                "db_table": "registry_tag",
                "indexes": [
                    models.Index(fields=["area_code", "kind", "id"], name="tag_list"),
                    models.Index(
                        fields=["batch_id"], condition=models.Q(("batch_id", None), _negated=True), name="tag_batch"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)), fields=("person_id", "kind"), name="tag_current_once"
                    )
                ],
            },
        ),
        protect("registry_relation", seen("registry_relation"), in_scope()),
        protect("registry_tag", seen("registry_tag"), in_scope()),
        keep_history("registry_relation"),
        keep_history("registry_tag"),
    ]
