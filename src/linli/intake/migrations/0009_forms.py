"""The catalogue of forms with the versions of their templates and the decisions on them. No data of anybody's."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.ids


class Migration(migrations.Migration):
    dependencies = [("intake", "0008_mapping_library")]

    operations = [
        migrations.CreateModel(
            name="Form",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("issuer_id", models.UUIDField(null=True)),
                ("issuer_name", models.TextField()),
                ("legal_basis", models.TextField()),
                ("basis_number", models.TextField(default="")),
                ("cycle", models.TextField()),
                ("valid_until", models.DateField(null=True)),
                ("note", models.TextField(default="")),
                ("state", models.TextField(default="proposed")),
                ("approval_number", models.TextField(default="")),
                ("approved_until", models.DateField(null=True)),
                ("current", models.IntegerField(default=1)),
                ("version", models.IntegerField(default=1)),
                ("made_by", models.TextField()),
                ("made_by_name", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("changed_by_name", models.TextField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "intake_form",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("name", "issuer_name"),
                        name="form_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FormVersion",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                (
                    "form",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="intake.form",
                    ),
                ),
                ("number", models.IntegerField()),
                ("file_id", models.UUIDField()),
                ("filename", models.TextField()),
                ("size", models.IntegerField()),
                ("sha256", models.TextField()),
                ("subject", models.TextField()),
                ("layout", models.JSONField()),
                ("binding", models.JSONField()),
                ("asks", django.contrib.postgres.fields.ArrayField(models.TextField(), default=list, size=None)),
                ("note", models.TextField(default="")),
                ("made_by", models.TextField()),
                ("made_by_name", models.TextField()),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "intake_form_version",
                "constraints": [models.UniqueConstraint(fields=("form", "number"), name="form_version_once")],
            },
        ),
        migrations.CreateModel(
            name="FormDecision",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="intake.form"
                    ),
                ),
                ("state", models.TextField()),
                ("number", models.TextField(default="")),
                ("until", models.DateField(null=True)),
                ("reason", models.TextField(default="")),
                ("made_by", models.TextField()),
                ("made_by_name", models.TextField()),
                ("made_at", models.DateTimeField()),
            ],
            options={"db_table": "intake_form_decision"},
        ),
    ]
