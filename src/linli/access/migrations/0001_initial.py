"""Units, accounts, posts, grants and roles."""

import django.contrib.postgres.fields
import django.db.models.deletion
import linli.kernel.areas
import linli.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('username', models.TextField(db_collation='C', unique=True)),
                ('password', models.TextField()),
                ('name', models.TextField()),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('language', models.TextField(default='zh-CN')),
                ('active', models.BooleanField(default=True)),
                ('failed_count', models.IntegerField(default=0)),
                ('locked_until', models.DateTimeField(null=True)),
                ('must_change_password', models.BooleanField(default=True)),
                ('password_changed_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'access_account',
            },
        ),
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('code', models.TextField(db_collation='C', unique=True)),
                ('name', models.TextField()),
                ('name_en', models.TextField(default='')),
                ('permissions', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('builtin', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'access_role',
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('actor', models.TextField()),
                ('key', models.TextField()),
                ('request_hash', models.BinaryField()),
                ('status', models.SmallIntegerField(null=True)),
                ('content_type', models.TextField(default='')),
                ('body', models.BinaryField(null=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'access_idempotency',
                'constraints': [models.UniqueConstraint(fields=('actor', 'key'), name='access_idempotency_once')],
            },
        ),
        migrations.CreateModel(
            name='AreaGroup',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('name', models.TextField()),
                ('kind', models.TextField(default='')),
                ('codes', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(db_collation='C'), size=None)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'access_area_group',
                'constraints': [models.UniqueConstraint(fields=('area_code', 'name'), name='access_area_group_once')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('name_hash', models.BinaryField()),
                ('ip', models.TextField()),
                ('outcome', models.TextField()),
            ],
            options={
                'db_table': 'access_attempt',
                'indexes': [models.Index(fields=['name_hash', 'at'], name='access_attempt_name'), models.Index(fields=['ip', 'at'], name='access_attempt_ip'), models.Index(fields=['at'], name='access_attempt_at')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('token_hash', models.BinaryField(unique=True)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('created_at', models.DateTimeField()),
                ('last_seen_at', models.DateTimeField()),
                ('idle_until', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ip', models.TextField(default='')),
                ('user_agent', models.TextField(default='')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='access.account')),
            ],
            options={
                'db_table': 'access_session',
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('name', models.TextField()),
                ('kind', models.TextField()),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('created_at', models.DateTimeField()),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='access.unit')),
            ],
            options={
                'db_table': 'access_unit',
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('title', models.TextField()),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('created_at', models.DateTimeField()),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='access.unit')),
            ],
            options={
                'db_table': 'access_post',
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('target_area', linli.kernel.areas.AreaCodeField(db_collation='C', null=True)),
                ('since', models.DateField()),
                ('until', models.DateField(null=True)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('granted_by', models.TextField()),
                ('created_at', models.DateTimeField()),
                ('target_group', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='access.areagroup')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='access.post')),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='access.role')),
                ('target_unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='granted', to='access.unit')),
            ],
            options={
                'db_table': 'access_grant',
            },
        ),
        migrations.AddField(
            model_name='account',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='access.unit'),
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('since', models.DateField()),
                ('until', models.DateField(null=True)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('created_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='access.account')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='access.post')),
            ],
            options={
                'db_table': 'access_appointment',
                'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='access_appointment_dates')],
            },
        ),
        migrations.AddIndex(
            model_name='unit',
            index=models.Index(fields=['area_code', 'id'], name='access_unit_area'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.UniqueConstraint(fields=('parent', 'name'), name='access_unit_name_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('district', 'department', 'town', 'village'))), name='access_unit_kind'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['area_code', 'id'], name='access_post_area'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.UniqueConstraint(fields=('unit', 'title'), name='access_post_title_once'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('target_area__isnull', False), ('target_group__isnull', True), ('target_unit__isnull', True)), models.Q(('target_area__isnull', True), ('target_group__isnull', False), ('target_unit__isnull', True)), models.Q(('target_area__isnull', True), ('target_group__isnull', True), ('target_unit__isnull', False)), _connector='OR'), name='access_grant_one_target'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='access_grant_dates'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(fields=['area_code', 'username'], name='access_account_area'),
        ),
    ]
