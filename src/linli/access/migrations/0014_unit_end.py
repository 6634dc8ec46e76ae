"""The day a unit is ended: nothing new is given to it from then on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0013_work_calendar")]

    operations = [migrations.AddField("unit", "ended_on", models.DateField(null=True))]
