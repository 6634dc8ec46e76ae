"""Good practice: cards with the metrics they are about and their photos. Drafts are seen in their area, what is published by all;
only who has the area changes or removes anything."""

import django.db.models.deletion
import linli.kernel.areas
import linli.kernel.ids
from django.db import migrations, models

from linli.kernel.history import keep_history
from linli.kernel.rls import protect


def shown_to_all(table: str, when: str) -> migrations.RunSQL:
    """What is published is read by all; the policy of the area alone lets a row be changed."""
    return migrations.RunSQL(
        f"CREATE POLICY published ON {table} FOR SELECT USING ({when})", f"DROP POLICY published ON {table}"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('tiers', '0004_procedure'),
    ]

    operations = [
        migrations.CreateModel(
            name='PracticeCard',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('key', models.TextField(db_collation='C', null=True, unique=True)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('state', models.TextField(default='draft')),
                ('version', models.IntegerField(default=1)),
                ('title', models.TextField()),
                ('scenario', models.TextField()),
                ('tier', models.TextField(default='')),
                ('problem', models.TextField(default='')),
                ('done', models.TextField(default='')),
                ('cost', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('cost_note', models.TextField(default='')),
                ('parts', models.JSONField(default=list)),
                ('honours', models.TextField(default='')),
                ('contact_unit', models.TextField(default='')),
                ('contact_post', models.TextField(default='')),
                ('before_on', models.DateField(null=True)),
                ('after_on', models.DateField(null=True)),
                ('source', models.TextField(default='')),
                ('said_on', models.DateField(null=True)),
                ('certainty', models.TextField(default='own')),
                ('withdrawn_reason', models.TextField(default='')),
                ('created_at', models.DateTimeField()),
                ('created_by', models.TextField()),
                ('created_by_name', models.TextField(default='')),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.TextField()),
                ('changed_by_name', models.TextField(default='')),
                ('published_at', models.DateTimeField(null=True)),
                ('published_by_name', models.TextField(default='')),
                ('recognition', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tiers.recognition')),
            ],
            options={
                'db_table': 'tiers_practice_card',
            },
        ),
        migrations.CreateModel(
            name='PracticeMetric',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('published', models.BooleanField(default=False)),
                ('position', models.SmallIntegerField()),
                ('metric', models.TextField(db_collation='C')),
                ('stated_before', models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ('stated_after', models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='metrics', to='tiers.practicecard')),
            ],
            options={
                'db_table': 'tiers_practice_metric',
            },
        ),
        migrations.CreateModel(
            name='PracticePhoto',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('published', models.BooleanField(default=False)),
                ('caption', models.TextField(default='')),
                ('small_id', models.UUIDField(null=True)),
                ('width', models.IntegerField()),
                ('height', models.IntegerField()),
                ('size', models.IntegerField()),
                ('sha256', models.TextField(db_collation='C')),
                ('added_at', models.DateTimeField()),
                ('added_by', models.TextField()),
                ('added_by_name', models.TextField(default='')),
                ('removed_at', models.DateTimeField(null=True)),
                ('removed_by_name', models.TextField(default='')),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='tiers.practicecard')),
            ],
            options={
                'db_table': 'tiers_practice_photo',
            },
        ),
        migrations.AddIndex(
            model_name='practicecard',
            index=models.Index(fields=['area_code', '-id'], name='practice_of'),
        ),
        migrations.AddConstraint(
            model_name='practicecard',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'published', 'withdrawn'))), name='practice_state'),
        ),
        migrations.AddConstraint(
            model_name='practicecard',
            constraint=models.CheckConstraint(condition=models.Q(('scenario__in', ('governance', 'security', 'services', 'care', 'employment', 'emergency', 'facilities', 'other'))), name='practice_scenario'),
        ),
        migrations.AddConstraint(
            model_name='practicecard',
            constraint=models.CheckConstraint(condition=models.Q(('tier__in', ('', 'basic', 'growing', 'model'))), name='practice_tier'),
        ),
        migrations.AddConstraint(
            model_name='practicecard',
            constraint=models.CheckConstraint(condition=models.Q(('certainty__in', ('official', 'own', 'synthetic'))), name='practice_certainty'),
        ),
        migrations.AddConstraint(
            model_name='practicecard',
            constraint=models.CheckConstraint(condition=models.Q(('cost', None), ('cost__gte', 0), _connector='OR'), name='practice_cost'),
        ),
        migrations.AddIndex(
            model_name='practicemetric',
            index=models.Index(fields=['metric'], name='practice_metric'),
        ),
        migrations.AddConstraint(
            model_name='practicemetric',
            constraint=models.UniqueConstraint(fields=('card', 'metric'), name='practice_metric_once'),
        ),
        protect("tiers_practice_card"),
        protect("tiers_practice_metric"),
        protect("tiers_practice_photo"),
        shown_to_all("tiers_practice_card", "state = 'published'"),
        shown_to_all("tiers_practice_metric", "published"),
        shown_to_all("tiers_practice_photo", "published"),
        keep_history("tiers_practice_card"),
    ]
