"""The table of a year's applications as it is reported to city and province: one row a community, and what was said of indicators."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import xlsxwriter

from ..applying.models import Application, PlanYear
from ..applying.table import STAGE_NAMES
from ..certainties import MARKS, Sure, counted, told
from ..plans.writing import TIER_NAMES
from ..rules import TIERS, Tier, rank
from .contents import DEMO, VERDICTS

OUTCOMES = {"": "", "recognised": "已认定", "refused": "未予认定"}
#: Where an application stands for city and province: `STATES` are the steps of the district.
STATES = {
    "publicised": "公示期满，待上报", "reported": "已上报，待认定", "recognised": "已认定", "rechecking": "已认定，复核中", "lapsed": "等级已取消",
    "refused": "未予认定",
}  # fmt: skip
_HEADS = (
    "序号", "区县", "镇街", "社区", "区划代码", "申报类型", "状态", "达标指标", "未达标指标", "未知指标", "指标合计", "验收日期", "公示开始",
    "公示截止", "上报文号", "上报日期", "认定结果", "认定文号", "认定机关", "认定日期", "奖补金额（元）", "奖补日期", "奖补文号", "备注",
)  # fmt: skip
_STAGES = ("self", "town", "district")


@dataclass(frozen=True, slots=True)
class Entry:
    """An application with the names of where it lies."""

    application: Application
    community: str
    town: str
    district: str


class Asked(NamedTuple):
    """An indicator of the year's system."""

    code: str
    name: str
    tier: Tier
    sure: Sure


@dataclass(frozen=True, slots=True)
class Mark:
    """What a stage said of an indicator of an application."""

    application_id: UUID
    indicator: str
    stage: str
    verdict: str
    reason: str


def workbook(
    year: PlanYear, entries: Sequence[Entry], others: int, indicators: Sequence[Asked], marks: Sequence[Mark]
) -> bytes:
    """The workbook. `others`: applications of the year that are not reported, and left out."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EEF3F1", "border": 1, "text_wrap": True})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet = book.add_worksheet("上报表")
        sheet.write_row(0, 0, _HEADS, bold)
        sheet.freeze_panes(1, 4)
        sheet.set_column(0, len(_HEADS) - 1, 13)
        for line, entry in enumerate(entries, start=1):
            row = _row(line, entry)
            sheet.write_row(line, 0, row)
            if (cents := entry.application.award_cents) is not None:
                sheet.write_number(line, _HEADS.index("奖补金额（元）"), Decimal(cents) / 100, money)
        _verdicts(book, bold, entries, indicators, marks)
        _about(book, bold, year, (len(entries), others), indicators)
    return held.getvalue()


def _row(number: int, entry: Entry) -> list[str | int]:
    each = entry.application
    days = {name: str(getattr(each, name) or "") for name in
            ("accepted_on", "published_from", "published_until", "reported_on", "decided_on", "awarded_on")}  # fmt: skip
    return [
        number, entry.district, entry.town, entry.community, each.area_code, TIER_NAMES[each.tier].zh, STATES[each.state],
        each.met, each.missed, each.unknown, each.of, days["accepted_on"], days["published_from"], days["published_until"],
        each.report_document, days["reported_on"], OUTCOMES[each.outcome], each.decision_document, each.decided_by, days["decided_on"], "",
        days["awarded_on"], each.award_document, DEMO if each.synthetic else "",
    ]  # fmt: skip


def _verdicts(
    book: xlsxwriter.Workbook, bold: object, entries: Sequence[Entry], indicators: Sequence[Asked], marks: Sequence[Mark]
) -> None:  # fmt: skip
    """Every indicator somebody said something of, with what each stage said and how sure the indicator is."""
    sheet = book.add_worksheet("指标结论")
    heads = ["社区", "区划代码", "编号", "指标", "类型", "标注"]
    heads += [word for stage in _STAGES for word in (STAGE_NAMES[stage].zh, f"{STAGE_NAMES[stage].zh}说明")]  # type: ignore[index]
    sheet.write_row(0, 0, heads, bold)
    sheet.freeze_panes(1, 3)
    said: dict[tuple[UUID, str], dict[str, Mark]] = defaultdict(dict)
    for mark in marks:
        said[mark.application_id, mark.indicator][mark.stage] = mark
    line = 0
    for entry in entries:
        for code, name, tier, sure in indicators:
            found = said.get((entry.application.id, code))
            if found is None:
                continue
            line += 1
            said_of = [
                word
                for stage in _STAGES
                for word in ((VERDICTS[found[stage].verdict], found[stage].reason) if stage in found else ("", ""))
            ]
            sheet.write_row(
                line, 0,
                [entry.community, entry.application.area_code, code, name, TIER_NAMES[tier].zh, MARKS[sure], *said_of],
            )  # fmt: skip


def _sources(tier: Tier, indicators: Sequence[Asked]) -> str:
    """What is official of the indicators asked for at a tier, those of the tiers below among them."""
    return told(counted(each.sure for each in indicators if rank(each.tier) <= rank(tier))).zh


def _about(
    book: xlsxwriter.Workbook, bold: object, year: PlanYear, number: tuple[int, int], indicators: Sequence[Asked]
) -> None:
    sheet = book.add_worksheet("说明")
    sheet.set_column(1, 1, 90)
    for line, (name, words) in enumerate((
        ("年度", f"{year.year}年（{year.title}）"), ("文件", year.document), ("指标体系", f"{year.system.title}（第{year.system.version}版）"),
        ("范围", f"公示期满且异议已答复的、已上报的申报，共 {number[0]} 件；本年度其余 {number[1]} 件（未到上报环节、未通过验收、已撤回）不在本表。"),
        *((f"{TIER_NAMES[tier].zh}指标", _sources(tier, indicators)) for tier in TIERS),
        ("备注", f"标“{DEMO}”的不是真实申报。"),
    )):  # fmt: skip
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, words)
