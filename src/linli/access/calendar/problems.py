"""Problems of the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from linli.kernel.errors import Conflict, FieldProblem, Invalid, Text

from .rules import Trouble


class BadCalendar(Invalid):
    """Something in it cannot be written into the calendar; `fields` says where: a field, or `row N` of a file."""

    REASONS: ClassVar[dict[str, Text]] = {
        "outside": Text("日历只到 2004 至 2049 年。", "The calendar holds the years 2004 to 2049."),
        "unmarked": Text("这一天没有标注。", "That day is not marked."),
        "name": Text("请填写名称，不超过 40 个字。", "A name is needed, of at most 40 characters."),
        "needless": Text("这一天本来就上班，不用标注。", "That day is worked anyway; it needs no mark."),
        "none": Text("没有写出内容。", "Nothing is said there."),
        "many": Text("天数过多，一年的安排不超过 400 行。", "Too many days for one year: 400 rows at most."),
        "other_year": Text("这一天不在所设年份（或其上一年 12 月）。", "That day is not in the year, nor in the December before it."),
        "twice": Text("这一天出现了两次。", "That day is there twice."),
        "form": Text("写法不对，例如 08:00-12:00,14:00-18:00。", "Write it as 08:00-12:00,14:00-18:00."),
        "order": Text("每段的结束须晚于开始，且在当天之内。", "Each stretch ends after it starts, within the day."),
        "overlap": Text("各段须按先后排列，不能重叠。", "The stretches follow one another and do not overlap."),
        "season": Text("季节起止写作 06-01，须是存在的日期。", "Write the days of a season as 06-01; they have to exist."),
        "last": Text("至少保留一条作息时间。", "One set of working hours has to stay."),
        "date": Text("日期读不出来，例如 2027-01-01。", "That is no date such as 2027-01-01."),
        "kind": Text("类型写“放假”或“上班”。", "Say “holiday” or “workday”."),
        "columns": Text("第一行须有：日期、类型、名称。", "The first row needs: date, kind, name."),
        "file": Text("只能读 xlsx、xls 和 csv 文件。", "Only xlsx, xls and csv files can be read."),
        "source": Text("请写明依据，如通知文号。", "Say what it rests on, such as the number of the notice."),
    }  # fmt: skip

    def __init__(self, troubles: Iterable[Trouble]) -> None:
        super().__init__(
            fields=tuple(FieldProblem(each.field, each.code, self.REASONS[each.code]) for each in troubles)
        )


class CalendarChanged(Conflict):
    """Somebody changed the calendar since it was looked at."""

    code = "access.calendar.changed"
    text = Text("日历已被他人修改，请刷新后再改。", "The calendar was changed meanwhile; reload it first.")
