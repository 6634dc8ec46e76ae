"""The minutes of a meeting (会议纪要) as a docx on A4, to be finished, printed and sealed in an office."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

from linli.kernel import clock

from .models import PlanTask, TierMeeting

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DEMO = "演示数据，非真实会议"
SEAL = "（盖章）　　　　年　　月　　日"
# XML 1.0 and fonts know no control characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
#: Sizes in points: 二号, 三号, 小四 (GB/T 9704-2012 clause 5.2.2).
_TITLE, _TEXT, _CELL = 22, 16, 12
BODY, HEAVY = "仿宋_GB2312", "黑体"


def minutes(meeting: TierMeeting, tasks: Sequence[PlanTask], area_name: str) -> bytes:
    """The minutes: who met when and where, what was said on each point, what was decided and which tasks came of it; how many
    more came of it that are not in the reader's sight is said too."""
    import docx  # not needed by the web process until somebody asks for a paper
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    made = docx.Document()
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37),
        Mm(35),
        Mm(28),
        Mm(26),
    )
    made.core_properties.title, made.core_properties.author = plain(meeting.title), plain(area_name)
    made.core_properties.created = made.core_properties.modified = clock.now().replace(tzinfo=None)
    made.core_properties.comments = ""
    _line(made, f"{meeting.title}会议纪要", HEAVY, _TITLE).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if meeting.synthetic:
        _line(made, DEMO, HEAVY, _CELL).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for name, value in (
        ("时间", f"{day_of(meeting.held_on)} {meeting.begins}".strip()), ("地点", meeting.place), ("主持", meeting.chair),
        ("参加", meeting.attending), ("组织", area_name),
    ):  # fmt: skip
        if value:
            _line(made, f"{name}：{value}")
    for number, point in enumerate(meeting.agenda, 1):
        _line(made, f"{number}. {point['title']}" + (f"（{point['by']}）" if point["by"] else ""), HEAVY)
        for said in point["notes"].split("\n"):
            if said.strip():
                _line(made, said)
    if meeting.decisions:
        _line(made, "会议决定", HEAVY)
    for number, each in enumerate(meeting.decisions, 1):
        _line(made, f"（{number}）{each['text']}")
    if tasks:
        _line(made, "任务清单", HEAVY)
        _table(made, ["任务", "责任单位", "完成时限"], [[t.title, t.owner, day_of(t.due_on)] for t in tasks])
    shown = {str(each.id) for each in tasks}
    if hidden := sum(bool(each["task"]) and each["task"] not in shown for each in meeting.decisions):
        _line(made, f"另有 {hidden} 项任务不在可见范围。")
    _line(made, "")
    _line(made, f"{area_name}{SEAL}").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def plain(text: str) -> str:
    """A text as it may stand in a document: without control characters."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\t", " "))


def day_of(day: date) -> str:
    """A day as documents write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def _line(made: Any, text: str, font: str = BODY, size: int = _TEXT) -> Any:
    paragraph = made.add_paragraph()
    _run(paragraph, text, font, size)
    return paragraph


def _run(paragraph: Any, text: str, font: str, size: int) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = paragraph.add_run(plain(text))
    run.font.name, run.font.size = font, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _table(made: Any, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = made.add_table(rows=0, cols=len(head))
    table.style = "Table Grid"
    for number, cells in enumerate([head, *rows]):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            _run(cell.paragraphs[0], text, BODY if number else HEAVY, _CELL)
