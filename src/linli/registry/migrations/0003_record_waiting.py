"""An index of records that wait for a decision, by the key under which they may come again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_protect")]

    operations = [
        migrations.AddIndex(
            model_name="sourcerecord",
            index=models.Index(
                fields=["match_key"],
                condition=models.Q(superseded_by=None) & ~models.Q(state="linked"),
                name="record_waiting",
            ),
        ),
    ]
