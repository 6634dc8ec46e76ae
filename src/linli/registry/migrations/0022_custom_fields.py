"""Custom fields and what is stated of people in them; row-level security and history."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.history import keep_history
from linli.kernel.rls import in_scope, protect

# Where the person is chiefly managed, or anywhere else the person is seen; as the person's own row.
SEEN = (
    f"({in_scope('registry_custom_value.area_code')} OR EXISTS "
    "(SELECT FROM registry_person_area a WHERE a.person_id = registry_custom_value.person_id))"
)


class Migration(migrations.Migration):
    dependencies = [("registry", "0021_review_queue")]

    operations = [
        migrations.CreateModel(
            name="CustomField",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("name_zh", models.TextField()),
                ("name_en", models.TextField(default="")),
                ("kind", models.TextField()),
                ("choices", django.contrib.postgres.fields.ArrayField(models.TextField(), default=list, size=None)),
                ("owner_id", models.UUIDField(null=True)),
                ("owner_name", models.TextField()),
                ("measure", models.TextField(default="")),
                ("note", models.TextField(default="")),
                ("sensitive", models.BooleanField(default=False)),
                ("owner_only", models.BooleanField(default=False)),
                ("version", models.IntegerField(default=1)),
                ("made_by", models.TextField()),
                ("made_by_name", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("changed_by_name", models.TextField()),
                ("changed_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "registry_custom_field",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)), fields=("name_zh", "kind"), name="custom_field_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomValue",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("person_id", models.UUIDField()),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                (
                    "field",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="registry.customfield"
                    ),
                ),
                ("value", models.TextField(null=True)),
                ("sealed", models.BinaryField(null=True)),
                ("source_code", models.TextField()),
                ("observed_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.TextField()),
                ("reason", models.TextField(default="")),
                ("origin", models.TextField(default="hand")),
                ("request_id", models.TextField(default="")),
                ("stated_area", linli.kernel.areas.AreaCodeField(db_collation="C")),
            ],
            options={
                "db_table": "registry_custom_value",
                "indexes": [
                    models.Index(
                        fields=["person_id", "field", "-observed_on", "-recorded_at", "-id"],
                        name="custom_value_latest",
                    ),
                    models.Index(fields=["area_code", "field"], name="custom_value_area"),
                    models.Index(fields=["field"], name="custom_value_field"),
                ],
            },
        ),
        protect("registry_custom_value", SEEN, in_scope()),
        keep_history("registry_custom_value"),
    ]
