"""Measures that raise communities, and scenarios of plans, which are seen where their area is."""

import django.contrib.postgres.fields
import django.db.models.deletion
import linli.kernel.areas
import linli.kernel.ids
from django.db import migrations, models


from linli.kernel.rls import protect


class Migration(migrations.Migration):

    dependencies = [
        ('tiers', '0001_ladder'),
    ]

    operations = [
        migrations.CreateModel(
            name='UpgradeMeasure',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('code', models.TextField(db_collation='C', unique=True)),
                ('name_zh', models.TextField()),
                ('name_en', models.TextField()),
                ('basis', models.TextField()),
                ('unit_cost', models.DecimalField(decimal_places=2, max_digits=12)),
                ('running_cost', models.DecimalField(decimal_places=2, max_digits=12)),
                ('town_prices', models.JSONField(default=dict)),
                ('lead_months', models.SmallIntegerField()),
                ('staff_days', models.SmallIntegerField()),
                ('shareable', models.BooleanField(default=False)),
                ('theme', models.TextField(default='')),
                ('needs', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('effects', models.JSONField(default=list)),
                ('certainty', models.TextField(default='assumption')),
                ('note', models.TextField(default='')),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.TextField()),
                ('changed_by_name', models.TextField(default='')),
            ],
            options={
                'db_table': 'tiers_upgrade_measure',
                'constraints': [models.CheckConstraint(condition=models.Q(('basis__in', ('community', 'compound'))), name='upgrade_measure_basis'), models.CheckConstraint(condition=models.Q(('certainty__in', ('assumption', 'quoted', 'official'))), name='upgrade_measure_certainty'), models.CheckConstraint(condition=models.Q(('lead_months__gte', 0), ('running_cost__gte', 0), ('staff_days__gte', 0), ('unit_cost__gte', 0)), name='upgrade_measure_costs')],
            },
        ),
        migrations.CreateModel(
            name='UpgradeScenario',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('plan_id', models.UUIDField()),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('title', models.TextField()),
                ('state', models.TextField(default='waiting')),
                ('asked', models.JSONField(default=dict)),
                ('catalogue', models.JSONField(default=list)),
                ('result', models.JSONField(null=True)),
                ('why', models.TextField(default='')),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.TextField()),
                ('asked_by_name', models.TextField(default='')),
                ('finished_at', models.DateTimeField(null=True)),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tiers.assessment')),
            ],
            options={
                'db_table': 'tiers_upgrade_scenario',
                'indexes': [models.Index(fields=['area_code', '-id'], name='upgrade_scenario_area'), models.Index(fields=['plan_id', 'id'], name='upgrade_scenario_plan')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('waiting', 'running', 'finished', 'infeasible', 'failed'))), name='upgrade_scenario_state')],
            },
        ),
        protect("tiers_upgrade_scenario"),
    ]
