"""Rules of routing with their history, the state they are in, and by which rule each case was routed."""

import datetime

import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.history import keep_history
from linli.kernel.rls import append_only, protect

# What belongs to a case is seen by whoever sees the case; it is read by case, never listed.
OF_CASE = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_reporters")]

    operations = [
        migrations.CreateModel(
            name="RoutingEdition",
            fields=[
                ("key", models.IntegerField(default=1, primary_key=True, serialize=False)),
                ("stamp", models.UUIDField()),
            ],
            options={
                "db_table": "cases_routing_edition",
            },
        ),
        migrations.CreateModel(
            name="RoutingRule",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("position", models.IntegerField()),
                ("standard_ref", models.TextField(default="")),
                ("kind", models.TextField(default="")),
                ("code", models.TextField(db_collation="C", default="")),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C", null=True)),
                ("ownership", models.TextField(default="")),
                ("target", models.TextField()),
                ("unit_id", models.UUIDField(null=True)),
                ("unit_name", models.TextField(default="")),
                ("basis", models.TextField(default="")),
                ("certainty", models.TextField(default="local")),
                ("valid_from", models.DateField(default=datetime.date(2000, 1, 1))),
                ("valid_until", models.DateField(null=True)),
                ("version", models.IntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.TextField()),
                ("changed_by_name", models.TextField(default="")),
            ],
            options={
                "db_table": "cases_routing_rule",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("", "component", "matter", "local"))), name="routing_rule_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("target__in", ("unit", "town", "village"))), name="routing_rule_target"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("certainty__in", ("official", "secondary", "local", "inferred"))),
                        name="routing_rule_certainty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("target", "unit"), ("unit_id__isnull", False)),
                            models.Q(models.Q(("target", "unit"), _negated=True), ("unit_id", None)),
                            _connector="OR",
                        ),
                        name="routing_rule_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until", None), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="routing_rule_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoutedCase",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("case_version", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("rule_id", models.UUIDField(null=True)),
                ("rule_version", models.IntegerField(null=True)),
                ("unit_id", models.UUIDField(null=True)),
                ("unit_name", models.TextField(default="")),
                ("why", models.JSONField(default=dict)),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="routed",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "db_table": "cases_routed",
                "constraints": [models.UniqueConstraint(fields=("case", "case_version"), name="routed_step_once")],
            },
        ),
        # Reference data of the district, read by whoever routes a case; its editors are kept by their right.
        protect("cases_routing_rule", "true"),
        keep_history("cases_routing_rule", "true"),
        protect("cases_routed", OF_CASE),
        append_only("cases_routed"),
    ]
