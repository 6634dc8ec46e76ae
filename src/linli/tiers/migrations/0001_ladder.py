"""The ladder: systems of indicators, what communities declare, assessments, recognitions. What lies in an area is seen there; a
statement about a whole district or city is seen by all."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.rls import in_scope, protect

PUBLISHED = f"(scope <> 'community' OR {in_scope()})"


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Declaration",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("metric", models.TextField(db_collation="C")),
                ("value", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ("as_of", models.DateField()),
                ("note", models.TextField(default="")),
                ("synthetic", models.BooleanField(default=False)),
                ("declared_at", models.DateTimeField()),
                ("declared_by", models.TextField()),
                ("declared_by_name", models.TextField()),
                ("declared_by_unit", models.TextField(default="")),
            ],
            options={
                "db_table": "tiers_declaration",
                "indexes": [models.Index(fields=["area_code", "metric", "-id"], name="declaration_last")],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("indicator", models.TextField(db_collation="C")),
                ("name", models.TextField()),
                ("kind", models.TextField()),
                ("size", models.BigIntegerField()),
                ("sha256", models.TextField(db_collation="C")),
                ("added_at", models.DateTimeField()),
                ("added_by", models.TextField()),
                ("added_by_name", models.TextField()),
                ("removed_at", models.DateTimeField(null=True)),
                ("removed_by_name", models.TextField(default="")),
            ],
            options={
                "db_table": "tiers_evidence",
                "indexes": [models.Index(fields=["area_code", "indicator", "id"], name="evidence_of")],
            },
        ),
        migrations.CreateModel(
            name="IndicatorSystem",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("code", models.TextField(db_collation="C")),
                ("version", models.IntegerField()),
                ("title", models.TextField()),
                ("authority", models.TextField(default="")),
                ("document", models.TextField(default="")),
                ("issued_on", models.DateField(null=True)),
                ("effective_from", models.DateField()),
                ("effective_to", models.DateField(null=True)),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("source", models.TextField(default="")),
                ("note", models.TextField(default="")),
                ("loaded_at", models.DateTimeField()),
                ("loaded_by", models.TextField()),
                ("loaded_by_name", models.TextField(default="")),
            ],
            options={
                "db_table": "tiers_system",
                "constraints": [models.UniqueConstraint(fields=("code", "version"), name="system_version")],
            },
        ),
        migrations.CreateModel(
            name="Indicator",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("position", models.SmallIntegerField()),
                ("code", models.TextField(db_collation="C")),
                ("tier", models.TextField()),
                ("level1", models.TextField()),
                ("level1_certainty", models.TextField(default="inferred")),
                ("seq", models.SmallIntegerField(null=True)),
                ("name", models.TextField()),
                ("definition", models.TextField(default="")),
                ("requirement", models.TextField(default="")),
                ("mode", models.TextField()),
                ("weight", models.DecimalField(decimal_places=3, max_digits=8, null=True)),
                ("records", models.TextField(default="")),
                ("evidence_wanted", models.TextField(default="")),
                ("certainty", models.TextField()),
                ("strength", models.TextField(default="")),
                ("completeness", models.TextField(default="")),
                ("source", models.TextField(default="")),
                ("source_supports", models.TextField(default="")),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="indicators",
                        to="tiers.indicatorsystem",
                    ),
                ),
            ],
            options={
                "db_table": "tiers_indicator",
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("state", models.TextField(default="waiting")),
                ("communities", models.IntegerField(default=0)),
                ("failures", models.JSONField(default=dict)),
                ("why", models.TextField(default="")),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.TextField()),
                ("asked_by_name", models.TextField(default="")),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tiers.indicatorsystem"
                    ),
                ),
            ],
            options={
                "db_table": "tiers_assessment",
            },
        ),
        migrations.CreateModel(
            name="Recognition",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("key", models.TextField(db_collation="C", unique=True)),
                ("scope", models.TextField()),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("about", models.TextField()),
                ("tier", models.TextField(default="")),
                ("outcome", models.TextField()),
                ("count", models.IntegerField(null=True)),
                ("year", models.SmallIntegerField()),
                ("until_year", models.SmallIntegerField(null=True)),
                ("authority", models.TextField()),
                ("said_on", models.DateField(null=True)),
                ("source", models.TextField()),
                ("certainty", models.TextField()),
                ("note", models.TextField(default="")),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.TextField()),
            ],
            options={
                "db_table": "tiers_recognition",
                "indexes": [models.Index(fields=["area_code", "-year"], name="recognition_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("scope__in", ("community", "district", "city"))), name="recognition_scope"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", ("", "basic", "growing", "model"))), name="recognition_tier"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("certainty__in", ("official", "stated", "synthetic"))),
                        name="recognition_certainty",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommunityStanding",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("people", models.IntegerField(null=True)),
                ("reached", models.TextField(default="")),
                ("next", models.TextField(default="")),
                ("met", models.SmallIntegerField()),
                ("missed", models.SmallIntegerField()),
                ("unknown", models.SmallIntegerField()),
                ("of", models.SmallIntegerField()),
                ("passed", models.SmallIntegerField()),
                ("contradictions", models.SmallIntegerField(default=0)),
                ("readings", models.JSONField(default=dict)),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="standings", to="tiers.assessment"
                    ),
                ),
            ],
            options={
                "db_table": "tiers_standing",
                "indexes": [models.Index(fields=["area_code", "-id"], name="standing_of")],
                "constraints": [
                    models.UniqueConstraint(fields=("assessment", "area_code"), name="standing_once"),
                    models.CheckConstraint(
                        condition=models.Q(("reached__in", ("", "basic", "growing", "model"))), name="standing_reached"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("next__in", ("", "basic", "growing", "model"))), name="standing_next"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IndicatorBound",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("position", models.SmallIntegerField()),
                ("metric", models.TextField(db_collation="C")),
                ("op", models.TextField()),
                ("value", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ("unit", models.TextField()),
                ("certainty", models.TextField()),
                ("note", models.TextField(default="")),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bounds", to="tiers.indicator"
                    ),
                ),
            ],
            options={
                "db_table": "tiers_bound",
                "constraints": [
                    models.UniqueConstraint(fields=("indicator", "metric"), name="bound_once"),
                    models.CheckConstraint(
                        condition=models.Q(("op__in", (">=", "<=", "==", ">", "<"))), name="bound_op"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit__in", ("%", "count", "bool", "minute"))), name="bound_unit"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("certainty__in", ("official", "inferred"))), name="bound_certainty"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.UniqueConstraint(fields=("system", "code"), name="indicator_code"),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(("tier__in", ("basic", "growing", "model"))), name="indicator_tier"
            ),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ("auto", "mixed", "evidence"))), name="indicator_mode"
            ),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(("certainty__in", ("official", "inferred"))), name="indicator_certainty"
            ),
        ),
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(fields=["state", "-id"], name="assessment_last"),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("waiting", "running", "finished", "failed"))), name="assessment_state"
            ),
        ),
        protect("tiers_declaration"),
        protect("tiers_evidence"),
        protect("tiers_standing"),
        protect("tiers_recognition", PUBLISHED),
    ]
