"""The steps that are somebody's own work are found by who took them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0023_lists_by_index")]

    operations = [
        migrations.AddIndex(
            "caseflow",
            models.Index(
                fields=["actor", "at"], name="flow_own_work",
                condition=models.Q(action__in=["dispatch", "dispatch_first", "hand_back", "pass_check", "fail_check"]),
            ),
        ),
    ]  # fmt: skip
