"""Days as tables write them. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

_DAY = re.compile(r"(\d{4})[年/\-.](\d{1,2})[月/\-.](\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)")
#: Day 0 of spreadsheets, which write some dates as numbers.
_SPREADSHEET = date(1899, 12, 30)


def day_of(text: str) -> date | None:
    """The day at the start of a text in any usual form, also a spreadsheet's number; None where there is none."""
    text = text.strip()
    found = _DAY.match(text) or _COMPACT.match(text)
    if found:
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            return None
    number = re.fullmatch(r"(\d{5})(?:\.\d+)?", text)
    return _SPREADSHEET + timedelta(days=int(number[1])) if number else None
