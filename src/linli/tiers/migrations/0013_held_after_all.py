"""Meetings and visits that were called off take place after all: with the reason, and with what was said before kept in the history."""

from django.db import migrations, models

RESTORED = "ADD COLUMN restored_at timestamptz, ADD COLUMN restored_by_name text, ADD COLUMN restored_reason text"
HELD = ("tiers_meeting", "tiers_study_visit")


class Migration(migrations.Migration):
    dependencies = [
        ("tiers", "0012_objection_hiding"),
    ]

    operations = [
        *[
            migrations.AddField(model, name, field)
            for model in ("tiermeeting", "studyvisit")
            for name, field in (
                ("restored_at", models.DateTimeField(null=True)),
                ("restored_by_name", models.TextField(default="")),
                ("restored_reason", models.TextField(default="")),
            )
        ],
        migrations.RunSQL(
            "".join(f"ALTER TABLE {table}_history {RESTORED};" for table in HELD),
            "".join(f"ALTER TABLE {table}_history {RESTORED.replace('ADD', 'DROP')};" for table in HELD)
            .replace(" timestamptz", "")
            .replace(" text", ""),
        ),
    ]
