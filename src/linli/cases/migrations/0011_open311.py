"""The door a report came through: requests that came by Open311 are listed publicly."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_field_tasks")]

    operations = [
        migrations.AddField(model_name="reporter", name="via", field=models.TextField(default="page")),
        migrations.AddIndex(
            model_name="reporter",
            index=models.Index(
                condition=models.Q(("via", "open311")), fields=["created_at", "id"], name="reporter_open311"
            ),
        ),
    ]
