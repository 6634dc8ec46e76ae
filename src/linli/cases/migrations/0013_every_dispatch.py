"""Dispatch counts in the month of filing or of the reopening. Facts are drawn anew by the next run, as definitions changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_facts_by_round")]

    operations = [
        migrations.AddField("casefact", "dispatch_month", models.IntegerField(null=True)),
        migrations.AddIndex("casefact", models.Index(fields=["dispatch_month", "area_code"], name="fact_dispatch")),
    ]
