"""Photos and files of cases; they are seen by whoever sees the case."""

import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.ids
from linli.kernel.rls import protect

OF_CASE = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"
OF_ATTACHMENT = "EXISTS (SELECT FROM cases_attachment a WHERE a.id = attachment_id)"


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_adjustments")]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('purpose', models.TextField()),
                ('name', models.TextField()),
                ('size', models.IntegerField()),
                ('received', models.IntegerField(default=0)),
                ('kind', models.TextField(default='')),
                ('file_id', models.UUIDField(null=True)),
                ('small_id', models.UUIDField(null=True)),
                ('kept_size', models.IntegerField(null=True)),
                ('sha256', models.TextField(default='')),
                ('sent_sha256', models.TextField(default='')),
                ('width', models.IntegerField(null=True)),
                ('height', models.IntegerField(null=True)),
                ('taken_at', models.DateTimeField(null=True)),
                ('lon', models.FloatField(null=True)),
                ('lat', models.FloatField(null=True)),
                ('scan', models.TextField(default='')),
                ('case_version', models.IntegerField()),
                ('added_by', models.TextField()),
                ('added_name', models.TextField()),
                ('added_at', models.DateTimeField()),
                ('ready_at', models.DateTimeField(null=True)),
                ('removed_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
            ],
            options={'db_table': 'cases_attachment'},
        ),
        migrations.CreateModel(
            name='AttachmentPart',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('offset', models.IntegerField()),
                ('size', models.IntegerField()),
                ('file_id', models.UUIDField()),
                ('attachment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='cases.attachment')),
            ],
            options={'db_table': 'cases_attachment_part'},
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(condition=models.Q(('ready_at', None), ('removed_at', None)), fields=['added_at'], name='attachment_on_its_way'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ('report', 'before', 'after', 'document'))), name='attachment_purpose'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('received__gte', 0), ('received__lte', models.F('size'))), name='attachment_received'),
        ),
        migrations.AddConstraint(
            model_name='attachmentpart',
            constraint=models.UniqueConstraint(fields=('attachment', 'offset'), name='attachment_part_once'),
        ),
        protect("cases_attachment", OF_CASE),
        protect("cases_attachment_part", OF_ATTACHMENT),
    ]
