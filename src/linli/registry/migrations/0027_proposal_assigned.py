"""Who is to decide on a pair of people who may be one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0026_carried")]

    operations = [migrations.AddField("matchproposal", "assigned_to", models.TextField(null=True))]
