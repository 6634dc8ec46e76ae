"""Hand-overs between units, and the sight of a case that a unit is asked to take. Policies as in 0016: they must not lead to each
other, so that of the new table compares settings with its own columns alone."""

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
OF_HAND_OVER = f"({AREA} OR to_id = {OWN} OR from_id = {OWN})"
SUPPORTED = f"SELECT s.case_id FROM cases_support s WHERE s.unit_id = {OWN} AND s.state IN ('asked', 'answered')"
OFFERED = f"SELECT h.case_id FROM cases_hand_over h WHERE h.to_id = {OWN} AND h.state = 'asked'"
BEFORE = f"({in_scope()} OR {of_own_unit('unit_id')} OR id IN ({SUPPORTED}))"
SEEN = f"({in_scope()} OR {of_own_unit('unit_id')} OR id IN ({SUPPORTED} UNION ALL {OFFERED}))"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0021_child_cases"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseHandOver",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("from_id", models.UUIDField()),
                ("from_name", models.TextField()),
                ("to_id", models.UUIDField()),
                ("to_name", models.TextField()),
                ("state", models.TextField(default="asked")),
                ("reason", models.TextField()),
                ("document", models.TextField(default="")),
                ("asked_by", models.TextField()),
                ("asked_by_name", models.TextField()),
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
                "db_table": "cases_hand_over",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "asked")), fields=["to_id", "case"], name="hand_over_sight"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")), fields=("case",), name="hand_over_one_asked"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "asked")),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("state__in", ("taken", "refused", "withdrawn", "lapsed")),
                            ),
                            _connector="OR",
                        ),
                        name="hand_over_state",
                    ),
                ],
            },
        ),
        protect("cases_hand_over", OF_HAND_OVER),
        migrations.RunSQL(protect("cases_case", BEFORE).reverse_sql, protect("cases_case", BEFORE).sql),
        protect("cases_case", SEEN),
    ]
