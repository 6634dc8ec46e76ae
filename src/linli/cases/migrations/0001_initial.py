"""The directory of cases: categories and filing rules, with history.

The tables hold no area: a district's directory is read by all its staff, so there is no row-level security on them.
"""

import datetime

import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.ids
from linli.kernel.history import keep_history


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("standard_ref", models.TextField()),
                ("kind", models.TextField()),
                ("major", models.TextField()),
                ("major_name", models.TextField()),
                ("code", models.TextField()),
                ("name", models.TextField()),
                ("initials", models.TextField()),
                ("procedure", models.TextField(default="standard")),
                ("dispatch_first", models.BooleanField(default=False)),
                ("emergency_number", models.TextField(default="")),
                ("restricted_to", models.TextField(default="")),
                ("offered", models.BooleanField(default=True)),
                ("certainty", models.TextField()),
                ("source", models.TextField(default="")),
                ("note", models.TextField(default="")),
                ("valid_from", models.DateField(default=datetime.date(2000, 1, 1))),
                ("valid_until", models.DateField(null=True)),
                ("version", models.IntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.TextField()),
                ("changed_by_name", models.TextField(default="")),
                (
                    "superseded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced",
                        to="cases.category",
                    ),
                ),
            ],
            options={
                "db_table": "cases_category",
            },
        ),
        migrations.CreateModel(
            name="FilingRule",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("target", models.TextField(default="handle")),
                ("filing_condition", models.TextField(default="")),
                ("closing_condition", models.TextField(default="")),
                ("limit_value", models.IntegerField()),
                ("clock", models.TextField()),
                ("unit_text", models.TextField(default="")),
                ("photo_needed", models.BooleanField(default=False)),
                ("rule_set", models.TextField()),
                ("source_class", models.TextField(default="")),
                ("certainty", models.TextField()),
                ("source", models.TextField(default="")),
                ("position", models.IntegerField(default=0)),
                ("valid_from", models.DateField(default=datetime.date(2000, 1, 1))),
                ("valid_until", models.DateField(null=True)),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.TextField()),
                ("changed_by_name", models.TextField(default="")),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rules", to="cases.category"
                    ),
                ),
            ],
            options={
                "db_table": "cases_filing_rule",
            },
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.UniqueConstraint(fields=("standard_ref", "kind", "code"), name="category_once"),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("component", "matter", "local"))), name="category_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "procedure__in",
                        ("standard", "quick", "resident_request", "mediation", "hazard", "alarm", "proposal"),
                    )
                ),
                name="category_procedure",
            ),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=models.Q(("certainty__in", ("official", "secondary", "local", "inferred"))),
                name="category_certainty",
            ),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until", None), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                ),
                name="category_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_by", None), models.Q(("superseded_by", models.F("id")), _negated=True), _connector="OR"
                ),
                name="category_not_its_own_successor",
            ),
        ),
        migrations.AddConstraint(
            model_name="filingrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_until", None)),
                fields=("category", "rule_set", "source_class", "target", "filing_condition"),
                name="filing_rule_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="filingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("target__in", ("handle", "first_visit", "stop"))), name="filing_rule_target"
            ),
        ),
        migrations.AddConstraint(
            model_name="filingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("clock__in", ("urgent_hour", "work_hour", "work_day", "natural_day"))),
                name="filing_rule_clock",
            ),
        ),
        migrations.AddConstraint(
            model_name="filingrule",
            constraint=models.CheckConstraint(condition=models.Q(("limit_value__gt", 0)), name="filing_rule_limit"),
        ),
        migrations.AddConstraint(
            model_name="filingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("certainty__in", ("official", "secondary", "local", "inferred"))),
                name="filing_rule_certainty",
            ),
        ),
        migrations.AddConstraint(
            model_name="filingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until", None), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                ),
                name="filing_rule_ends_after_it_starts",
            ),
        ),
        keep_history("cases_category", "true"),
        keep_history("cases_filing_rule", "true"),
    ]
