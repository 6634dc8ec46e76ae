"""Child cases: which case is a part of which. They are read by case."""

import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.ids
from linli.kernel.rls import protect

OF_EITHER = "EXISTS (SELECT FROM cases_case c WHERE c.id = child_id) OR EXISTS (SELECT FROM cases_case c WHERE c.id = parent_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0020_public_doors"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseChild",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("number", models.TextField(db_collation="C")),
                ("parent_number", models.TextField(db_collation="C")),
                ("split_at", models.DateTimeField()),
                ("split_by", models.TextField()),
                ("split_by_name", models.TextField()),
                (
                    "child",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
            ],
            options={
                "db_table": "cases_child",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("child", models.F("parent")), _negated=True), name="child_of_another"
                    )
                ],
            },
        ),
        protect("cases_child", OF_EITHER),
    ]
