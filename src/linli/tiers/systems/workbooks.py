"""A system of indicators as a workbook: taken out with what is official and what inferred, and read back in the same form.

One row for each bound; an indicator with several has its own columns filled in the first row alone, or in all alike.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from linli.kernel import clock
from linli.kernel.actors import Actor

from .. import certainties
from ..values.catalogue import name_of
from .drafts import TIER_NAMES, Read, finding
from .models import Indicator
from .queries import SystemRow
from .reading import read
from .rows import plain_number

SHEET, ABOUT = "指标", "指标体系"
MOST_ROWS, MOST_COLUMNS = 5000, 60
#: The most that a workbook may unfold to, in bytes.
UNFOLDED = 64 << 20
#: Field and heading; the first ones are the indicator's, the rest the bound's.
COLUMNS: tuple[tuple[str, str], ...] = (
    ("id", "编号"), ("tier", "创建类型"), ("level1", "一级指标"), ("level1_certainty", "一级指标确定程度"), ("seq", "序号"),
    ("name", "二级指标"), ("definition", "指标释义"), ("requirement_text", "标准要求"), ("measure_mode", "采集方式"),
    ("weight", "权重"), ("platform_data", "平台数据"), ("evidence_files", "佐证材料"), ("certainty", "确定程度"),
    ("evidence_strength", "依据"), ("completeness", "完整程度"), ("source_url", "来源"), ("source_url_supports", "来源说明了什么"),
)  # fmt: skip
BOUND_COLUMNS: tuple[tuple[str, str], ...] = (
    ("metric_id", "度量编码"), ("op", "比较符"), ("value", "标准值"), ("unit", "单位"), ("bound_certainty", "标准值确定程度"),
    ("bound_source", "标准值来源"), ("note", "标准值备注"),
)  # fmt: skip
IGNORED = ("度量名称", "标注")
ABOUT_FIELDS = (
    ("title", "名称"),
    ("authority", "发布机关"),
    ("issued_with", "随文发布"),
    ("issued_on", "发布日期"),
    ("source_page", "来源"),
)
_RISKY = ("+", "-", "@", "\t", "\r")


def workbook(actor: Actor, row: SystemRow, indicators: Sequence[Indicator]) -> bytes:
    """The version as a workbook; every row says whether it is official."""
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EEF3F1", "bottom": 1})
        warn = book.add_format({"font_color": "#9A5B00"})
        sheet = book.add_worksheet(SHEET)
        headings = (
            [h for _, h in COLUMNS] + [BOUND_COLUMNS[0][1], "度量名称"] + [h for _, h in BOUND_COLUMNS[1:]] + ["标注"]
        )
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, bold)
        sheet.freeze_panes(1, 1)
        for line, (values, mark) in enumerate(_lines(indicators), start=1):
            for column, value in enumerate(values):
                sheet.write_string(line, column, _plain(value))
            sheet.write_string(line, len(values), mark, None if mark == certainties.MARKS["official"] else warn)
        about = book.add_worksheet(ABOUT)
        for line, (name, value) in enumerate(_about(actor, row)):
            about.write_string(line, 0, name, bold)
            about.write_string(line, 1, _plain(value))
    return buffer.getvalue()


def _lines(indicators: Sequence[Indicator]) -> list[tuple[list[str], str]]:
    found = []
    for each in indicators:
        own = [
            each.code, TIER_NAMES[each.tier].zh, each.level1, each.level1_certainty, str(each.seq or ""), each.name,  # type: ignore[index]
            each.definition, each.requirement, each.mode, plain_number(each.weight) if each.weight is not None else "", each.records,
            each.evidence_wanted, each.certainty, each.strength, each.completeness, each.source, each.source_supports,
        ]  # fmt: skip
        for b in each.bounds.all():
            value = "" if b.value is None else plain_number(b.value)
            if b.unit == "bool" and b.value is not None:
                value = "是" if b.value == 1 else "否"
            bound = [b.metric, name_of(b.metric).zh, b.op, value, b.unit, b.certainty, b.source, b.note]
            found.append((own + bound, certainties.MARKS[certainties.sure(each.certainty, [b.certainty])]))
    return found


def _about(actor: Actor, row: SystemRow) -> list[tuple[str, str]]:
    system = row.system
    return [
        ("名称", system.title), ("发布机关", system.authority), ("随文发布", system.document),
        ("发布日期", system.issued_on.isoformat() if system.issued_on else ""), ("来源", system.source),
        ("版本", str(system.version)), ("生效", system.effective_from.isoformat()),
        ("说明", certainties.told(row.sources).zh),
        ("导出", f"{actor.name} {actor.unit_name} {clock.now().astimezone(clock.LOCAL):%Y-%m-%d %H:%M}"),
    ]  # fmt: skip


def _plain(text: str) -> str:
    """Text no spreadsheet takes for a formula; operators keep their signs, for no formula begins with ≥ or >."""
    written = {"==": "＝", "=": "＝"}.get(text, text)
    return "'" + written if written.startswith(_RISKY) or written.startswith("=") else written


def read_workbook(content: bytes) -> Read:
    """The system in a workbook of the same form."""
    import python_calamine

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > UNFOLDED:
                return Read(None, (finding("", "form", reason=f"> {UNFOLDED >> 20} MB"),))
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = book.sheet_names
        sheet = book.get_sheet_by_name(SHEET if SHEET in names else names[0])
        if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
            return Read(None, (finding("", "many", most=MOST_ROWS),))
        rows = sheet.to_python()
        about = book.get_sheet_by_name(ABOUT).to_python(nrows=50) if ABOUT in names and len(names) > 1 else []
    except Exception as error:  # a damaged workbook fails in many ways inside its reader
        return Read(None, (finding("", "form", reason=type(error).__name__),))
    return _document(rows, about)


def _document(rows: Sequence[Sequence[Any]], about: Sequence[Sequence[Any]]) -> Read:
    if not rows:
        return Read(None, (finding("", "empty"),))
    known = {heading: field for field, heading in (*COLUMNS, *BOUND_COLUMNS)}
    headings = [str(cell).strip() for cell in rows[0]]
    unknown = [heading for heading in headings if heading and heading not in known and heading not in IGNORED]
    lacking = [
        heading
        for heading in ("编号", "创建类型", "二级指标", "采集方式", "度量编码", "比较符")
        if heading not in headings
    ]
    if unknown or lacking:
        wrong = [finding("", "unknown_field", found=heading) for heading in unknown]
        return Read(None, tuple(wrong + [finding("", "missing", field=heading) for heading in lacking]))
    fields = [known.get(heading, "") for heading in headings]
    indicators: list[dict[str, Any]] = []
    for row in rows[1:]:
        cells = {field: _cell(value) for field, value in zip(fields, row, strict=False) if field}
        if any(value is not None for value in cells.values()):
            _take(indicators, cells)
    return read({"meta": _meta(about), "indicators": indicators})


def _take(indicators: list[dict[str, Any]], cells: dict[str, Any]) -> None:
    """A row belongs to the indicator before it where it has no id, or its id and name are that one's."""
    bound = {field: cells[field] for field, _ in BOUND_COLUMNS if cells.get(field) is not None}
    for part in ("certainty", "source"):
        if f"bound_{part}" in bound:
            bound[part] = bound.pop(f"bound_{part}")
    own = {field: cells[field] for field, _ in COLUMNS if cells.get(field) is not None}
    before = indicators[-1] if indicators else None
    goes_on = (
        before is not None
        and own.get("id") in (None, before.get("id"))
        and own.get("name") in (None, before.get("name"))
    )
    if before is None or not goes_on:
        before = {**own, "thresholds": []}
        indicators.append(before)
    if bound:
        before["thresholds"].append(bound)


def _meta(about: Sequence[Sequence[Any]]) -> dict[str, Any]:
    words = {heading: field for field, heading in ABOUT_FIELDS}
    found = {}
    for row in about:
        if len(row) > 1 and (field := words.get(str(row[0]).strip())) and _cell(row[1]) is not None:
            found[field] = _cell(row[1])
    return found


def _cell(value: Any) -> Any:
    """A cell as a plain value: whole numbers without a point, texts without the mark that keeps them texts."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bool | date):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        return value.strip().removeprefix("'") or None
    return value
