"""Messages: notices of each account, how it wants to be told, robots of units, and how deliveries went."""

import django.contrib.postgres.fields
import django.db.models.deletion
import linli.kernel.areas
import linli.kernel.ids
from django.db import migrations, models

from linli.kernel.rls import protect

# The owner of the tables puts contacts under another key (`kernel.rotation`); it is nobody the program acts as.
# A notice is its account's, and the program's own that delivers it and lets it go by its time; anybody may tell anybody.
OWN = "account_id::text = current_setting('linli.actor', true)"
PROGRAM = "current_setting('linli.actor', true) ^@ 'system:'"
PROTECT = f"""
ALTER TABLE messages_notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages_notice FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON messages_notice FOR SELECT USING ({OWN});
CREATE POLICY own_read ON messages_notice FOR UPDATE USING ({OWN}) WITH CHECK ({OWN});
CREATE POLICY told ON messages_notice FOR INSERT WITH CHECK (true);
CREATE POLICY program ON messages_notice USING ({PROGRAM}) WITH CHECK ({PROGRAM});
ALTER TABLE messages_contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages_contact FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON messages_contact USING ({OWN}) WITH CHECK ({OWN});
CREATE POLICY program ON messages_contact FOR SELECT USING ({PROGRAM});
CREATE POLICY keys ON messages_contact TO CURRENT_USER USING (true);
ALTER TABLE messages_preference ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages_preference FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON messages_preference USING ({OWN}) WITH CHECK ({OWN});
CREATE POLICY program ON messages_preference FOR SELECT USING ({PROGRAM});
"""


class Migration(migrations.Migration):

    initial = True
    dependencies = [
        ('access', '0011_identity_proof'),
    ]

    operations = [
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('account_id', models.UUIDField(primary_key=True, serialize=False)),
                ('inside_only', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('quiet_from', models.TimeField()),
                ('quiet_until', models.TimeField()),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'messages_preference',
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('account_id', models.UUIDField()),
                ('channel', models.TextField()),
                ('address', models.BinaryField()),
                ('masked', models.TextField()),
                ('since', models.DateTimeField()),
            ],
            options={
                'db_table': 'messages_contact',
                'constraints': [models.UniqueConstraint(fields=('account_id', 'channel'), name='contact_once'), models.CheckConstraint(condition=models.Q(('channel__in', ('email', 'sms'))), name='contact_channel')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('account_id', models.UUIDField()),
                ('kind', models.TextField(db_collation='C')),
                ('event', models.TextField(db_collation='C')),
                ('params', models.JSONField()),
                ('path', models.TextField()),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('planned_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'messages_notice',
                'indexes': [models.Index(fields=['account_id', '-id'], name='notice_mine'), models.Index(condition=models.Q(('read_at', None)), fields=['account_id'], name='notice_unread'), models.Index(condition=models.Q(('planned_at', None)), fields=['id'], name='notice_unplanned')],
                'constraints': [models.UniqueConstraint(fields=('account_id', 'event'), name='notice_once')],
            },
        ),
        migrations.CreateModel(
            name='Robot',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('name', models.TextField()),
                ('address', models.BinaryField()),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('created_at', models.DateTimeField()),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='access.unit')),
            ],
            options={
                'db_table': 'messages_robot',
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('channel', models.TextField()),
                ('account_id', models.UUIDField(null=True)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('kind', models.TextField(db_collation='C')),
                ('notices', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('events', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('state', models.TextField(default='waiting')),
                ('due_at', models.DateTimeField()),
                ('attempts', models.SmallIntegerField(default=0)),
                ('tried_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('problem', models.TextField(default='')),
                ('reference', models.TextField(default='')),
                ('robot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='messages.robot')),
            ],
            options={
                'db_table': 'messages_delivery',
            },
        ),
        migrations.AddIndex(
            model_name='robot',
            index=models.Index(fields=['area_code', 'id'], name='robot_area'),
        ),
        migrations.AddConstraint(
            model_name='robot',
            constraint=models.UniqueConstraint(fields=('unit', 'name'), name='robot_name_once'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['area_code', '-id'], name='delivery_area'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state__in', ('waiting', 'sending'))), fields=['due_at'], name='delivery_due'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('waiting', 'sending', 'sent', 'failed', 'unsure', 'dropped'))), name='delivery_state'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['email', 'sms', 'wecom'])), name='delivery_channel'),
        ),
        migrations.RunSQL(PROTECT, migrations.RunSQL.noop),
        protect("messages_robot"),
        protect("messages_delivery"),
    ]
