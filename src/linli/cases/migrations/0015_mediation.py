"""Records of mediation, read by case; seen by whoever sees the case, in ciphertext where they tell of people."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.ids
from linli.kernel.rls import protect

OF_CASE = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0014_procedures"),
    ]

    operations = [
        migrations.CreateModel(
            name="Mediation",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("organisation", models.TextField(default="")),
                ("mediators", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("held_at", models.DateTimeField()),
                ("place", models.TextField()),
                ("parties", models.BinaryField(null=True)),
                ("party_count", models.SmallIntegerField()),
                ("summary", models.BinaryField(null=True)),
                ("agreed", models.BooleanField(null=True)),
                ("form", models.TextField(default="")),
                ("agreement", models.BinaryField(null=True)),
                ("fulfil_by", models.DateField(null=True)),
                ("referred_to", models.TextField(default="")),
                ("fulfilled", models.TextField(default="")),
                ("followed_on", models.DateField(null=True)),
                ("note", models.BinaryField(null=True)),
                ("version", models.IntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.TextField()),
                ("changed_by_name", models.TextField(default="")),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mediation", to="cases.case"
                    ),
                ),
            ],
            options={
                "db_table": "cases_mediation",
                "indexes": [
                    models.Index(
                        condition=models.Q(("parties__isnull", False)), fields=["changed_at"], name="mediation_kept"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("form__in", ("", "oral", "written"))), name="mediation_form"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fulfilled", ""),
                            models.Q(("agreed", True), ("fulfilled__in", ("full", "part", "none"))),
                            _connector="OR",
                        ),
                        name="mediation_fulfilled",
                    ),
                ],
            },
        ),
        protect("cases_mediation", OF_CASE),
    ]
