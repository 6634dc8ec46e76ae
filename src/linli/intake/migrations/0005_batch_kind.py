"""What a batch's table is about: people, or another kind of thing the registry holds."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_batch_parts")]

    operations = [migrations.AddField("batch", "kind", models.TextField(default="people"))]
