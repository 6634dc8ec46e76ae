"""Record ids that a source gives to somebody else, and identity numbers found to be another person's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_record_waiting")]

    operations = [
        migrations.AddField("sourcerecord", "released_by", models.UUIDField(null=True)),
        migrations.AddField("sourcerecord", "set_aside", models.BinaryField(null=True)),
        migrations.AddIndex(
            "sourcerecord",
            models.Index(
                condition=models.Q(("released_by", None), _negated=True),
                fields=["released_by"],
                name="record_released",
            ),
        ),
    ]
