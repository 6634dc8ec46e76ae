"""Batches of several sheets or files, and findings that say which file, sheet and cell they are about."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_constants_by_area")]

    operations = [
        migrations.AddField("batch", "parts", models.JSONField(null=True)),
        migrations.AddField("finding", "file", models.TextField(null=True)),
        migrations.AddField("finding", "sheet", models.TextField(null=True)),
        migrations.AddField("finding", "sheet_row", models.IntegerField(null=True)),
        migrations.AddField("finding", "cell", models.TextField(null=True)),
    ]
