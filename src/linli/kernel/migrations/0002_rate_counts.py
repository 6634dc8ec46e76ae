"""How often sources came through doors. Unlogged: written at every knock, and nothing is lost with it but a count."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_outbox")]

    operations = [
        migrations.CreateModel(
            name="RateCount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "door", "who", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("door", models.TextField(db_collation="C")),
                ("who", models.TextField(db_collation="C")),
                ("began", models.DateTimeField()),
                ("count", models.IntegerField()),
            ],
            options={"db_table": "kernel_rate_count"},
        ),
        migrations.RunSQL("ALTER TABLE kernel_rate_count SET UNLOGGED", "ALTER TABLE kernel_rate_count SET LOGGED"),
    ]
