"""The template made ready for its rows: model row, formats of numbers, who fills it in for which area and day, and two
sheets more: a cover note of what is covered, and a hidden one of sources.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from .columns import Bindable
from .template import DAY, UNIT, Layout, Template, cells_of

COVER = {"zh": "填报说明", "en": "Cover note"}
SOURCES = {"zh": "数据来源", "en": "Sources"}
# Words in the header, or an example, that say how days are written.
_SHAPES = (
    (re.compile(r"^\d{4}年\d{1,2}月\d{1,2}日?$"), "%Y年%-m月%-d日"),
    (re.compile(r"^\d{4}年\d{1,2}月$"), "%Y年%-m月"),
    (re.compile(r"^\d{4}\.\d{1,2}\.\d{1,2}$"), "%Y.%m.%d"),
    (re.compile(r"^\d{4}/\d{1,2}/\d{1,2}$"), "%Y/%m/%d"),
    (re.compile(r"^\d{8}$"), "%Y%m%d"),
    (re.compile(r"^\d{4}\.\d{1,2}$"), "%Y.%m"),
    (re.compile(r"^\d{4}-\d{1,2}$"), "%Y-%m"),
    (re.compile(r"^\d{6}$"), "%Y%m"),
)
MONTHLY = re.compile(r"年月$")
ISO = "%Y-%m-%d"


@dataclass(frozen=True, slots=True)
class DateShape:
    """How a column writes days: as texts of a pattern, or (None) as numbers of days that the cell's format shows."""

    pattern: str | None


def date_shape(name: str, example: str | None, cell: Any) -> DateShape:
    """As the example row wrote them, else as the cell's format shows, else by month where the column says 年月."""
    from openpyxl.styles.numbers import is_date_format

    for shape, pattern in _SHAPES:
        if example and shape.match(example.strip()):
            return DateShape(pattern)
    if cell is not None and is_date_format(cell.number_format):
        return DateShape(None)
    return DateShape("%Y-%m" if MONTHLY.search(name.split("/")[-1]) else ISO)


def make_ready(
    template: Template, filled: Mapping[str, str], day: date, bound: Mapping[str, Bindable], language: str,
) -> dict[str, int]:  # fmt: skip
    """Prepare every sheet that is filled (`filled`: sheet to the name of its area); returns each sheet's model row."""
    models = {}
    for layout in template.layouts:
        if layout.sheet in filled:
            sheet = template.book[layout.sheet]
            _head(sheet, layout, filled[layout.sheet], day)
            if not layout.form:
                models[layout.sheet] = _model(sheet, layout, bound)
    key = "en" if language.startswith("en") else "zh"
    names = template.book.sheetnames
    cover = template.book.create_sheet(_free(COVER[key], names))
    sources = template.book.create_sheet(_free(SOURCES[key], [*names, cover.title]))
    sources.sheet_state = "hidden"
    for sheet, widths in ((cover, (24, 14, 12, 12, 12, 46, 26)), (sources, (18, 8, 18, 14, 60))):
        for letter, width in zip("ABCDEFG", widths, strict=False):
            sheet.column_dimensions[letter].width = width
    cover.page_setup.orientation, cover.page_setup.fitToWidth, cover.page_setup.fitToHeight = "landscape", 1, 0
    cover.sheet_properties.pageSetUpPr.fitToPage = True
    _styles(cover)
    return models


def _free(name: str, taken: Sequence[str]) -> str:
    serial, free = 2, name
    while free.lower() in {t.lower() for t in taken}:
        free, serial = f"{name}{serial}", serial + 1
    return free


def _styles(cover: Any) -> None:
    """The styles of the cover note, left in its first cells for whoever writes its rows: title, head, text."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    line = Side(style="thin", color="B7C4C0")
    cover["A1"].font = Font(bold=True, size=14)
    cover["B1"].font = Font(bold=True)
    cover["B1"].fill = PatternFill("solid", start_color="EEF3F1")
    cover["B1"].border = Border(left=line, right=line, top=line, bottom=line)
    cover["C1"].alignment = Alignment(wrap_text=True, vertical="top")
    cover["C1"].border = Border(left=line, right=line, top=line, bottom=line)
    for letter in "ABC":
        cover[f"{letter}1"].value = " "


def _head(sheet: Any, layout: Layout, area: str, day: date) -> None:
    """Whose ledger it is and of which day, where title or footer lines ask for it; nobody signs by machine."""
    for cell in cells_of(sheet):
        inside = not layout.form and layout.header_first <= cell.row <= layout.body_last
        if inside or not isinstance(cell.value, str):
            continue
        if UNIT.match(cell.value.strip()):
            cell.value = f"{cell.value.rstrip(' _＿')}{area}"
        elif DAY.match(cell.value.strip()):
            cell.value = f"{re.split('[:：]', cell.value)[0]}：{day.year}年{day.month}月{day.day}日"


def _model(sheet: Any, layout: Layout, bound: Mapping[str, Bindable]) -> int:
    """The row that lends its styles; made from the header below everything else where the table has no row yet."""
    model = layout.model
    if not model:
        model = sheet.max_row + 3
        for column in layout.columns:
            head, cell = sheet.cell(layout.header_last, column.index), sheet.cell(model, column.index)
            cell.border, cell.alignment = copy(head.border), copy(head.alignment)
        sheet.row_dimensions[model].height = None
    width = max((c.index for c in layout.columns), default=1)
    for index in range(1, width + 1):
        cell = sheet.cell(model, index)
        if type(cell).__name__ != "MergedCell" and cell.data_type != "f":
            cell.value = None
    for column in layout.columns:
        target = bound.get(column.name)
        cell = sheet.cell(model, column.index)
        if target is not None and target.render in ("id", "phone"):
            cell.number_format = "@"
    if layout.body_last >= layout.body_first:
        for row in sheet.iter_rows(layout.body_first, layout.body_last):
            for cell in row:
                if getattr(cell, "comment", None) is not None:
                    cell.comment = None
    return model
