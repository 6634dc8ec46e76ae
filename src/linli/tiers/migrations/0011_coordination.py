"""Meetings and visits that do not take place, and cards handed in to be published; what is published is read by who acts for an
area somewhere, by nobody else."""

from django.db import migrations, models

from linli.kernel.rls import LOW

CANCELLED = "ADD COLUMN cancelled_at timestamptz, ADD COLUMN cancelled_by_name text, ADD COLUMN cancelled_reason text"
HELD = ("tiers_meeting", "tiers_study_visit")
#: Without an actor the bound is not set, or empty.
ACTING = f"(SELECT {LOW} <> '')"
SHOWN = {
    "tiers_practice_card": "state = 'published'", "tiers_practice_metric": "published", "tiers_practice_photo": "published",
}  # fmt: skip
STATES = ("draft", "submitted", "published", "withdrawn")


def _policies(more: str) -> str:
    return "".join(
        f"DROP POLICY published ON {table}; CREATE POLICY published ON {table} FOR SELECT USING ({when}{more});"
        for table, when in SHOWN.items()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("tiers", "0010_plans"),
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
        migrations.RemoveConstraint("practicecard", "practice_state"),
        migrations.AddConstraint(
            "practicecard",
            models.CheckConstraint(condition=models.Q(("state__in", STATES)), name="practice_state"),
        ),
        migrations.RunSQL(_policies(f" AND {ACTING}"), _policies("")),
    ]
