"""The minutes of a meeting (会议纪要) as a paper, drawn as docx and PDF like all papers of the ladder."""

from __future__ import annotations

from collections.abc import Sequence

from linli.kernel.clock import LOCAL

from ..papers import Document, Heading, Paragraph, Seal, Table
from ..papers.document import Block, day_of
from .models import PlanTask, TierMeeting

DEMO, OFF = "演示数据，非真实会议", "会议已取消"


def minutes(meeting: TierMeeting, tasks: Sequence[PlanTask], area_name: str) -> Document:
    """Who met when and where, what was said on each point, what was decided and which tasks came of it; how many more came of it
    that are not in the reader's sight is said too. Of a meeting that was called off, that it was, by whom and why."""
    blocks: list[Block] = []
    if meeting.cancelled_at is not None:
        day = day_of(meeting.cancelled_at.astimezone(LOCAL).date())
        blocks.append(Heading(f"本会议已于{day}取消，未召开。"))
        blocks.append(Paragraph(f"取消原因：{meeting.cancelled_reason}（{meeting.cancelled_by_name}）"))
    for name, value in (
        ("时间", f"{day_of(meeting.held_on)} {meeting.begins}".strip()), ("地点", meeting.place), ("主持", meeting.chair),
        ("参加", meeting.attending), ("组织", area_name),
    ):  # fmt: skip
        if value:
            blocks.append(Paragraph(f"{name}：{value}"))
    for number, point in enumerate(meeting.agenda, 1):
        blocks.append(Heading(f"{number}. {point['title']}" + (f"（{point['by']}）" if point["by"] else "")))
        blocks += [Paragraph(said) for said in point["notes"].split("\n") if said.strip()]
    if meeting.decisions:
        blocks.append(Heading("会议决定"))
    blocks += [Paragraph(f"（{number}）{each['text']}") for number, each in enumerate(meeting.decisions, 1)]
    if tasks:
        blocks.append(Heading("任务清单"))
        rows = [(each.title, each.owner, day_of(each.due_on)) for each in tasks]
        blocks.append(Table(("任务", "责任单位", "完成时限"), rows, (4, 3, 3)))
    shown = {str(each.id) for each in tasks}
    if hidden := sum(bool(each["task"]) and each["task"] not in shown for each in meeting.decisions):
        blocks.append(Paragraph(f"另有 {hidden} 项任务不在可见范围。"))
    marks = [DEMO] if meeting.synthetic else []
    marks += [OFF] if meeting.cancelled_at is not None else []
    title = f"{meeting.title}会议纪要"
    return Document("paper", title, blocks, issuer=area_name, seals=[Seal(area_name)], draft="　".join(marks))
