"""Numbers of cases for people: county (6), day (8), serial of the day (5 and more), as 3703022026112600042.

Local: no standard lays down a case number (older systems use 19 characters as well). Serials come from a row per day that
rises in a transaction of its own, so that nobody waits for another's report to be finished. A report that fails leaves a
gap; none is promised. What is for restricted readers has serials of its own (six digits that begin with 9), so that no gap tells
others of it.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings

from linli.access.reads import AUDIT
from linli.kernel import prepared

SERIAL = 5
APART = 900_000
TAKE = """
INSERT INTO cases_number_day (day, last) VALUES (%s, %s)
ON CONFLICT (day) DO UPDATE SET last = cases_number_day.last + EXCLUDED.last RETURNING last
"""


def take(day: date, count: int = 1, *, apart: bool = False) -> list[str]:
    """`count` new numbers of a day, in order; `apart`: of what is for restricted readers. One statement on a connection of its own,
    which is a transaction."""
    prefix = f"{settings.LINLI_DISTRICT}{day:%Y%m%d}"
    (last,) = prepared.row(TAKE, [f"{prefix}-" if apart else prefix, count], using=AUDIT)
    first = last - count + 1 + (APART if apart else 0)
    return [f"{prefix}{serial:0{SERIAL}d}" for serial in range(first, first + count)]


def bounds_of(words: str, today: date) -> tuple[str, str] | None:
    """The range of numbers that somebody means who types a number, its beginning, a day with or without serial, or a
    serial of today (also one of what is for restricted readers); None where it is no number."""
    typed = "".join(words.split())
    if not (typed.isascii() and typed.isdigit()):
        return None
    county = str(settings.LINLI_DISTRICT)
    if len(typed) <= SERIAL or (len(typed) == SERIAL + 1 and int(typed) >= APART):
        number = f"{county}{today:%Y%m%d}{int(typed):0{SERIAL}d}"
        return number, number + " "
    begin = typed if typed.startswith(county) else county + typed
    return begin, begin + "~"
