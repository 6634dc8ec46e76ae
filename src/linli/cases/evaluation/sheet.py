"""The month's report as a workbook: units, areas and definitions, with every ratio as a number that can be worked with."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from linli.kernel.actors import Actor

from . import pages
from .pages import Line
from .queries import MonthFigures
from .ratios import RATIOS

WIDE, NARROW = 26, 11
WIDTHS = (18, 7, 46, 46, 11, 70)


def workbook(actor: Actor, found: MonthFigures, language: str) -> bytes:
    """Three sheets; no cell is a formula."""
    buffer = io.BytesIO()
    codes = [ratio.code for ratio in RATIOS]
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        forms = {
            "title": book.add_format({"bold": True, "font_size": 14}), "mark": book.add_format({"font_color": "#777777"}),
            "head": book.add_format({"bold": True, "bg_color": "#EEF3F1", "bottom": 1, "text_wrap": True, "valign": "top"}),
            "share": book.add_format({"num_format": "0.0%"}), "index": book.add_format({"num_format": "0.00"}),
            "whole": book.add_format({"num_format": "0"}), "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }  # fmt: skip
        total = pages.totals(found, codes, language)
        for name, figures in ((pages.UNITS, found.units), (pages.AREAS, found.areas)):
            sheet = book.add_worksheet(name.say(language))
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            sheet.set_column(0, 0, WIDE)
            sheet.set_column(1, len(codes) + 3, NARROW)
            above = pages.heading(actor, found, language)
            for row, text in enumerate(above):
                sheet.write_string(row, 0, text, forms["mark" if row else "title"])
            first = len(above) + 1
            for column, text in enumerate(pages.head(codes, language)):
                sheet.write_string(first, column, text, forms["head"])
            for row, line in enumerate([*pages.lines(figures, codes), total], first + 1):
                _write(sheet, row, line, forms)
            sheet.freeze_panes(first + 1, 1)
        _define(book.add_worksheet(pages.WHAT.say(language)), language, forms)
    return buffer.getvalue()


def _write(sheet: Any, row: int, line: Line, forms: dict[str, Any]) -> None:
    sheet.write_string(row, 0, line.name)
    sheet.write_number(row, 1, line.filed, forms["whole"])
    for column, share in enumerate(line.shares, 2):
        if share is not None:
            sheet.write_number(row, column, share, forms["share"])
    after = 2 + len(line.shares)
    if line.index is not None:
        sheet.write_number(row, after, line.index, forms["index"])
        sheet.write_string(row, after + 1, line.grade)


def _define(sheet: Any, language: str, forms: dict[str, Any]) -> None:
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    for row, texts in enumerate(pages.definitions(language)):
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, forms["wrap" if row else "head"])
