"""Supporting units, and their sight of the cases they support.

The security of cases asks `cases_support`, so that of `cases_support` asks nobody: it compares settings with its own columns and
holds no sub-query, for PostgreSQL refuses policies that lead to each other.
"""

import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.rls import HIGH, LOW, in_scope, of_own_unit, protect

OWN = "nullif(current_setting('linli.unit', true), '')::uuid"
AREA = (
    f"(area_code >= {LOW} AND area_code < {HIGH} AND (current_setting('linli.one', true) = '1'"
    " OR area_code ^@ ANY(nullif(current_setting('linli.scope', true), '')::text[])))"
)
OF_SUPPORT = f"({AREA} OR unit_id = {OWN} OR lead_id = {OWN})"
BEFORE = f"({in_scope()} OR {of_own_unit('unit_id')})"
#: The cases a unit supports are looked up once a statement, by index.
SUPPORTED = (
    f"id IN (SELECT s.case_id FROM cases_support s WHERE s.unit_id = {OWN} AND s.state IN ('asked', 'answered'))"
)
SEEN = f"({in_scope()} OR {of_own_unit('unit_id')} OR {SUPPORTED})"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0015_mediation"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseSupport",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("lead_id", models.UUIDField(null=True)),
                ("unit_id", models.UUIDField()),
                ("unit_name", models.TextField()),
                ("state", models.TextField(default="asked")),
                ("what", models.TextField()),
                ("reason", models.TextField(default="")),
                ("until", models.DateField(null=True)),
                ("asked_by", models.TextField()),
                ("asked_by_name", models.TextField()),
                ("asked_by_unit", models.TextField(default="")),
                ("asked_at", models.DateTimeField()),
                ("answer", models.TextField(default="")),
                ("ended_by", models.TextField(default="")),
                ("ended_by_name", models.TextField(default="")),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
            ],
            options={
                "db_table": "cases_support",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("asked", "answered"))),
                        fields=["unit_id", "case"],
                        name="support_sight",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")), fields=("case", "unit_id"), name="support_asked_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "asked")),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("state__in", ("answered", "declined", "withdrawn", "lapsed")),
                            ),
                            _connector="OR",
                        ),
                        name="support_state",
                    ),
                ],
            },
        ),
        protect("cases_support", OF_SUPPORT),
        migrations.RunSQL(protect("cases_case", BEFORE).reverse_sql, protect("cases_case", BEFORE).sql),
        protect("cases_case", SEEN),
    ]
