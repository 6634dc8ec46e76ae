"""Queues leave out cases that are worked at a door of their own: their indexes hold the procedure, so that they are read alone."""

from datetime import UTC, datetime

from django.db import migrations, models
from django.db.models.functions import Coalesce

NEVER_DUE = Coalesce("due_at", models.Value(datetime(9999, 1, 1, tzinfo=UTC), output_field=models.DateTimeField()))
FINISHED = ["closed", "evaluated", "not_accepted", "cancelled", "merged"]


class Migration(migrations.Migration):
    dependencies = [("cases", "0024_own_work")]

    operations = [
        migrations.RemoveIndex("case", "case_state_area"),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["state", "area_code", "id"], name="case_state_area",
                include=["unit_id", "urgent", "filed_at", "procedure"],
            ),
        ),
        migrations.RemoveIndex("case", "case_open_due"),
        migrations.AddIndex(
            "case",
            models.Index(
                NEVER_DUE, "id", condition=~models.Q(state__in=FINISHED), name="case_open_due",
                include=["state", "area_code", "unit_id", "due_at", "urgent", "filed_at", "procedure"],
            ),
        ),
    ]  # fmt: skip
