"""Facts of cases for evaluation: derived from cases and their steps, seen by whoever sees the case."""

import linli.kernel.areas
import linli.kernel.ids
from django.db import migrations, models

from linli.kernel.rls import append_only, in_scope, of_own_unit, protect

SEEN = f"({in_scope()} OR {of_own_unit('unit_id')})"


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0008_routing'),
    ]

    operations = [
        migrations.CreateModel(
            name='FactRun',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('whole', models.BooleanField()),
                ('cases', models.IntegerField()),
            ],
            options={
                'db_table': 'cases_evaluation_run',
            },
        ),
        migrations.CreateModel(
            name='CaseFact',
            fields=[
                ('case_id', models.UUIDField(primary_key=True, serialize=False)),
                ('version', models.IntegerField()),
                ('steps', models.SmallIntegerField()),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('unit_id', models.UUIDField(null=True)),
                ('open', models.BooleanField()),
                ('reported_month', models.IntegerField()),
                ('filed_month', models.IntegerField(null=True)),
                ('due_month', models.IntegerField(null=True)),
                ('closed_month', models.IntegerField(null=True)),
                ('public', models.BooleanField()),
                ('collector', models.BooleanField()),
                ('patrolled', models.BooleanField()),
                ('confirmed', models.BooleanField()),
                ('cancelled', models.BooleanField()),
                ('paused', models.BooleanField()),
                ('returned', models.BooleanField()),
                ('reworked', models.BooleanField()),
                ('closed', models.BooleanField()),
                ('responded', models.BooleanField(null=True)),
                ('solved', models.BooleanField(null=True)),
                ('satisfied', models.BooleanField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('handed_back_at', models.DateTimeField(null=True)),
                ('verify_send_due', models.DateTimeField(null=True)),
                ('verify_sent_at', models.DateTimeField(null=True)),
                ('verify_due', models.DateTimeField(null=True)),
                ('verified_at', models.DateTimeField(null=True)),
                ('file_due', models.DateTimeField(null=True)),
                ('filed_at', models.DateTimeField(null=True)),
                ('dispatch_due', models.DateTimeField(null=True)),
                ('dispatched_at', models.DateTimeField(null=True)),
                ('check_send_due', models.DateTimeField(null=True)),
                ('check_sent_at', models.DateTimeField(null=True)),
                ('check_due', models.DateTimeField(null=True)),
                ('checked_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'cases_evaluation_fact',
                'indexes': [models.Index(fields=['reported_month', 'area_code'], name='fact_reported'), models.Index(fields=['filed_month', 'area_code'], name='fact_filed'), models.Index(fields=['due_month', 'area_code'], name='fact_due'), models.Index(fields=['closed_month', 'area_code'], name='fact_closed'), models.Index(fields=['unit_id', 'due_month'], name='fact_unit')],
            },
        ),
        protect("cases_evaluation_fact", SEEN),
        append_only("cases_evaluation_run"),
    ]
