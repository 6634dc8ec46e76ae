"""Extensions and appeals. The history of cases takes the new columns in the order in which the table got them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import linli.kernel.ids
from django.db import migrations, models

from linli.kernel.rls import protect

OF_CASE = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0002_case'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='extended_by',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='case',
            name='exempt',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(
            "ALTER TABLE cases_case_history ADD COLUMN extended_by integer, ADD COLUMN exempt boolean",
            "ALTER TABLE cases_case_history DROP COLUMN extended_by, DROP COLUMN exempt",
        ),
        migrations.CreateModel(
            name='Adjustment',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('wish', models.TextField()),
                ('state', models.TextField(default='waiting')),
                ('turn', models.TextField(default='')),
                ('unit_id', models.UUIDField()),
                ('unit_name', models.TextField()),
                ('amount', models.IntegerField(default=0)),
                ('reason', models.TextField()),
                ('asked_by', models.TextField()),
                ('asked_by_name', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('involved', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('reviews', models.JSONField(default=list)),
                ('decided_at', models.DateTimeField(null=True)),
                ('due_before', models.DateTimeField(null=True)),
                ('due_after', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adjustments', to='cases.case')),
            ],
            options={
                'db_table': 'cases_adjustment',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['turn', 'id'], name='adjustment_turn')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('case', 'wish'), name='adjustment_one_waits'), models.CheckConstraint(condition=models.Q(('wish__in', ('extension', 'appeal'))), name='adjustment_wish'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'waiting'), ('turn__in', ('unit', 'dispatcher', 'acceptor'))), models.Q(('state__in', ('granted', 'refused', 'lapsed')), ('turn', '')), _connector='OR'), name='adjustment_state')],
            },
        ),
        protect("cases_adjustment", OF_CASE),
    ]
