"""A year's arrangement read from a file: xlsx, xls or csv with the columns date, kind and name, in either language."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from linli.kernel.worktime import HOLIDAY, WORKDAY

from .problems import BadCalendar
from .rules import Entry, Trouble

COLUMNS: Final = {
    "day": {"日期", "date", "day"},
    "kind": {"类型", "类别", "kind", "type"},
    "name": {"名称", "节日", "节假日", "name", "holiday"},
}
KINDS: Final = {
    **dict.fromkeys(("放假", "休", "休息", "节假日", "holiday", "rest", "off"), HOLIDAY),
    **dict.fromkeys(("上班", "班", "调休", "调休上班", "补班", "workday", "work"), WORKDAY),
}
_DATE = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?")
MOST_ROWS: Final = 2000


def read(content: bytes, name: str) -> list[Entry]:
    """The days a file arranges. Raises BadCalendar with every row that cannot be read."""
    rows = _rows(content, name)
    places = _places(rows[0] if rows else ())
    entries, troubles = [], []
    for number, row in enumerate(rows[1:], start=2):
        day, kind, said = (row[place] if place < len(row) else "" for place in places)
        if not any(str(value).strip() for value in (day, kind, said)):
            continue
        on, sort = _day(day), KINDS.get(str(kind).strip().lower())
        if on is None or sort is None:
            troubles.append(Trouble(f"row {number}", "date" if on is None else "kind"))
        else:
            entries.append(Entry(on, sort, str(said).strip(), number))
    if troubles:
        raise BadCalendar(troubles)
    return entries


def _rows(content: bytes, name: str) -> list[Sequence[Any]]:
    suffix = name.rpartition(".")[2].lower()
    if suffix == "csv":
        try:
            return [*csv.reader(io.StringIO(_text(content), newline=""))][: MOST_ROWS + 1]
        except csv.Error:
            raise BadCalendar([Trouble("file", "file")]) from None
    if suffix not in ("xlsx", "xls"):
        raise BadCalendar([Trouble("file", "file")])
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [*book.get_sheet_by_index(0).to_python(skip_empty_area=True, nrows=MOST_ROWS + 1)]
    except (python_calamine.CalamineError, OSError, IndexError):
        raise BadCalendar([Trouble("file", "file")]) from None


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadCalendar([Trouble("file", "file")])


def _places(head: Sequence[Any]) -> list[int]:
    """Where the three columns are. Raises BadCalendar."""
    names = [str(cell).strip().lower() for cell in head]
    places = [next((nth for nth, name in enumerate(names) if name in known), None) for known in COLUMNS.values()]
    found = [place for place in places if place is not None]
    if len(found) < len(COLUMNS):
        raise BadCalendar([Trouble("file", "columns")])
    return found


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    found = _DATE.fullmatch(text)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None
