"""The API of the work calendar: a year at a glance, marking a day, arranging a year, working hours, and what was changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import File, Form, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from linli.kernel.faults import TooLarge
from linli.kernel.http import PageOut, actor_of, language_of, require, signed_in
from linli.kernel.worktime import DayKind

from ..models import CalendarEdition
from ..permissions import CALENDAR_EDIT
from . import actions, queries
from .problems import BadCalendar
from .rules import NAME_LENGTH, Hours, Trouble, columns, main_year

router = Router(tags=["work calendar"])
MOST_BYTES = 2 * 1024 * 1024
Certainty = Literal["official", "secondary", "local"]


class CalendarDayOut(Schema):
    """A day that is not what its weekday says. `certainty` is inferred where only the law's own days are known."""

    day: date
    kind: Literal["holiday", "workday"]
    name: str
    source: str
    certainty: str
    marked: bool


class CalendarMonthOut(Schema):
    month: int
    worked: int
    minutes: int


class WorkingHoursOut(Schema):
    """Hours from `since` to `until` (None: until others are set); `season_*` are empty where there is no season."""

    since: date
    until: date | None
    current: bool
    spans: str
    season_first: str
    season_last: str
    season_spans: str
    source: str


class CalendarYearOut(Schema):
    """A year; one that is not `settled` is computed from weekdays and the law, and its due moments are provisional."""

    year: int
    edition: int
    first_year: int
    last_year: int
    settled: bool
    source: str
    certainty: str
    days: list[CalendarDayOut]
    months: list[CalendarMonthOut]
    hours: list[WorkingHoursOut]


class CalendarChangeOut(Schema):
    """A row as it was and as it became; null where there was, or is, none."""

    what: str
    key: str
    before: dict[str, str] | None
    after: dict[str, str] | None


class CalendarEditionOut(Schema):
    """A change of the calendar; of one that shipped with the program the days are not told one by one."""

    serial: int
    made_at: datetime
    made_by: str
    what: str
    note: str
    changes: list[CalendarChangeOut]


class CalendarNowOut(Schema):
    """The edition the calendar is now; `changed` is false where it was so before."""

    edition: int
    changed: bool


class CalendarDayIn(Schema):
    """What a day is; `plain` takes its mark away. `edition`: refused where the calendar is another by now."""

    kind: Literal["holiday", "workday", "plain"]
    name: str = Field("", max_length=NAME_LENGTH)
    note: str = Field("", max_length=200)
    edition: int | None = None


class WorkingHoursIn(Schema):
    """Hours as `08:00-12:00,14:00-18:00`; a season from one day (`06-01`) to another, both included."""

    spans: str = Field(max_length=200)
    season_first: str = Field("", max_length=5)
    season_last: str = Field("", max_length=5)
    season_spans: str = Field("", max_length=200)
    source: str = Field("", max_length=200)
    edition: int | None = None


class CalendarFileIn(Schema):
    """What a file is: of which year (of most of its days, if not said), by which notice, and how sure that is."""

    year: int | None = None
    source: str = Field(max_length=200)
    certainty: Certainty = "official"
    edition: int | None = None


class Expected(Schema):
    edition: int | None = None


@router.get("/calendar/years/{year}", auth=signed_in, response=CalendarYearOut, summary="年历 / A year at a glance")
def calendar_year(request: HttpRequest, year: int) -> Any:
    """A year's days off and days worked instead, working time by month, and all working hours."""
    item, language = queries.year(year), language_of(request)
    return {
        **{name: getattr(item, name) for name in CalendarYearOut.model_fields if name not in ("days", "hours")},
        "days": [
            {"day": day.day, "kind": day.kind.value, "name": day.name, "source": day.source.say(language),
             "certainty": day.certainty, "marked": day.marked}
            for day in item.days
        ],
        "hours": [_hours(each) for each in item.hours],
    }  # fmt: skip


@router.get(
    "/calendar/editions", auth=signed_in, response=PageOut[CalendarEditionOut], summary="日历修改记录 / Changes"
)
def calendar_editions(request: HttpRequest, cursor: str | None = None, limit: int | None = None) -> Any:
    """Every change of the calendar, latest first."""
    return queries.editions(cursor, limit)


@router.put(
    "/calendar/days/{day}", auth=require(CALENDAR_EDIT), response=CalendarNowOut, summary="标注一天 / Mark a day"
)
def mark_day(request: HttpRequest, day: date, body: CalendarDayIn) -> Any:
    """Mark a day as off or worked by a decision of the district's own, or take its mark away."""
    made = actions.mark_day(actor_of(request), day, DayKind(body.kind), body.name, body.note, body.edition)
    return _now(made)


@router.post(
    "/calendar/files",
    auth=require(CALENDAR_EDIT, upload=True),
    response=CalendarNowOut,
    summary="导入年度安排 / Load a year",
)
def load_calendar(request: HttpRequest, file: File[UploadedFile], body: Form[CalendarFileIn]) -> Any:
    """A year's arrangement from xlsx, xls or csv with the columns date, kind and name; refused as a whole, row by row."""
    from .reading import read

    if (file.size or 0) > MOST_BYTES:
        raise TooLarge(limit=MOST_BYTES)
    actor = actor_of(request)
    actions.check_edit(actor, body.edition)
    entries = read(bytes(file.read()), file.name or "")
    year = body.year or main_year(entries)
    if year is None:
        raise BadCalendar([Trouble("days", "none")])
    return _now(actions.arrange_year(actor, year, entries, body.source, body.certainty, body.edition))


@router.put(
    "/calendar/hours/{since}", auth=require(CALENDAR_EDIT), response=CalendarNowOut, summary="设定作息 / Working hours"
)
def set_hours(request: HttpRequest, since: date, body: WorkingHoursIn) -> Any:
    """Have hours hold from a day on, until the next ones."""
    row = Hours(body.spans, body.season_first, body.season_last, body.season_spans, body.source)
    return _now(actions.set_hours(actor_of(request), since, row, body.source, body.edition))


@router.delete(
    "/calendar/hours/{since}", auth=require(CALENDAR_EDIT), response=CalendarNowOut, summary="取消作息 / Drop hours"
)
def drop_hours(request: HttpRequest, since: date, expected: Query[Expected]) -> Any:
    """Take away the hours that begin on a day; those before them go on."""
    return _now(actions.drop_hours(actor_of(request), since, edition=expected.edition))


def _now(made: CalendarEdition | None) -> dict[str, Any]:
    return {"edition": made.serial if made else queries.latest(), "changed": made is not None}


def _hours(item: queries.HoursItem) -> dict[str, Any]:
    return {"since": item.since, "until": item.until, "current": item.current, **columns(item.hours)}
