"""What is on account to a day is found by that day."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0005_suggestions_and_merges'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='casepause',
            index=models.Index(condition=models.Q(('planned__isnull', False), ('until', None)), fields=['planned'], name='pause_to_end'),
        ),
    ]
