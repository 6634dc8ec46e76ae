"""The outbox: anybody's transaction puts events in, the program alone takes them out."""

import linli.kernel.ids
from django.db import migrations, models

PROGRAM = "current_setting('linli.actor', true) ^@ 'system:'"
PROTECT = f"""
ALTER TABLE kernel_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel_event FORCE ROW LEVEL SECURITY;
CREATE POLICY put ON kernel_event FOR INSERT WITH CHECK (true);
CREATE POLICY program ON kernel_event USING ({PROGRAM}) WITH CHECK ({PROGRAM});
"""


class Migration(migrations.Migration):

    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('event', models.UUIDField()),
                ('consumer', models.TextField(db_collation='C')),
                ('topic', models.TextField(db_collation='C')),
                ('subject', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('payload', models.JSONField()),
                ('failures', models.SmallIntegerField(default=0)),
                ('due_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'kernel_event',
                'indexes': [models.Index(fields=['consumer', 'due_at', 'id'], name='event_due')],
            },
        ),
        migrations.RunSQL(PROTECT, migrations.RunSQL.noop),
    ]
