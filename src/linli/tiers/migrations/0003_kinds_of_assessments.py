"""An assessment keeps which kinds of areas it was asked for: a later choice changes nothing that was found."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tiers', '0002_upgrade_plans'),
    ]

    operations = [
        migrations.AddField(
            model_name='assessment',
            name='kinds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
        ),
        migrations.RunSQL(
            "UPDATE tiers_assessment a SET kinds = s.kinds FROM tiers_system s WHERE s.id = a.system_id",
            migrations.RunSQL.noop,
        ),
    ]
