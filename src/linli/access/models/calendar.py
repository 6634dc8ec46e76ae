"""The work calendar: arranged years, marked days, working hours, and the editions that changed them."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import uuid7


class CalendarYear(models.Model):
    """A year whose holidays and days worked instead (调休) are known, by a notice (`source`) of the State Council's office.

    What falls in other years is computed from weekdays and the law's own days off, and is provisional. `certainty`:
    official (compared with the notice), secondary (from somebody who did), local (the district's own decision).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    year = models.IntegerField(unique=True)
    source = models.TextField()
    certainty = models.TextField()

    class Meta:
        db_table = "access_calendar_year"


class CalendarDay(models.Model):
    """A day that is not what its weekday says: `kind` holiday (放假) or workday (调休上班), with its own source."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    day = models.DateField(unique=True)
    kind = models.TextField()
    name = models.TextField()
    source = models.TextField()
    certainty = models.TextField()

    class Meta:
        db_table = "access_calendar_day"


class WorkingHoursRule(models.Model):
    """The district's working hours from `since` on, until others begin, as `08:00-12:00,14:00-18:00`.

    `season_first` and `season_last` (month and day, both included) bound a part of every year with `season_spans` instead,
    as for 夏季作息; all three are empty where there is none.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    since = models.DateField(unique=True)
    spans = models.TextField()
    season_first = models.TextField()
    season_last = models.TextField()
    season_spans = models.TextField()
    source = models.TextField()

    class Meta:
        db_table = "access_working_hours"


class CalendarEdition(models.Model):
    """One change of the calendar: who made it, why, and every row it changed as it was and as it became. Only added to.

    `serial` counts without gaps: a due moment that was computed under an edition is right until there is another.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    serial = models.IntegerField(unique=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    what = models.TextField()
    note = models.TextField()
    changes = models.JSONField()

    class Meta:
        db_table = "access_calendar_edition"
