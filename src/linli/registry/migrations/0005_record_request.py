"""The request behind a statement by hand: kept with it as with every replaced image, so that one leads to the other."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_record_keys_and_numbers")]

    operations = [
        migrations.AddField(model_name="sourcerecord", name="request", field=models.TextField(null=True)),
    ]
