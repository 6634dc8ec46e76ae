"""When a comparison was begun, so that one that ends every worker is given up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0011_generated_revealed")]

    operations = [migrations.AddField("comparison", "started_at", models.DateTimeField(null=True))]
