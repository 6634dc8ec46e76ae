"""Who follows a case from outside, what they are answered and told; all of it seen by whoever sees the case."""

import django.db.models.deletion
import linli.kernel.ids
from django.db import migrations, models

from linli.kernel.rls import append_only, protect

OF_CASE = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"
OF_REPORTER = "EXISTS (SELECT FROM cases_reporter r WHERE r.id = reporter_id)"


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0006_standing_clocks'),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseAnswer',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('unit_name', models.TextField()),
                ('by', models.TextField()),
                ('by_name', models.TextField()),
                ('at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
            ],
            options={
                'db_table': 'cases_answer',
            },
        ),
        migrations.CreateModel(
            name='Reporter',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('tracking', models.BinaryField(unique=True)),
                ('language', models.TextField(default='zh-CN')),
                ('channel', models.TextField(default='')),
                ('contact', models.BinaryField(null=True)),
                ('masked', models.TextField(default='')),
                ('stopped_at', models.DateTimeField(null=True)),
                ('told_version', models.IntegerField(default=1)),
                ('objections', models.IntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
            ],
            options={
                'db_table': 'cases_reporter',
            },
        ),
        migrations.CreateModel(
            name='ReporterMessage',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('version', models.IntegerField()),
                ('kind', models.TextField()),
                ('state', models.TextField(default='waiting')),
                ('due_at', models.DateTimeField()),
                ('attempts', models.SmallIntegerField(default=0)),
                ('tried_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('problem', models.TextField(default='')),
                ('reference', models.TextField(default='')),
                ('reporter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='cases.reporter')),
            ],
            options={
                'db_table': 'cases_reporter_message',
            },
        ),
        migrations.AddIndex(
            model_name='reporter',
            index=models.Index(condition=models.Q(('contact__isnull', False)), fields=['created_at'], name='reporter_to_be_told'),
        ),
        migrations.AddIndex(
            model_name='reportermessage',
            index=models.Index(condition=models.Q(('state__in', ('waiting', 'sending'))), fields=['due_at'], name='reporter_message_due'),
        ),
        migrations.AddConstraint(
            model_name='reportermessage',
            constraint=models.UniqueConstraint(fields=('reporter', 'version'), name='reporter_told_once'),
        ),
        migrations.AddConstraint(
            model_name='reportermessage',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('waiting', 'sending', 'sent', 'failed', 'unsure', 'dropped'))), name='reporter_message_state'),
        ),
        protect("cases_reporter", OF_CASE),
        protect("cases_answer", OF_CASE),
        append_only("cases_answer"),
        protect("cases_reporter_message", OF_REPORTER),
    ]
