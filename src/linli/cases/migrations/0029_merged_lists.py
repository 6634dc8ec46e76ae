"""How many reports of the same go on within a case is one look into an index a line, however many merges there are: the index of
merges that hold was read from one end to the other for every line of a list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0028_transferred")]

    operations = [
        migrations.AddIndex(
            "casemerge",
            models.Index(
                fields=["main"], condition=models.Q(undone_at=None), include=["case", "undone_at"], name="merge_holds"
            ),
        ),
    ]
