"""Facts of evaluation by case and round. Derived data: the table is made anew, and the next run fills it."""

from django.db import migrations, models

import linli.kernel.areas
from linli.kernel.rls import in_scope, of_own_unit, protect

SEEN = protect("cases_evaluation_fact", f"({in_scope()} OR {of_own_unit('unit_id')})")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_open311"),
    ]

    operations = [
        migrations.RunSQL(SEEN.reverse_sql, SEEN.sql),
        migrations.DeleteModel(name="CaseFact"),
        migrations.CreateModel(
            name="CaseFact",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "case_id", "round", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("case_id", models.UUIDField()),
                ("round", models.SmallIntegerField()),
                ("version", models.IntegerField()),
                ("steps", models.SmallIntegerField()),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("unit_id", models.UUIDField(null=True)),
                ("open", models.BooleanField()),
                ("reported_month", models.IntegerField(null=True)),
                ("filed_month", models.IntegerField(null=True)),
                ("due_month", models.IntegerField(null=True)),
                ("closed_month", models.IntegerField(null=True)),
                ("public", models.BooleanField()),
                ("collector", models.BooleanField()),
                ("patrolled", models.BooleanField()),
                ("confirmed", models.BooleanField()),
                ("cancelled", models.BooleanField()),
                ("merged", models.BooleanField()),
                ("paused", models.BooleanField()),
                ("exempt", models.BooleanField()),
                ("returned", models.BooleanField()),
                ("reworked", models.BooleanField()),
                ("closed", models.BooleanField()),
                ("responded", models.BooleanField(null=True)),
                ("solved", models.BooleanField(null=True)),
                ("satisfied", models.BooleanField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("handed_back_at", models.DateTimeField(null=True)),
                ("verify_send_due", models.DateTimeField(null=True)),
                ("verify_sent_at", models.DateTimeField(null=True)),
                ("verify_due", models.DateTimeField(null=True)),
                ("verified_at", models.DateTimeField(null=True)),
                ("file_due", models.DateTimeField(null=True)),
                ("filed_at", models.DateTimeField(null=True)),
                ("dispatch_due", models.DateTimeField(null=True)),
                ("dispatched_at", models.DateTimeField(null=True)),
                ("check_send_due", models.DateTimeField(null=True)),
                ("check_sent_at", models.DateTimeField(null=True)),
                ("check_due", models.DateTimeField(null=True)),
                ("checked_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "cases_evaluation_fact",
                "indexes": [
                    models.Index(fields=["reported_month", "area_code"], name="fact_reported"),
                    models.Index(fields=["filed_month", "area_code"], name="fact_filed"),
                    models.Index(fields=["due_month", "area_code"], name="fact_due"),
                    models.Index(fields=["closed_month", "area_code"], name="fact_closed"),
                    models.Index(fields=["unit_id", "due_month"], name="fact_unit"),
                ],
            },
        ),
        SEEN,
    ]
