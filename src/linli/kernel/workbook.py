"""The one workbook in which lists are taken out: who took it and when on every page, and no cell a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

import xlsxwriter

from . import clock
from .actors import Actor

_RISKY = ("=", "+", "-", "@", "\t", "\r")


def workbook(
    actor: Actor,
    title: str,
    head: Sequence[str],
    widths: Sequence[int],
    lines: Iterable[Sequence[object]],
    language: str,
) -> bytes:
    """One sheet: the taker in the first line and the header of each page, `head`, then the lines as texts; a Decimal is an amount
    of money and stays a number."""
    taken = f"{actor.name} {actor.unit_name} {clock.now().astimezone(clock.LOCAL):%Y-%m-%d %H:%M}".strip()
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet(title)
        mark = book.add_format({"font_color": "#999999", "italic": True})
        bold = book.add_format({"bold": True, "bg_color": "#EEF3F1", "bottom": 1})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet.set_header(f"&C&K999999{_plain(taken).replace('&', '&&')}")
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        said = "Taken by: " if language.startswith("en") else "导出人："
        sheet.write_string(0, 0, _plain(said + taken), mark)
        for column, name in enumerate(head):
            sheet.write_string(1, column, name, bold)
        for row, values in enumerate(lines, start=2):
            for column, value in enumerate(values):
                if isinstance(value, Decimal):
                    sheet.write_number(row, column, float(value), money)
                else:
                    sheet.write_string(row, column, _plain("" if value is None else str(value)))
    return buffer.getvalue()


def _plain(text: str) -> str:
    """Text no spreadsheet takes for a formula."""
    return "'" + text if text.startswith(_RISKY) else text
