"""Working time of a district: which days are worked, at which hours, and sums over them. Pure: no database, no clock.

Moments are whole seconds since 1970 (UTC), so that sums are exact; `seconds_of` and `moment_of` lead in and out. The
tables are `access.calendar`'s, who reads a calendar asks there: this package has no tables, for the kernel has no
accounts, no permissions and no log of changes to edit them with.
"""

from .days import HOLIDAY, WORKDAY, DayKind, Mark
from .hours import DEFAULT_HOURS, BadHours, Season, Span, WorkingHours
from .timeline import FIRST_YEAR, LAST_YEAR, OutsideCalendar, WorkCalendar, moment_of, seconds_of

__all__ = [
    "DEFAULT_HOURS",
    "FIRST_YEAR",
    "HOLIDAY",
    "LAST_YEAR",
    "WORKDAY",
    "BadHours",
    "DayKind",
    "Mark",
    "OutsideCalendar",
    "Season",
    "Span",
    "WorkCalendar",
    "WorkingHours",
    "moment_of",
    "seconds_of",
]
