"""The work calendar: arranged years, marked days, working hours, and editions that may only be added to."""

from __future__ import annotations

from django.db import migrations, models

import linli.kernel.ids
from linli.kernel.rls import append_only


def identified(*fields: tuple[str, models.Field]) -> list[tuple[str, models.Field]]:
    key = models.UUIDField(primary_key=True, default=linli.kernel.ids.uuid7, serialize=False)
    return [("id", key), *fields]


def texts(*names: str) -> list[tuple[str, models.Field]]:
    return [(name, models.TextField()) for name in names]


class Migration(migrations.Migration):
    dependencies = [("access", "0012_own_unit")]

    operations = [
        migrations.CreateModel(
            name="CalendarYear",
            fields=identified(("year", models.IntegerField(unique=True)), *texts("source", "certainty")),
            options={"db_table": "access_calendar_year"},
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=identified(("day", models.DateField(unique=True)), *texts("kind", "name", "source", "certainty")),
            options={"db_table": "access_calendar_day"},
        ),
        migrations.CreateModel(
            name="WorkingHoursRule",
            fields=identified(
                ("since", models.DateField(unique=True)),
                *texts("spans", "season_first", "season_last", "season_spans", "source"),
            ),
            options={"db_table": "access_working_hours"},
        ),
        migrations.CreateModel(
            name="CalendarEdition",
            fields=identified(
                ("serial", models.IntegerField(unique=True)),
                ("made_at", models.DateTimeField()),
                *texts("made_by", "what", "note"),
                ("changes", models.JSONField()),
            ),
            options={"db_table": "access_calendar_edition"},
        ),
        append_only("access_calendar_edition"),
    ]
