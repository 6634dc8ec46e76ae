"""Cases, their steps and pauses; who sees them: by area, and by the unit they were handed to."""

import django.db.models.deletion
import linli.kernel.areas
import linli.kernel.ids
from django.db import migrations, models

from linli.kernel.history import keep_history
from linli.kernel.rls import append_only, in_scope, of_own_unit, protect

SEEN = f"({in_scope()} OR {of_own_unit('unit_id')})"
# What belongs to a case is seen by whoever sees the case; it is read by case, never listed.
OF_CASE = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0001_initial'), ('access', '0012_own_unit'),
    ]

    operations = [
        migrations.CreateModel(
            name='NumberDay',
            fields=[
                ('day', models.TextField(db_collation='C', primary_key=True, serialize=False)),
                ('last', models.IntegerField()),
            ],
            options={
                'db_table': 'cases_number_day',
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('number', models.TextField(db_collation='C', unique=True)),
                ('state', models.TextField(default='reported')),
                ('source', models.TextField()),
                ('urgent', models.BooleanField(default=False)),
                ('description', models.TextField()),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('place_text', models.TextField(default='')),
                ('lon', models.FloatField(null=True)),
                ('lat', models.FloatField(null=True)),
                ('on_border', models.BooleanField(default=False)),
                ('occurred_at', models.DateTimeField()),
                ('reported_at', models.DateTimeField()),
                ('reported_by', models.TextField()),
                ('reporter_name', models.BinaryField(null=True)),
                ('reporter_phone', models.BinaryField(null=True)),
                ('unit_id', models.UUIDField(null=True)),
                ('unit_name', models.TextField(default='')),
                ('limit_value', models.IntegerField(null=True)),
                ('clock', models.TextField(default='')),
                ('clock_from', models.DateTimeField(null=True)),
                ('filed_at', models.DateTimeField(null=True)),
                ('amber_at', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('provisional', models.BooleanField(default=False)),
                ('paused_at', models.DateTimeField(null=True)),
                ('suspensions', models.IntegerField(default=0)),
                ('handed_back_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('result', models.TextField(default='')),
                ('reworks', models.IntegerField(default=0)),
                ('responded', models.BooleanField(null=True)),
                ('solved', models.BooleanField(null=True)),
                ('satisfied', models.BooleanField(null=True)),
                ('version', models.IntegerField(default=1)),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.category')),
                ('rule', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.filingrule')),
            ],
            options={
                'db_table': 'cases_case',
            },
        ),
        migrations.CreateModel(
            name='CaseFlow',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('version', models.IntegerField()),
                ('at', models.DateTimeField()),
                ('action', models.TextField()),
                ('kind', models.TextField()),
                ('from_state', models.TextField(default='')),
                ('to_state', models.TextField()),
                ('actor', models.TextField()),
                ('actor_name', models.TextField()),
                ('actor_unit', models.TextField(default='')),
                ('reason', models.TextField(default='')),
                ('detail', models.JSONField(default=dict)),
                ('request', models.TextField(default='')),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='flow', to='cases.case')),
            ],
            options={
                'db_table': 'cases_flow',
            },
        ),
        migrations.CreateModel(
            name='CasePause',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('kind', models.TextField()),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('planned', models.DateField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pauses', to='cases.case')),
            ],
            options={
                'db_table': 'cases_pause',
            },
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['area_code', 'id'], name='case_area'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['state', 'area_code', 'id'], name='case_state_area'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('unit_id__isnull', False)), fields=['unit_id', 'state', 'id'], name='case_unit'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['reported', 'verify_report', 'to_file', 'to_dispatch', 'to_take', 'handling', 'waiting', 'suspended', 'handed_back', 'check_result', 'to_close', 'closed', 'evaluated', 'not_accepted', 'cancelled'])), name='case_state'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ('collector', 'resident', 'hotline', 'superior', 'sensor', 'camera', 'visit'))), name='case_source'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lat__isnull', True), ('lon__isnull', True)), models.Q(('lat__isnull', False), ('lon__isnull', False)), _connector='OR'), name='case_position_whole'),
        ),
        migrations.AddConstraint(
            model_name='caseflow',
            constraint=models.UniqueConstraint(fields=('case', 'version'), name='flow_step_once'),
        ),
        migrations.AddConstraint(
            model_name='casepause',
            constraint=models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='pause_ends_after'),
        ),
        protect("cases_case", SEEN),
        keep_history("cases_case", SEEN),
        protect("cases_flow", OF_CASE),
        append_only("cases_flow"),
        protect("cases_pause", OF_CASE),
    ]
