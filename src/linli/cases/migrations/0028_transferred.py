"""Cases that a body outside of the system goes on with are marked: nobody rates them, and no figure of solutions counts them.

The queue of ratings leaves them out by the index it is read from. The history of cases takes the new column as the table does.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0027_reply_drafters")]

    operations = [
        migrations.AddField("case", "transferred", models.BooleanField(db_default=False, default=False)),
        migrations.RunSQL(
            "ALTER TABLE cases_case_history ADD COLUMN transferred boolean",
            "ALTER TABLE cases_case_history DROP COLUMN transferred",
        ),
        migrations.RemoveIndex("case", "case_state_area"),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["state", "area_code", "id"], name="case_state_area",
                include=["unit_id", "urgent", "filed_at", "procedure", "transferred"],
            ),
        ),
        migrations.AddField("casefact", "transferred", models.BooleanField(db_default=False, default=False)),
    ]  # fmt: skip
