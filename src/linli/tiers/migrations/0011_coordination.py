"""Meetings and visits that do not take place."""

from django.db import migrations, models

CANCELLED = "ADD COLUMN cancelled_at timestamptz, ADD COLUMN cancelled_by_name text, ADD COLUMN cancelled_reason text"
HELD = ("tiers_meeting", "tiers_study_visit")


class Migration(migrations.Migration):
    dependencies = [
        ("tiers", "0007_studio"),
    ]

    operations = [
        *[
            migrations.AddField(model, name, field)
            for model in ("tiermeeting", "studyvisit")
            for name, field in (
                ("cancelled_at", models.DateTimeField(null=True)),
                ("cancelled_by_name", models.TextField(default="")),
                ("cancelled_reason", models.TextField(default="")),
            )
        ],
        migrations.RunSQL(
            "".join(f"ALTER TABLE {table}_history {CANCELLED};" for table in HELD),
            "".join(f"ALTER TABLE {table}_history {CANCELLED.replace('ADD', 'DROP')};" for table in HELD)
            .replace(" timestamptz", "")
            .replace(" text", ""),
        ),
    ]
