"""Where numbers stand in full in a generated ledger, so that the right to them is asked for again when it is taken."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0010_generated_ledgers")]

    operations = [
        migrations.AddField("generated", "revealed", ArrayField(base_field=models.TextField(), null=True)),
    ]
