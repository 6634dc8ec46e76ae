"""What a district lies in and borders on, so that addresses elsewhere are known as such."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("places", "0002_protect")]

    operations = [
        migrations.AddField(model_name="region", name="about", field=models.JSONField(default=dict)),
    ]
