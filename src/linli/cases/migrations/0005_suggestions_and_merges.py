"""Suggestions and what was taken of them, versions of the text model, merged cases; cases by position."""

import django.db.models.deletion
import linli.kernel.ids
from django.db import migrations, models

from linli.cases.engine.states import State
from linli.kernel.rls import protect

OF_CASE = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"
# A merge is seen by whoever sees either of its two cases; read by case, never listed.
OF_EITHER = "EXISTS (SELECT FROM cases_case c WHERE c.id IN (case_id, main_id))"


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0004_attachments'),
    ]

    operations = [
        migrations.CreateModel(
            name='TextVersion',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.TextField()),
                ('current', models.BooleanField(default=False)),
                ('outcome', models.TextField()),
                ('seeds', models.IntegerField()),
                ('cases', models.IntegerField()),
                ('closed', models.IntegerField()),
                ('newest', models.DateTimeField(null=True)),
                ('labels', models.IntegerField()),
                ('held_out', models.IntegerField()),
                ('macro_f1', models.FloatField()),
                ('accuracy', models.FloatField()),
                ('top2', models.FloatField()),
                ('before_macro_f1', models.FloatField(null=True)),
                ('threshold', models.FloatField()),
                ('size', models.BigIntegerField()),
                ('has_file', models.BooleanField(default=True)),
                ('chosen_at', models.DateTimeField(null=True)),
                ('chosen_by_name', models.TextField(default='')),
            ],
            options={
                'db_table': 'cases_text_version',
                'constraints': [models.UniqueConstraint(condition=models.Q(('current', True)), fields=('current',), name='one_text_version_in_use')],
            },
        ),
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='suggestion', serialize=False, to='cases.case')),
                ('first_probability', models.FloatField()),
                ('second_probability', models.FloatField(null=True)),
                ('sure', models.BooleanField()),
                ('taken', models.TextField(default='')),
                ('suggested_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('first', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.category')),
                ('second', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.category')),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.textversion')),
            ],
            options={
                'db_table': 'cases_suggestion',
                'indexes': [models.Index(fields=['version', 'taken'], name='suggestion_version')],
                'constraints': [models.CheckConstraint(condition=models.Q(('taken__in', ('', 'first', 'second', 'other'))), name='suggestion_taken')],
            },
        ),
        migrations.CreateModel(
            name='CaseMerge',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('from_state', models.TextField()),
                ('main_number', models.TextField(db_collation='C')),
                ('number', models.TextField(db_collation='C')),
                ('description', models.TextField()),
                ('place_text', models.TextField(default='')),
                ('reported_at', models.DateTimeField()),
                ('merged_at', models.DateTimeField()),
                ('merged_by', models.TextField()),
                ('merged_by_name', models.TextField()),
                ('reason', models.TextField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by', models.TextField(default='')),
                ('undone_by_name', models.TextField(default='')),
                ('undone_reason', models.TextField(default='')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('main', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
            ],
            options={
                'db_table': 'cases_merge',
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('case',), name='merged_once'),
                    models.CheckConstraint(condition=models.Q(('case', models.F('main')), _negated=True), name='merged_into_another'),
                ],
            },
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('lat__isnull', False)), fields=['lat', 'lon'], name='case_position'),
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='case_state',
        ),
        migrations.AddConstraint(
            model_name='case',
            # The states as they are: another migration that adds one and comes later or earlier agrees with this.
            constraint=models.CheckConstraint(condition=models.Q(state__in=[s.value for s in State]), name='case_state'),
        ),
        protect("cases_suggestion", OF_CASE),
        protect("cases_merge", OF_EITHER),
    ]
