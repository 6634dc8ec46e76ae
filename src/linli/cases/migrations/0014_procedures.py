"""Which way a case goes. The history of cases takes the new column as the table did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0013_every_dispatch"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="procedure",
            field=models.TextField(db_default="standard", default="standard"),
        ),
        migrations.RunSQL(
            "ALTER TABLE cases_case_history ADD COLUMN procedure text",
            "ALTER TABLE cases_case_history DROP COLUMN procedure",
        ),
    ]
