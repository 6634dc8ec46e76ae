"""Corrections by hand name the statements whose values they repeat."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0025_match_keys")]

    operations = [migrations.AddField("sourcerecord", "carried", models.JSONField(null=True))]
